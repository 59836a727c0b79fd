"""Which operation of tapegrad stands for which ufunc, and `Variable.__array_ufunc__`.

The operators' ufuncs promote as the operators do (D4), so that `array + v` is `v + array`. Any other ufunc
of integers alone is NumPy's on the values, with NumPy's dtype: integers have no gradients.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from ..autograd.function import Function
from .convert import as_variable, constant, requires_grad, result_dtype

Implementation = Callable[..., Any]


def operand(value: Any) -> Any:
    """One argument of a ufunc as the operations take it. Raises Foreign for what has its own say."""
    if isinstance(value, (Variable, bool, int, float)):
        return value
    if isinstance(value, np.ndarray):
        return as_variable(value)
    if isinstance(value, np.generic):
        return _number(value)
    kind = type(value)
    # A column of pandas has its say too, but leaves it to us: see tapegrad._attributes.
    if (
        kind not in (list, tuple)
        and hasattr(kind, "__array_ufunc__")
        and not hasattr(kind, "__pandas_priority__")
    ):
        raise Foreign
    return as_variable(value)


def _number(value: np.generic) -> Any:
    if value.dtype.kind in "biuf":
        return value.item()
    raise TypeError(f"a {type(value).__name__} cannot be combined with Variables, which hold real numbers")


class Foreign(Exception):
    """An argument of a type that answers for ufuncs itself."""


# --- the two kinds of implementation


def unary(op: Implementation, ufunc: np.ufunc) -> Implementation:
    def call(x: Any) -> Any:
        if x.__class__ is not Variable:
            x = as_variable(x)
        if x.requires_grad or x.is_floating_point():
            return op(x)
        return constant(ufunc, x)

    return call


def infix(op: Implementation) -> Implementation:
    def call(a: Any, b: Any) -> Any:
        return op(operand(a), operand(b))

    return call


def binary(op: Implementation, ufunc: np.ufunc) -> Implementation:
    def call(a: Any, b: Any) -> Any:
        a, b = operand(a), operand(b)
        if _whole(a) and _whole(b):
            if isinstance(a, Variable) and isinstance(b, Variable) and "QQ->Q" in ufunc.types:
                result_dtype(a, b)  # raises where NumPy would make floats of integers
            return constant(ufunc, a, b)
        return op(a, b)

    return call


def _whole(value: Any) -> bool:
    return not value.is_floating_point() if isinstance(value, Variable) else not isinstance(value, float)


def valued(ufunc: np.ufunc) -> Implementation:
    """A ufunc whose results are integers or bools: NumPy's, on the values."""

    def call(*inputs: Any) -> Any:
        return constant(ufunc, *map(operand, inputs))

    return call


def without_derivative(ufunc: np.ufunc) -> Implementation:
    def call(*inputs: Any) -> Any:
        if requires_grad(*inputs):
            raise TypeError(
                f"numpy.{ufunc.__name__} has no derivative: call it on .detach(), which is a constant"
            )
        return constant(ufunc, *map(operand, inputs))

    return call


# --- what no single operation does


def _sign(x: Any) -> Variable:
    """NaN of NaN, where PyTorch has 0."""
    return _core.where(x.isnan(), math.nan, _core.sign(x))


def _heaviside(x: Any, at_zero: Any) -> Variable:
    result = _core.heaviside(x, at_zero)
    x = as_variable(x)
    return _core.where(x.isnan(), math.nan, result) if x.is_floating_point() else result


def _power(base: Any, exponent: Any) -> Variable:
    if _whole(base) and _whole(exponent) and bool((as_variable(exponent) < 0).any()):
        raise ValueError("Integers to negative integer powers are not allowed.")
    return _core.pow(base, exponent)


class _Cbrt(Function):
    """The cube root, whose derivative is 1 / (3 cbrt(x)**2)."""

    @staticmethod
    def forward(ctx: Any, x: Variable) -> Variable:
        y = as_variable(np.cbrt(x.detach().numpy()))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Variable) -> Any:
        (y,) = ctx.saved_tensors
        return grad / (3 * y * y)


def _cbrt(x: Variable) -> Any:
    return _Cbrt.apply(x) if x.requires_grad else as_variable(np.cbrt(x.numpy()))


def _divmod(a: Any, b: Any) -> tuple[Any, Any]:
    return _core.floor_divide(a, b), _core.remainder(a, b)


def _modf(x: Variable) -> tuple[Variable, Variable]:
    """Fraction and whole part; both carry x's sign, and an infinity has the fraction 0."""
    whole = x.trunc()
    rest = _core.where(whole.isinf(), 0.0, x - whole)
    return _core.copysign(rest, x), whole


