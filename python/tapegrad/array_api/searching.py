"""Searching functions."""

from __future__ import annotations

import builtins
from typing import Literal

from .. import _core as tg
from .._core import Variable
from ._common import Axis, Operand, as_one_axis, axes_of, promoted


def argmax(x: Variable, /, *, axis: int | None = None, keepdims: builtins.bool = False) -> Variable:
    """Where the greatest element is along an axis, the first of several; int64."""
    return as_one_axis(x, axis, keepdims, tg.argmax)


def argmin(x: Variable, /, *, axis: int | None = None, keepdims: builtins.bool = False) -> Variable:
    """Where the least element is along an axis, the first of several; int64."""
    return as_one_axis(x, axis, keepdims, tg.argmin)


def count_nonzero(x: Variable, /, *, axis: Axis = None, keepdims: builtins.bool = False) -> Variable:
    """How many elements over the axes are not 0; int64."""
    axes, present = axes_of(x, axis), (x != 0).to(tg.int64)
    return tg.sum(present, axes, keepdims) if axes else present


def nonzero(x: Variable, /) -> tuple[Variable, ...]:
    """Where x is not 0, in row-major order: an int64 array an axis. Raises IndexError without axes."""
    if x.ndim == 0:
        raise IndexError("nonzero() is of arrays with axes: this one has no dimensions")
    return tuple(tg.unbind(tg.nonzero(x), 1))


def searchsorted(
    x1: Variable,
    x2: Variable,
    /,
    *,
    side: Literal["left", "right"] = "left",
    sorter: Variable | None = None,
) -> Variable:
    """Where elements of x2 belong in x1, sorted and of one dimension: before equal ones for 'left'; int64.

    `sorter` is argsort(x1) where x1 is not sorted itself.
    """
    x1, x2 = promoted(x1, x2)
    if x1.dtype is tg.bool:  # beyond the standard: scikit-learn looks for labels so
        x1, x2 = x1.to(tg.uint8), x2.to(tg.uint8)
    if sorter is not None:
        x1 = x1[sorter.to(tg.int64)]
    return tg.searchsorted(x1, x2, side=side)


def where(condition: Variable, x1: Operand, x2: Operand, /) -> Variable:
    """x1 where the condition is true, else x2; of their common dtype and the broadcast shape."""
    if not isinstance(x1, builtins.bool | int | float) or not isinstance(x2, builtins.bool | int | float):
        x1, x2 = promoted(x1, x2)
    return tg.where(condition, x1, x2)


__all__ = ["argmax", "argmin", "count_nonzero", "nonzero", "searchsorted", "where"]
