"""The directive `numpy-coverage`: what every public function and ufunc of this NumPy is to a Variable."""

import re
from itertools import groupby

import numpy as np
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tapegrad._numpy import table, ufuncs

KINDS = {
    "differentiable": "On the tape",
    "constant": "Constant: integers, bools, shapes or text, computed from the values",
    "refused": "Refused where the result would be on the tape",
    "apart": "Without Variables: nothing for them to be handed",
}


def ufunc_kind(name: str) -> str:
    if name in (*ufuncs.UNARY, *ufuncs.CORE, *ufuncs.BINARY):
        return "differentiable"
    if name in ufuncs.INFIX:
        compares = re.match(r"(not_)?equal|less|greater|bitwise|.*_shift", name)
        return "constant" if compares else "differentiable"
    return "refused" if name in ufuncs.WITHOUT_DERIVATIVE else "constant"


def rows() -> list[tuple[str, str]]:
    """Pairs (kind, name), ufuncs among the functions by their first names."""
    found = [(table.kind(name) or "", name) for name, _ in table.public_functions()]
    names = {u.__name__ for u in vars(np).values() if isinstance(u, np.ufunc)}
    return sorted([*found, *((ufunc_kind(name), name) for name in names)])


class NumpyCoverage(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        by_kind = {
            kind: [name for _, name in group] for kind, group in groupby(rows(), key=lambda row: row[0])
        }
        lines = [f"Of NumPy {np.__version__}, ufuncs included:", ""]
        lines += [".. list-table::", "   :widths: 20 80", ""]
        for kind, title in KINDS.items():
            names = by_kind[kind]
            lines += [f"   * - {title} ({len(names)})"]
            if kind == "refused":
                lines += ["     - " + "\n       ".join(f"| ``{n}``: {self.why(n)}" for n in names)]
            else:
                lines += ["     - " + ", ".join(f"``{n}``" for n in names)]
        container = nodes.container()
        text = "\n".join(lines).splitlines()
        self.state.nested_parse(StringList(text, "numpy-coverage"), 0, container, match_titles=True)
        return container.children

    @staticmethod
    def why(name: str) -> str:
        text = table.REFUSED.get(name, "no derivative; call it on .detach()")
        return re.sub(r"([*|`_\\])", r"\\\1", text)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("numpy-coverage", NumpyCoverage)
    return {"parallel_read_safe": True}
