"""Special functions, by PyTorch's names: tapegrad.special.erfcx(x)."""

from ._core import _special
from ._core._special import *  # noqa: F403

__all__ = [name for name in vars(_special) if not name.startswith("_")]
