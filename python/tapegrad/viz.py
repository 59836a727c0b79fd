"""Pictures of graphs, by Graphviz.

The text of the picture needs nothing; the picture itself needs the package ``graphviz`` (``pip install
tapegrad[viz]``) and the program ``dot``.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._core import Variable
from .autograd._tape import Tape, TapeNode, readable, typed

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Graph", "graph"]

_LEAF, _OP, _RESULT = "lightblue", "lightgrey", "darkolivegreen1"


class Graph:
    """A picture: `dot` is its text, notebooks show it by themselves, and `render` writes a file."""

    def __init__(self, dot: str) -> None:
        self.dot = dot

    def __str__(self) -> str:
        return self.dot

    def svg(self) -> str:
        """The picture as SVG. Raises ImportError where Graphviz is missing."""
        return self._piped("svg").decode()

    def render(self, path: str | Path) -> Path:
        """Writes the picture in the format of the name's end: ``.svg``, ``.png``, ``.pdf``, or ``.dot`` for
        the text."""
        from pathlib import Path

        target = Path(path)
        kind = target.suffix.removeprefix(".")
        target.write_bytes(self.dot.encode() if kind in ("dot", "gv") else self._piped(kind))
        return target

    def _piped(self, kind: str) -> bytes:
        try:
            graphviz = importlib.import_module("graphviz")
        except ImportError as error:
            raise ImportError(
                "drawing needs the package graphviz (pip install 'tapegrad[viz]') and the program "
                "dot; the text is in .dot"
            ) from error
        picture: bytes = graphviz.Source(self.dot).pipe(format=kind)
        return picture

    def _repr_svg_(self) -> str | None:
        try:
            return self.svg()
        except Exception:  # no Graphviz: the text is shown instead
            return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/plain": self.dot}
        svg = self._repr_svg_()
        if svg is not None:
            bundle["image/svg+xml"] = svg
        return {
            kind: text
            for kind, text in bundle.items()
            if (not include or kind in include) and not (exclude and kind in exclude)
        }


def graph(
    y: Variable | Sequence[Variable], names: Mapping[str, Variable] | None = None, *, saved: bool = True
) -> Graph:
    """A picture of the graph behind `y`: operations, what they saved, with shapes and bytes, and leaves.

    Args:
        y: a Variable, or several.
        names: names of leaves and results, ``{"w": w}``.
        saved: whether to show saved values.
    """
    tape = Tape(y, names)
    lines = ["digraph {", "  rankdir=TB", '  node [shape=box style=filled fontname="monospace" fontsize=10]']
    for number, node in enumerate(tape.nodes):
        lines += _node_lines(tape, number, node, saved)
    roots = [y] if isinstance(y, Variable) else list(y)
    numbers = {id(node.node): number for number, node in enumerate(tape.nodes)}
    for k, root in enumerate(roots):
        if root.grad_fn is None:
            continue
        name = tape.leaf_name(root) or "result"
        lines.append(
            f"  r{k} [label={_quoted([name, typed(str(root.dtype), tuple(root.shape))])} fillcolor={_RESULT}]"
        )
        lines.append(f"  n{numbers[id(root.grad_fn)]} -> r{k}")
    return Graph("\n".join([*lines, "}"]) + "\n")


def _node_lines(tape: Tape, number: int, node: TapeNode, saved: bool) -> list[str]:
    if node.name == "AccumulateGrad":
        label = [tape.leaf_name(node.leaf) or "leaf", *(typed(*output) for output in node.outputs)]
        return [f"  n{number} [label={_quoted(label)} fillcolor={_LEAF}]"]
    label = [node.name]
    if saved:
        label += [f"{s.label}: {typed(s.dtype, s.shape)} {readable(s.bytes)}" for s in node.saved]
    lines = [f"  n{number} [label={_quoted(label)} fillcolor={_OP}]"]
    for edge in node.inputs:
        if edge is not None:
            note = f" [label={edge[1]}]" if len(tape.nodes[edge[0]].outputs) > 1 else ""
            lines.append(f"  n{edge[0]} -> n{number}{note}")
    return lines


def _quoted(lines: Sequence[str]) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'
