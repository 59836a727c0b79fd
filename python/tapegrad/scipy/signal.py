"""Convolution and correlation of Variables, by the names and arguments of scipy.signal.

>>> from tapegrad.scipy import signal
>>> x = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
>>> signal.convolve(x, [0.5, 0.5], mode="valid").sum().backward()
>>> x.grad
tensor([0.5000, 1.0000, 0.5000])
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, TypeAlias

import scipy.signal as sig

from .. import _core
from .._convolution import Convolution, reversed_of
from .._core import Variable
from ._elementwise import operands

_Mode: TypeAlias = Literal["full", "valid", "same"]
_Method: TypeAlias = Literal["auto", "direct", "fft"]


def convolve(in1: Any, in2: Any, mode: _Mode = "full", method: _Method = "auto") -> Variable:
    """The convolution of two arrays of as many dimensions.

    Args:
        mode: 'full'; 'same' for the middle of that, as large as `in1`; 'valid' for what needs no zeros
            beyond the edges, where one of the arrays must be at least as large as the other along each
            dimension, else ValueError is raised.
        method: 'direct', 'fft', or 'auto' for the one that is expected to be faster.
    """
    x, y = operands(in1, in2)
    if x.dim() != y.dim():
        raise ValueError(f"in1 and in2 must have as many dimensions, but have {x.dim()} and {y.dim()}")
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"mode must be 'full', 'valid' or 'same', not {mode!r}")
    if not x.numel() or not y.numel():
        return _core.zeros(0, dtype=x.dtype)
    if mode == "valid":
        if all(m >= n for m, n in zip(x.shape, y.shape, strict=True)):
            pass
        elif all(m <= n for m, n in zip(x.shape, y.shape, strict=True)):
            x, y = y, x
        else:
            raise ValueError(
                "mode='valid' needs one array at least as large as the other along each dimension, but the "
                f"shapes are {tuple(x.shape)} and {tuple(y.shape)}"
            )
    convolution = partial(sig.convolve, method=method)
    result: Variable = Convolution.apply(x, y, "valid" if mode == "valid" else "full", convolution)
    if mode == "same":
        starts = [(n - 1) // 2 for n in y.shape]
        result = result[tuple(slice(s, s + n) for s, n in zip(starts, x.shape, strict=True))]
    return result


def fftconvolve(in1: Any, in2: Any, mode: _Mode = "full") -> Variable:
    """convolve() with ``method='fft'``."""
    return convolve(in1, in2, mode, "fft")


def correlate(in1: Any, in2: Any, mode: _Mode = "full", method: _Method = "auto") -> Variable:
    """The cross-correlation: convolve() with `in2` reversed."""
    x, y = operands(in1, in2)
    return convolve(x, reversed_of(y), mode, method)


__all__ = ["convolve", "correlate", "fftconvolve"]
