"""The directive `both`: the same in another library and in tapegrad, side by side.

    .. both:: torch
       :title: PyTorch

       theirs
       ---
       ours
       ===
       ...

All of it is run, theirs too where the library is installed; where both sides of a row end in an expression,
their values must agree. The rows of one table share their names.
"""

import importlib
from typing import Any

import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from executed import names, run
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective


def plain(value: Any) -> Any:
    """A value as NumPy or Python has it."""
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    return value


def agree(left: Any, right: Any) -> bool:
    left, right = plain(left), plain(right)
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(agree, left, right))
    try:
        return np.shape(left) == np.shape(right) and bool(np.allclose(left, right, rtol=1e-4, atol=1e-6))
    except TypeError:
        return bool(left == right)


class Both(SphinxDirective):
    has_content = True
    required_arguments = 1
    option_spec = {"title": directives.unchanged_required, "names": directives.unchanged}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        theirs, ours = self.namespace(), names()
        rows = []
        for row in "\n".join(self.content).split("\n===\n"):
            left, right = (side.strip("\n") for side in row.split("\n---\n"))
            wanted = None if theirs is None else self.executed(left, theirs)
            found = self.executed(right, ours)
            if wanted is not None and found is not None and not agree(wanted, found):
                raise ExtensionError(f"{wanted!r} is not {found!r}:\n{left}\n---\n{right}")
            rows.append((left, right))
        return [self.table(rows)]

    def namespace(self) -> dict[str, Any] | None:
        """The other library's names; None where it is not installed."""
        try:
            module = importlib.import_module(self.arguments[0])
        except ImportError:
            return None
        namespace = {"np": np, self.arguments[0].split(".")[0]: module}
        exec(self.options.get("names", ""), namespace)
        return namespace

    def executed(self, code: str, namespace: dict[str, Any]) -> Any:
        try:
            return run(code, namespace)
        except Exception as error:
            raise ExtensionError(f"{type(error).__name__}: {error}\n{code}") from error

    def table(self, rows: list[tuple[str, str]]) -> nodes.table:
        group = nodes.tgroup(cols=2)
        group += [nodes.colspec(colwidth=50), nodes.colspec(colwidth=50)]
        titles = nodes.row()
        for title in (self.options["title"], "tapegrad"):
            titles += nodes.entry("", nodes.paragraph("", title))
        group += nodes.thead("", titles)
        body = nodes.tbody()
        for row in rows:
            line = nodes.row()
            for code in row:
                line += nodes.entry("", nodes.literal_block(code, code, language="python"))
            body += line
        group += body
        return nodes.table("", group, classes=["both"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("both", Both)
    return {"parallel_read_safe": True}
