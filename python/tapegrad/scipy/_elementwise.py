"""Functions of SciPy made differentiable: SciPy has the numbers, formulas over Variables the derivatives."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable, is_grad_enabled
from ..autograd.function import Function

Lifted = Callable[..., Variable]


def operands(*values: Any) -> list[Variable]:
    """Variables of one floating point dtype, that which operators would compute in.

    Python's numbers are weak; where there is no Variable and no array of floats they are float64, as in
    SciPy. Raises TypeError for what is no number, as strings or complex arrays.
    """
    arrays = [_array(v) for v in values]
    several = [a for a in arrays if a is not None]
    floats = [a for a in several if a.is_floating_point()]
    ranked = [a for a in floats if a.dim()] or floats
    if ranked:
        dtype = _core.float64 if any(a.dtype is _core.float64 for a in ranked) else _core.float32
    else:
        dtype = _core.float32 if any(isinstance(v, Variable) for v in values) else _core.float64
    return [
        _core.tensor(v, dtype=dtype) if a is None else a.to(dtype)
        for a, v in zip(arrays, values, strict=True)
    ]


def _array(value: Any) -> Variable | None:
    if isinstance(value, Variable):
        return value
    if isinstance(value, (bool, int, float)) and not isinstance(value, np.generic):
        return None
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"expected Variables, arrays or numbers, all real, not {type(value).__name__}")
    return _core.as_tensor(array)


class _Refusal(Function):
    """The identity, whose derivative raises."""

    @staticmethod
    def forward(ctx: Any, x: Variable, message: str) -> Variable:
        ctx.message = message
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> Any:
        raise NotImplementedError(ctx.message)


def refusing(x: Variable, message: str) -> Variable:
    """The same values; asking for a gradient through them raises NotImplementedError with the message."""
    if not (x.requires_grad and is_grad_enabled()):
        return x
    refused: Variable = _Refusal.apply(x, message)
    return refused


def no_derivative(function: str, argument: str) -> str:
    return (
        f"the derivative of {function} by {argument} is not implemented: give {argument} as numbers, as "
        "arrays, or detach()ed"
    )


def differentiable(numbers: Callable[..., Any], *derivatives: Lifted | str, name: str = "") -> Lifted:
    """A function of arrays as one of Variables, with its partial derivatives.

    Args:
        numbers: takes ndarrays of one float dtype that broadcast, and gives one.
        derivatives: for each argument a function of all arguments, written in operations on Variables, or
            the name of the argument by which there is no derivative: a gradient by it raises
            NotImplementedError.
    """
    name = name or numbers.__name__

    def forward(ctx: Any, *args: Variable) -> Variable:
        ctx.save_for_backward(*args)
        arrays = [x.numpy() for x in args]
        return _core.from_numpy(np.asarray(numbers(*arrays), dtype=arrays[0].dtype))

    def backward(ctx: Any, gradient: Variable) -> Any:
        args = ctx.saved_tensors
        return tuple(
            gradient * by(*args) if needed and not isinstance(by, str) else None
            for by, needed in zip(derivatives, ctx.needs_input_grad, strict=True)
        )

    node: type[Function] = type(
        name, (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    )
    refused = {i: no_derivative(name, by) for i, by in enumerate(derivatives) if isinstance(by, str)}

    def function(*args: Any) -> Variable:
        if len(args) != len(derivatives):
            raise TypeError(f"{name}() takes {len(derivatives)} arguments, got {len(args)}")
        variables = operands(*args)
        for i, message in refused.items():
            variables[i] = refusing(variables[i], message)
        result: Variable = node.apply(*variables)
        return result

    function.__name__ = function.__qualname__ = name
    return function


def whole(numbers: Callable[..., Any]) -> Callable[..., Any]:
    """One whose first argument, its order, must be whole."""

    @wraps(numbers)
    def of_integers(n: np.ndarray, *rest: np.ndarray) -> Any:
        orders = n.astype(np.int64)
        if np.any(orders != n):
            raise ValueError(f"the order of {numbers.__name__} must be whole, got {n!r}")
        return numbers(orders, *rest)

    return of_integers


def either(condition: Variable, true: Lifted, false: Lifted, *args: tuple[Variable, float]) -> Variable:
    """true(...) where the condition holds and false(...) elsewhere, each kept from where it does not count.

    Beside each argument is a number that does for it there: infinite derivatives of what is not chosen
    would make NaN of those that are.
    """
    if not condition.any():
        return false(*(x for x, _ in args))
    chosen = true(*(_core.where(condition, x, harmless) for x, harmless in args))
    others = false(*(_core.where(condition, harmless, x) for x, harmless in args))
    return _core.where(condition, chosen, others)
