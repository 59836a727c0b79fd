"""The graph behind a result, as text and as figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .._core import Variable, _tape_nodes, _tape_summary

__all__ = ["LargeNode", "Saved", "Tape", "TapeInfo", "TapeNode", "tape", "tape_info"]


class Saved(NamedTuple):
    """A value that a node keeps for its derivative. `bytes` is what its memory takes, which it may share."""

    label: str
    dtype: str
    shape: tuple[int, ...]
    bytes: int


class TapeNode(NamedTuple):
    """A node of a listing: `inputs` has a pair (number of the node, output) an edge, None for no edge."""

    node: Any
    name: str
    inputs: list[tuple[int, int] | None]
    saved: list[Saved]
    outputs: list[tuple[str, tuple[int, ...]]]
    leaf: Variable | None


def roots_of(y: Variable | Sequence[Variable]) -> list[Variable]:
    """The Variables of an argument that may be one or several. Raises TypeError, RuntimeError."""
    roots = [y] if isinstance(y, Variable) else list(y)
    for root in roots:
        if not isinstance(root, Variable):
            raise TypeError(f"a graph belongs to a Variable, not to {type(root).__name__}")
        if not root.requires_grad:
            raise RuntimeError(
                "this Variable does not require grad, so there is no graph behind it: nothing that it "
                "was computed from "
                "has requires_grad=True, or it was computed under no_grad()"
            )
    return roots


class Tape:
    """A listing of a graph: the latest node first, then the leaves. `nodes` has it, ``str()`` prints it.

    Equal programs give equal text.
    """

    def __init__(self, y: Variable | Sequence[Variable], names: Mapping[str, Variable] | None = None) -> None:
        self.nodes: list[TapeNode] = [
            TapeNode(node, name, inputs, [Saved(*item) for item in saved], outputs, leaf)
            for node, name, inputs, saved, outputs, leaf in _tape_nodes(roots_of(y))
        ]
        self._names = {id(v): name for name, v in (names or {}).items()}

    def leaf_name(self, leaf: Variable | None) -> str:
        """The name of a leaf, empty where it has none."""
        return "" if leaf is None else self._names.get(id(leaf), "")

    def __len__(self) -> int:
        return len(self.nodes)

    def __str__(self) -> str:
        rows = [self._row(number, node) for number, node in enumerate(self.nodes)]
        widths = [max((len(row[k]) for row in rows), default=0) for k in range(4)]
        lines = ("  ".join(cell.ljust(w) for cell, w in zip(row, [*widths, 0], strict=True)) for row in rows)
        return "\n".join(line.rstrip() for line in lines)

    __repr__ = __str__

    def _row(self, number: int, node: TapeNode) -> list[str]:
        outputs = ", ".join(typed(*output) for output in node.outputs)
        if node.name == "AccumulateGrad":
            gone = "gone" if node.leaf is None else self.leaf_name(node.leaf)
            return [f"%{number}", node.name, outputs, f"leaf {gone}".rstrip(), ""]
        inputs = " ".join(
            "-" if edge is None else f"%{edge[0]}" + (f".{edge[1]}" if edge[1] else "")
            for edge in node.inputs
        )
        saved = ", ".join(f"{s.label} {typed(s.dtype, s.shape)} {readable(s.bytes)}" for s in node.saved)
        return [f"%{number}", node.name, outputs, f"<- {inputs}", f"saved: {saved}" if saved else ""]


def tape(y: Variable | Sequence[Variable], names: Mapping[str, Variable] | None = None) -> Tape:
    """The graph behind `y` as a listing: a line a node, with its inputs, and what it saved.

    >>> x = tapegrad.tensor([1.0, 2.0], requires_grad=True)
    >>> print(tape((x * x).sum(), {"x": x}))
    %0  SumBackward0    float32 []   <- %1
    %1  MulBackward0    float32 [2]  <- %2 %2  saved: input 0 float32 [2] 8 B, input 1 float32 [2] 8 B
    %2  AccumulateGrad  float32 [2]  leaf x

    Args:
        y: a Variable, or several.
        names: names of leaves.
    """
    return Tape(y, names)


class LargeNode(NamedTuple):
    """A node with the bytes it keeps, and the line of the script that made it if anomaly mode was on."""

    node: Any
    name: str
    bytes: int
    line: str


class TapeInfo(NamedTuple):
    """What a graph keeps.

    `nodes` counts the nodes, `saved_values` the variables they saved, `saved_bytes` the memory of these,
    shared memory once; `leaf_bytes` of it belong to leaves of the graph, which live anyway. `by_name` has
    (nodes, bytes) for each name of node; `largest` the nodes that keep most.
    """

    nodes: int
    saved_values: int
    saved_bytes: int
    leaf_bytes: int
    by_name: dict[str, tuple[int, int]]
    largest: list[LargeNode]

    def __str__(self) -> str:
        head = (
            f"{self.nodes} nodes keep {self.saved_values} values in {readable(self.saved_bytes)}, "
            f"{readable(self.leaf_bytes)} of it in leaves"
        )
        rows = [f"{readable(n.bytes):>10}  {n.name}{'  ' + n.line if n.line else ''}" for n in self.largest]
        return "\n".join([head, *rows])


def tape_info(y: Variable | Sequence[Variable], largest: int = 10) -> TapeInfo:
    """How many nodes the graph behind `y` has, how much memory they keep, and which keep most.

    Args:
        y: a Variable, or several.
        largest: how many of the largest nodes to name. Under `set_detect_anomaly(True)` they know the line
            that made them.
    """
    nodes, values, size, leaf_size, by_name, top = _tape_summary(roots_of(y), largest)
    ordered = dict(sorted(by_name.items(), key=lambda item: (-item[1][1], item[0])))
    return TapeInfo(
        nodes, values, size, leaf_size, ordered, [LargeNode(n, n.name(), b, _line(n)) for n, b in top]
    )


def _line(node: Any) -> str:
    """The innermost line of the user's in the traceback that anomaly mode noted."""
    noted = getattr(node, "metadata", {}).get("traceback_") or []
    text = noted if isinstance(noted, str) else "".join(noted)
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("File ")]
    return lines[-1] if lines else ""


def typed(dtype: str, shape: tuple[int, ...]) -> str:
    return f"{dtype.removeprefix('tapegrad.')} {list(shape)}"


def readable(size: float) -> str:
    """``1536`` as ``1.5 KiB``."""
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:g} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