def _frexp(x: Variable) -> tuple[Variable, Variable]:
    mantissa, exponent = _core.frexp(x)
    return mantissa, exponent


def vecdot(a: Variable, b: Variable) -> Variable:
    """Inner products along the last dimension. Raises ValueError for vectors of two lengths."""
    if tuple(a.shape[-1:]) != tuple(b.shape[-1:]):
        raise ValueError(f"vecdot: vectors of {tuple(a.shape[-1:])} and {tuple(b.shape[-1:])} elements")
    return (a * b).sum(-1)


def _matvec(a: Variable, b: Variable) -> Variable:
    return (a @ b.unsqueeze(-1)).squeeze(-1)


def _vecmat(a: Variable, b: Variable) -> Variable:
    return (a.unsqueeze(-2) @ b).squeeze(-2)


def core(op: Implementation) -> Implementation:
    """An operation on vectors and matrices of Variables."""

    def call(a: Any, b: Any) -> Any:
        if a.__class__ is not Variable or b.__class__ is not Variable:
            a, b = as_variable(operand(a)), as_variable(operand(b))
        if a.dtype != b.dtype:
            dtype = _core.result_type(a, b)
            a, b = a.to(dtype), b.to(dtype)
        return op(a, b)

    return call


# --- the table

UNARY: dict[str, Any] = {
    "absolute": _core.abs,
    "arccos": _core.acos,
    "arccosh": _core.acosh,
    "arcsin": _core.asin,
    "arcsinh": _core.asinh,
    "arctan": _core.atan,
    "arctanh": _core.atanh,
    "cbrt": _cbrt,
    "ceil": _core.ceil,
    "conjugate": _core.clone,
    "cos": _core.cos,
    "cosh": _core.cosh,
    "deg2rad": _core.deg2rad,
    "degrees": _core.rad2deg,
    "exp": _core.exp,
    "exp2": _core.exp2,
    "expm1": _core.expm1,
    "fabs": _core.abs,
    "floor": _core.floor,
    "frexp": _frexp,
    "log": _core.log,
    "log10": _core.log10,
    "log1p": _core.log1p,
    "log2": _core.log2,
    "modf": _modf,
    "negative": _core.neg,
    "positive": _core.clone,
    "rad2deg": _core.rad2deg,
    "radians": _core.deg2rad,
    "reciprocal": _core.reciprocal,
    "rint": _core.round,
    "sign": _sign,
    "sin": _core.sin,
    "sinh": _core.sinh,
    "sqrt": _core.sqrt,
    "square": _core.square,
    "tan": _core.tan,
    "tanh": _core.tanh,
    "trunc": _core.trunc,
}
INFIX: dict[str, Any] = {
    "add": _core.add,
    "bitwise_and": _core.bitwise_and,
    "bitwise_or": _core.bitwise_or,
    "bitwise_xor": _core.bitwise_xor,
    "divide": _core.div,
    "divmod": _divmod,
    "equal": _core.eq,
    "floor_divide": _core.floor_divide,
    "greater": _core.gt,
    "greater_equal": _core.ge,
    "left_shift": _core.bitwise_left_shift,
    "less": _core.lt,
    "less_equal": _core.le,
    "multiply": _core.mul,
    "not_equal": _core.ne,
    "power": _power,
    "remainder": _core.remainder,
    "right_shift": _core.bitwise_right_shift,
    "subtract": _core.sub,
}
BINARY: dict[str, Any] = {
    "arctan2": _core.arctan2,
    "copysign": _core.copysign,
    "float_power": _core.float_power,
    "fmax": _core.fmax,
    "fmin": _core.fmin,
    "fmod": _core.fmod,
    "heaviside": _heaviside,
    "hypot": _core.hypot,
    "ldexp": _core.ldexp,
    "logaddexp": _core.logaddexp,
    "logaddexp2": _core.logaddexp2,
    "logical_and": _core.logical_and,
    "logical_or": _core.logical_or,
    "logical_xor": _core.logical_xor,
    "maximum": _core.maximum,
    "minimum": _core.minimum,
}
PREDICATES: dict[str, Any] = {
    "isfinite": _core.isfinite,
    "isinf": _core.isinf,
    "isnan": _core.isnan,
    "logical_not": _core.logical_not,
    "signbit": _core.signbit,
}
CORE = {"matmul": operator.matmul, "matvec": _matvec, "vecdot": vecdot, "vecmat": _vecmat}
VALUED = ["bitwise_count", "gcd", "invert", "lcm", *PREDICATES]
WITHOUT_DERIVATIVE = ["isnat", "nextafter", "spacing"]

