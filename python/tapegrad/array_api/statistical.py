"""Statistical functions: reductions over axes, and running totals along one."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from math import nan
from math import prod as prod_of

from .. import _core as tg
from .._core import Variable
from ._common import Axis, DType, axes_of, is_integral, one_axis, over_axes


def _total_dtype(x: Variable, dtype: DType | None) -> DType:
    """Of sums and products: uint64 for unsigned integers, int64 for signed ones, else that of x."""
    if dtype is not None:
        return dtype
    if x.dtype.is_floating_point:
        return x.dtype
    return tg.uint64 if is_integral(x.dtype) and not x.dtype.is_signed else tg.int64


def max(x: Variable, /, *, axis: Axis = None, keepdims: builtins.bool = False) -> Variable:
    """The greatest elements over the axes; NaN where there is one. Raises IndexError where there are none."""
    axes = axes_of(x, axis)
    return tg.amax(x, axes, keepdims) if axes else x.clone()


def mean(x: Variable, /, *, axis: Axis = None, keepdims: builtins.bool = False) -> Variable:
    """Arithmetic mean over the axes; NaN where there are no elements. Raises RuntimeError for integers."""
    axes = axes_of(x, axis)
    return tg.mean(x, axes, keepdims) if axes else x.clone()


def min(x: Variable, /, *, axis: Axis = None, keepdims: builtins.bool = False) -> Variable:
    """The least elements over the axes; NaN where there is one. Raises IndexError where there are none."""
    axes = axes_of(x, axis)
    return tg.amin(x, axes, keepdims) if axes else x.clone()


def prod(
    x: Variable, /, *, axis: Axis = None, dtype: DType | None = None, keepdims: builtins.bool = False
) -> Variable:
    """Products over the axes, 1 where there are no elements; of integers int64 or uint64, or `dtype`."""
    wanted = _total_dtype(x, dtype)
    return over_axes(x.to(wanted), axis, keepdims, lambda y, a, keep: tg.prod(y, a, keep, dtype=wanted))


def std(
    x: Variable, /, *, axis: Axis = None, correction: float = 0.0, keepdims: builtins.bool = False
) -> Variable:
    """Standard deviations over the axes: the square roots of var()."""
    return _spread(tg.std, x, axis, correction, keepdims)


def sum(
    x: Variable, /, *, axis: Axis = None, dtype: DType | None = None, keepdims: builtins.bool = False
) -> Variable:
    """Sums over the axes; of integers int64 or, where they are unsigned, uint64, unless `dtype` is given."""
    axes, wanted = axes_of(x, axis), _total_dtype(x, dtype)
    return tg.sum(x.to(wanted), axes, keepdims, dtype=wanted) if axes else x.to(wanted).clone()


def var(
    x: Variable, /, *, axis: Axis = None, correction: float = 0.0, keepdims: builtins.bool = False
) -> Variable:
    """Variances over the axes, of N elements divided by N - correction; NaN where that is not positive."""
    return _spread(tg.var, x, axis, correction, keepdims)


def _spread(
    compute: Callable[..., Variable], x: Variable, axis: Axis, correction: float, keepdims: builtins.bool
) -> Variable:
    axes = axes_of(x, axis)
    if prod_of(x.shape[a] for a in axes) <= correction:  # where the library warns, the standard is silent
        return mean(x, axis=axes, keepdims=keepdims) * nan
    return compute(x, axes, correction=correction, keepdim=keepdims) if axes else x - x


def _running(
    x: Variable,
    axis: int | None,
    dtype: DType | None,
    include_initial: builtins.bool,
    compute: Callable[[Variable, int], Variable],
    initial: int,
) -> Variable:
    if axis is None:
        if x.ndim != 1:
            raise ValueError(f"axis must be given for an array of {x.ndim} dimensions")
        axis = 0
    axis, wanted = one_axis(axis, x.ndim), _total_dtype(x, dtype)
    result = compute(x.to(wanted), axis).to(wanted)
    if not include_initial:
        return result
    shape = [1 if a == axis else size for a, size in enumerate(x.shape)]
    return tg.cat([tg.full(shape, initial, dtype=wanted), result], axis)


def cumulative_prod(
    x: Variable,
    /,
    *,
    axis: int | None = None,
    dtype: DType | None = None,
    include_initial: builtins.bool = False,
) -> Variable:
    """Products of the elements up to each along an axis; with `include_initial` a 1 before them.

    Integers give int64 or uint64 unless `dtype` is given. Raises ValueError without axis unless x has one
    dimension.
    """
    return _running(x, axis, dtype, include_initial, tg.cumprod, 1)


def cumulative_sum(
    x: Variable,
    /,
    *,
    axis: int | None = None,
    dtype: DType | None = None,
    include_initial: builtins.bool = False,
) -> Variable:
    """Sums of the elements up to each along an axis; with `include_initial` a 0 before them.

    Integers give int64 or uint64 unless `dtype` is given. Raises ValueError without axis unless x has one
    dimension.
    """
    return _running(x, axis, dtype, include_initial, tg.cumsum, 0)


__all__ = ["cumulative_prod", "cumulative_sum", "max", "mean", "min", "prod", "std", "sum", "var"]
