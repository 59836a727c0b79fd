"""Linear algebra functions of the namespace itself; the others are in `linalg`."""

from __future__ import annotations

from collections.abc import Sequence

from .. import _core as tg
from .._core import Variable
from ._common import promoted


def matmul(x1: Variable, x2: Variable, /) -> Variable:
    """The matrix product of the last two axes, the others broadcast. Raises RuntimeError without axes."""
    return tg.matmul(*promoted(x1, x2))


def matrix_transpose(x: Variable, /) -> Variable:
    """x with its last two axes exchanged, without a copy."""
    if x.ndim < 2:
        raise ValueError(f"matrix_transpose() is of at least two dimensions, not {x.ndim}")
    return x.mT


def tensordot(
    x1: Variable, x2: Variable, /, *, axes: int | tuple[Sequence[int], Sequence[int]] = 2
) -> Variable:
    """Sums of products over the last `axes` axes of x1 and first ones of x2, or over those named.

    Raises ValueError where their sizes differ.
    """
    if isinstance(axes, int):
        first, second = list(range(x1.ndim - axes, x1.ndim)), list(range(axes))
    else:
        first, second = list(axes[0]), list(axes[1])
    # The library would broadcast an axis of one element.
    if [x1.shape[a] for a in first] != [x2.shape[a] for a in second]:
        raise ValueError(
            f"tensordot(): axes {first} of {tuple(x1.shape)} and {second} of {tuple(x2.shape)} differ"
        )
    a, b = promoted(x1, x2)
    return tg.tensordot(a, b, (first, second))


def vecdot(x1: Variable, x2: Variable, /, *, axis: int = -1) -> Variable:
    """Sums of products over an axis, counted from the end, of one size in both; the others broadcast."""
    x1, x2 = promoted(x1, x2)
    if not -min(x1.ndim, x2.ndim) <= axis < 0:
        if not 0 <= axis < x1.ndim or x1.ndim != x2.ndim:
            raise ValueError(f"vecdot(): axis {axis} must be negative, and an axis of both arrays")
        axis -= x1.ndim
    if x1.shape[axis] != x2.shape[axis]:
        raise ValueError(f"vecdot(): sizes along axis {axis} differ: {x1.shape[axis]} and {x2.shape[axis]}")
    return tg.sum(x1 * x2, axis, dtype=x1.dtype)


__all__ = ["matmul", "matrix_transpose", "tensordot", "vecdot"]
