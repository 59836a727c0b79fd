"""The directive `operators`: a reference made from the ops table, the op database and the C++ sources."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from types import FunctionType, ModuleType

import numpy as np
from docutils import nodes
from docutils.statemachine import StringList
from op_db import FAMILIES
from op_db.spec import ALL, FLOATS, INTS, NUMBERS, Op
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

import tapegrad

SOURCES = Path(__file__).parent.parent.parent / "csrc"
GROUPS = {ALL: "all", NUMBERS: "all but bool", FLOATS: "float32, float64", INTS: "integers"}


@cache
def sources() -> dict[str, str]:
    folders = ("ops", "graph")
    return {
        str(path.relative_to(SOURCES.parent)): path.read_text()
        for folder in folders
        for path in sorted((SOURCES / folder).glob("*.cpp"))
    }


def upto(text: str, start: int, ends: str) -> str:
    """From `start` to the first of `ends` that stands outside all brackets."""
    depth, i = 0, start
    while True:
        depth += (text[i] in "([{") - (text[i] in ")]}")
        i += 1
        if depth == 0 and text[i - 1] in ends:
            return text[start:i]


def named_functions(text: str, row: str) -> Iterator[str]:
    """The functions that a row names as its derivative."""
    for name in dict.fromkeys(re.findall(r"\.derivative = (\w+)|\b(\w+_derivative)\b", row)):
        name = "".join(name)
        match = re.search(rf"^(?:template <.*>\n)?void {name}\(Backward& b\)", text, re.MULTILINE)
        if match:
            yield upto(text, match.start(), "}")


def row_source(row: str) -> tuple[str, str]:
    """File and text of a row of the ops table, and of its derivative where that is a function by itself."""
    for path, text in sources().items():
        for match in re.finditer(r"^const (?:Op|\w+Rows) \w+", text, re.MULTILINE):
            statement = upto(text, match.start(), ";")
            if f'"{row}"' in statement:
                return path, "\n\n".join([statement, *named_functions(text, statement)])
    raise ExtensionError(f"no statement of csrc/ops makes the row {row!r}")


def title_of(family: ModuleType) -> str:
    return family.__name__.split(".")[-1].replace("_", " ").capitalize()


def public_name(op: Op) -> str:
    """Where the module has it: what the op database calls linalg_inv is linalg.inv."""
    if op.name.startswith("linalg_"):
        return op.name.replace("_", ".", 1)
    if op.name == "special":
        return ".".join(op.id.split(".")[:2])
    return op.name if owner(op) else f"nn.functional.{op.name}"


def owner(op: Op):
    """What has the function: the module or, for a method or an attribute, the class."""
    if hasattr(tapegrad, op.name) and not op.attribute:
        return tapegrad
    return tapegrad.Variable if hasattr(tapegrad.Variable, op.name) else None


def function_of(op: Op):
    """The function, or else the method; None for what is neither, like `x[i]`."""
    found = owner(op) if public_name(op) == op.name else tapegrad
    for part in public_name(op).split("."):
        found = getattr(found, part, None)
    return found


def arguments(function: object) -> str:
    """The parenthesis of a function, or of a method without self; empty where it does not tell."""
    if isinstance(function, FunctionType):
        signature = inspect.signature(function)
        plain = [p.replace(annotation=p.empty) for p in signature.parameters.values() if p.name != "self"]
        return str(signature.replace(parameters=plain, return_annotation=signature.empty))
    text = getattr(function, "__text_signature__", None) or ""
    return text.replace("$self, ", "").replace("$self", "")


def signatures(op: Op) -> list[str]:
    name, function = public_name(op), function_of(op)
    in_module = function and owner(op) is not tapegrad.Variable
    forms = [f"tapegrad.{name}{arguments(function)}"] if in_module else []
    method = getattr(tapegrad.Variable, name, None)
    if method is not None:
        forms.append(f"Variable.{name}{arguments(method)}")
    if op.inplace:
        forms.append(f"Variable.{name}_(...)")
    if op.operator:
        forms.append(f"operator.{op.operator}")
    return forms or [op.id]


def numpy_name(op: Op) -> str:
    if isinstance(op.ref, np.ufunc) or str(getattr(op.ref, "__module__", "")).startswith("numpy"):
        return f"numpy.{op.ref.__name__}"
    return f"numpy.{op.name}" if hasattr(np, op.name) else ""


def prose(text: str) -> list[str]:
    """A docstring as reStructuredText: names in backticks become literals, all else stands for itself."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([*|_\\])", r"\\\1", part) for part in parts[::2]]
    return "``".join(parts).splitlines()


def dtypes(op: Op) -> str:
    return GROUPS.get(op.dtypes, ", ".join(op.dtypes)) + (" (integers become float32)" if op.to_float else "")


class Operators(SphinxDirective):
    """A section a family of the op database, an entry a function."""

    def run(self) -> list[nodes.Node]:
        nodes_of = dict(tapegrad._core.op_nodes())
        lines: list[str] = []
        for family in (family for family in FAMILIES if hasattr(family, "OPS")):
            title = title_of(family)
            lines += ["", title, "-" * len(title), ""]
            ops = sorted(family.OPS, key=lambda op: op.id)
            for name, variants in groupby(ops, key=public_name):
                lines += self.entry(name, list(variants), nodes_of)
        container = nodes.container()
        self.state.nested_parse(StringList(lines, "operators"), 0, container, match_titles=True)
        return container.children

    def entry(self, name: str, variants: list[Op], nodes_of: dict[str, str | None]) -> list[str]:
        forms = dict.fromkeys(form for op in variants for form in signatures(op))
        doc = getattr(function_of(variants[0]), "__doc__", None) or ""
        rows = list(dict.fromkeys(row for op in variants for row in op.covers))
        recorded = list(dict.fromkeys(nodes_of[row] for row in rows if nodes_of[row]))
        lines = [f".. rubric:: ``{name}``", "", ".. code-block:: text", ""]
        lines += ["   " + form for form in forms] + [""]
        lines += [*prose(doc), ""] if doc else []
        lines += [".. rst-class:: facts", ""]
        lines += [":dtypes: " + "; ".join(dict.fromkeys(dtypes(op) for op in variants))]
        numpy = ", ".join(dict.fromkeys(filter(None, map(numpy_name, variants))))
        lines += [f":NumPy: ``{numpy}``"] if numpy else []
        lines += (
            [":nodes: " + ", ".join(f"``{node}``" for node in dict.fromkeys(recorded))] if recorded else []
        )
        lines += [":nodes: those of the operations it is made of"] if not rows else []
        lines += [":nodes: none, it is not differentiable"] if rows and not recorded else []
        lines += [""]
        for row in rows:
            if nodes_of[row]:
                path, source = row_source(row)
                lines += [".. code-block:: cpp", f"   :caption: {path}", ""]
                lines += ["   " + line for line in source.splitlines()] + [""]
        return lines


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("operators", Operators)
    return {"parallel_read_safe": True}
