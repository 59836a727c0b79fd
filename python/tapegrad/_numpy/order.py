"""Sorted, taken, chosen: sort, partition, take, choose, select, where, piecewise, unique, ..."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _core
from .._core import Variable
from .convert import (
    NO_VALUE,
    as_variable,
    axis_of,
    operands,
    same_dtype,
    values_of,
    write_out,
)
from .registry import differentiable
from .shaping import rearranged


def _in_order(a: Any, axis: int | None, order: Any) -> Variable:
    """The elements along an axis in the order that NumPy's `order(values, axis)` gives."""
    x = as_variable(a)
    if axis is None:
        x, axis = x.reshape(-1), 0
    axis = axis_of(axis, x.dim())
    return _core.take_along_dim(x, as_variable(order(x.detach().numpy(), axis)), axis)


@differentiable("sort")
def sort(
    a: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: bool | None = None
) -> Variable:
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")
    x = as_variable(a)
    if axis is None:
        x, axis = x.reshape(-1), 0
    return x.sort(axis_of(axis, x.dim()), stable=True)[0]


@differentiable("partition")
def partition(
    a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None
) -> Variable:
    return _in_order(a, axis, lambda values, at: np.argpartition(values, values_of(kth), at))


@differentiable("take")
def take(a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise") -> Any:
    x = as_variable(a)
    if axis is None:
        x, axis = x.reshape(-1), 0
    axis = axis_of(axis, x.dim())
    chosen = np.take(np.arange(x.shape[axis]), np.asarray(values_of(indices), dtype=np.int64), mode=mode)  # type: ignore[call-overload]
    result = x.index_select(axis, as_variable(np.reshape(chosen, -1)))
    return write_out(out, result.reshape(*x.shape[:axis], *np.shape(chosen), *x.shape[axis + 1 :]))


@differentiable("take_along_axis")
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Variable:
    x, index = as_variable(arr), as_variable(indices)
    if index.is_floating_point() or index.dtype == _core.bool:
        raise IndexError("`indices` must be an integer array")
    index = index.to(_core.int64)
    if axis is None:
        x, axis = x.reshape(-1), 0
    if index.dim() != x.dim():
        raise ValueError("`indices` and `arr` must have the same number of dimensions")
    axis = axis_of(axis, x.dim())
    index = _core.where(index < 0, index + x.shape[axis], index)
    return _core.take_along_dim(x, index, axis)


@differentiable("compress")
def compress(condition: Any, a: Any, axis: int | None = None, out: Any = None) -> Any:
    return take(a, np.flatnonzero(values_of(condition)), axis, out)


@differentiable("extract")
def extract(condition: Any, arr: Any) -> Variable:
    return take(as_variable(arr).reshape(-1), np.flatnonzero(values_of(condition)))  # type: ignore[no-any-return]


@differentiable("choose")
def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    parts = list(choices.unbind(0)) if isinstance(choices, Variable) else operands(*choices)
    places = values_of(as_variable(a))
    result = rearranged(lambda *numbers: np.choose(places, numbers, mode=mode), *parts)  # type: ignore[call-overload]
    return write_out(out, result)


@differentiable("where")
def where(condition: Any, x: Any = NO_VALUE, y: Any = NO_VALUE, /) -> Any:
    if x is NO_VALUE and y is NO_VALUE:
        return tuple(as_variable(at) for at in np.nonzero(values_of(as_variable(condition))))
    if x is NO_VALUE or y is NO_VALUE:
        raise ValueError("either both or neither of x and y should be given")
    mask = as_variable(condition).bool()
    a, b = operands(x, y)
    return _core.where(mask, a, b)


@differentiable("select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Variable:
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if not len(condlist):
        raise ValueError("select with an empty condition list is not possible")
    *choices, result = operands(*choicelist, default)
    for condition, choice in list(zip(condlist, choices, strict=True))[::-1]:
        mask = as_variable(condition)
        if mask.dtype != _core.bool:
            raise TypeError(f"invalid entry in condlist: should be boolean ndarray, not {mask.dtype}")
        result = _core.where(mask, choice, result)
    return result


@differentiable("piecewise")
def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Variable:
    v = as_variable(x)
    conditions = condlist if isinstance(condlist, (list, tuple)) else [condlist]
    if conditions and np.ndim(values_of(conditions[0])) == 0 and v.dim():
        conditions = [condlist]
    masks = [as_variable(c).bool().expand(*v.shape).reshape(-1) for c in conditions]
    if len(funclist) == len(masks) + 1:
        otherwise = ~masks[0]
        for m in masks[1:]:
            otherwise = otherwise & ~m
        masks.append(otherwise)
    if len(funclist) != len(masks):
        raise ValueError(
            f"with {len(masks)} condition(s), either {len(masks)} or {len(masks) + 1} functions are expected"
        )
    elements = v.reshape(-1)
    result = _core.zeros_like(elements)
    for mask, function in zip(masks, funclist, strict=True):
        if not callable(function):
            result = _core.where(mask, as_variable(function).to(v.dtype), result)
        elif mask.any():
            part = as_variable(function(elements[mask], *args, **kw)).to(v.dtype)
            result = result.index_put((mask,), part)
    return result.reshape(v.shape)


# --- sets of values


class UniqueAllResult(NamedTuple):
    values: Any
    indices: Any
    inverse_indices: Any
    counts: Any


class UniqueCountsResult(NamedTuple):
    values: Any
    counts: Any


class UniqueInverseResult(NamedTuple):
    values: Any
    inverse_indices: Any


@differentiable("unique")
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    x = as_variable(ar)
    _, index, inverse, counts = np.unique(
        x.detach().numpy(), True, True, True, axis=axis, equal_nan=equal_nan
    )
    chosen = x.reshape(-1)[as_variable(index)] if axis is None else x.index_select(axis, as_variable(index))
    extra = [
        as_variable(found)
        for found, wanted in ((index, return_index), (inverse, return_inverse), (counts, return_counts))
        if wanted
    ]
    return (chosen, *extra) if extra else chosen


@differentiable("unique_values")
def unique_values(x: Any, /) -> Any:
    return unique(x, equal_nan=False)


@differentiable("unique_all")
def unique_all(x: Any, /) -> UniqueAllResult:
    return UniqueAllResult(*unique(x, True, True, True, equal_nan=False))


@differentiable("unique_counts")
def unique_counts(x: Any, /) -> UniqueCountsResult:
    return UniqueCountsResult(*unique(x, return_counts=True, equal_nan=False))


@differentiable("unique_inverse")
def unique_inverse(x: Any, /) -> UniqueInverseResult:
    return UniqueInverseResult(*unique(x, return_inverse=True, equal_nan=False))


def _both(a: Any, b: Any) -> tuple[Variable, Variable]:
    first, second = same_dtype(as_variable(a).reshape(-1), as_variable(b).reshape(-1))
    return first, second


@differentiable("union1d")
def union1d(ar1: Any, ar2: Any) -> Any:
    return unique(_core.cat(_both(ar1, ar2)))


@differentiable("intersect1d")
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    a, b = _both(ar1, ar2)
    _, first, second = np.intersect1d(
        a.detach().numpy(), b.detach().numpy(), assume_unique, return_indices=True
    )
    common = a[as_variable(first)]
    return (common, as_variable(first), as_variable(second)) if return_indices else common


@differentiable("setdiff1d")
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    a, b = as_variable(ar1).reshape(-1), as_variable(ar2)
    a = a if assume_unique else unique(a)
    return a[as_variable(~np.isin(a.detach().numpy(), b.detach().numpy()))]


@differentiable("setxor1d")
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    a, b = _both(ar1, ar2)
    return sort(_core.cat([setdiff1d(a, b), setdiff1d(b, a)]))


# --- along an axis


@differentiable("apply_along_axis")
def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Variable:
    x = as_variable(arr)
    axis = axis_of(axis, x.dim())
    rows = x.movedim(axis, -1)
    shape = tuple(rows.shape[:-1])
    if 0 in shape:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = [
        as_variable(func1d(row, *args, **kwargs)) for row in rows.unsqueeze(0).flatten(0, -2).unbind(0)
    ]
    stacked = _core.stack(same_dtype(*results))
    inner = tuple(stacked.shape[1:])
    stacked = stacked.reshape(*shape, *inner)
    source = tuple(range(len(shape), len(shape) + len(inner)))
    return stacked.movedim(source, tuple(range(axis, axis + len(inner)))) if inner else stacked


@differentiable("apply_over_axes")
def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    result = as_variable(a)
    ndim = result.dim()
    for axis in np.atleast_1d(axes).tolist():
        axis = axis + ndim if axis < 0 else axis
        reduced = as_variable(func(result, axis))
        result = reduced if reduced.dim() == ndim else reduced.unsqueeze(axis)
    return result
