"""Linear algebra over batches of matrices, under PyTorch's names."""

import numpy as np

from . import _core
from ._core._linalg import *  # noqa: F403


class LinAlgError(RuntimeError, np.linalg.LinAlgError):
    """A matrix that cannot be factored or solved with: singular, not positive-definite, not converging."""


__all__ = ["LinAlgError", *(name for name in vars(_core._linalg) if not name.startswith("_"))]
