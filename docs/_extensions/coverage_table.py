"""The directive `coverage`: every function in a row, made from the ops table and the op database."""

from collections.abc import Iterator
from itertools import groupby

from docutils import nodes
from docutils.statemachine import StringList
from op_db import FAMILIES
from op_db.spec import Op
from operators import dtypes, numpy_name, public_name, title_of
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import tapegrad

HEADER = ("function", "NumPy", "derivative", "method", "in place", "out=", "dtypes")


class Coverage(SphinxDirective):
    """A table a family, and before them how many functions there are."""

    def run(self) -> list[nodes.Node]:
        nodes_of = dict(tapegrad._core.op_nodes())
        lines: list[str] = []
        count = derivatives = 0
        for family in (family for family in FAMILIES if hasattr(family, "OPS")):
            title = title_of(family)
            lines += ["", title, "-" * len(title), "", ".. list-table::", "   :header-rows: 1", ""]
            lines += row(HEADER)
            ops = sorted(family.OPS, key=lambda op: op.id)
            for name, variants in groupby(ops, key=public_name):
                cells = list(self.cells(name, list(variants), nodes_of))
                lines += row(cells)
                count += 1
                derivatives += cells[2] != "none"
        rows = sum(1 for node in nodes_of.values() if node)
        lines[:0] = [
            f"{count} functions, of which {derivatives} have derivatives, those of every order. The table of "
            f"ops has {len(nodes_of)} rows, {rows} of them with a node on the tape.",
            "",
        ]
        container = nodes.container()
        self.state.nested_parse(StringList(lines, "coverage"), 0, container, match_titles=True)
        for section in container.findall(nodes.section):
            section["classes"].append("coverage")
        return container.children

    def cells(self, name: str, variants: list[Op], nodes_of: dict[str, str | None]) -> Iterator[str]:
        yield f"``{name}``"
        numpy = [n.removeprefix("numpy.") for n in map(numpy_name, variants)]
        yield ", ".join(f"``{n}``" for n in dict.fromkeys(filter(None, numpy)))
        yield self.derivative(variants, nodes_of)
        yield mark(hasattr(tapegrad.Variable, name))
        yield mark(any(op.inplace for op in variants))
        yield mark(any(op.out for op in variants))
        yield "; ".join(dict.fromkeys(dtypes(op) for op in variants))

    def derivative(self, variants: list[Op], nodes_of: dict[str, str | None]) -> str:
        rows = dict.fromkeys(r for op in variants for r in op.covers)
        recorded = dict.fromkeys(node for r in rows if (node := nodes_of[r]))
        if recorded:
            return ", ".join(f"``{node}``" for node in recorded)
        return "composed" if not rows and any(op.grad for op in variants) else "none"


def mark(value: bool) -> str:
    return "✓" if value else ""


def row(cells) -> list[str]:
    first, *others = cells
    return [f"   * - {first}", *(f"     - {cell}" for cell in others)]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("coverage", Coverage)
    return {"parallel_read_safe": True}
