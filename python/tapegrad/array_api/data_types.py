"""Data types, and what can be asked of them.

Of the standard's, tapegrad lacks the complex ones.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass

from .. import _core as tg
from .._core import (
    Variable,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)
from .._core import bool as boolean
from ._common import AnyDevice, DType, Operand, check_device, is_integral

Kind = str | DType | tuple[str | DType, ...]

BY_NAME: Mapping[str, DType] = {
    "bool": boolean,
    "int8": int8,
    "int16": int16,
    "int32": int32,
    "int64": int64,
    "uint8": uint8,
    "uint16": uint16,
    "uint32": uint32,
    "uint64": uint64,
    "float32": float32,
    "float64": float64,
}
_SIGNED = (int8, int16, int32, int64)
_UNSIGNED = (uint8, uint16, uint32, uint64)
_FLOATING = (float32, float64)
KINDS: Mapping[str, tuple[DType, ...]] = {
    "bool": (boolean,),
    "signed integer": _SIGNED,
    "unsigned integer": _UNSIGNED,
    "integral": _SIGNED + _UNSIGNED,
    "real floating": _FLOATING,
    "complex floating": (),
    "numeric": _SIGNED + _UNSIGNED + _FLOATING,
}


def of_kind(kind: Kind) -> tuple[DType, ...]:
    """The dtypes of a kind: a name, a dtype, or a tuple of them. Raises ValueError, TypeError for others."""
    if isinstance(kind, tuple):
        return tuple(dtype for part in kind for dtype in of_kind(part))
    if isinstance(kind, tg.dtype):
        return (kind,)
    if not isinstance(kind, str):
        raise TypeError(f"a kind of dtype is a name, a dtype or a tuple of them, not {kind!r}")
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of dtype; there are {', '.join(map(repr, KINDS))}")
    return KINDS[kind]


@dataclass(frozen=True)
class finfo_object:
    """Limits of a floating-point dtype."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: DType


@dataclass(frozen=True)
class iinfo_object:
    """Limits of an integer dtype."""

    bits: int
    max: int
    min: int
    dtype: DType


def astype(x: Variable, dtype: DType, /, *, copy: builtins.bool = True, device: AnyDevice = None) -> Variable:
    """x in another dtype, whatever promotion says; x itself without `copy` if it has that dtype."""
    check_device(device)
    converted = x.to(dtype=dtype)
    return converted.clone() if copy and converted is x else converted


def can_cast(from_: DType | Variable, to: DType, /) -> builtins.bool:
    """Whether promotion may turn `from_`, a dtype or an array of it, into the dtype `to`."""
    dtype = from_.dtype if isinstance(from_, Variable) else from_
    try:
        return tg.promote_types(dtype, to) is to
    except RuntimeError:  # they have no common dtype
        return False


def finfo(type: DType | Variable, /) -> finfo_object:
    """Limits of a floating-point dtype, or of an array's. Raises ValueError for another."""
    dtype = type.dtype if isinstance(type, Variable) else type
    if dtype not in _FLOATING:
        raise ValueError(f"finfo() is of floating-point dtypes, not {dtype!r}: use iinfo() for integers")
    digits, exponent = (24, 128) if dtype is float32 else (53, 1024)  # IEEE 754 binary32, binary64
    largest = (2.0 - 2.0 ** (1 - digits)) * 2.0 ** (exponent - 1)
    return finfo_object(
        bits=8 * dtype.itemsize,
        eps=2.0 ** (1 - digits),
        max=largest,
        min=-largest,
        smallest_normal=2.0 ** (2 - exponent),
        dtype=dtype,
    )


def iinfo(type: DType | Variable, /) -> iinfo_object:
    """Limits of an integer dtype, or of an array's. Raises ValueError for another."""
    dtype = type.dtype if isinstance(type, Variable) else type
    if not isinstance(dtype, tg.dtype) or not is_integral(dtype):
        raise ValueError(f"iinfo() is of integer dtypes, not {dtype!r}: use finfo() for floating-point ones")
    bits = 8 * dtype.itemsize
    low = -(1 << (bits - 1)) if dtype.is_signed else 0
    return iinfo_object(bits=bits, max=low + (1 << bits) - 1, min=low, dtype=dtype)


def isdtype(dtype: DType, kind: Kind) -> builtins.bool:
    """Whether a dtype is of a kind: a name such as 'real floating', a dtype, or a tuple of them."""
    return dtype in of_kind(kind)


def result_type(*arrays_and_dtypes: Operand | DType) -> DType:
    """The dtype that arrays, dtypes and Python's numbers are computed in; numbers count by kind alone.

    Raises TypeError where there is neither an array nor a dtype, RuntimeError for uint64 with a signed
    integer dtype.
    """
    dtypes = [
        x.dtype if isinstance(x, Variable) else x
        for x in arrays_and_dtypes
        if isinstance(x, Variable | tg.dtype)
    ]
    if not dtypes:
        raise TypeError("result_type() takes at least one array or dtype")
    result = dtypes[0]
    for dtype in dtypes[1:]:
        result = tg.promote_types(result, dtype)
    for x in arrays_and_dtypes:
        if isinstance(x, builtins.bool | int | float):
            result = tg.result_type(tg.zeros(1, dtype=result), x)
        elif not isinstance(x, Variable | tg.dtype):
            raise TypeError(f"result_type() takes arrays, dtypes and numbers, not {x!r}")
    return result


__all__ = [
    "astype",
    "can_cast",
    "finfo",
    "float32",
    "float64",
    "iinfo",
    "int8",
    "int16",
    "int32",
    "int64",
    "isdtype",
    "result_type",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
]
