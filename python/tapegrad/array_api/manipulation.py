"""Manipulation functions: the same elements in other shapes, orders and places."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from .. import _core as tg
from .._core import Variable
from ._common import one_axis, promoted, unlike


def broadcast_arrays(*arrays: Variable) -> list[Variable]:
    """The arrays in the one shape that they broadcast to."""
    return list(tg.broadcast_tensors(*arrays)) if arrays else []


def broadcast_to(x: Variable, /, shape: Sequence[int]) -> Variable:
    """x in a shape that it broadcasts to, without a copy. Raises RuntimeError where it does not."""
    return tg.broadcast_to(x, tuple(shape))


def concat(arrays: Sequence[Variable], /, *, axis: int | None = 0) -> Variable:
    """The arrays one after the other along an axis, flattened before for None."""
    alike = promoted(*arrays)
    if axis is None:
        return tg.cat([x.reshape(-1) for x in alike], 0)
    return tg.cat(alike, one_axis(axis, alike[0].ndim))


def expand_dims(x: Variable, /, *, axis: int | Sequence[int] = 0) -> Variable:
    """x with axes of one element more, at those places of the result. Raises IndexError."""
    axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    for a in sorted(unlike(one_axis(a, x.ndim + len(axes)) for a in axes)):
        x = x.unsqueeze(a)
    return x


def flip(x: Variable, /, *, axis: int | Sequence[int] | None = None) -> Variable:
    """The elements in reversed order along the axes, along all for None."""
    if axis is None:
        axis = range(x.ndim)
    axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    return tg.flip(x, tuple(one_axis(a, x.ndim) for a in axes))


def moveaxis(x: Variable, source: int | Sequence[int], destination: int | Sequence[int], /) -> Variable:
    """x with its axes `source` at the places `destination`, the others in their order."""
    return tg.movedim(x, source, destination)


def permute_dims(x: Variable, /, axes: Sequence[int]) -> Variable:
    """x with its axes in another order. Raises RuntimeError unless `axes` names each once."""
    return tg.permute(x, tuple(axes))


def repeat(x: Variable, repeats: int | Variable, /, *, axis: int | None = None) -> Variable:
    """Each element along an axis so many times over, of the flattened x for None."""
    if axis is None:
        x, axis = x.reshape(-1), 0
    axis = one_axis(axis, x.ndim)
    if isinstance(repeats, Variable):
        repeats = tg.broadcast_to(repeats, (x.shape[axis],)).to(tg.int64)
    return tg.repeat_interleave(x, repeats, axis)


def reshape(x: Variable, /, shape: Sequence[int], *, copy: builtins.bool | None = None) -> Variable:
    """The elements in row-major order in another shape, of which one size may be -1: what is left.

    copy=None shares memory where strides allow, True never does, False always does, and raises ValueError
    where they do not.
    """
    shape = tuple(shape)
    if copy is False:
        try:
            return x.view(shape)
        except RuntimeError as error:
            raise ValueError(f"copy=False, but {error}") from error
    return (x.clone() if copy else x).reshape(shape)


def roll(x: Variable, /, shift: int | Sequence[int], *, axis: int | Sequence[int] | None = None) -> Variable:
    """The elements moved on by `shift` along the axes, the last to the front; flattened for None."""
    if axis is None:
        if isinstance(shift, Sequence):
            shift = builtins.sum(shift)
        return tg.roll(x, shift)
    axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    shifts = tuple(shift) if isinstance(shift, Sequence) else (shift,) * len(axes)
    if len(axes) == 1:
        axes *= len(shifts)
    if not axes and not shifts:
        return x.clone()
    return tg.roll(x, shifts, tuple(one_axis(a, x.ndim) for a in axes))


def squeeze(x: Variable, /, axis: int | Sequence[int]) -> Variable:
    """x without the axes, of one element each. Raises ValueError for an axis of another size."""
    axes = tuple(one_axis(a, x.ndim) for a in (axis if isinstance(axis, Sequence) else (axis,)))
    for a in axes:
        if x.shape[a] != 1:
            raise ValueError(
                f"squeeze(): axis {a} of shape {tuple(x.shape)} has {x.shape[a]} elements, not one"
            )
    return tg.squeeze(x, axes)


def stack(arrays: Sequence[Variable], /, *, axis: int = 0) -> Variable:
    """The arrays, of one shape, along a new axis at that place of the result."""
    alike = promoted(*arrays)
    return tg.stack(alike, one_axis(axis, alike[0].ndim + 1))


def tile(x: Variable, repetitions: Sequence[int], /) -> Variable:
    """x so many times over along each axis; where there are more repetitions, axes come first."""
    return tg.tile(x, tuple(repetitions))


def unstack(x: Variable, /, *, axis: int = 0) -> tuple[Variable, ...]:
    """The arrays that make up x along an axis. Raises IndexError for an array without axes."""
    return tuple(tg.unbind(x, one_axis(axis, x.ndim)))


__all__ = [
    "broadcast_arrays",
    "broadcast_to",
    "concat",
    "expand_dims",
    "flip",
    "moveaxis",
    "permute_dims",
    "repeat",
    "reshape",
    "roll",
    "squeeze",
    "stack",
    "tile",
    "unstack",
]
