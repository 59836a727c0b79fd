"""What networks are made of, by PyTorch's names."""

from typing import TYPE_CHECKING

from .._on_demand import Lookup, on_demand

if TYPE_CHECKING:
    from . import functional

__getattr__: Lookup = on_demand(__name__, "functional")

__all__ = ["functional"]
