"""median, quantile, percentile and their forms without NaN."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import (
    as_variable,
    floating,
    given,
    has_variables,
    reduced_axes,
    requires_grad,
    values_of,
    write_out,
)
from .registry import differentiable


def _last(x: Variable, axes: tuple[int, ...]) -> Variable:
    """x with the axes joined to one, which comes last."""
    kept = [at for at in range(x.dim()) if at not in axes]
    count = math.prod(x.shape[at] for at in axes)
    return x.permute(*kept, *axes).reshape(*(x.shape[at] for at in kept), count)


def _kept_dims(result: Variable, x: Variable, axes: tuple[int, ...], before: int) -> Variable:
    """`before` are the leading dimensions that come from q."""
    sizes = [1 if at in axes else n for at, n in enumerate(x.shape)]
    return result.reshape(*result.shape[:before], *sizes)


def _between(s: Variable, places: np.ndarray[Any, Any], method: str) -> Variable:
    """Rows of sorted numbers at places, which may lie between two elements; shape (len(places), *rows)."""
    low = np.floor(places)
    weight = (places - low).reshape(-1, *(1,) * (s.dim() - 1))
    below = s.index_select(-1, as_variable(low.astype(np.int64))).movedim(-1, 0)
    if not weight.any():
        return below
    high = np.minimum(low.astype(np.int64) + 1, s.shape[-1] - 1)
    above = s.index_select(-1, as_variable(high)).movedim(-1, 0)
    return MIXED.get(method, _mixed)(below, above, weight)


def _mixed(below: Variable, above: Variable, weight: np.ndarray[Any, Any]) -> Variable:
    """From the nearer of the two, as NumPy: one that is infinite stays what it is."""
    share = as_variable(weight).to(below.dtype)
    rise = above - below
    return _core.where(share < 0.5, below + rise * share, above - rise * (1 - share))


def _mean(below: Variable, above: Variable, weight: np.ndarray[Any, Any]) -> Variable:
    """As a median has it: also of an infinite one."""
    return (below + above) / 2


# How a quantile comes of the two elements beside it, where that is not the method's own.
MIXED = {"median": _mean}


def _places(count: int, q: np.ndarray[Any, Any], method: str) -> np.ndarray[Any, Any]:
    """Where the quantiles of `count` sorted numbers lie: those of 0, 1, ..., count - 1."""
    if method in ("linear", "median"):
        return (count - 1) * q
    return np.quantile(np.arange(count, dtype=float), q, method=method)  # type: ignore[call-overload,no-any-return]


def _quantiles(x: Variable, axis: Any, q: Any, method: str, keepdims: Any, skip_nan: bool) -> Variable:
    x = floating(x)
    if requires_grad(q):
        raise TypeError("a quantile has no derivative in q: give q as .detach()")
    shares = np.asarray(values_of(q), dtype=float)
    if not np.all((shares >= 0) & (shares <= 1)):
        raise ValueError("Quantiles must be in the range [0, 1]")
    axes = reduced_axes(axis, x.dim())
    rows = _last(x, axes)
    nan = rows.detach().isnan()
    ordered = rows.sort(-1)[0]
    flat = shares.reshape(-1)
    if not rows.shape[-1]:
        result = _core.full((flat.size, *rows.shape[:-1]), np.nan, dtype=x.dtype)
    elif skip_nan and nan.any():
        result = _without_nan(ordered, nan, flat, method)
    else:
        result = _between(ordered, _places(rows.shape[-1], flat, method), method)
        if nan.any():
            result = _core.where(nan.any(-1), np.nan, result)
    result = result.reshape(*shares.shape, *rows.shape[:-1])
    return _kept_dims(result, x, axes, shares.ndim) if given(keepdims) and keepdims else result


def _without_nan(ordered: Variable, nan: Variable, q: np.ndarray[Any, Any], method: str) -> Variable:
    """Every row has a length of its own: its NaNs are last."""
    lengths = (~nan).sum(-1).numpy()
    if (lengths == 0).any():
        warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=5)
    places = np.zeros((q.size, *lengths.shape))
    for count in np.unique(lengths[lengths > 0]):
        places[:, lengths == count] = _places(int(count), q, method)[:, None]
    low = np.floor(places)
    high = np.minimum(low + 1, np.maximum(lengths - 1, 0))
    rows = ordered.unsqueeze(0).expand(q.size, *ordered.shape)
    below, above = (
        _core.take_along_dim(rows, as_variable(at.astype(np.int64)[..., None]), -1).squeeze(-1)
        for at in (low, high)
    )
    between = MIXED.get(method, _mixed)(below, above, places - low)
    return _core.where(as_variable(places == low), below, between)


def _check(weights: Any, interpolation: Any) -> None:
    if weights is not None:
        raise TypeError("quantiles of Variables do not take weights=")
    if interpolation is not None:
        raise TypeError("interpolation= is called method= since NumPy 1.22")


def _family(scale: float, skip_nan: bool) -> Any:
    def quantile(
        a: Any,
        q: Any,
        axis: Any = None,
        out: Any = None,
        overwrite_input: bool = False,
        method: str = "linear",
        keepdims: Any = False,
        *,
        weights: Any = None,
        interpolation: Any = None,
    ) -> Any:
        _check(weights, interpolation)
        if scale != 1 and has_variables(q):
            q = values_of(q) if not requires_grad(q) else q
        shares = q if scale == 1 or requires_grad(q) else np.asarray(q) / scale
        x = as_variable(a)
        if type(q) not in (int, float):  # an array of them is of float64, and makes the result so
            x = x.to(_core.float64)
        return write_out(out, _quantiles(x, axis, shares, method, keepdims, skip_nan))

    return quantile


differentiable("quantile")(_family(1, False))
differentiable("percentile")(_family(100, False))
differentiable("nanquantile")(_family(1, True))
differentiable("nanpercentile")(_family(100, True))


@differentiable("median")
def median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    return write_out(out, _quantiles(as_variable(a), axis, 0.5, "median", keepdims, False))


@differentiable("nanmedian")
def nanmedian(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    return write_out(out, _quantiles(as_variable(a), axis, 0.5, "median", keepdims, True))
