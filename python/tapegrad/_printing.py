"""What a Variable looks like as text: PyTorch's, character for character.

Printing goes in four steps, and a large variable becomes small at the first:

1. `_corners` keeps the elements that will be shown and drops the rest, by indexing;
2. `_cells` chooses one notation for all of them and turns each into a string of equal width;
3. `_brackets` nests and wraps the strings;
4. `_with_suffixes` adds size, dtype and what autograd knows, as in ``grad_fn=<AddBackward0>``.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, SupportsIndex, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["get_printoptions", "printoptions", "set_printoptions", "variable_format", "variable_repr"]

Array: TypeAlias = "npt.NDArray[Any]"
Nested: TypeAlias = "str | list[Nested]"

# Classes that print as `tensor(...)`; a user's own subclass prints under its own name.
_PLAIN_CLASSES = frozenset({"Variable", "Tensor", "Parameter"})

# A nonempty variable of one of these does not show its dtype; an empty one only if it is the first.
_DEFAULT_DTYPE = np.dtype(np.float32)
_TELLTALE_DTYPES = frozenset({_DEFAULT_DTYPE, np.dtype(np.int64), np.dtype(np.bool_)})

# No float64 has more digits than this after the point.
_MOST_DIGITS = 1074


class Printable(Protocol):
    """All that printing asks of a Variable."""

    @property
    def shape(self) -> Sequence[int]: ...
    @property
    def dtype(self) -> object: ...
    @property
    def requires_grad(self) -> bool: ...
    @property
    def grad_fn(self) -> object | None: ...
    def detach(self) -> Printable: ...
    def numpy(self) -> Array: ...
    def numel(self) -> int: ...
    def dim(self) -> int: ...


# Options ------------------------------------------------------------------------------------------


class _Options(NamedTuple):
    """How to print; immutable, so that a change takes effect whole or not at all."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: float = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": _Options(),
    "short": _Options(precision=2, edgeitems=2),
    "full": _Options(threshold=math.inf),
}

_options = _Options()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: float | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how variables print, from now on and in every thread.

    What is left out keeps its value, but for ``sci_mode``, which goes back to None.

    Args:
        precision: digits after the point (4).
        threshold: the largest number of elements printed without a summary (1000); ``inf`` for no limit.
        edgeitems: elements shown at each end of a summarised dimension (3).
        linewidth: characters a line (80).
        profile: ``"default"``, ``"short"`` or ``"full"``: a set of values to start from.
        sci_mode: True for scientific notation, False for none, None to choose by the values.

    Raises:
        TypeError, ValueError: an option has no such value; nothing has changed.
    """
    global _options
    if profile is not None and profile not in list(_PROFILES):
        raise ValueError(f"profile must be one of {', '.join(map(repr, _PROFILES))}, not {profile!r}")
    if sci_mode is not None and not isinstance(sci_mode, (bool, np.bool_)):
        raise TypeError(f"sci_mode must be True, False or None, not {sci_mode!r}")

    given: dict[str, Any] = {}
    if precision is not None:
        given["precision"] = _count("precision", precision, most=_MOST_DIGITS)
    if threshold is not None:
        given["threshold"] = _limit("threshold", threshold)
    if edgeitems is not None:
        given["edgeitems"] = _count("edgeitems", edgeitems)
    if linewidth is not None:
        given["linewidth"] = _limit("linewidth", linewidth)
    start = _options if profile is None else _PROFILES[profile]
    _options = start._replace(**given, sci_mode=None if sci_mode is None else bool(sci_mode))


def get_printoptions() -> dict[str, Any]:
    """The print options in force, as a dictionary that `set_printoptions` takes as keywords."""
    return _options._asdict()


@contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """Print with other options inside a ``with`` block; takes what `set_printoptions` takes.

    >>> with tapegrad.printoptions(precision=2):
    ...     print(tapegrad.tensor([1 / 3, 2 / 3]))
    tensor([0.33, 0.67])
    """
    global _options
    before = _options
    set_printoptions(**options)
    try:
        yield
    finally:
        _options = before


def _count(name: str, value: SupportsIndex, most: int | None = None) -> int:
    """`value` as an int from 0 to `most`, or an error that names the option."""
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise TypeError(f"{name} must be an int, not {value!r}")
    count = operator.index(value)
    if count < 0 or (most is not None and count > most):
        wanted = "0 or more" if most is None else f"from 0 to {most}"
        raise ValueError(f"{name} must be {wanted}, not {count}")
    return count


def _limit(name: str, value: float) -> float:
    """`value` as a number, 0 or more and perhaps infinite, or an error that names the option."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number, not {value!r}")
    if not value >= 0:  # so that NaN fails too
        raise ValueError(f"{name} must be 0 or more, not {value}")
    return int(value) if isinstance(value, (int, np.integer)) else float(value)


