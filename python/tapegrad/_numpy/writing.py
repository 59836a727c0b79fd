"""What NumPy writes in place: copyto, put, place, putmask, put_along_axis, fill_diagonal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import as_variable, axis_of, numpy_dtype, requires_grad, values_of
from .registry import differentiable


def _target(name: str, array: Any, *values: Any) -> Any:
    """The Variable that is written, or None for an ndarray that constants are written into.

    Raises TypeError for an ndarray where the values are on the tape.
    """
    if isinstance(array, Variable):
        return array
    if requires_grad(*values):
        raise TypeError(
            f"numpy.{name} writes into a {type(array).__name__}, which has no place on the tape, and the "
            "values require grad: make the array a Variable first, as by tapegrad.tensor(array)"
        )
    return None


def _repeated(values: Any, count: int, like: Variable) -> Variable:
    """`count` values, repeated or cut off."""
    v = as_variable(values).reshape(-1)
    if v.numel() == 0:
        raise ValueError("Cannot insert from an empty array!")
    return v[as_variable(np.arange(count) % v.numel())].to(like.dtype)


@differentiable("copyto")
def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    target = _target("copyto", dst, src)
    if target is None:
        np.copyto(dst, values_of(src), casting, values_of(where))
        return
    source = as_variable(src)
    weak = isinstance(src, (bool, int, float))
    if not np.can_cast(numpy_dtype(source), numpy_dtype(target), casting) and not weak:
        raise TypeError(
            f"Cannot cast array data from {numpy_dtype(source)} to {numpy_dtype(target)} according to the "
            f"rule {casting!r}"
        )
    source = source.to(target.dtype).expand(*target.shape)
    if where is not True:
        source = _core.where(as_variable(where).bool(), source, target.clone())
    target.copy_(source)


@differentiable("put")
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    target = _target("put", a, v)
    if target is None:
        np.put(a, values_of(ind), values_of(v), mode)  # type: ignore[arg-type]
        return
    places = np.arange(target.numel())
    chosen = np.take(places, np.asarray(values_of(ind), dtype=np.int64).reshape(-1), mode=mode)  # type: ignore[call-overload]
    if chosen.size:
        _write(target, chosen, _repeated(v, chosen.size, target))


def _write(target: Variable, places: np.ndarray[Any, Any], values: Variable) -> None:
    """Writes at positions of the flattened target; of equal ones the last counts."""
    last = np.unique(places[::-1], return_index=True)[1]
    kept = np.sort(places.size - 1 - last)
    index = np.unravel_index(places[kept], tuple(target.shape))
    target.index_put_(tuple(as_variable(i) for i in index), values[as_variable(kept)])


def _write_masked(
    name: str, arr: Any, mask: Any, values: Any, chosen: Callable[[Variable, Any], Variable]
) -> None:
    """Writes `chosen(target, places)` where the mask is set, or lets NumPy write into an array."""
    target = _target(name, arr, values)
    if target is None:
        getattr(np, name)(arr, values_of(mask), values_of(values))
        return
    places = np.flatnonzero(values_of(mask))
    if places.size:
        _write(target, places, chosen(target, places))


@differentiable("place")
def place(arr: Any, mask: Any, vals: Any) -> None:
    _write_masked("place", arr, mask, vals, lambda target, places: _repeated(vals, places.size, target))


@differentiable("putmask")
def putmask(a: Any, mask: Any, values: Any) -> None:
    def chosen(target: Variable, places: Any) -> Variable:
        return _repeated(values, target.numel(), target)[as_variable(places)]

    _write_masked("putmask", a, mask, values, chosen)


@differentiable("put_along_axis")
def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> None:
    target = _target("put_along_axis", arr, values)
    if target is None:
        np.put_along_axis(arr, values_of(indices), values_of(values), axis)
        return
    index = np.asarray(values_of(indices))
    numbers = np.arange(target.numel()).reshape(tuple(target.shape))
    at = 0 if axis is None else axis_of(axis, target.dim())
    places = np.take_along_axis(numbers.reshape(-1) if axis is None else numbers, index, at)
    new = as_variable(values).to(target.dtype).expand(*places.shape)
    _write(target, places.reshape(-1), new.reshape(-1))


@differentiable("fill_diagonal")
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    target = _target("fill_diagonal", a, val)
    if target is None:
        np.fill_diagonal(a, values_of(val), wrap)
        return
    numbers = np.arange(1, target.numel() + 1).reshape(tuple(target.shape))
    marked = numbers.copy()
    np.fill_diagonal(marked, 0, wrap)
    places = np.flatnonzero(marked == 0)
    if places.size:
        _write(target, places, _repeated(val, places.size, target))
