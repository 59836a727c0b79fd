"""Element-wise functions, of arrays whose shapes broadcast, and Python's numbers beside an array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from .. import _core as tg
from .._core import Variable
from ..autograd.grad_mode import no_grad
from ._common import Operand, promoted

_Function = TypeVar("_Function", bound=Callable[..., Variable])


class Unary(Protocol):
    def __call__(self, x: Variable, /) -> Variable: ...


class Binary(Protocol):
    def __call__(self, x1: Operand, x2: Operand, /) -> Variable: ...


def _unary(name: str, compute: Callable[[Variable], Variable], doc: str) -> Unary:
    def function(x: Variable, /) -> Variable:
        return compute(x)

    return _named(function, name, f"{doc} Of the shape of x.")


def _binary(name: str, compute: Callable[[Any, Any], Variable], doc: str) -> Binary:
    def function(x1: Operand, x2: Operand, /) -> Variable:
        return compute(*promoted(x1, x2))

    return _named(
        function, name, f"{doc} Of the broadcast shape. Raises TypeError where neither argument is an array."
    )


def _named(function: _Function, name: str, doc: str) -> _Function:
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    return function


def _sign(x: Variable) -> Variable:
    # PyTorch's sign of NaN is 0, the standard's NaN.
    return tg.where(tg.isnan(x), x, tg.sign(x)) if x.dtype.is_floating_point else tg.sign(x)


def _floor_divide(x1: Operand, x2: Operand) -> Variable:
    result = tg.floor_divide(x1, x2)
    if result.dtype.is_floating_point:
        # An infinity divides, and is divided, without rounding. The result has no derivative.
        with no_grad():
            first, second = tg.as_tensor(x1, result.dtype), tg.as_tensor(x2, result.dtype)
            infinite = tg.isinf(first) | tg.isinf(second)
            if infinite.any():
                result.data.copy_(tg.where(infinite, first / second, result))
    return result


def _remainder(x1: Operand, x2: Operand) -> Variable:
    result = tg.remainder(x1, x2)
    if result.dtype.is_floating_point:
        # A zero has the sign of x2. No derivative sees the difference, nor do the nodes keep the result.
        result.data.copysign_(x2.detach() if isinstance(x2, Variable) else x2)
    return result


def _extremum(choose: Callable[..., Variable]) -> Callable[[Operand, Operand], Variable]:
    def compute(x1: Operand, x2: Operand) -> Variable:
        dtype = next(x.dtype for x in (x1, x2) if not isinstance(x, bool | int | float))
        return choose(tg.as_tensor(x1, dtype), tg.as_tensor(x2, dtype))

    return compute


def _divide(x1: Operand, x2: Operand) -> Variable:
    # The library takes a number times the reciprocal, as PyTorch does: twice rounded, and 0 times infinity.
    if isinstance(x2, Variable) and not isinstance(x1, Variable) and x2.dtype.is_floating_point:
        x1 = tg.as_tensor(x1, x2.dtype)
    return tg.div(x1, x2)


abs: Unary = _unary("abs", tg.abs, "Absolute value.")
acos: Unary = _unary("acos", tg.acos, "Inverse cosine, in [0, pi].")
acosh: Unary = _unary("acosh", tg.acosh, "Inverse hyperbolic cosine.")
asin: Unary = _unary("asin", tg.asin, "Inverse sine, in [-pi/2, pi/2].")
asinh: Unary = _unary("asinh", tg.asinh, "Inverse hyperbolic sine.")
atan: Unary = _unary("atan", tg.atan, "Inverse tangent, in [-pi/2, pi/2].")
atanh: Unary = _unary("atanh", tg.atanh, "Inverse hyperbolic tangent.")
bitwise_invert: Unary = _unary("bitwise_invert", tg.bitwise_not, "~x, of integers or booleans.")
ceil: Unary = _unary("ceil", tg.ceil, "The least whole number that is not less than x.")
conj: Unary = _unary("conj", tg.conj, "The complex conjugate: x itself, as every dtype is real.")
cos: Unary = _unary("cos", tg.cos, "Cosine of radians.")
cosh: Unary = _unary("cosh", tg.cosh, "Hyperbolic cosine.")
exp: Unary = _unary("exp", tg.exp, "e**x.")
expm1: Unary = _unary("expm1", tg.expm1, "e**x - 1, exact near 0.")
floor: Unary = _unary("floor", tg.floor, "The greatest whole number that is not greater than x.")
isfinite: Unary = _unary("isfinite", tg.isfinite, "Whether an element is neither infinite nor NaN; bool.")
isinf: Unary = _unary("isinf", tg.isinf, "Whether an element is infinite; bool.")
isnan: Unary = _unary("isnan", tg.isnan, "Whether an element is NaN; bool.")
log: Unary = _unary("log", tg.log, "Natural logarithm.")
log1p: Unary = _unary("log1p", tg.log1p, "log(1 + x), exact near 0.")
log2: Unary = _unary("log2", tg.log2, "Logarithm to base 2.")
log10: Unary = _unary("log10", tg.log10, "Logarithm to base 10.")
logical_not: Unary = _unary("logical_not", tg.logical_not, "not x; bool.")
negative: Unary = _unary("negative", tg.neg, "-x.")
positive: Unary = _unary("positive", tg.positive, "+x.")
real: Unary = _unary("real", tg.real, "The real part: x itself, as every dtype is real.")
reciprocal: Unary = _unary("reciprocal", tg.reciprocal, "1 / x.")
round: Unary = _unary("round", tg.round, "The nearest whole number; of two as near, the even one.")
sign: Unary = _unary("sign", _sign, "-1, 0 or 1 for negative, zero and positive x; NaN for NaN.")
signbit: Unary = _unary("signbit", tg.signbit, "Whether the sign bit is set, as that of -0.0 is; bool.")
sin: Unary = _unary("sin", tg.sin, "Sine of radians.")
sinh: Unary = _unary("sinh", tg.sinh, "Hyperbolic sine.")
sqrt: Unary = _unary("sqrt", tg.sqrt, "Square root.")
square: Unary = _unary("square", tg.square, "x * x.")
tan: Unary = _unary("tan", tg.tan, "Tangent of radians.")
tanh: Unary = _unary("tanh", tg.tanh, "Hyperbolic tangent.")
trunc: Unary = _unary("trunc", tg.trunc, "x without its fraction, towards 0.")

add: Binary = _binary("add", tg.add, "x1 + x2.")
atan2: Binary = _binary("atan2", tg.atan2, "The angle of the point (x2, x1), in [-pi, pi].")
bitwise_and: Binary = _binary("bitwise_and", tg.bitwise_and, "x1 & x2, of integers or booleans.")
bitwise_left_shift: Binary = _binary("bitwise_left_shift", tg.bitwise_left_shift, "x1 << x2, of integers.")
bitwise_or: Binary = _binary("bitwise_or", tg.bitwise_or, "x1 | x2, of integers or booleans.")
bitwise_right_shift: Binary = _binary(
    "bitwise_right_shift", tg.bitwise_right_shift, "x1 >> x2 with the sign kept, of integers."
)
bitwise_xor: Binary = _binary("bitwise_xor", tg.bitwise_xor, "x1 ^ x2, of integers or booleans.")
copysign: Binary = _binary("copysign", tg.copysign, "The magnitude of x1 with the sign of x2.")
divide: Binary = _binary("divide", _divide, "x1 / x2; floating for integers too.")
equal: Binary = _binary("equal", tg.eq, "x1 == x2; bool.")
floor_divide: Binary = _binary("floor_divide", _floor_divide, "x1 // x2, rounded towards minus infinity.")
greater: Binary = _binary("greater", tg.gt, "x1 > x2; bool.")
greater_equal: Binary = _binary("greater_equal", tg.ge, "x1 >= x2; bool.")
hypot: Binary = _binary("hypot", tg.hypot, "sqrt(x1**2 + x2**2) without overflow on the way.")
less: Binary = _binary("less", tg.lt, "x1 < x2; bool.")
less_equal: Binary = _binary("less_equal", tg.le, "x1 <= x2; bool.")
logaddexp: Binary = _binary("logaddexp", tg.logaddexp, "log(exp(x1) + exp(x2)) without overflow on the way.")
logical_and: Binary = _binary("logical_and", tg.logical_and, "x1 and x2; bool.")
logical_or: Binary = _binary("logical_or", tg.logical_or, "x1 or x2; bool.")
logical_xor: Binary = _binary("logical_xor", tg.logical_xor, "Whether one of x1 and x2 is true; bool.")
maximum: Binary = _binary("maximum", _extremum(tg.maximum), "The greater of x1 and x2; NaN where either is.")
minimum: Binary = _binary("minimum", _extremum(tg.minimum), "The lesser of x1 and x2; NaN where either is.")
multiply: Binary = _binary("multiply", tg.mul, "x1 * x2.")
nextafter: Binary = _binary("nextafter", tg.nextafter, "The next number after x1 on the way to x2.")
not_equal: Binary = _binary("not_equal", tg.ne, "x1 != x2; bool.")
pow: Binary = _binary("pow", tg.pow, "x1 ** x2.")
remainder: Binary = _binary("remainder", _remainder, "x1 % x2, of the sign of x2.")
subtract: Binary = _binary("subtract", tg.sub, "x1 - x2.")


def imag(x: Variable, /) -> Variable:
    """The imaginary part: zeros of the shape and dtype of x, as every dtype is real."""
    return tg.zeros_like(x)


def clip(x: Variable, /, min: Operand | None = None, max: Operand | None = None) -> Variable:
    """x where it lies in [min, max], else the nearer bound; NaN where any of the three is.

    Of the dtype of x and the broadcast shape. None is no bound.
    """
    result = x
    for bound, choose in ((min, tg.maximum), (max, tg.minimum)):
        if bound is not None:
            result = choose(result, tg.as_tensor(bound, x.dtype))
    return result.clone() if result is x else result


__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "ceil",
    "clip",
    "conj",
    "copysign",
    "cos",
    "cosh",
    "divide",
    "equal",
    "exp",
    "expm1",
    "floor",
    "floor_divide",
    "greater",
    "greater_equal",
    "hypot",
    "imag",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "pow",
    "real",
    "reciprocal",
    "remainder",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "trunc",
]
