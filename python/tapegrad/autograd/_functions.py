"""Functions that PyTorch's users know by these names: what its autograd, and its tests, are made with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .._core import Variable
from .function import Function

__all__ = ["DelayedError", "Resize", "UndefinedGrad"]


class Resize(Function):
    """Another shape for the same elements, row-major."""

    @staticmethod
    def forward(ctx: Any, tensor: Variable, sizes: Sequence[int]) -> Variable:
        if math.prod(sizes) != tensor.numel():
            raise RuntimeError(
                f"requested resize to {'x'.join(map(str, sizes))}, but the tensor has {tensor.numel()} "
                "elements: resize does not change their number"
            )
        ctx.sizes = tensor.shape
        return tensor.contiguous().view(tuple(sizes)) if tuple(sizes) != tuple(tensor.shape) else tensor

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> tuple[Variable, None]:
        return gradient.contiguous().view(ctx.sizes), None


class _Undefined(Function):
    @staticmethod
    def forward(ctx: Any, *inputs: Any) -> Any:
        return inputs if len(inputs) != 1 else inputs[0]

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return (None,) * len(ctx.needs_input_grad)


class UndefinedGrad:
    """The identity, whose inputs get no gradient at all: None, and not zeros."""

    def __call__(self, *inputs: Any) -> Any:
        return _Undefined.apply(*inputs)


class _Delayed(Function):
    @staticmethod
    def forward(ctx: Any, text: str, *inputs: Any) -> Any:
        ctx.text = text
        outputs = tuple(v.detach() if isinstance(v, Variable) else v for v in inputs)
        return outputs if len(outputs) != 1 else outputs[0]

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise RuntimeError(ctx.text)


class DelayedError:
    """The identity, whose backward raises RuntimeError."""

    def __init__(self, msg: str, num_inputs: int) -> None:
        self.text = msg

    def __call__(self, *inputs: Any) -> Any:
        return _Delayed.apply(self.text, *inputs)
