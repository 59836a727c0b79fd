"""linspace and its like, which may start at a Variable, and `tapegrad.numpy`'s constructors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from itertools import islice
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import as_dtype, as_result, as_variable, axis_of, floating, operands, requires_grad, values_of
from .registry import differentiable


@differentiable("linspace")
def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    first, last = map(floating, operands(start, stop))
    count = int(num)
    if count < 0:
        raise ValueError(f"Number of samples, {num}, must be non-negative.")
    parts = count - 1 if endpoint else count
    shares = np.arange(count) / parts if parts > 0 else np.zeros(count)
    ndim = max(first.dim(), last.dim())
    weights = as_variable(shares.reshape(-1, *(1,) * ndim)).to(first.dtype)
    result = first + (last - first) * weights
    if endpoint and count > 1:  # the last one to the bit, whatever the rounding
        end = as_variable(weights.detach().numpy() == 1)
        result = _core.where(end, last, result)
    result = result.movedim(0, axis_of(axis, result.dim()))
    if dtype is not None:
        result = (result.floor() if np.dtype(dtype).kind in "iu" else result).to(as_dtype(dtype))
    if retstep:
        step = (last - first) / parts if parts > 0 else _core.full((), np.nan, dtype=first.dtype)
        return result, step
    return result


@differentiable("logspace")
def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Variable:
    first, last, powers = _core.broadcast_tensors(*map(floating, (start, stop, base)))
    exponents, powers = operands(linspace(first, last, num, endpoint), powers)
    result = (powers**exponents).movedim(0, axis_of(axis, exponents.dim()))
    return result if dtype is None else result.to(as_dtype(dtype))


@differentiable("geomspace")
def geomspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0
) -> Variable:
    first, last = operands(floating(start), floating(stop))
    if (first.detach() == 0).any() or (last.detach() == 0).any():
        raise ValueError("Geometric sequence cannot include zero")
    sign = first.detach().sign()
    if (sign != last.detach().sign()).any():
        raise TypeError("numpy.geomspace of Variables goes from a number to one of the same sign")
    exponents: Variable = linspace((first * sign).log(), (last * sign).log(), num, endpoint)
    result = (sign * exponents.exp()).movedim(0, axis_of(axis, exponents.dim()))
    return result if dtype is None else result.to(as_dtype(dtype))


# --- constructors of tapegrad.numpy: NumPy's arguments, Variables as results


def array(
    object: Any,
    dtype: Any = None,
    *,
    copy: Any = True,
    order: str = "K",
    subok: bool = False,
    ndmin: int = 0,
    like: Any = None,
) -> Variable:
    """A Variable from numbers, arrays, Variables and nested sequences of them, which stay on the tape."""
    v = as_variable(object, dtype)
    if copy is True:
        v = v.clone()
    return v.reshape(*(1,) * (ndmin - v.dim()), *v.shape) if v.dim() < ndmin else v


def asarray(
    a: Any, dtype: Any = None, order: Any = None, *, device: Any = None, copy: Any = None, like: Any = None
) -> Variable:
    """The Variable itself, or one on the array's memory."""
    v = as_variable(a, dtype)
    return v.clone() if copy else v


def asarray_chkfinite(a: Any, dtype: Any = None, order: Any = None) -> Variable:
    v = as_variable(a, dtype)
    if v.is_floating_point() and not bool(v.detach().isfinite().all()):
        raise ValueError("array must not contain infs or NaNs")
    return v


def full(
    shape: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "C",
    *,
    device: Any = None,
    like: Any = None,
) -> Variable:
    sizes = tuple(shape) if np.ndim(shape) else (int(shape),)
    return as_variable(fill_value, dtype).expand(*sizes).clone()


def fromfunction(function: Callable[..., Any], shape: Any, *, dtype: Any = float, **kwargs: Any) -> Any:
    places = np.indices(tuple(shape) if np.ndim(shape) else (int(shape),), dtype=dtype)
    return function(*(as_variable(at) for at in places), **kwargs)


def arange(start: Any = None, stop: Any = None, step: Any = 1, dtype: Any = None, **kwargs: Any) -> Variable:
    """From start, by steps of step; where it stops makes no difference to an element."""
    if start is None:
        start, stop = stop, None
    counted: Variable = made("arange")(*values_of((start, stop, step)), dtype=dtype, **kwargs)
    first = 0 if stop is None else start
    if not requires_grad(first, step):
        return counted
    return as_variable(first + step * as_variable(np.arange(counted.numel())), counted.dtype)


def fromiter(iter: Any, dtype: Any, count: int = -1, *, like: Any = None) -> Variable:
    items = list(iter if count < 0 else islice(iter, count))
    if len(items) < count:
        raise ValueError(f"iterator too short: Expected {count} but iterator had only {len(items)} items.")
    if requires_grad(items):
        return as_variable(items, dtype)
    return made("fromiter")(items, dtype, count)  # type: ignore[no-any-return]


def made(name: str) -> Callable[..., Any]:
    """NumPy's constructor of that name, with Variables as results, which are constants."""
    theirs = getattr(np, name)

    @wraps(theirs)
    def make(*args: Any, **kwargs: Any) -> Any:
        if requires_grad(args, kwargs):
            raise TypeError(f"numpy.{name} does not take Variables that require grad: give it .detach()")
        if kwargs.get("dtype") is not None:
            kwargs["dtype"] = _numpys(kwargs["dtype"])
        return as_result(theirs(*values_of(args), **values_of(kwargs)))

    return make


def _numpys(dtype: Any) -> Any:
    from .convert import NUMPY_DTYPES

    return NUMPY_DTYPES[dtype] if isinstance(dtype, _core.dtype) else dtype


CONSTRUCTORS: dict[str, Callable[..., Any]] = {
    "arange": arange,
    "array": array,
    "asanyarray": asarray,
    "asarray": asarray,
    "asarray_chkfinite": asarray_chkfinite,
    "ascontiguousarray": asarray,
    "asfortranarray": asarray,
    "full": full,
    "fromfunction": fromfunction,
    "fromiter": fromiter,
}
MADE = """
bartlett blackman empty eye from_dlpack frombuffer fromfile fromregex fromstring genfromtxt
hamming hanning identity indices kaiser load loadtxt ones tri zeros
"""
