"""For the API reference: docstrings of compiled functions as text, and the list of SciPy's functions."""

import importlib
import inspect
from typing import Any

import scipy.special
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from op_db import FAMILIES
from operators import prose
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import tapegrad
from tapegrad.scipy import special


def process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    compiled = not (inspect.isfunction(obj) or inspect.isclass(obj) or inspect.ismodule(obj))
    if compiled and not hasattr(obj, "__wrapped__") and not isinstance(obj, (property, staticmethod)):
        lines[:] = prose("\n".join(lines))


class Remaining(SphinxDirective):
    """autodoc for what a module or a class has beside the operators: `.. remaining:: tapegrad.Variable`."""

    required_arguments = 1
    option_spec = {"except": directives.unchanged}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        path = self.arguments[0]
        owner = tapegrad.Variable if path == "tapegrad.Variable" else importlib.import_module(path)
        operators = {op.name for family in FAMILIES for op in getattr(family, "OPS", ())}
        names = [n for n in getattr(owner, "__all__", dir(owner)) if n[0] != "_" and n[-1] != "_"]
        operators |= set(self.options.get("except", "").split())
        names = [n for n in names if n not in operators and not n.startswith("linalg_")]
        lines = []
        for name in sorted(names):
            if kind := directive_for(owner, getattr(owner, name)):
                lines += [f".. {kind}:: {path}.{name}", ""]
        container = nodes.container()
        self.state.nested_parse(StringList(lines, "remaining"), 0, container)
        return container.children


def directive_for(owner: Any, found: Any) -> str:
    if inspect.isclass(owner):
        return "automethod" if callable(found) else "autoattribute"
    if inspect.isclass(found):
        return "autoclass"
    return "autofunction" if callable(found) else ""


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
    app.add_directive("remaining", Remaining)
    app.add_directive("special-functions", SpecialFunctions)
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", process)
    return {"parallel_read_safe": True}
