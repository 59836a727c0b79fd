"""For the API reference: docstrings of compiled functions as text, and the list of SciPy's functions."""

import inspect
from typing import Any

import scipy.special
from docutils import nodes
from operators import prose
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tapegrad.scipy import special


def process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    compiled = not (inspect.isfunction(obj) or inspect.isclass(obj) or inspect.ismodule(obj))
    if compiled and not hasattr(obj, "__wrapped__") and not isinstance(obj, (property, staticmethod)):
        lines[:] = prose("\n".join(lines))


class SpecialFunctions(SphinxDirective):
    """The names of tapegrad.scipy.special, those of ufuncs first."""

    def run(self) -> list[nodes.Node]:
        ufuncs = [n for n in special.__all__ if hasattr(getattr(scipy.special, n), "nin")]
        others = [n for n in special.__all__ if n not in ufuncs]
        paragraph = nodes.paragraph()
        for i, name in enumerate([*ufuncs, *others]):
            paragraph += [nodes.Text(", ")] if i else []
            paragraph += nodes.literal("", name)
        return [paragraph]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("special-functions", SpecialFunctions)
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True}
