"""Sums, means, extremes and their cumulative forms, with and without NaN."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import (
    NO_VALUE,
    as_variable,
    axis_of,
    check_inexact,
    floating,
    given,
    operands,
    reduced_axes,
    total_dtype,
    write_out,
)
from .registry import differentiable
from .ufunc_methods import reduce
from .ufuncs import CALLS


def _reduced(
    ufunc: np.ufunc, a: Any, axis: Any, dtype: Any, out: Any, keepdims: Any, initial: Any, where: Any
) -> Any:
    return reduce(
        ufunc,
        CALLS[ufunc],
        a,
        axis,
        dtype,
        out,
        given(keepdims) and bool(keepdims),
        initial,
        True if where is NO_VALUE else where,
    )


def _simple(axis: Any) -> bool:
    """Whether methods take it as it is: not an array, and not (), where nothing is combined."""
    return axis is None or axis.__class__ is int or (axis.__class__ is tuple and len(axis) > 0)


@differentiable("sum")
def sum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NO_VALUE,
    where: Any = NO_VALUE,
) -> Any:
    plain = dtype is out is None and initial is where is NO_VALUE and _simple(axis)
    if plain and a.__class__ is Variable and a.requires_grad:
        return a.sum() if axis is None and not keepdims else a.sum(axis, bool(given(keepdims) and keepdims))
    return _reduced(np.add, a, axis, dtype, out, keepdims, initial, where)


@differentiable("prod")
def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NO_VALUE,
    where: Any = NO_VALUE,
) -> Any:
    plain = axis is dtype is out is None and initial is where is NO_VALUE and not keepdims
    if plain and a.__class__ is Variable and a.requires_grad:
        return a.prod()
    return _reduced(np.multiply, a, axis, dtype, out, keepdims, initial, where)


def _max_or_min(
    ufunc: np.ufunc,
    method: Callable[..., Any],
    a: Any,
    axis: Any,
    out: Any,
    keepdims: Any,
    initial: Any,
    where: Any,
) -> Any:
    plain = out is None and initial is where is NO_VALUE and _simple(axis)
    if plain and a.__class__ is Variable and a.requires_grad and a.dim() and a.numel():
        return method(a, axis, bool(given(keepdims) and keepdims))
    return _reduced(ufunc, a, axis, None, out, keepdims, initial, where)


@differentiable("max", "amax")
def max(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NO_VALUE,
    where: Any = NO_VALUE,
) -> Any:
    return _max_or_min(np.maximum, Variable.amax, a, axis, out, keepdims, initial, where)


@differentiable("min", "amin")
def min(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NO_VALUE,
    where: Any = NO_VALUE,
) -> Any:
    return _max_or_min(np.minimum, Variable.amin, a, axis, out, keepdims, initial, where)


@differentiable("ptp")
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    return write_out(out, max(a, axis, keepdims=keepdims) - min(a, axis, keepdims=keepdims))


# --- means


def _counted(x: Variable, axes: tuple[int, ...], keepdims: bool, where: Any) -> Any:
    """How many elements go into each result."""
    if where is NO_VALUE or where is True:
        return math.prod(x.shape[at] for at in axes)
    mask = as_variable(where).bool().expand(*x.shape)
    return mask.sum(axes, keepdims) if axes else mask.to(_core.int64)


@differentiable("mean")
def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = NO_VALUE,
) -> Any:
    x = floating(a) if dtype is None else as_variable(a, dtype)
    keepdims = bool(given(keepdims) and keepdims)
    if where is NO_VALUE or where is True:
        if axis is None and not keepdims:
            return write_out(out, x.mean())
        axes = reduced_axes(axis, x.dim())
        return write_out(out, x.mean(axes, keepdims) if axes else x.clone())
    total = sum(x, axis, keepdims=keepdims, where=where)
    return write_out(out, total / _counted(x, reduced_axes(axis, x.dim()), keepdims, where))


def _degrees(ddof: Any, correction: Any) -> Any:
    """The one of both that is given."""
    if given(correction) and ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return correction if given(correction) else ddof


@differentiable("var")
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = NO_VALUE,
    mean: Any = NO_VALUE,
    correction: Any = NO_VALUE,
) -> Any:
    x = floating(a) if dtype is None else as_variable(a, dtype)
    ddof = _degrees(ddof, correction)
    keepdims = bool(given(keepdims) and keepdims)
    axes = reduced_axes(axis, x.dim())
    plain = where is NO_VALUE or where is True
    if plain and mean is NO_VALUE and axes and _counted(x, axes, keepdims, where) > ddof:
        return write_out(out, x.var(axes, correction=ddof, keepdim=keepdims))
    count = _counted(x, axes, True, where)
    if mean is NO_VALUE:
        mean = sum(x, axes, keepdims=True, where=where) / count
    squares = sum((x - mean) ** 2, axes, keepdims=keepdims, where=where)
    left = _counted(x, axes, keepdims, where) - ddof
    if np.any(np.asarray(left) <= 0):
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
    return write_out(out, squares / np.maximum(left, 0) if isinstance(left, int) else squares / left.clamp(0))


def _root(variance: Variable) -> Variable:
    """The square root; of 0, where all are equal, it has no slope here, as in std()."""
    zero = variance.detach() == 0
    return _core.where(zero, 0.0, _core.where(zero, 1.0, variance).sqrt()) if zero.any() else variance.sqrt()


@differentiable("std")
def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = NO_VALUE,
    mean: Any = NO_VALUE,
    correction: Any = NO_VALUE,
) -> Any:
    x = floating(a) if dtype is None else as_variable(a, dtype)
    ddof = _degrees(ddof, correction)
    axes = reduced_axes(axis, x.dim())
    keepdims = bool(given(keepdims) and keepdims)
    if where is mean is NO_VALUE and axes and 1 < _counted(x, axes, keepdims, where) > ddof:
        return write_out(out, x.std(axes, correction=ddof, keepdim=keepdims))
    return write_out(out, _root(var(x, axis, None, None, ddof, keepdims, where=where, mean=mean)))


@differentiable("average")
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    x = floating(a)
    keepdims = bool(given(keepdims) and keepdims)
    if weights is None:
        result = mean(x, axis, keepdims=keepdims)
        total = as_variable(np.array(x.numel() / (result.numel() or 1))).to(x.dtype)
    else:
        x, w = operands(x, floating(weights))
        if w.shape != x.shape:
            axes = reduced_axes(axis, x.dim())
            if axis is None:
                raise TypeError("Axis must be specified when shapes of a and weights differ.")
            if tuple(w.shape) != tuple(x.shape[at] for at in axes):
                raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
            order = [at for at, _ in sorted(enumerate(axes), key=lambda pair: pair[1])]
            w = w.permute(*order).reshape(*(n if at in axes else 1 for at, n in enumerate(x.shape)))
        total = sum(w.expand(*x.shape), axis, keepdims=keepdims)
        if (total.detach() == 0).any():
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        result = sum(x * w, axis, keepdims=keepdims) / total
    return (result, total.expand(*result.shape)) if returned else result


# --- cumulative


def _along(a: Any, axis: int | None) -> tuple[Variable, int]:
    x = as_variable(a)
    return (x.reshape(-1), 0) if axis is None or x.dim() == 0 else (x, axis_of(axis, x.dim()))


@differentiable("cumsum")
def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    x, axis = _along(a, axis)
    return write_out(out, x.cumsum(axis, dtype=total_dtype(x, dtype)))


@differentiable("cumprod")
def cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    x, axis = _along(a, axis)
    return write_out(out, x.cumprod(axis, dtype=total_dtype(x, dtype)))


def _cumulative(function: Any, start: int) -> Any:
    def cumulative(
        x: Any,
        /,
        *,
        axis: int | None = None,
        dtype: Any = None,
        out: Any = None,
        include_initial: bool = False,
    ) -> Any:
        v = as_variable(x)
        if axis is None and v.dim() > 1:
            raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
        axis = 0 if axis is None else axis_of(axis, v.dim())
        v = v.reshape(1) if v.dim() == 0 else v
        result = function(v, axis, dtype)
        if include_initial:
            first = _core.full(
                tuple(np.where(np.arange(v.dim()) == axis, 1, v.shape)), start, dtype=result.dtype
            )
            result = _core.cat([first, result], axis)
        return write_out(out, result)

    return cumulative


differentiable("cumulative_sum")(_cumulative(cumsum, 0))
differentiable("cumulative_prod")(_cumulative(cumprod, 1))


# --- without NaN


def without_nan(a: Any, value: float) -> tuple[Variable, Variable]:
    """x with `value` for its NaNs, and where they are."""
    x = as_variable(a)
    nan = x.detach().isnan()
    return _core.where(nan, value, x) if x.is_floating_point() else x, nan


def _but_nan(where: Any, nan: Variable) -> Variable:
    return ~nan if where is NO_VALUE or where is True else as_variable(where).bool() & ~nan


@differentiable("nansum")
def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NO_VALUE,
    where: Any = NO_VALUE,
) -> Any:
    return sum(without_nan(a, 0.0)[0], axis, dtype, out, keepdims, initial, where)


@differentiable("nanprod")
def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = NO_VALUE,
    where: Any = NO_VALUE,
) -> Any:
    return prod(without_nan(a, 1.0)[0], axis, dtype, out, keepdims, initial, where)


@differentiable("nancumsum")
def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    return cumsum(without_nan(a, 0.0)[0], axis, dtype, out)


@differentiable("nancumprod")
def nancumprod(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    return cumprod(without_nan(a, 1.0)[0], axis, dtype, out)


def _extreme(function: Any, worst: float) -> Any:
    def extreme(
        a: Any,
        axis: Any = None,
        out: Any = None,
        keepdims: Any = False,
        initial: Any = NO_VALUE,
        where: Any = NO_VALUE,
    ) -> Any:
        x, nan = without_nan(a, worst)
        result = function(x, axis, None, keepdims, initial, where)
        if initial is NO_VALUE and x.is_floating_point():
            empty = nan.all(reduced_axes(axis, x.dim()), bool(given(keepdims) and keepdims))
            if empty.any():
                warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=3)
                result = _core.where(empty, np.nan, result)
        return write_out(out, result)

    return extreme


differentiable("nanmax")(_extreme(max, -np.inf))
differentiable("nanmin")(_extreme(min, np.inf))


@differentiable("nanmean")
def nanmean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    where: Any = NO_VALUE,
) -> Any:
    check_inexact(a, dtype)
    x, nan = without_nan(a, 0.0)
    return mean(x, axis, dtype, out, keepdims, where=_but_nan(where, nan))


@differentiable("nanvar")
def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = NO_VALUE,
    mean: Any = NO_VALUE,
    correction: Any = NO_VALUE,
) -> Any:
    check_inexact(a, dtype)
    x, nan = without_nan(a, 0.0)
    where = _but_nan(where, nan)
    result = var(x, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
    if as_variable(a).is_floating_point():
        count = _counted(x, reduced_axes(axis, x.dim()), bool(given(keepdims) and keepdims), where)
        too_few = count <= _degrees(ddof, correction)
        result = _core.where(too_few, np.nan, result) if too_few.any() else result
    return write_out(out, result)


@differentiable("nanstd")
def nanstd(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    where: Any = NO_VALUE,
    mean: Any = NO_VALUE,
    correction: Any = NO_VALUE,
) -> Any:
    variance = nanvar(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
    return write_out(out, _root(variance))


# --- covariances


@differentiable("cov")
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Variable:
    def rows(name: str, a: Any) -> Variable:
        x = as_variable(a, _core.float64 if dtype is None else dtype)
        if x.dim() > 2:
            raise ValueError(f"{name} has more than 2 dimensions")
        return x.reshape(1, -1) if x.dim() < 2 else x

    if ddof is not None and ddof != int(ddof):
        raise ValueError("ddof must be integer")
    x = rows("m", m)
    x = x if rowvar or np.ndim(m) == 1 else x.T
    if y is not None:
        other = rows("y", y)
        x = _core.cat([x, other if rowvar or other.shape[0] == 1 else other.T], 0)
    correction = ddof if ddof is not None else 0 if bias else 1
    weights = None
    for name, given_weights in (("fweights", fweights), ("aweights", aweights)):
        if given_weights is not None:
            w = _sample_weights(name, given_weights, x)
            weights = w if weights is None else weights * w
    if weights is None:
        factor: Any = x.shape[1] - correction
        centred = x - x.mean(1, True)
        products = centred @ centred.T
    else:
        total = weights.sum()
        squares = (weights * floating(aweights)).sum() if aweights is not None else total
        factor = total - correction * squares / total
        centred = x - (x * weights).sum(1, True) / total
        products = (centred * weights) @ centred.T
    if factor <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        factor = 0.0
    result: Variable = products / factor
    return result.squeeze()


def _sample_weights(name: str, given_weights: Any, x: Variable) -> Variable:
    """Weights of x's columns. Raises what NumPy raises."""
    w = floating(given_weights)
    values = w.detach().numpy()
    if name == "fweights" and (values != np.around(values)).any():
        raise TypeError("fweights must be integer")
    if w.dim() > 1:
        raise RuntimeError(f"cannot handle multidimensional {name}")
    if w.shape[0] != x.shape[1]:
        raise RuntimeError(f"incompatible numbers of samples and {name}")
    if (values < 0).any():
        raise ValueError(f"{name} cannot be negative")
    return w.to(x.dtype)


