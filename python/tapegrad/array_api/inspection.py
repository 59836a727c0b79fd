"""What the library has: `tapegrad.array_api.__array_namespace_info__()`."""

from __future__ import annotations

from typing import Any

from .._core import float32, int64
from .._device import CPU
from .._device import device as Device
from ._common import AnyDevice, DType, check_device
from .data_types import BY_NAME, of_kind


class Info:
    """Capabilities, devices and dtypes of the library."""

    def capabilities(self) -> dict[str, Any]:
        """What of the standard's optional parts there is: all, in at most 64 dimensions."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> Device:
        """The CPU."""
        return CPU

    def default_dtypes(self, *, device: AnyDevice = None) -> dict[str, DType | None]:
        """The dtype of each kind that is taken where none is named; None for complex: there is none."""
        check_device(device)
        return {"real floating": float32, "complex floating": None, "integral": int64, "indexing": int64}

    def devices(self) -> list[Device]:
        """The CPU alone."""
        return [CPU]

    def dtypes(
        self, *, device: AnyDevice = None, kind: str | tuple[str, ...] | None = None
    ) -> dict[str, DType]:
        """The dtypes by name; those of a kind, or of several. Raises ValueError for an unknown one."""
        check_device(device)
        wanted = tuple(BY_NAME.values()) if kind is None else of_kind(kind)
        return {name: dtype for name, dtype in BY_NAME.items() if dtype in wanted}


def __array_namespace_info__() -> Info:
    """What can be asked about the library: its capabilities, devices and dtypes."""
    return Info()


__all__ = ["__array_namespace_info__"]
