"""Functions that networks are made of, by PyTorch's names: tapegrad.nn.functional.pad(x, (1, 1))."""

from .._core import _functional
from .._core._functional import *  # noqa: F403

__all__ = [name for name in vars(_functional) if not name.startswith("_")]
