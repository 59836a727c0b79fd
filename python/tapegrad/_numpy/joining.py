"""Arrays joined, cut, extended and thinned: concatenate, block, split, pad, insert, delete, ..."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import (
    NUMPY_DTYPES,
    as_dtype,
    as_variable,
    axis_of,
    floating,
    has_variables,
    numpy_dtype,
    operands,
    same_dtype,
    values_of,
    write_out,
)
from .creation import linspace
from .registry import differentiable
from .shaping import atleast_1d, atleast_2d, atleast_3d, rearranged


def _joined(arrays: Any) -> list[Variable]:
    """The arrays to be joined, of one dtype."""
    if isinstance(arrays, Variable):
        return list(arrays.unbind(0))
    found = operands(*arrays)
    if not found:
        raise ValueError("need at least one array to concatenate")
    return found


def _cast(parts: list[Variable], dtype: Any, casting: Any) -> list[Variable]:
    """The arrays as the dtype that is wished for. Raises TypeError where casting does not allow it."""
    if dtype is None:
        return parts
    for v in parts:
        if not np.can_cast(numpy_dtype(v), NUMPY_DTYPES[as_dtype(dtype)], casting):
            raise TypeError(
                f"cannot cast array data from {numpy_dtype(v)} to {np.dtype(dtype)} according to the rule "
                f"{casting!r}"
            )
    return [v.to(as_dtype(dtype)) for v in parts]


@differentiable("concatenate", "concat")
def concatenate(
    arrays: Any, /, axis: int | None = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    parts = _cast(_joined(arrays), dtype, casting)
    if axis is None:
        parts, axis = [v.reshape(-1) for v in parts], 0
    elif any(v.dim() == 0 for v in parts):
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    if any(v.dim() != parts[0].dim() for v in parts):
        raise ValueError("all the input array dimensions must match: " + str([tuple(v.shape) for v in parts]))
    return write_out(out, _core.cat(parts, axis_of(axis, parts[0].dim())), casting)


@differentiable("stack")
def stack(
    arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    parts = _cast(_joined(arrays), dtype, casting)
    if any(v.shape != parts[0].shape for v in parts):
        raise ValueError("all input arrays must have the same shape")
    return write_out(out, _core.stack(parts, axis_of(axis, parts[0].dim() + 1)), casting)


def _many(arrays: Any, at_least: Any) -> list[Variable]:
    return [at_least(v) for v in _joined(arrays)]


@differentiable("vstack", "row_stack")
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return concatenate(_many(tup, atleast_2d), 0, dtype=dtype, casting=casting)


@differentiable("hstack")
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    parts = _many(tup, atleast_1d)
    return concatenate(parts, 0 if parts[0].dim() == 1 else 1, dtype=dtype, casting=casting)


@differentiable("dstack")
def dstack(tup: Any) -> Any:
    return concatenate(_many(tup, atleast_3d), 2)


@differentiable("column_stack")
def column_stack(tup: Any) -> Any:
    return concatenate([v if v.dim() > 1 else v.reshape(-1, 1) for v in _joined(tup)], 1)


@differentiable("block")
def block(arrays: Any) -> Any:
    """Nested lists: the innermost are joined along the last axis, those around them along the one before."""

    def depth(item: Any) -> int:
        return 1 + max(map(depth, item)) if isinstance(item, list) and item else 0

    def leaves(item: Any) -> list[Any]:
        return [leaf for part in item for leaf in leaves(part)] if isinstance(item, list) else [item]

    levels = depth(arrays)
    dims = max(levels, *(as_variable(leaf).dim() for leaf in leaves(arrays)))

    def join(item: Any, level: int) -> Variable:
        if not isinstance(item, list):
            if level != levels:
                raise ValueError("List depths are mismatched")
            v = as_variable(item)
            return v.reshape(*(1,) * (dims - v.dim()), *v.shape)
        if not item:
            raise ValueError("List cannot be empty")
        return _core.cat(same_dtype(*(join(part, level + 1) for part in item)), level - levels)

    return join(arrays, 0) if levels else join(arrays, 0).clone()


@differentiable("append")
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    if axis is None:
        return concatenate([as_variable(arr).reshape(-1), as_variable(values).reshape(-1)])
    return concatenate([arr, values], axis)


@differentiable("insert")
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Variable:
    x = as_variable(arr)
    new = as_variable(values).to(x.dtype)
    return rearranged(lambda a, v: np.insert(a, values_of(obj), v, axis), x, new)


@differentiable("delete")
def delete(arr: Any, obj: Any, axis: int | None = None) -> Variable:
    x = as_variable(arr)
    if axis is None:
        x, axis = x.reshape(-1), 0
    axis = axis_of(axis, x.dim())
    kept = np.delete(np.arange(x.shape[axis]), values_of(obj))
    return x.index_select(axis, as_variable(kept))


# --- cut


def _cuts(x: Variable, indices_or_sections: Any, axis: int, even: bool) -> list[Variable]:
    numbers = np.arange(x.shape[axis])
    cut = np.split if even else np.array_split
    return [
        x.narrow(axis, int(part[0]) if part.size else 0, part.size)
        for part in cut(numbers, values_of(indices_or_sections))
    ]


@differentiable("split")
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Variable]:
    x = as_variable(ary)
    return _cuts(x, indices_or_sections, axis_of(axis, x.dim()), even=True)


@differentiable("array_split")
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Variable]:
    x = as_variable(ary)
    return _cuts(x, indices_or_sections, axis_of(axis, x.dim()), even=False)


@differentiable("hsplit")
def hsplit(ary: Any, indices_or_sections: Any) -> list[Variable]:
    x = as_variable(ary)
    if x.dim() == 0:
        raise ValueError("hsplit only works on arrays of 1 or more dimensions")
    return split(x, indices_or_sections, 1 if x.dim() > 1 else 0)


@differentiable("vsplit")
def vsplit(ary: Any, indices_or_sections: Any) -> list[Variable]:
    x = as_variable(ary)
    if x.dim() < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(x, indices_or_sections, 0)


@differentiable("dsplit")
def dsplit(ary: Any, indices_or_sections: Any) -> list[Variable]:
    x = as_variable(ary)
    if x.dim() < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return split(x, indices_or_sections, 2)


@differentiable("unstack")
def unstack(x: Any, /, *, axis: int = 0) -> tuple[Variable, ...]:
    v = as_variable(x)
    if v.dim() == 0:
        raise ValueError("Input array must be at least 1-d.")
    return tuple(v.unbind(axis_of(axis, v.dim())))


@differentiable("meshgrid")
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Variable, ...]:
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    vectors = [as_variable(x).reshape(-1) for x in xi]
    grids = [v.reshape(*(-1 if j == i else 1 for j in range(len(vectors)))) for i, v in enumerate(vectors)]
    if indexing == "xy" and len(vectors) > 1:
        grids = [grid.swapaxes(0, 1) for grid in grids]
    if not sparse:
        shape = np.broadcast_shapes(*(tuple(grid.shape) for grid in grids))
        grids = [grid.expand(*shape) for grid in grids]
    return tuple(grid.clone() if copy else grid for grid in grids)


# --- pad

MOVING = ("edge", "reflect", "symmetric", "wrap")
STATISTICS = ("maximum", "mean", "median", "minimum", "linear_ramp")


@differentiable("pad")
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Variable:
    x = as_variable(array)
    if kwargs.get("reflect_type", "even") != "even":
        raise TypeError(
            "numpy.pad of Variables does not take reflect_type='odd': join the parts by concatenate()"
        )
    if mode in MOVING:
        return rearranged(lambda numbers: np.pad(numbers, pad_width, mode, **kwargs), x)
    if mode == "empty" or (mode == "constant" and not has_variables(kwargs)):
        filled = np.pad(np.zeros(tuple(x.shape)), pad_width, "constant", **kwargs)
        inside = rearranged(lambda numbers: np.pad(numbers, pad_width), x)
        mask = np.pad(np.ones(tuple(x.shape), bool), pad_width)
        return _core.where(as_variable(mask), inside, as_variable(filled).to(x.dtype))
    if mode not in ("constant", *STATISTICS):
        raise TypeError(
            f"numpy.pad of Variables does not take mode={mode!r}; it takes 'constant', 'empty', "
            + ", ".join(map(repr, MOVING + STATISTICS))
        )
    for axis, (before, after) in enumerate(_counts(pad_width, x.dim())):
        left, right = (_beside(x, axis, side, mode, (before, after)[side], kwargs) for side in (0, 1))
        x = _core.cat([left, x, right], axis)
    return x


def _pairs(value: Any, ndim: int) -> Variable:
    """(before, after) of every axis, from the short forms that pad() takes."""
    return as_variable(value).expand(ndim, 2)


def _counts(value: Any, ndim: int) -> list[list[int]]:
    """The same of whole numbers, which may come in a dict by axis."""
    if isinstance(value, dict):
        pairs = np.zeros((ndim, 2), int)
        for axis, width in value.items():
            pairs[axis] = width
    else:
        pairs = np.broadcast_to(values_of(value), (ndim, 2))
    if pairs.dtype.kind not in "iu":
        raise TypeError("`pad_width` and `stat_length` must be of integral type.")
    if (pairs < 0).any():
        raise ValueError("index can't contain negative values")
    return pairs.tolist()


def _beside(x: Variable, axis: int, side: int, mode: str, width: int, kwargs: dict[str, Any]) -> Any:
    """What is put before (side 0) or after x along an axis."""
    shape = [*x.shape]
    shape[axis] = width
    if width == 0:
        return _core.zeros(shape, dtype=x.dtype)
    if mode == "constant":
        return _pairs(kwargs.get("constant_values", 0), x.dim())[axis, side].to(x.dtype).expand(*shape)
    if mode == "linear_ramp":
        end = _pairs(kwargs.get("end_values", 0), x.dim())[axis, side]
        edge = x.select(axis, -side)
        ramp = linspace(end, edge, width, endpoint=False, dtype=numpy_dtype(x), axis=axis)
        return ramp.flip(axis) if side else ramp
    length = x.shape[axis]
    if kwargs.get("stat_length") is not None:
        length = min(_counts(kwargs["stat_length"], x.dim())[axis][side], length)
    part = x.narrow(axis, 0 if side == 0 else x.shape[axis] - length, length)
    if mode in ("maximum", "minimum"):
        value = part.amax(axis, True) if mode == "maximum" else part.amin(axis, True)
    elif mode == "mean":
        value = floating(part).mean(axis, True)
    else:
        from .quantiles import median

        value = median(part, axis, keepdims=True)
    if not x.is_floating_point():
        value = value.round()
    return value.to(x.dtype).expand(*shape)
