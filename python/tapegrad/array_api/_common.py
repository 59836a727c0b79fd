"""What the chapters share: the types of their arguments, dtypes that agree, and axes."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from .. import _core as tg
from .._core import Variable
from .._device import CPU
from .._device import device as Device

Scalar: TypeAlias = builtins.bool | int | float
Operand: TypeAlias = Variable | Scalar
DType: TypeAlias = tg.dtype
Axis: TypeAlias = int | Sequence[int] | None
AnyDevice: TypeAlias = Device | str | None


def check_device(device: AnyDevice) -> None:
    """Raises ValueError for a device that is not the CPU."""
    if device is not None and str(device) not in ("cpu", "cpu:0"):
        raise ValueError(f"tapegrad computes on the CPU only: device must be {CPU!r} or None, not {device!r}")


def is_integral(dtype: DType) -> builtins.bool:
    return not dtype.is_floating_point and dtype is not tg.bool


def promoted(*operands: Operand) -> tuple[Any, ...]:
    """The operands, arrays among them of one dtype.

    The standard promotes by dtypes alone, where the library's own functions let an array of no dimensions
    count less than others. Python's numbers stay as they are: they take the arrays' dtype. Raises TypeError
    where there is no array.
    """
    arrays = [x for x in operands if not isinstance(x, builtins.bool | int | float)]
    if not arrays:
        raise TypeError(f"at least one argument must be an array, not {', '.join(map(repr, operands))}")
    for x in arrays:
        if not hasattr(x, "dtype"):
            raise TypeError(f"arrays and Python's numbers are taken, not {type(x).__name__}")
    if all(x.dtype is arrays[0].dtype for x in arrays[1:]):
        return operands
    wanted = arrays[0].dtype
    for x in arrays[1:]:
        wanted = tg.promote_types(wanted, x.dtype)
    return tuple(tg.as_tensor(x, wanted) if any(x is a for a in arrays) else x for x in operands)


def axes_of(x: Variable, axis: Axis) -> tuple[int, ...]:
    """`axis` as a tuple of axes counted from 0; all for None. Raises IndexError, ValueError for repeats."""
    if axis is None:
        return tuple(range(x.ndim))
    return unlike(one_axis(a, x.ndim) for a in (axis if isinstance(axis, Sequence) else (axis,)))


def unlike(axes: Iterable[int]) -> tuple[int, ...]:
    """The axes as a tuple. Raises ValueError for repeats."""
    axes = tuple(axes)
    if len(set(axes)) < len(axes):
        raise ValueError(f"an axis may be named once only: axis={axes}")
    return axes


def offset_within(offset: int, rows: int, columns: int) -> int:
    """The offset of a diagonal, or that of the next one that is as empty."""
    return max(-rows, min(offset, columns))


def one_axis(axis: int, ndim: int) -> int:
    """`axis` counted from 0. Raises IndexError where an array of `ndim` dimensions does not have it."""
    if not -ndim <= axis < ndim:
        raise IndexError(f"axis {axis} is out of range for an array of {ndim} dimensions")
    return axis % ndim


def over_axes(
    x: Variable,
    axis: Axis,
    keepdims: builtins.bool,
    reduce: Callable[[Variable, int, builtins.bool], Variable],
) -> Variable:
    """x reduced over one axis after the other, for what is the same in every order."""
    axes = sorted(axes_of(x, axis), reverse=True)
    for a in axes:
        x = reduce(x, a, keepdims)
    return x


def as_one_axis(
    x: Variable, axis: int | None, keepdims: builtins.bool, reduce: Callable[[Variable, int], Variable]
) -> Variable:
    """x reduced over an axis, or over its elements in row-major order for None."""
    if axis is not None:
        result = reduce(x, one_axis(axis, x.ndim))
        return result.unsqueeze(one_axis(axis, x.ndim)) if keepdims else result
    result = reduce(x.reshape(-1), 0)
    return result.reshape((1,) * x.ndim) if keepdims else result
