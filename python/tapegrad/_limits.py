"""Limits of dtypes, by PyTorch's names: tapegrad.finfo(x.dtype).eps."""

import numpy as np

from ._core import dtype as DType
from ._core import float32


class finfo:
    """Limits of a floating dtype: bits, eps, max, min, tiny, resolution. Raises TypeError for others."""

    bits: int
    eps: float
    max: float
    min: float
    tiny: float
    smallest_normal: float
    resolution: float
    dtype: str

    def __init__(self, type: DType = float32) -> None:
        if not type.is_floating_point:
            raise TypeError(f"finfo() requires a floating point input type, not {type!r}: use iinfo()")
        found = np.finfo(np.dtype(type.name))
        self.bits = found.bits
        self.eps = float(found.eps)
        self.max = float(found.max)
        self.min = float(found.min)
        self.tiny = self.smallest_normal = float(found.smallest_normal)
        self.resolution = 10.0**-found.precision
        self.dtype = found.dtype.name

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{name}={getattr(self, name):g}' for name in names)}, dtype={self.dtype})"


class iinfo:
    """Limits of an integer dtype: bits, max, min. Raises TypeError for others."""

    bits: int
    max: int
    min: int
    dtype: str

    def __init__(self, type: DType) -> None:
        dtype = np.dtype(type.name)
        if dtype.kind not in "iu":
            raise TypeError(f"iinfo() requires an integer input type, not {type!r}: use finfo()")
        found = np.iinfo(dtype)
        self.bits = found.bits
        self.max = int(found.max)
        self.min = int(found.min)
        self.dtype = dtype.name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