@differentiable("corrcoef")
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Variable:
    c = cov(x, y, rowvar, dtype=dtype)
    if c.dim() == 0:
        return c / c
    deviations = c.diagonal().sqrt()
    return (c / deviations.unsqueeze(1) / deviations).clamp(-1, 1)


@differentiable("bincount")
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Variable:
    """How often every number occurs, or the sum of its weights."""
    places = as_variable(x)
    if weights is None:
        return as_variable(np.bincount(places.detach().numpy(), minlength=minlength))
    size = np.bincount(places.detach().numpy(), minlength=minlength).size
    w = as_variable(weights).to(_core.float64)
    return _core.zeros(size, dtype=w.dtype).index_add(0, places.to(_core.int64), w)


def _edges(a: Any, bins: Any, range: Any) -> tuple[Variable, Variable]:
    x = as_variable(a).reshape(-1)
    if isinstance(bins, (int, np.integer)) and range is None and x.requires_grad and x.numel():
        from .creation import linspace

        low, high = x.min(), x.max()
        spread = 0.0 if low.item() < high.item() else 0.5
        return x, linspace(low - spread, high + spread, int(bins) + 1)
    return x, as_variable(np.histogram_bin_edges(x.detach().numpy(), bins, range))


@differentiable("histogram_bin_edges")
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Variable:
    x, edges = _edges(a, bins, range)
    if isinstance(bins, str) and x.requires_grad:
        raise TypeError(
            f"the width that bins={bins!r} chooses has no derivative: give numpy.histogram .detach()"
        )
    return edges


@differentiable("histogram")
def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> tuple[Variable, Variable]:
    """Counts, which are constant, or sums of the weights, which are not; and the edges of the bins."""
    edges = as_variable(bins) if np.ndim(bins) == 1 else histogram_bin_edges(a, bins, range)
    values, bounds = as_variable(a).detach().numpy().reshape(-1), edges.detach().numpy()
    if weights is None:
        counts = as_variable(np.histogram(values, bounds)[0])
    else:
        inside = (values >= bounds[0]) & (values <= bounds[-1])
        places = np.minimum(np.searchsorted(bounds, values[inside], "right") - 1, bounds.size - 2)
        w = as_variable(weights).reshape(-1)[as_variable(inside)]
        counts = _core.zeros(bounds.size - 1, dtype=w.dtype).index_add(0, as_variable(places), w)
    if density:
        counts = floating(counts) / (edges[1:] - edges[:-1]) / counts.sum()
    return counts, edges
