"""ndarray's methods that PyTorch has no method of the name for, so that they can be NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._core import Variable
from . import order
from .convert import as_variable, axis_of, constant
from .shaping import astype as _astype


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
    return self.clone()


def fill(self: Variable, value: Any) -> None:
    self.copy_(as_variable(value).to(self.dtype).expand(*self.shape))


def partition(self: Variable, kth: Any, axis: int = -1, kind: str = "introselect") -> None:
    self.copy_(order.partition(self, kth, axis_of(axis, self.dim()), kind))


def searchsorted(self: Variable, v: Any, side: str = "left", sorter: Any = None) -> Any:
    return constant(np.searchsorted, self, v, side, sorter)


def tobytes(self: Variable, order: str = "C") -> bytes:
    """The values' bytes, which are off the tape: raises where NumPy's `asarray` would."""
    return self.numpy().tobytes(order)  # type: ignore[arg-type]
