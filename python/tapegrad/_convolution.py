"""The derivatives of convolutions, whoever computes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from . import _core
from ._core import Variable
from .autograd.function import Function


class Convolution(Function):
    """The full convolution of two arrays, or where the second lies within the first, by a function of two
    ndarrays and the mode.

    Each of its derivatives is one of the two, too.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Variable, y: Variable, mode: Literal["full", "valid"], function: Callable[..., Any]
    ) -> Variable:
        ctx.save_for_backward(x, y)
        ctx.mode, ctx.function = mode, function
        return _core.as_tensor(function(x.numpy(), y.numpy(), mode)).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> Any:
        x, y = ctx.saved_tensors
        full = ctx.mode == "full"

        def convolved(a: Variable, b: Variable, mode: Literal["full", "valid"]) -> Variable:
            result: Variable = Convolution.apply(a, b, mode, ctx.function)
            return result

        by_x = by_y = None
        if ctx.needs_input_grad[0]:
            by_x = convolved(gradient, reversed_of(y), "valid" if full else "full")
        if ctx.needs_input_grad[1]:
            by_y = convolved(*((gradient, reversed_of(x)) if full else (reversed_of(x), gradient)), "valid")
        return by_x, by_y, None, None


def reversed_of(x: Variable) -> Variable:
    """Along every dimension."""
    return x.flip(tuple(range(x.dim())))
