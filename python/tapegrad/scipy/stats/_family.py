"""What families of distributions on the line have in common: arguments, support, shift and scale."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, ClassVar

import scipy.stats as st

from ... import _core
from ..._core import Variable, is_grad_enabled
from ...autograd.function import Function
from .._elementwise import operands


def _minus_log(result: Variable, scale: Variable) -> Variable:
    return result - scale.log()


class _AtEdge(Function):
    """A scale for each z; where z is 0 an infinite slope times 0 is no gradient, and not NaN."""

    @staticmethod
    def forward(ctx: Any, scale: Variable, z: Variable) -> Variable:
        ctx.save_for_backward(z)
        return scale.expand_as(z).clone()

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> Any:
        (z,) = ctx.saved_tensors
        return _core.where((z == 0) & gradient.isnan(), 0.0, gradient), None


def _ratio(z: Variable, scale: Variable) -> Variable:
    """z / scale; a scale does not move what is at 0, however steep the density is there."""
    z, scale = _core.broadcast_tensors(z, scale)
    scales: Variable = _AtEdge.apply(scale, z.detach())
    return z / scales


class Frozen:
    """A distribution: a family with its parameters."""

    def __init__(self, family: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.family: Any = family
        self.args: tuple[Any, ...] = args
        self.kwargs: dict[str, Any] = kwargs

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        if name.startswith("_") or not callable(method := getattr(self.family, name, None)):
            raise AttributeError(f"a frozen {self.family.name} has no method {name!r}")

        def bound(*x: Any) -> Any:
            return method(*x, *self.args, **self.kwargs)

        return bound

    def rvs(self, size: Any = 1, random_state: Any = None) -> Any:
        return self.family.rvs(*self.args, **self.kwargs, size=size, random_state=random_state)


class Sampled:
    """What draws random numbers as SciPy's distribution of that name."""

    name: ClassVar[str]

    def rvs(self, *args: Any, **kwargs: Any) -> Any:
        """Random variates: SciPy's, with its arguments `size` and `random_state`, and numbers or an array."""
        if is_grad_enabled() and any(
            isinstance(v, Variable) and v.requires_grad for v in (*args, *kwargs.values())
        ):
            raise NotImplementedError(
                f"random variates of {self.name} have no derivative by its parameters: detach() them, or "
                "shift and scale standard ones"
            )
        return getattr(st, self.name).rvs(*args, **kwargs)


