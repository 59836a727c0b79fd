"""numpy.random as it is: arrays of numbers, which are constants. A parameter that requires grad raises.

Write `loc + scale * noise` for a draw that is differentiable in its parameters.
"""

from typing import Any

import numpy as _np
from numpy.random import *  # noqa: F403  # pyright: ignore[reportWildcardImportFromLibrary]

__all__ = list(_np.random.__all__)


def __getattr__(name: str) -> Any:
    return getattr(_np.random, name)
