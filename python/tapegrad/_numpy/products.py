"""Products of vectors, matrices and tensors: dot, inner, outer, tensordot, einsum, kron, cross, trace."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import (
    as_dtype,
    as_variable,
    axes_of,
    axis_of,
    operands,
    total_dtype,
    write_out,
)
from .registry import differentiable
from .ufuncs import vecdot


@differentiable("dot")
def dot(a: Any, b: Any, out: Any = None) -> Any:
    x, y = operands(a, b)
    if not x.is_floating_point():
        result = as_variable(np.dot(x.numpy(), y.numpy()))
    elif x.dim() == 0 or y.dim() == 0:
        result = x * y
    elif x.dim() <= 2 and y.dim() <= 2:
        result = x @ y
    elif y.dim() == 1:
        result = (x @ y.unsqueeze(-1)).squeeze(-1)
    else:
        result = tensordot(x, y, ([x.dim() - 1], [y.dim() - 2]))
    return write_out(out, result)


@differentiable("vdot")
def vdot(a: Any, b: Any, /) -> Variable:
    x, y = operands(a, b)
    return x.reshape(-1) @ y.reshape(-1)


@differentiable("inner")
def inner(a: Any, b: Any, /) -> Variable:
    x, y = operands(a, b)
    if not x.is_floating_point():
        return as_variable(np.inner(x.numpy(), y.numpy()))
    return x * y if x.dim() == 0 or y.dim() == 0 else _core.inner(x, y)


@differentiable("outer")
def outer(a: Any, b: Any, out: Any = None) -> Any:
    x, y = operands(a, b)
    return write_out(out, x.reshape(-1, 1) * y.reshape(1, -1))


@differentiable("linalg.outer")
def linalg_outer(x1: Any, x2: Any, /) -> Any:
    x, y = operands(x1, x2)
    if x.dim() != 1 or y.dim() != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are {x.dim()} and {y.dim()}.")
    return outer(x, y)


@differentiable("tensordot")
def tensordot(a: Any, b: Any, axes: Any = 2) -> Variable:
    x, y = operands(a, b)
    if np.ndim(axes) == 0:
        count = int(axes)
        first, second = list(range(x.dim() - count, x.dim())), list(range(count))
    else:
        one, other = axes
        first = list(axes_of(one, x.dim()))
        second = list(axes_of(other, y.dim()))
    if len(first) != len(second) or any(x.shape[i] != y.shape[j] for i, j in zip(first, second, strict=True)):
        raise ValueError("shape-mismatch for sum")
    return _core.tensordot(x, y, (first, second))


@differentiable("linalg.tensordot")
def linalg_tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Variable:
    return tensordot(x1, x2, axes)


@differentiable("einsum")
def einsum(*operands_: Any, out: Any = None, optimize: Any = False, **kwargs: Any) -> Any:
    dtype = kwargs.pop("dtype", None)
    if kwargs.keys() - {"order", "casting"}:
        raise TypeError(f"numpy.einsum of Variables does not take {', '.join(kwargs)}=")
    if isinstance(operands_[0], str):
        subscripts, arrays = operands_[0].replace(" ", ""), list(operands_[1:])
        rest: list[Any] = []
    else:  # array, its labels, array, its labels, ..., perhaps the result's labels
        pairs = list(operands_)
        rest = [pairs.pop()] if len(pairs) % 2 else []
        arrays, labels = pairs[::2], pairs[1::2]
        subscripts = ",".join(map(_letters, labels)) + ("->" + _letters(rest[0]) if rest else "")
    variables = operands(*arrays)
    if dtype is not None:
        variables = [v.to(as_dtype(dtype)) for v in variables]
    return write_out(out, _core.einsum(subscripts, *variables))


def _letters(labels: Any) -> str:
    """[0, Ellipsis, 1] as "A...B"."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"  # as they are sorted
    return "".join("..." if label is Ellipsis else alphabet[label] for label in labels)


@differentiable("kron")
def kron(a: Any, b: Any) -> Variable:
    x, y = operands(a, b)
    return _core.kron(x, y)


@differentiable("cross")
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Variable:
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = operands(a, b)
    x = x.movedim(axis_of(axisa, x.dim()), -1)
    y = y.movedim(axis_of(axisb, y.dim()), -1)
    if x.shape[-1] not in (2, 3) or y.shape[-1] not in (2, 3):
        raise ValueError("Both input arrays must be (arrays of) 3-dimensional vectors, or 2-dimensional ones")
    x0, x1, y0, y1 = x[..., 0], x[..., 1], y[..., 0], y[..., 1]
    last = x0 * y1 - x1 * y0
    if x.shape[-1] == y.shape[-1] == 2:
        return last
    zero = _core.zeros((), dtype=x.dtype)
    x2 = x[..., 2] if x.shape[-1] == 3 else zero
    y2 = y[..., 2] if y.shape[-1] == 3 else zero
    parts = [x1 * y2 - x2 * y1, x2 * y0 - x0 * y2, last]
    shape = np.broadcast_shapes(*(tuple(p.shape) for p in parts))
    result = _core.stack([p.expand(*shape) for p in parts], -1)
    return result.movedim(-1, axis_of(axisc, result.dim()))


@differentiable("linalg.cross")
def linalg_cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Variable:
    x, y = as_variable(x1), as_variable(x2)
    if x.shape[axis] != 3 or y.shape[axis] != 3:
        raise ValueError("Both input arrays must be (arrays of) 3-dimensional vectors")
    return cross(x, y, axis=axis)


def _trace(x: Variable, offset: int, first: int, second: int, dtype: Any) -> Variable:
    return x.diagonal(offset, first, second).sum(-1, dtype=total_dtype(x, dtype))


@differentiable("trace")
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    return write_out(out, _trace(as_variable(a), offset, axis1, axis2, dtype))


@differentiable("linalg.trace")
def linalg_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Variable:
    return _trace(as_variable(x), offset, -2, -1, dtype)


@differentiable("linalg.matmul")
def linalg_matmul(x1: Any, x2: Any, /) -> Any:
    x, y = operands(x1, x2)
    return x @ y


@differentiable("linalg.vecdot")
def linalg_vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Variable:
    return vecdot(*(v.movedim(axis_of(axis, v.dim()), -1) for v in operands(x1, x2)))