class Family(Sampled):
    """A family of distributions with parameters `shapes`, and then `loc` and perhaps `scale`.

    A subclass has the functions of the standard one, loc = 0 and scale = 1, inside its support. All take x
    and then the parameters, by place or by name, and broadcast. Raises TypeError for wrong arguments.
    """

    shapes: ClassVar[tuple[str, ...]] = ()
    scaled: ClassVar[bool] = True
    low: ClassVar[float] = -math.inf
    high: ClassVar[float] = math.inf

    def __call__(self, *args: Any, **kwargs: Any) -> Frozen:
        self._named(args, kwargs)
        return Frozen(self, args, kwargs)

    # --- arguments ----------------------------------------------------------------------

    def _named(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        names = (*self.shapes, "loc", "scale")[: None if self.scaled else -1]
        given = dict(zip(names, args, strict=False))
        wrong = [name for name in kwargs if name not in names or name in given]
        missing = [name for name in self.shapes if name not in given and name not in kwargs]
        if len(args) > len(names) or wrong or missing:
            what = (
                f"not {wrong[0]!r}"
                if wrong
                else f"{len(args)} of them"
                if not missing
                else f"no {missing[0]!r}"
            )
            raise TypeError(f"{self.name} takes the parameters {', '.join(names)}; got {what}")
        return given | kwargs

    def _standard(
        self, x: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Variable, list[Variable], Variable | None]:
        """x of the standard distribution, the shapes, and the scale if there is one."""
        named = self._named(args, kwargs)
        values = dict(zip(["x", *named], operands(x, *named.values()), strict=True))
        z, scale = values["x"], values.get("scale")
        infinite = z.isinf()
        ends = z.detach() if infinite.any() else None
        if ends is not None:
            z = _core.where(infinite, 0.0, z)  # inf would make nan of the gradients by loc and scale
        if "loc" in values:
            z = z - values["loc"]
        if scale is not None:
            edge = self.low == 0 and scale.requires_grad and bool((z == 0).any())
            z = _ratio(z, scale) if edge else z / scale
        if ends is not None:
            z = _core.where(infinite, ends, z)
        return z, [values[name] for name in self.shapes], scale

    def _valid(self, shapes: list[Variable], scale: Variable | None) -> Variable | None:
        """None if all parameters are, else where."""
        tests = [p > 0 for p in (*shapes, scale) if p is not None]
        if all(bool(test.all()) for test in tests):
            return None
        result = tests[0]
        for test in tests[1:]:
            result = result & test
        return result

    def _evaluated(
        self,
        function: Callable[..., Variable],
        args: tuple[Any, ...],
        below: float,
        above: float,
        stretched: Callable[[Variable, Variable], Variable] | None = None,
    ) -> Variable:
        """The function inside the support, constants outside and at infinity, nan where there is none.

        `stretched` makes of a result for scale 1 that for another.
        """
        x, places, names = args
        z, shapes, scale = self._standard(x, places, names)
        under, over = (z < self.low) | (z == -math.inf), (z > self.high) | (z == math.inf)
        outside = under | over
        anywhere = bool(outside.any())
        # 0.5 is inside every support: the branch that is not taken has finite derivatives
        result = function(_core.where(outside, 0.5, z) if anywhere else z, *shapes)
        if stretched is not None and scale is not None:
            result = stretched(result, scale)
        if anywhere:
            constants = _core.where(over, above, _core.where(under, below, 0.0)).to(result.dtype)
            result = _core.where(outside, constants, result)
        valid = self._valid(shapes, scale)
        if valid is not None:
            # also where a branch above is constant: nan, and the gradients by all that it comes from
            poison = _core.where(valid, 0.0, math.nan).to(result.dtype)
            for v in (z, *shapes, scale):
                if v is not None:
                    result = result + _core.where(valid, 0.0, v) * poison
        return result

    # --- what users call ----------------------------------------------------------------

    def cdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """The probability of at most x."""
        return self._evaluated(self._cdf, (x, args, kwargs), 0.0, 1.0)

    def logcdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """The logarithm of the probability of at most x, also where that underflows."""
        return self._evaluated(self._logcdf, (x, args, kwargs), -math.inf, 0.0)

    def sf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """The probability of more than x."""
        return self._evaluated(self._sf, (x, args, kwargs), 1.0, 0.0)

    def logsf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """The logarithm of the probability of more than x, also where that underflows."""
        return self._evaluated(self._logsf, (x, args, kwargs), 0.0, -math.inf)

    # --- of the standard distribution, inside the support -------------------------------

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        raise NotImplementedError

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        raise NotImplementedError

    def _sf(self, z: Variable, *shapes: Variable) -> Variable:
        """For the symmetric ones."""
        return self._cdf(-z, *shapes)

    def _logsf(self, z: Variable, *shapes: Variable) -> Variable:
        return self._logcdf(-z, *shapes)


class Continuous(Family):
    """A family with a density."""

    def __init_subclass__(cls) -> None:
        cls.__doc__ = cls.__doc__ or f"{cls.name}: the distributions of scipy.stats.{cls.name}, on Variables."

    def logpdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """The logarithm of the density; -inf outside the support."""
        return self._evaluated(self._logpdf, (x, args, kwargs), -math.inf, -math.inf, _minus_log)

    def pdf(self, x: Any, *args: Any, **kwargs: Any) -> Variable:
        """The density; 0 outside the support."""
        return self._evaluated(self._pdf, (x, args, kwargs), 0.0, 0.0, operator.truediv)

    def _logpdf(self, z: Variable, *shapes: Variable) -> Variable:
        raise NotImplementedError

    def _pdf(self, z: Variable, *shapes: Variable) -> Variable:
        return self._logpdf(z, *shapes).exp()
