"""Utility functions."""

from __future__ import annotations

import builtins

from .. import _core as tg
from .._core import Variable
from ._common import Axis, axes_of, one_axis, promoted


def all(x: Variable, /, *, axis: Axis = None, keepdims: builtins.bool = False) -> Variable:
    """Whether all elements over the axes are true (not 0): True where there are none; bool."""
    axes, truth = axes_of(x, axis), x.to(tg.bool)
    return tg.all(truth, axes, keepdims) if axes else truth


def any(x: Variable, /, *, axis: Axis = None, keepdims: builtins.bool = False) -> Variable:
    """Whether an element over the axes is true (not 0): False where there are none; bool."""
    axes, truth = axes_of(x, axis), x.to(tg.bool)
    return tg.any(truth, axes, keepdims) if axes else truth


def diff(
    x: Variable,
    /,
    *,
    axis: int = -1,
    n: int = 1,
    prepend: Variable | None = None,
    append: Variable | None = None,
) -> Variable:
    """Differences of neighbours along an axis, taken n times, of `prepend`, x and `append` joined."""
    if n < 0:
        raise ValueError(f"diff(): n must not be negative, but is {n}")
    axis = one_axis(axis, x.ndim)
    if n == 0:
        return x.clone()
    if prepend is not None or append is not None:
        x = tg.cat(promoted(*(part for part in (prepend, x, append) if part is not None)), axis)
    return tg.diff(x, n, axis)


__all__ = ["all", "any", "diff"]
