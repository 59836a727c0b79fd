"""Functions along an axis or of one value: diff, gradient, trapezoid, interp, convolve, unwrap, clip, ..."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._convolution import Convolution
from .._core import Variable
from .convert import (
    NO_VALUE,
    as_variable,
    axes_of,
    axis_of,
    floating,
    given,
    operands,
    requires_grad,
    result_dtype,
    values_of,
    write_out,
)
from .registry import differentiable
from .shaping import shape_of

# --- of each element


@differentiable("clip")
def clip(
    a: Any,
    a_min: Any = NO_VALUE,
    a_max: Any = NO_VALUE,
    out: Any = None,
    *,
    min: Any = NO_VALUE,
    max: Any = NO_VALUE,
    **kwargs: Any,
) -> Any:
    if kwargs:
        raise TypeError(f"numpy.clip of Variables does not take {', '.join(kwargs)}=")
    if a_min is a_max is NO_VALUE:
        low, high = min, max
    elif a_min is NO_VALUE or a_max is NO_VALUE:
        missing = "a_min" if a_min is NO_VALUE else "a_max"
        raise TypeError(f"clip() missing 1 required positional argument: '{missing}'")
    elif min is max is NO_VALUE:
        low, high = a_min, a_max
    else:
        raise ValueError("clip() takes `min` and `max`, or `a_min` and `a_max`, and not both")
    x = as_variable(a)
    if not given(low) and not given(high):
        return write_out(out, x.clone())
    if x.requires_grad and all(b.__class__ is float or not given(b) for b in (low, high)):
        return write_out(out, x.clamp(*(b if given(b) else None for b in (low, high))))
    for bound, op in ((low, _core.maximum), (high, _core.minimum)):
        if given(bound):
            weak = isinstance(bound, (bool, int, float))
            b = as_variable(bound)
            dtype = result_dtype(x, b, weak=(False, weak))
            x = op(x.to(dtype), b.to(dtype))
    return write_out(out, x)


@differentiable("nan_to_num")
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    v = as_variable(x)
    if not v.is_floating_point():
        return v.clone() if copy else v
    result = v.nan_to_num(nan, posinf, neginf)
    return result if copy or not isinstance(x, Variable) else x.copy_(result)


@differentiable("fix")
def fix(x: Any, out: Any = None) -> Any:
    return write_out(out, as_variable(x).trunc())


@differentiable("round", "around")
def round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    x = as_variable(a)
    if not x.is_floating_point():
        return write_out(out, as_variable(np.round(x.numpy(), decimals)))
    if decimals == 0:
        return write_out(out, x.round())
    scale = 10.0 ** abs(decimals)
    return write_out(out, (x * scale).round() / scale if decimals > 0 else (x / scale).round() * scale)


@differentiable("i0")
def i0(x: Any) -> Variable:
    return floating(x).i0()


@differentiable("sinc")
def sinc(x: Any) -> Variable:
    return floating(x).sinc()


# --- differences


@differentiable("diff")
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = NO_VALUE, append: Any = NO_VALUE) -> Variable:
    x = as_variable(a)
    if n < 0:
        raise ValueError("order must be non-negative but got " + repr(n))
    if n == 0:
        return x
    axis = axis_of(axis, x.dim())
    if prepend is append is NO_VALUE and x.requires_grad:
        return x.diff(n, axis)
    parts = [x]
    for ends, at in ((prepend, 0), (append, len(parts))):
        if ends is not NO_VALUE:
            v = as_variable(ends)
            if v.dim() == 0:
                v = v.expand(*(1 if i == axis else size for i, size in enumerate(x.shape)))
            parts.insert(at if at == 0 else len(parts), v)
    x = _core.cat(operands(*parts), axis) if len(parts) > 1 else x
    for _ in range(n):
        size = max(x.shape[axis] - 1, 0)
        later, earlier = x.narrow(axis, min(1, x.shape[axis]), size), x.narrow(axis, 0, size)
        x = later != earlier if x.dtype == _core.bool else later - earlier
    return x


@differentiable("ediff1d")
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Variable:
    x = diff(as_variable(ary).reshape(-1))
    ends = [None if e is None else as_variable(e).reshape(-1).to(x.dtype) for e in (to_begin, to_end)]
    parts = [ends[0], x, ends[1]]
    return _core.cat([part for part in parts if part is not None])


@differentiable("gradient")
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    x = floating(f)
    axes = axes_of(axis, x.dim())
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    if len(varargs) not in (0, 1, len(axes)) or (
        len(varargs) == 1 and as_variable(varargs[0]).dim() and len(axes) > 1
    ):
        raise TypeError("invalid number of arguments")
    spacings = (
        [1.0] * len(axes) if not varargs else list(varargs) if len(varargs) > 1 else list(varargs) * len(axes)
    )
    results = tuple(_slope(x, at, h, edge_order) for at, h in zip(axes, spacings, strict=True))
    return results[0] if len(axes) == 1 else results


def _share(a: Variable, b: Variable) -> Any:
    return a / (a + b)


def _slope(x: Variable, axis: int, spacing: Any, edge_order: int) -> Variable:
    """Central differences inside, one-sided ones at the edges."""
    size = x.shape[axis]
    if size < edge_order + 1:
        raise ValueError(
            "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements "
            "are required."
        )
    f = x.movedim(axis, -1)
    h = as_variable(spacing).to(x.dtype)
    if h.dim() and h.shape != (size,):
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    steps = h[1:] - h[:-1] if h.dim() else None
    if steps is None:
        rise = (f[..., 1:] - f[..., :-1]) / h
        inside = (f[..., 2:] - f[..., :-2]) / (2 * h)
    else:
        rise = (f[..., 1:] - f[..., :-1]) / steps
        left, right = steps[:-1], steps[1:]
        inside = (rise[..., 1:] * left + rise[..., :-1] * right) / (left + right)
    if edge_order == 1:
        first, last = rise[..., :1], rise[..., -1:]
    else:
        near, far = (
            (0.5, 0.5) if steps is None else (_share(steps[0], steps[1]), _share(steps[-1], steps[-2]))
        )
        first = rise[..., :1] + (rise[..., :1] - rise[..., 1:2]) * near
        last = rise[..., -1:] + (rise[..., -1:] - rise[..., -2:-1]) * far
    return _core.cat([first, inside, last], -1).movedim(-1, axis)


@differentiable("trapezoid", "trapz")  # the older name is gone since NumPy 2.4
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Variable:
    f = floating(y)
    axis = axis_of(axis, f.dim())
    size = max(f.shape[axis] - 1, 0)
    pairs = f.narrow(axis, min(1, f.shape[axis]), size) + f.narrow(axis, 0, size)
    if x is None:
        return (as_variable(dx).to(f.dtype) * pairs / 2.0).sum(axis)
    at = floating(x)
    if at.dim() == 1:
        widths = diff(at).reshape(*(-1 if i == axis else 1 for i in range(f.dim())))
    else:
        widths = diff(at, axis=axis)
    return (widths * pairs / 2.0).sum(axis)


@differentiable("unwrap")
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi) -> Variable:
    """What is added is a constant between jumps."""
    if requires_grad(period):
        raise TypeError("numpy.unwrap has no derivative in period: give it as .detach()")
    x = floating(p)
    values = x.detach().numpy()
    result = np.unwrap(values, discont, axis, period=values_of(period))
    with np.errstate(invalid="ignore"):
        shift = np.where(result == values, 0, result - values)
    return x + as_variable(shift).to(x.dtype)


# --- interp, convolve


@differentiable("interp")
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Variable:
    """Piecewise linear, and differentiable in everything but the period."""
    at, knots, values = (as_variable(v).to(_core.float64) for v in (x, xp, fp))
    if knots.dim() != 1 or values.dim() != 1:
        raise ValueError("Data points must be 1-D sequences")
    if knots.shape != values.shape:
        raise ValueError("fp and xp are not of the same length.")
    if not knots.numel():
        raise ValueError("array of sample points is empty")
    if period is not None:
        if requires_grad(period):
            raise TypeError("numpy.interp has no derivative in period: give it as .detach()")
        period = abs(float(values_of(period)))
        if period == 0:
            raise ValueError("period must be a non-zero value")
        at, knots = at.remainder(period), knots.remainder(period)
        order = as_variable(np.argsort(knots.detach().numpy(), kind="stable"))
        knots, values = knots[order], values[order]
        knots = _core.cat([knots[-1:] - period, knots, knots[:1] + period])
        values = _core.cat([values[-1:], values, values[:1]])
    low = values[0] if left is None or period is not None else as_variable(left).to(_core.float64)
    high = values[-1] if right is None or period is not None else as_variable(right).to(_core.float64)
    where, bounds = at.detach().numpy(), knots.detach().numpy()
    if bounds.size == 1:
        result = values[0].expand(*at.shape)
    else:
        knot = np.clip(np.searchsorted(bounds, where, "right") - 1, 0, bounds.size - 1)
        cell = np.minimum(knot, bounds.size - 2)
        beyond = ~((bounds[0] <= where) & (where <= bounds[-1]))
        origin, below, above = as_variable(knot), as_variable(cell), as_variable(cell + 1)
        # what does not count takes part as 0, lest it make NaNs of the gradients
        rise, width = values[above] - values[below], knots[above] - knots[below]
        step = as_variable(bounds[cell] == bounds[cell + 1])
        slope = _core.where(step, 0.0, rise / _core.where(step, 1.0, width))
        # at a knot its value, whatever the slope beside it
        slope = _core.where(as_variable(where == bounds[knot]), slope.nan_to_num(), slope)
        result = values[origin] + slope * _core.where(as_variable(beyond), 0.0, at - knots[origin])
        lost = result.isnan()
        if lost.any():  # of infinities, as inf - inf: the knot above may tell, or both say the same
            other = values[above] + slope * (at - knots[above])
            level = other.isnan() & (values[below] == values[above])
            result = _core.where(lost, _core.where(level, values[below], other), result)
    result = _core.where(as_variable(where < bounds[0]), low, result)
    result = _core.where(as_variable(where > bounds[-1]), high, result)
    return _core.where(as_variable(np.isnan(where) & (bounds.size > 1)), at, result)


MODES = {"full": "full", "same": "same", "valid": "valid", 0: "valid", 1: "same", 2: "full"}


# Products from which on NumPy's loop is used.
LARGE = 1 << 14


def _convolved(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any], mode: Any) -> np.ndarray[Any, Any]:
    """numpy.convolve of the numbers. Few sums of many products, as the gradient of a kernel, are made one by
    one: NumPy hands each to threads of BLAS's, which take longer to start than the sum."""
    x, y = (x, y) if x.size >= y.size else (y, x)
    count = x.size - y.size + 1
    if mode != "valid" or count > y.size:
        return np.convolve(x, y, mode)
    a, b = _core.as_tensor(x), _core.as_tensor(y[::-1].copy())
    return np.array([_core.dot(a[i : i + y.size], b).item() for i in range(count)], x.dtype)


