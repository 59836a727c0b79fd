"""Sorting functions: always stable, NaN last in ascending order."""

from __future__ import annotations

import builtins

from .. import _core as tg
from .._core import Variable
from ._common import one_axis


def argsort(
    x: Variable,
    /,
    *,
    axis: int = -1,
    descending: builtins.bool = False,
    stable: builtins.bool = True,
) -> Variable:
    """The indices that sort x along an axis, int64; equal elements keep their order in any case."""
    if x.ndim == 0:
        return tg.zeros_like(x, dtype=tg.int64)
    return tg.sort(x, dim=one_axis(axis, x.ndim), descending=descending, stable=True)[1]


def sort(
    x: Variable,
    /,
    *,
    axis: int = -1,
    descending: builtins.bool = False,
    stable: builtins.bool = True,
) -> Variable:
    """x sorted along an axis; equal elements keep their order in any case."""
    if x.ndim == 0:
        return x.clone()
    return tg.sort(x, dim=one_axis(axis, x.ndim), descending=descending, stable=True)[0]


__all__ = ["argsort", "sort"]
