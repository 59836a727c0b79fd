"""Indexing functions."""

from __future__ import annotations

from .. import _core as tg
from .._core import Variable
from ._common import one_axis


def take(x: Variable, indices: Variable, /, *, axis: int | None = None) -> Variable:
    """The elements at `indices` along an axis, which may be left out where x has one; -1 is the last.

    Raises IndexError out of bounds, ValueError without axis for more than one.
    """
    if axis is None:
        if x.ndim != 1:
            raise ValueError(f"axis must be given for an array of {x.ndim} dimensions")
        axis = 0
    return x[(slice(None),) * one_axis(axis, x.ndim) + (indices.to(tg.int64),)]


def take_along_axis(x: Variable, indices: Variable, /, *, axis: int = -1) -> Variable:
    """The elements at the places along an axis that `indices`, broadcast, gives for each line of x.

    Raises RuntimeError out of bounds.
    """
    return tg.take_along_dim(x, indices.to(tg.int64), one_axis(axis, x.ndim))


__all__ = ["take", "take_along_axis"]