# what NumPy calls with two names is one object, `np.abs is np.absolute`
CALLS: dict[np.ufunc, Implementation] = {
    **{getattr(np, name): unary(op, getattr(np, name)) for name, op in UNARY.items()},
    **{getattr(np, name): infix(op) for name, op in INFIX.items()},
    **{getattr(np, name): binary(op, getattr(np, name)) for name, op in BINARY.items()},
    **{getattr(np, name): core(op) for name, op in CORE.items() if hasattr(np, name)},
    **{getattr(np, name): valued(getattr(np, name)) for name in VALUED},
    **{getattr(np, name): without_derivative(getattr(np, name)) for name in WITHOUT_DERIVATIVE},
}
# the one ufunc that has no name in numpy itself: array.clip(v, w)
if (_clip := getattr(np._core.umath, "clip", None)) is not None:  # type: ignore[attr-defined]
    CALLS[_clip] = lambda x, low, high: np.minimum(np.maximum(x, low), high)

# the same without a look at the arguments, for a Variable that requires grad and so is of floating point
QUICK: dict[np.ufunc, Implementation] = {
    **{getattr(np, name): op for name, op in (UNARY | PREDICATES).items() if name not in ("modf", "frexp")},
    **{getattr(np, name): op for name, op in (INFIX | BINARY).items() if name != "divmod"},
}


def register_ufunc(ufunc: np.ufunc, implementation: Implementation) -> None:
    """Says what a ufunc computes where an argument is a Variable.

    `implementation` takes the ufunc's inputs as the caller gave them (Variables, arrays, numbers, lists; see
    `convert.as_variable`) and returns a Variable, or a tuple of them; `out=`, `where=`, `dtype=` and the
    methods (`reduce`, `outer`, ...) are made of it.
    """
    CALLS[ufunc] = implementation


def lookup(ufunc: np.ufunc) -> Implementation | None:
    """What stands for a ufunc. SciPy's are looked for in `tapegrad.scipy` at their first use."""
    found = CALLS.get(ufunc)
    if found is None and not _of_numpy(ufunc):
        _register_scipy()
        found = CALLS.get(ufunc)
    return found


def _of_numpy(ufunc: np.ufunc) -> bool:
    return getattr(np, ufunc.__name__, None) is ufunc


_scipy_asked = False


def _register_scipy() -> None:
    global _scipy_asked
    if _scipy_asked:
        return
    _scipy_asked = True
    try:
        module = import_module("tapegrad.scipy._ufuncs")
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("tapegrad.scipy"):
            raise
        return
    for ufunc, implementation in module.ufuncs().items():
        CALLS.setdefault(ufunc, implementation)


def full_name(ufunc: np.ufunc) -> str:
    return f"numpy.{ufunc.__name__}" if _of_numpy(ufunc) else f"the ufunc {ufunc.__name__}"


_quick, ndarray, as_tensor = QUICK.get, np.ndarray, _core.as_tensor


def array_ufunc(self: Variable, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """NumPy's protocol for ufuncs that have a Variable among their arguments.

    Raises TypeError for a ufunc without a derivative, and for an ndarray as `out=` of a result on the tape.
    """
    if method == "__call__" and not kwargs:
        if (self.requires_grad or self.is_floating_point()) and (op := _quick(ufunc)) is not None:
            try:
                if len(inputs) == 1:
                    return op(*inputs)
                # arrays as Variables: the functions of _core do not hold on to what they make of an ndarray
                a, b = inputs
                if a.__class__ is ndarray:
                    a = as_tensor(a)
                elif b.__class__ is ndarray:
                    b = as_tensor(b)
                return op(a, b)
            except TypeError:
                pass  # a list, or an array of a dtype that has to be converted
        if (call := CALLS.get(ufunc)) is not None:
            try:
                return call(*inputs)
            except Foreign:
                return NotImplemented
    from . import ufunc_methods

    implementation = lookup(ufunc)
    if implementation is None:
        raise TypeError(
            f"{full_name(ufunc)} has no derivative in tapegrad: call it on .detach().numpy() where the "
            "result may be a constant, or write an autograd.Function"
        )
    try:
        return ufunc_methods.METHODS[method](ufunc, implementation, *inputs, **kwargs)
    except Foreign:
        return NotImplemented