# From a Variable to text --------------------------------------------------------------------------


def variable_repr(v: Printable) -> str:
    """The text of ``repr(v)``: ``tensor([1., 2.], grad_fn=<AddBackward0>)``."""
    options = _options
    class_name = type(v).__name__
    prefix = "tensor(" if class_name in _PLAIN_CLASSES else f"{class_name}("
    body = _array_text(v.detach().numpy(), len(prefix), options)
    return _with_suffixes(prefix + body, _suffixes(v, options), len(prefix), options)


def results_repr(results: Any) -> str:
    """The text of named results, as those of ``max(x, dim)``: each begins a line."""
    kind = type(results)
    fields = ",\n".join(f"{name}={value!r}" for name, value in zip(kind.__match_args__, results, strict=True))
    return f"{kind.__module__}.{kind.__name__}(\n{fields})"


def variable_format(v: Printable, spec: str) -> str:
    """The text of ``format(v, spec)``: a 0-d variable formats as its number, others take no spec."""
    if v.dim() == 0:
        return format(v.detach().numpy().item(), spec)
    if spec:
        name = type(v).__name__
        raise TypeError(
            f"unsupported format string passed to {name}.__format__: {spec!r} needs one number, and this "
            f"{name} has shape {tuple(v.shape)}; use set_printoptions() or printoptions() for how "
            "its elements print, or format them one by one"
        )
    return str(v)


def _array_text(array: Array, indent: int, options: _Options) -> str:
    """The elements in brackets; lines after the first are indented by `indent` and the nesting."""
    if array.size == 0:
        return "[]"
    edge = options.edgeitems
    elided = tuple(array.size > options.threshold and n > 2 * edge for n in array.shape)
    if any(elided) and edge == 0:
        return "[...]"
    shown = _corners(array, elided, edge)
    cells, width = _cells(shown, options)
    nested: Nested = np.array(cells, dtype=object).reshape(shown.shape).tolist()
    if isinstance(nested, str):
        return nested

    room = (options.linewidth - indent - len(elided) + 1) / (width + len(", "))
    return _brackets(nested, elided, edge, indent, room)


def _corners(array: Array, elided: Sequence[bool], edge: int) -> Array:
    """`array` with only the first and last `edge` places along every axis that is `elided`."""
    if not any(elided):
        return array
    places = (
        np.r_[:edge, n - edge : n] if cut else np.arange(n)
        for n, cut in zip(array.shape, elided, strict=True)
    )
    corners: Array = array[np.ix_(*places)]
    return corners


