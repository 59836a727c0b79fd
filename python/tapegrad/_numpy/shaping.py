"""Other shapes and orders of the same elements: reshape, transpose, flip, tile, diag, ..."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import as_dtype, as_variable, axes_of, axis_of, values_of
from .registry import differentiable


def rearranged(arrange: Callable[..., np.ndarray[Any, Any]], *arrays: Variable, fill: Any = 0) -> Variable:
    """What a function that only moves elements makes of `arrays`, which are of one dtype.

    The function is run on the elements' numbers, of which the first is 1; where it puts a 0, `fill` stands.
    """
    numbers, start = [], 1
    for v in arrays:
        numbers.append(np.arange(start, start + v.numel()).reshape(tuple(v.shape)))
        start += v.numel()
    places = arrange(*numbers)
    blank = _core.full((1,), fill, dtype=arrays[0].dtype)
    return _core.cat([blank, *(v.reshape(-1) for v in arrays)])[as_variable(places)]


def shape_of(shape: Any) -> tuple[int, ...]:
    return tuple(map(operator.index, np.atleast_1d(values_of(shape))))


@differentiable("reshape")
def reshape(
    a: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: bool | None = None
) -> Variable:
    x = as_variable(a)
    sizes = shape_of(newshape if shape is None else shape)
    order = _order_of(x, order)
    if order == "K":
        raise ValueError("order 'K' is not permitted for reshaping")
    if order == "F":
        return reshape(x.permute(*_turned(x)), sizes[::-1], copy=copy).permute(*reversed(range(len(sizes))))
    result = x.reshape(*sizes)
    if copy is False and result.data_ptr() != x.data_ptr():
        raise ValueError("Unable to avoid creating a copy while reshaping.")
    return result.clone() if copy else result


@differentiable("ravel")
def ravel(a: Any, order: str = "C") -> Variable:
    x = as_variable(a)
    order = _order_of(x, order)
    if order == "K" and 0 not in x.strides and not x.is_contiguous():
        return x.permute(*sorted(range(x.dim()), key=lambda at: -x.strides[at])).reshape(-1)
    return reshape(x, (-1,), "C" if order == "K" else order)


@differentiable("transpose", "permute_dims")
def transpose(a: Any, axes: Any = None) -> Variable:
    x = as_variable(a)
    order = tuple(reversed(range(x.dim()))) if axes is None else axes_of(axes, x.dim())
    if len(order) != x.dim():
        raise ValueError("axes don't match array")
    return x.permute(*order)


@differentiable("matrix_transpose", "linalg.matrix_transpose")
def matrix_transpose(x: Any, /) -> Variable:
    v = as_variable(x)
    if v.dim() < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {v.dim()}")
    return v.swapaxes(-1, -2)


@differentiable("swapaxes")
def swapaxes(a: Any, axis1: int, axis2: int) -> Variable:
    return as_variable(a).swapaxes(axis1, axis2)


@differentiable("moveaxis")
def moveaxis(a: Any, source: Any, destination: Any) -> Variable:
    x = as_variable(a)
    return x.movedim(axes_of(source, x.dim()), axes_of(destination, x.dim()))


@differentiable("rollaxis")
def rollaxis(a: Any, axis: int, start: int = 0) -> Variable:
    x = as_variable(a)
    order = list(range(x.dim()))
    axis = axis_of(axis, x.dim())
    start = start + x.dim() if start < 0 else start
    if not 0 <= start <= x.dim():
        raise np.exceptions.AxisError(f"start={start} is out of bounds for {x.dim()} dimensions")
    order.remove(axis)
    order.insert(start - 1 if axis < start else start, axis)
    return x.permute(*order)


@differentiable("expand_dims")
def expand_dims(a: Any, axis: Any) -> Variable:
    x = as_variable(a)
    count = len(axis) if isinstance(axis, (tuple, list)) else 1
    for at in sorted(axes_of(axis, x.dim() + count)):
        x = x.unsqueeze(at)
    return x


@differentiable("squeeze")
def squeeze(a: Any, axis: Any = None) -> Variable:
    x = as_variable(a)
    if axis is None:
        return x.squeeze()
    axes = axes_of(axis, x.dim())
    if any(x.shape[at] != 1 for at in axes):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return x.squeeze(axes)


@differentiable("broadcast_to")
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Variable:
    return as_variable(array).expand(*shape_of(shape))


@differentiable("broadcast_arrays")
def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Variable, ...]:
    arrays = [as_variable(a) for a in args]
    shape = np.broadcast_shapes(*(tuple(v.shape) for v in arrays))
    return tuple(v.expand(*shape) for v in arrays)


def _at_least(count: int, place: Callable[[Variable], Variable]) -> Callable[..., Any]:
    def at_least(*arys: Any) -> Any:
        results = tuple(v if v.dim() >= count else place(v) for v in map(as_variable, arys))
        return results[0] if len(results) == 1 else results

    return at_least


atleast_1d = differentiable("atleast_1d")(_at_least(1, lambda v: v.reshape(1)))
atleast_2d = differentiable("atleast_2d")(_at_least(2, lambda v: v.reshape(1, -1)))
atleast_3d = differentiable("atleast_3d")(
    _at_least(3, lambda v: v.unsqueeze(-1) if v.dim() == 2 else v.reshape(1, -1, 1))
)


@differentiable("flip")
def flip(m: Any, axis: Any = None) -> Variable:
    x = as_variable(m)
    return x.flip(*axes_of(axis, x.dim())) if x.dim() else x.clone()


@differentiable("fliplr")
def fliplr(m: Any) -> Variable:
    return as_variable(m).fliplr()


@differentiable("flipud")
def flipud(m: Any) -> Variable:
    return as_variable(m).flipud()


@differentiable("rot90")
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Variable:
    x = as_variable(m)
    return x.rot90(k, axes_of(axes, x.dim()))


@differentiable("roll")
def roll(a: Any, shift: Any, axis: Any = None) -> Variable:
    x = as_variable(a)
    if axis is None:
        return x.reshape(-1).roll(int(np.sum(shift)), 0).reshape(*x.shape)
    shifts, axes = np.broadcast_arrays(np.atleast_1d(shift), np.atleast_1d(axis))
    for by, at in zip(shifts.tolist(), axes.tolist(), strict=True):
        x = x.roll(by, axis_of(at, x.dim()))
    return x


def _shifted(sign: int, rounding: int) -> Callable[..., Variable]:
    def shifted(x: Any, axes: Any = None) -> Variable:
        v = as_variable(x)
        places = axes_of(axes, v.dim())
        shifts = tuple(sign * ((v.shape[at] + rounding) // 2) for at in places)
        return v.roll(shifts, places) if places else v.clone()

    return shifted


fftshift = differentiable("fft.fftshift")(_shifted(1, 0))
ifftshift = differentiable("fft.ifftshift")(_shifted(-1, 0))


@differentiable("tile")
def tile(A: Any, reps: Any) -> Variable:
    return as_variable(A).tile(*shape_of(reps))


@differentiable("repeat")
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Variable:
    x = as_variable(a)
    if axis is None:
        x, axis = x.reshape(-1), 0
    axis = axis_of(axis, x.dim())
    return x.index_select(axis, as_variable(np.repeat(np.arange(x.shape[axis]), repeats)))


@differentiable("resize")
def resize(a: Any, new_shape: Any) -> Variable:
    x = as_variable(a)
    return rearranged(lambda numbers: np.resize(numbers, shape_of(new_shape)), x)


@differentiable("diag")
def diag(v: Any, k: int = 0) -> Variable:
    return as_variable(v).diag(k)


@differentiable("diagflat")
def diagflat(v: Any, k: int = 0) -> Variable:
    return as_variable(v).reshape(-1).diag(k)


@differentiable("diagonal")
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Variable:
    return as_variable(a).diagonal(offset, axis1, axis2)


@differentiable("linalg.diagonal")
def matrix_diagonal(x: Any, /, *, offset: int = 0) -> Variable:
    return as_variable(x).diagonal(offset, -2, -1)


@differentiable("tril")
def tril(m: Any, k: int = 0) -> Variable:
    x = as_variable(m)
    return (x if x.dim() > 1 else x.expand(x.shape[0], x.shape[0])).tril(k)


@differentiable("triu")
def triu(m: Any, k: int = 0) -> Variable:
    x = as_variable(m)
    return (x if x.dim() > 1 else x.expand(x.shape[0], x.shape[0])).triu(k)


@differentiable("trim_zeros")
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Variable:
    x = as_variable(filt)
    if trim.lower() not in ("fb", "bf", "f", "b"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    kept = x.detach().numpy() != 0
    for at in axes_of(axis, x.dim()):
        where = np.flatnonzero(kept.any(tuple(i for i in range(x.dim()) if i != at)))
        size = x.shape[at]
        first = (int(where[0]) if where.size else size) if "f" in trim.lower() else 0
        last = (int(where[-1]) + 1 if where.size else first) if "b" in trim.lower() else size
        x = x.narrow(at, first, last - first)
    return x


# --- the same elements


@differentiable("copy")
def copy(a: Any, order: str = "K", subok: bool = False) -> Variable:
    x = as_variable(a)
    order = _order_of(x, order)
    if order == "K":
        return x.clone()
    return (
        x.contiguous() if order == "C" else x.permute(*_turned(x)).contiguous().permute(*_turned(x))
    ).clone()


def _turned(x: Variable) -> tuple[int, ...]:
    return tuple(reversed(range(x.dim())))


def _order_of(x: Variable, order: str) -> str:
    """ "C", "F" or "K"; what "A" is depends on how x lies. Raises ValueError for another."""
    if order not in ("C", "F", "A", "K"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got {order!r})")
    if order != "A":
        return order
    return "F" if not x.is_contiguous() and x.permute(*_turned(x)).is_contiguous() else "C"


@differentiable("astype")
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Variable:
    v = as_variable(x)
    result = v.to(as_dtype(dtype))
    return v.clone() if copy and result is v else result


@differentiable("real", "real_if_close")
def real(val: Any, tol: float = 100) -> Variable:
    return as_variable(val)


@differentiable("imag")
def imag(val: Any) -> Variable:
    """Zeros: Variables are real."""
    return _core.zeros_like(as_variable(val))


@differentiable("angle")
def angle(z: Any, deg: bool = False) -> Variable:
    """0, or pi where negative."""
    x = as_variable(z)
    result = x.angle() if x.is_floating_point() else x.to(_core.float64).angle()
    return result.rad2deg() if deg else result


# --- of a Variable's shape


def _size_and_dtype(x: Variable, dtype: Any, shape: Any) -> tuple[Sequence[int], Any]:
    """Those of x, where no others are wanted."""
    sizes = tuple(x.shape) if shape is None else shape_of(shape)
    return sizes, x.dtype if dtype is None else as_dtype(dtype)


def _like(make: Callable[..., Variable]) -> Callable[..., Variable]:
    def like(
        a: Any,
        dtype: Any = None,
        order: str = "K",
        subok: bool = True,
        shape: Any = None,
        *,
        device: Any = None,
    ) -> Variable:
        sizes, wanted = _size_and_dtype(as_variable(a), dtype, shape)
        return make(sizes, dtype=wanted)

    return like


zeros_like = differentiable("zeros_like", "empty_like")(_like(_core.zeros))
ones_like = differentiable("ones_like")(_like(_core.ones))


@differentiable("full_like")
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Variable:
    sizes, wanted = _size_and_dtype(as_variable(a), dtype, shape)
    return as_variable(fill_value).to(wanted).expand(*sizes).clone()
