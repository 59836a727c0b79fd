"""ndarray's methods: those that PyTorch has none of the name for, and what those of both take besides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np

from .._core import Variable
from . import order, writing
from .convert import as_dtype, as_variable, axis_of, constant
from .registry import CONSTANT, DIFFERENTIABLE
from .shaping import astype as _astype
from .shaping import copy as _copy

# ndarray's methods that are NumPy's functions of the name, by the same arguments
FUNCTIONS = """
all any argmax argmin argsort cumprod cumsum diagonal max mean min prod ravel repeat round squeeze std
sum take trace var
"""


def argpartition(self: Variable, kth: Any, axis: int | None = -1, kind: str = "introselect") -> Any:
    return constant(np.argpartition, self, kth, axis, kind)


def astype(
    self: Variable,
    dtype: Any,
    order: str = "K",
    casting: str = "unsafe",
    subok: bool = True,
    copy: bool = True,
) -> Variable:
    return _astype(self, dtype, copy=copy)


def choose(self: Variable, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    return order.choose(self, choices, out, mode)


def compress(self: Variable, condition: Any, axis: int | None = None, out: Any = None) -> Any:
    return order.compress(condition, self, axis, out)


def conjugate(self: Variable) -> Variable:
    return self.clone()


def copy(self: Variable, order: str = "C") -> Variable:
    return _copy(self, order)


def fill(self: Variable, value: Any) -> None:
    self.copy_(as_variable(value).to(self.dtype).expand(*self.shape))


def partition(self: Variable, kth: Any, axis: int = -1, kind: str = "introselect") -> None:
    self.copy_(order.partition(self, kth, axis_of(axis, self.dim()), kind))


def searchsorted(self: Variable, v: Any, side: str = "left", sorter: Any = None) -> Any:
    return constant(np.searchsorted, self, v, side, sorter)


class Flat:
    """What `v.flat` gives: the elements in row-major order, to be iterated over, indexed and written."""

    def __init__(self, base: Variable) -> None:
        self.base = base

    def __iter__(self) -> Iterator[Variable]:
        return iter(self.base.reshape(-1))

    def __len__(self) -> int:
        return self.base.numel()

    def __getitem__(self, key: Any) -> Variable:
        return self.base.reshape(-1)[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        places = np.arange(len(self)).reshape(tuple(self.base.shape))
        chosen = np.atleast_1d(places.reshape(-1)[as_variable(key).numpy() if isinstance(key, list) else key])
        if chosen.size:
            writing.put(self.base, chosen, value)


def flat(self: Variable) -> Flat:
    return Flat(self)


def base(self: Variable) -> Variable | None:
    """The Variable whose memory this one is a view of."""
    return self._base


def strides(self: Variable) -> tuple[int, ...]:
    """Bytes from one element to the next along each dimension, as ndarray's; stride() counts elements."""
    return tuple(step * self.element_size() for step in self.stride())


def flags(self: Variable) -> Any:
    """How the memory lies, as ndarray's: `v.flags.c_contiguous`, `v.flags["WRITEABLE"]`."""
    return self.detach().numpy().flags


def tobytes(self: Variable, order: str = "C") -> bytes:
    """The values' bytes, which are off the tape: raises where NumPy's `asarray` would."""
    return self.numpy().tobytes(order)  # type: ignore[arg-type]


def tofile(self: Variable, fid: Any, sep: str = "", format: str = "%s") -> None:
    """Writes the values to a file, as ndarray's: raises where NumPy's `asarray` would."""
    self.numpy().tofile(fid, sep, format)


def _clip(self: Variable, min: Any = None, max: Any = None, out: Any = None) -> Any:
    return np.clip(self, min, max, out)


def _dot(self: Variable, b: Any, out: Any = None) -> Any:
    if self.dim() == 1 == np.ndim(b):
        raise TypeError("PyTorch's dot() has said what is wrong with vectors")
    return np.dot(self, b, out)


def _flatten(self: Variable, order: str = "C") -> Variable:
    return np.ravel(self, order).clone()  # type: ignore[call-overload,no-any-return]


def _reshape(self: Variable, *shape: Any, order: str = "C", copy: bool | None = None) -> Variable:
    sizes = shape[0] if len(shape) == 1 else shape
    return np.reshape(self, sizes, order=order, copy=copy)  # type: ignore[call-overload,no-any-return]


def _view(self: Variable, dtype: Any) -> Variable:
    return self.view(as_dtype(dtype))


def _transpose(self: Variable, *axes: Any) -> Variable:
    order = axes[0] if len(axes) == 1 else axes or None
    return np.transpose(self, order)  # type: ignore[return-value]


def _item(self: Variable, *at: Any) -> Any:
    return self.detach().numpy().item(*at)


@cache
def _as_ndarray() -> dict[str, Callable[..., Any]]:
    from . import table  # noqa: F401  (which registers the families)

    # by the names of the rows: clip() is that of clamp()
    return {
        **{name: DIFFERENTIABLE.get(name) or CONSTANT[name] for name in FUNCTIONS.split()},
        "clamp": _clip,
        "dot": _dot,
        "flatten": _flatten,
        "item": _item,
        "reshape": _reshape,
        "transpose": _transpose,
        "view": _view,
    }


class _Tried(threading.local):
    """The methods that run as ndarray's, and on what: the same is not tried again inside."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []


_tried = _Tried()


def as_ndarray(name: str, self: Variable, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What ndarray's method `name` gives for a call that PyTorch's does not take.

    NotImplemented if ndarray's does not take it either.
    """
    method = _as_ndarray().get(name)
    call = name, id(self)
    if method is None or call in _tried.calls:
        return NotImplemented
    _tried.calls.append(call)
    try:
        return method(self, *args, **kwargs)
    except TypeError:
        return NotImplemented
    finally:
        _tried.calls.remove(call)
