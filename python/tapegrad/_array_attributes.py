"""What the array API standard asks of an array besides what a Variable has; set on the type at import."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from ._core import Variable, is_grad_enabled

if TYPE_CHECKING:
    from types import ModuleType

VERSIONS = ("2021.12", "2022.12", "2023.12", "2024.12")


def __array_namespace__(self: Variable, /, *, api_version: str | None = None) -> ModuleType:
    """`tapegrad.array_api`. Raises ValueError for a version of the standard that it does not follow."""
    if api_version is not None and api_version not in VERSIONS:
        raise ValueError(
            f"tapegrad.array_api follows version {VERSIONS[-1]} of the standard, not {api_version!r}"
        )
    from . import array_api

    return array_api


def to_device(self: Variable, device: Any, /, *, stream: None = None) -> Variable:
    """The Variable itself: there is no device but the CPU. Raises ValueError for another, or for a stream."""
    if str(device) not in ("cpu", "cpu:0"):
        raise ValueError(f"tapegrad computes on the CPU only: device must be 'cpu', not {device!r}")
    if stream is not None:
        raise ValueError(f"the CPU has no streams: stream must be None, not {stream!r}")
    return self


def __complex__(self: Variable, /) -> complex:
    """The one element as a complex number. Raises ValueError for more than one; warns if it requires grad."""
    number = float(self.detach())
    if self.requires_grad and is_grad_enabled():
        warnings.warn(
            "Converting a tensor with requires_grad=True to a scalar leaves the tape: use .item(), or "
            ".detach() first, to say that this is meant",
            stacklevel=2,
        )
    return complex(number)


for _function in (__array_namespace__, to_device, __complex__):
    setattr(Variable, _function.__name__, _function)