def _brackets(items: list[Nested], elided: Sequence[bool], edge: int, indent: int, room: float) -> str:
    """`items` in brackets, the outermost axis being ``elided[0]``; `room` counts the cells of a line."""
    pieces = [
        item if isinstance(item, str) else _brackets(item, elided[1:], edge, indent + 1, room)
        for item in items
    ]
    depth = len(elided)
    if elided[0]:
        pieces.insert(edge, "..." if depth > 1 else " ...")
    if depth == 1:
        per_line = max(1, int(min(room, len(pieces))))
        pieces = [", ".join(pieces[i : i + per_line]) for i in range(0, len(pieces), per_line)]
    # Blank lines set blocks of two and more dimensions apart.
    separator = "," + "\n" * max(1, depth - 1) + " " * (indent + 1)
    return f"[{separator.join(pieces)}]"


# From numbers to cells ----------------------------------------------------------------------------


def _cells(shown: Array, options: _Options) -> tuple[list[str], int]:
    """Each element as a string, right-aligned, and the column width that lines are filled by.

    The width is that of the finite nonzero numbers: zeros and infinities can stick out, as PyTorch's do.
    """
    values = shown.reshape(-1)
    if values.dtype.kind != "f":
        cells = [str(value) for value in values.tolist()]
        width = max(map(len, cells))
    else:
        counted = np.isfinite(values) & (values != 0)
        cells = list(map(_notation(np.abs(values[counted]), options), values.tolist()))
        width = max((len(cells[i]) for i in np.flatnonzero(counted).tolist()), default=1)
    return [cell.rjust(width) for cell in cells], width


def _notation(magnitudes: Array, options: _Options) -> Callable[[float], str]:
    """The notation for a set of floats, from the magnitudes of the finite nonzero ones among them."""
    if magnitudes.size == 0:
        return _integral
    if options.sci_mode is None:
        # As Python floats: a float32 ratio would round, or overflow with a warning.
        least, most = float(magnitudes.min()), float(magnitudes.max())
        scientific = most / least > 1000 or most > 1e8 or least < 1e-4
    else:
        scientific = options.sci_mode
    if scientific:
        return f"{{:.{options.precision}e}}".format
    if np.array_equal(magnitudes, np.trunc(magnitudes)):
        return _integral
    return f"{{:.{options.precision}f}}".format


def _integral(value: float) -> str:
    """A whole number with a bare point: ``3.``; infinities and NaN without."""
    return f"{value:.0f}." if math.isfinite(value) else str(value)


# What follows the elements ------------------------------------------------------------------------


def _suffixes(v: Printable, options: _Options) -> Iterator[str]:
    """What the elements do not tell: size, dtype, autograd."""
    empty = v.numel() == 0
    if (empty and v.dim() != 1) or (not empty and options.edgeitems == 0):
        yield f"size={tuple(v.shape)}"
    dtype = v.detach().numpy().dtype
    if dtype != _DEFAULT_DTYPE and (empty or dtype not in _TELLTALE_DTYPES):
        yield f"dtype={v.dtype}"
    name = _node_name(v)
    if name is not None:
        yield f"grad_fn=<{name}>"
    elif v.requires_grad:
        yield "requires_grad=True"


def _node_name(v: Printable) -> str | None:
    """The name of the node that made `v`, if any; ``Invalid`` if asking for the node is an error."""
    try:
        node = v.grad_fn
    except RuntimeError:  # a view made under no_grad and written to since
        return "Invalid"
    return None if node is None else type(node).__name__


def _with_suffixes(text: str, suffixes: Iterator[str], indent: int, options: _Options) -> str:
    """`text` and its suffixes, each on the current line if it fits there, else on the next.

    Lines break where PyTorch's do: a dtype counts as if it were ``torch.float64``, and a line can
    run three characters over. So output differs from PyTorch's in the name alone.
    """
    # The bracket and comma still to come count into the body's line, though not into later ones.
    column = len(text) - (text.rfind("\n") + 1) + 2
    for suffix in suffixes:
        length = len(suffix.replace("=tapegrad.", "=torch."))
        if column + length + 2 > options.linewidth:
            text += ",\n" + " " * indent + suffix
            column = indent + length
        else:
            text += ", " + suffix
            column += length + 2
    return text + ")"
