"""Creation functions."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any, Literal

from .. import _core as tg
from .._core import Variable
from .._interchange import from_dlpack
from ._common import AnyDevice, DType, Scalar, check_device, offset_within
from .data_types import finfo

Shape = int | Sequence[int]


def _size(shape: Shape) -> tuple[int, ...]:
    return tuple(shape) if isinstance(shape, Sequence) else (shape,)


def arange(
    start: Scalar,
    /,
    stop: Scalar | None = None,
    step: Scalar = 1,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
) -> Variable:
    """start, start + step, ... below `stop`, or 0, 1, ... below `start` where there is no stop.

    int64 if all three are ints, else float32; empty where step leads away from stop. Raises ValueError for a
    step of 0.
    """
    check_device(device)
    if step == 0:
        raise ValueError("arange(): step must not be 0")
    if stop is None:
        start, stop = 0, start
    if (stop - start) * step < 0:
        return tg.arange(start, start, step, dtype=dtype)
    return tg.arange(start, stop, step, dtype=dtype)


def asarray(
    obj: Any,
    /,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    copy: builtins.bool | None = None,
) -> Variable:
    """An array of `obj`: an array, whatever has a buffer or DLPack, a number, or nested sequences.

    copy=None shares memory where dtype allows, True never does, False always does. A complex number must be
    real, since there are no complex dtypes. Raises ValueError where it cannot, TypeError for what is not
    made of real numbers.
    """
    check_device(device)
    if isinstance(obj, complex):
        if obj.imag != 0:
            raise TypeError(
                f"there are no complex dtypes, and {obj} is not real: use two arrays for its parts"
            )
        obj = obj.real
    if not isinstance(obj, Variable) and hasattr(obj, "__dlpack__") and not hasattr(obj, "__array__"):
        obj = from_dlpack(obj)
    if isinstance(obj, Variable):
        taken, is_copy = obj, False
    elif _has_memory(obj):
        taken = tg.as_tensor(obj)
        is_copy = not _is_on(taken, obj)
    else:
        taken, is_copy = tg.tensor(obj, dtype=dtype), True
    result = taken if dtype is None else taken.to(dtype=dtype)
    is_copy = is_copy or result is not taken
    if is_copy and copy is False:
        raise ValueError(
            f"copy=False, but a {result.dtype} array of this {type(obj).__name__} is a copy: use copy=None"
        )
    return result.clone() if copy and not is_copy else result


def _has_memory(obj: Any) -> builtins.bool:
    """Whether it is an array, or has a buffer of numbers, that as_tensor() may take as it is."""
    if isinstance(obj, str | bytes | bytearray | list | tuple | builtins.bool | int | float):
        return False
    if hasattr(obj, "__array__") or hasattr(obj, "__array_interface__"):
        return True
    try:
        memoryview(obj).release()
    except TypeError:
        return False
    return True


def _is_on(array: Variable, obj: Any) -> builtins.bool:
    import numpy as np

    return np.shares_memory(array.detach().numpy(), np.asarray(obj)) or array.numel() == 0


def empty(shape: Shape, *, dtype: DType | None = None, device: AnyDevice = None) -> Variable:
    """The same as zeros(): memory is never handed out uninitialised."""
    return zeros(shape, dtype=dtype, device=device)


def empty_like(x: Variable, /, *, dtype: DType | None = None, device: AnyDevice = None) -> Variable:
    """The same as zeros_like(): memory is never handed out uninitialised."""
    return zeros_like(x, dtype=dtype, device=device)


def eye(
    n_rows: int,
    n_cols: int | None = None,
    /,
    *,
    k: int = 0,
    dtype: DType | None = None,
    device: AnyDevice = None,
) -> Variable:
    """Ones on diagonal k of zeros, n_rows by n_cols; float32 by default."""
    check_device(device)
    columns = n_rows if n_cols is None else n_cols
    on_diagonal = tg.arange(columns) - tg.arange(n_rows).unsqueeze(1) == offset_within(k, n_rows, columns)
    return on_diagonal.to(tg.float32 if dtype is None else dtype)


def full(
    shape: Shape, fill_value: Scalar, *, dtype: DType | None = None, device: AnyDevice = None
) -> Variable:
    """One number everywhere, of its own dtype by default: bool, int64 or float32."""
    check_device(device)
    return tg.full(_size(shape), fill_value, dtype=dtype)


def full_like(
    x: Variable, /, fill_value: Scalar, *, dtype: DType | None = None, device: AnyDevice = None
) -> Variable:
    """One number everywhere, of the shape and, by default, dtype of x."""
    check_device(device)
    return tg.full_like(x, fill_value, dtype=dtype)


def linspace(
    start: Scalar,
    stop: Scalar,
    /,
    num: int,
    *,
    dtype: DType | None = None,
    device: AnyDevice = None,
    endpoint: builtins.bool = True,
) -> Variable:
    """`num` evenly spaced numbers from start to stop, the last one with `endpoint`; float32 by default."""
    check_device(device)
    wanted = tg.float32 if dtype is None else dtype
    if not endpoint:
        return linspace(start, stop, num + 1, dtype=wanted)[:num].clone()
    limits = finfo(tg.float32 if wanted == tg.float32 else tg.float64)
    if abs(stop / 2 - start / 2) > limits.max / 2:
        return 2 * tg.linspace(start / 2, stop / 2, num, dtype=wanted)  # their difference is no number
    return tg.linspace(start, stop, num, dtype=wanted)


def meshgrid(*arrays: Variable, indexing: Literal["xy", "ij"] = "xy") -> list[Variable]:
    """The coordinates at each point of the arrays' grid; their first two axes exchanged for 'xy'."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"indexing must be 'xy' or 'ij', not {indexing!r}")
    return list(tg.meshgrid(*arrays, indexing=indexing)) if arrays else []


def ones(shape: Shape, *, dtype: DType | None = None, device: AnyDevice = None) -> Variable:
    """Ones; float32 by default."""
    check_device(device)
    return tg.ones(_size(shape), dtype=dtype)


def ones_like(x: Variable, /, *, dtype: DType | None = None, device: AnyDevice = None) -> Variable:
    """Ones of the shape and, by default, dtype of x."""
    check_device(device)
    return tg.ones_like(x, dtype=dtype)


def tril(x: Variable, /, *, k: int = 0) -> Variable:
    """The matrices of the last two axes with zeros above diagonal k."""
    return tg.tril(x, offset_within(k, *x.shape[-2:]) if x.ndim > 1 else k)


def triu(x: Variable, /, *, k: int = 0) -> Variable:
    """The matrices of the last two axes with zeros below diagonal k."""
    return tg.triu(x, offset_within(k, *x.shape[-2:]) if x.ndim > 1 else k)


def zeros(shape: Shape, *, dtype: DType | None = None, device: AnyDevice = None) -> Variable:
    """Zeros; float32 by default."""
    check_device(device)
    return tg.zeros(_size(shape), dtype=dtype)


def zeros_like(x: Variable, /, *, dtype: DType | None = None, device: AnyDevice = None) -> Variable:
    """Zeros of the shape and, by default, dtype of x."""
    check_device(device)
    return tg.zeros_like(x, dtype=dtype)


__all__ = [
    "arange",
    "asarray",
    "empty",
    "empty_like",
    "eye",
    "from_dlpack",
    "full",
    "full_like",
    "linspace",
    "meshgrid",
    "ones",
    "ones_like",
    "tril",
    "triu",
    "zeros",
    "zeros_like",
]