def _full(a: Variable, v: Variable) -> Variable:
    """All n + m - 1 sums of products, of large arrays by NumPy's loop: windows would be an array of n x m."""
    count = v.shape[0]
    if a.numel() * count > LARGE:
        result: Variable = Convolution.apply(a, v, "full", _convolved)
        return result
    ends = _core.zeros(count - 1, dtype=a.dtype)
    return _core.cat([ends, a, ends]).unfold(0, count, 1) @ v.flip(0)


def _sums_of_products(name: str, a: Any, v: Any, mode: Any, reverse: bool) -> Variable:
    first, second = operands(a, v)
    first, second = (
        first.reshape(-1) if first.dim() == 0 else first,
        second.reshape(-1) if second.dim() == 0 else second,
    )
    if first.dim() != 1 or second.dim() != 1:
        raise ValueError("object too deep for desired array")
    if not first.numel() or not second.numel():
        raise ValueError(f"{name}: an argument cannot be empty")
    if mode not in MODES:
        raise ValueError(f"mode must be one of 'valid', 'same', or 'full', not {mode!r}")
    # NumPy's own choice of the part, made on the numbers of the elements
    n, m = first.shape[0], second.shape[0]
    whole = _full(first, second.flip(0) if reverse else second) if n >= m or reverse else _full(second, first)
    if MODES[mode] == "full":
        return whole
    longest, shortest = max(n, m), min(n, m)
    if MODES[mode] == "valid":
        return whole.narrow(0, shortest - 1, longest - shortest + 1)
    start = (shortest - 1) // 2
    if reverse and n < m:  # NumPy swaps the two and turns the result round
        start = whole.shape[0] - longest - start
    return whole.narrow(0, start, longest)


@differentiable("convolve")
def convolve(a: Any, v: Any, mode: Any = "full") -> Variable:
    return _sums_of_products("convolve", a, v, mode, reverse=False)


@differentiable("correlate")
def correlate(a: Any, v: Any, mode: Any = "valid") -> Variable:
    return _sums_of_products("correlate", a, v, mode, reverse=True)


@differentiable("lib.stride_tricks.sliding_window_view")
def sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Variable:
    v = as_variable(x)
    sizes = shape_of(window_shape)
    axes = axes_of(axis, v.dim(), allow_duplicate=True)
    if len(sizes) != len(axes):
        raise ValueError("Since axis is None, must provide window_shape for all dimensions of `x`")
    for at, size in zip(axes, sizes, strict=True):
        v = v.unfold(at, size, 1)
    return v
