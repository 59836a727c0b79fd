"""What helps with training: checkpoints, which trade time for memory; handles of hooks."""

from typing import TYPE_CHECKING

from .._on_demand import Lookup, on_demand
from . import hooks

if TYPE_CHECKING:
    from . import checkpoint


__getattr__: Lookup = on_demand(__name__, "checkpoint")


__all__ = ["checkpoint", "hooks"]
