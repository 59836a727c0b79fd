"""The families on the line. Their formulas are those of the standard distributions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar, Final

import scipy.special as sc

from ... import _core
from ..._core import Variable, _functional, _special
from .._densities import betaln, log_beta_density, log_gamma_density, log_t_density
from .._elementwise import Lifted, differentiable, no_derivative, refusing
from . import _tails
from ._family import Continuous, Family

_LOG_ROOT = math.log(2 * math.pi) / 2


class _Norm(Continuous):
    name = "norm"

    def _logpdf(self, z: Variable, *shapes: Variable) -> Variable:
        return -z * z / 2 - _LOG_ROOT

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _special.ndtr(z)

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _special.log_ndtr(z)


class _Logistic(Continuous):
    name = "logistic"

    def _logpdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _functional.logsigmoid(z) + _functional.logsigmoid(-z)

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _special.expit(z)

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _functional.logsigmoid(z)


class _Laplace(Continuous):
    name = "laplace"

    def _logpdf(self, z: Variable, *shapes: Variable) -> Variable:
        return -z.abs() - math.log(2)

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        below, above = _halves(z)
        return _core.where(z < 0, below.exp() / 2, 1 - (-above).exp() / 2)

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        below, above = _halves(z)
        return _core.where(z < 0, below - math.log(2), (-(-above).exp() / 2).log1p())


def _halves(z: Variable) -> tuple[Variable, Variable]:
    """z where it is negative and where it is not, 0 elsewhere: neither overflows in the other's place."""
    return _core.where(z < 0, z, 0.0), _core.where(z < 0, 0.0, z)


class _Expon(Continuous):
    name = "expon"
    low: ClassVar[float] = 0.0

    def _logpdf(self, z: Variable, *shapes: Variable) -> Variable:
        return -z

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        return -(-z).expm1()

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        near = z < math.log(2)
        small, large = _core.where(near, z, 0.5), _core.where(near, 1.0, z)
        return _core.where(near, (-(-small).expm1()).log(), (-(-large).exp()).log1p())

    def _sf(self, z: Variable, *shapes: Variable) -> Variable:
        return (-z).exp()

    def _logsf(self, z: Variable, *shapes: Variable) -> Variable:
        return -z


def _relative(log_slope: Callable[..., Variable], log_value: Lifted) -> Lifted:
    """The derivative of a logarithm: of the function, over the function; inf where that is 0."""

    def derivative(*args: Variable) -> Variable:
        value = log_value(*args)
        zero = value == -math.inf
        return _core.where(zero, math.inf, (log_slope(*args) - _core.where(zero, 0.0, value)).exp())

    return derivative


_t_cdf: Lifted = differentiable(sc.stdtr, "df", lambda df, z: log_t_density(df, z).exp(), name="t.cdf")
_t_logcdf: Lifted = differentiable(
    _tails.log_stdtr, "df", _relative(log_t_density, lambda df, z: _t_logcdf(df, z)), name="t.logcdf"
)


class _T(Continuous):
    name = "t"
    shapes: ClassVar[tuple[str, ...]] = ("df",)

    def _logpdf(self, z: Variable, *shapes: Variable) -> Variable:
        return log_t_density(shapes[0], z)

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _t_cdf(*shapes, z)

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _t_logcdf(*shapes, z)


def _negative(function: Lifted) -> Lifted:
    return lambda *args: -function(*args)


def _gamma_functions(argument: str, *names: str) -> list[Lifted]:
    """The lower and the upper incomplete gamma function and their logarithms, as functions of a and x."""
    lower: Lifted = differentiable(
        sc.gammainc, argument, lambda a, x: log_gamma_density(a, x).exp(), name=names[0]
    )
    upper: Lifted = differentiable(
        sc.gammaincc, argument, lambda a, x: -log_gamma_density(a, x).exp(), name=names[1]
    )
    log_lower: Lifted = differentiable(
        _tails.log_gammainc,
        argument,
        _relative(log_gamma_density, lambda a, x: log_lower(a, x)),
        name=names[2],
    )
    log_upper: Lifted = differentiable(
        _tails.log_gammaincc,
        argument,
        _negative(_relative(log_gamma_density, lambda a, x: log_upper(a, x))),
        name=names[3],
    )
    return [lower, upper, log_lower, log_upper]


_gamma_cdf, _gamma_sf, _gamma_logcdf, _gamma_logsf = _gamma_functions(
    "a", "gamma.cdf", "gamma.sf", "gamma.logcdf", "gamma.logsf"
)


def _with_edges(
    z: Variable,
    edge: Variable,
    at_edge: Callable[[Variable], Variable],
    inside: Callable[[Variable], Variable],
) -> Variable:
    """A density that is 0 or inf at the edge of its support, where its logarithm has no derivative."""
    if not edge.any():
        return inside(z)
    return _core.where(edge, at_edge(_core.where(edge, z, 0.5)), inside(_core.where(edge, 0.5, z)))


class _Gamma(Continuous):
    name = "gamma"
    shapes: ClassVar[tuple[str, ...]] = ("a",)
    low: ClassVar[float] = 0.0

    def _logpdf(self, z: Variable, *shapes: Variable) -> Variable:
        return log_gamma_density(shapes[0], z)

    def _pdf(self, z: Variable, *shapes: Variable) -> Variable:
        (a,) = shapes
        return _with_edges(
            z,
            z == 0,
            lambda z: z ** (a - 1) * (-z - _special.gammaln(a)).exp(),
            lambda z: log_gamma_density(a, z).exp(),
        )

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _gamma_cdf(*shapes, z)

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _gamma_logcdf(*shapes, z)

    def _sf(self, z: Variable, *shapes: Variable) -> Variable:
        return _gamma_sf(*shapes, z)

    def _logsf(self, z: Variable, *shapes: Variable) -> Variable:
        return _gamma_logsf(*shapes, z)


_chi2_cdf, _chi2_sf, _chi2_logcdf, _chi2_logsf = _gamma_functions(
    "df", "chi2.cdf", "chi2.sf", "chi2.logcdf", "chi2.logsf"
)


class _ChiSquared(_Gamma):
    """The gamma distribution of a = df / 2 and scale 2."""

    name = "chi2"
    shapes: ClassVar[tuple[str, ...]] = ("df",)

    def _logpdf(self, z: Variable, *shapes: Variable) -> Variable:
        return super()._logpdf(z / 2, shapes[0] / 2) - math.log(2)

    def _pdf(self, z: Variable, *shapes: Variable) -> Variable:
        return super()._pdf(z / 2, shapes[0] / 2) / 2

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _chi2_cdf(shapes[0] / 2, z / 2)

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _chi2_logcdf(shapes[0] / 2, z / 2)

    def _sf(self, z: Variable, *shapes: Variable) -> Variable:
        return _chi2_sf(shapes[0] / 2, z / 2)

    def _logsf(self, z: Variable, *shapes: Variable) -> Variable:
        return _chi2_logsf(shapes[0] / 2, z / 2)


_beta_cdf: Lifted = differentiable(
    sc.betainc, "a", "b", lambda a, b, x: log_beta_density(a, b, x).exp(), name="beta.cdf"
)
_beta_sf: Lifted = differentiable(
    sc.betaincc, "a", "b", lambda a, b, x: -log_beta_density(a, b, x).exp(), name="beta.sf"
)
_beta_logcdf: Lifted = differentiable(
    _tails.log_betainc,
    "a",
    "b",
    _relative(log_beta_density, lambda a, b, x: _beta_logcdf(a, b, x)),
    name="beta.logcdf",
)
_beta_logsf: Lifted = differentiable(
    _tails.log_betaincc,
    "a",
    "b",
    _negative(_relative(log_beta_density, lambda a, b, x: _beta_logsf(a, b, x))),
    name="beta.logsf",
)


class _Beta(Continuous):
    name = "beta"
    shapes: ClassVar[tuple[str, ...]] = ("a", "b")
    low: ClassVar[float] = 0.0
    high: ClassVar[float] = 1.0

    def _logpdf(self, z: Variable, *shapes: Variable) -> Variable:
        return log_beta_density(shapes[0], shapes[1], z)

    def _pdf(self, z: Variable, *shapes: Variable) -> Variable:
        a, b = shapes
        return _with_edges(
            z,
            (z == 0) | (z == 1),
            lambda z: z ** (a - 1) * (1 - z) ** (b - 1) * (-betaln(a, b)).exp(),
            lambda z: log_beta_density(a, b, z).exp(),
        )

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _beta_cdf(*shapes, z)

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _beta_logcdf(*shapes, z)

    def _sf(self, z: Variable, *shapes: Variable) -> Variable:
        return _beta_sf(*shapes, z)

    def _logsf(self, z: Variable, *shapes: Variable) -> Variable:
        return _beta_logsf(*shapes, z)


# The distribution function of the Poisson distribution is an upper incomplete gamma function of the mean.
_poisson_sf, _poisson_cdf, _poisson_logsf, _poisson_logcdf = _gamma_functions(
    "k and loc", "poisson.sf", "poisson.cdf", "poisson.logsf", "poisson.logcdf"
)


class _Poisson(Family):
    """Of whole numbers k: between them everything is constant, and there is no derivative by k or loc."""

    name = "poisson"
    shapes: ClassVar[tuple[str, ...]] = ("mu",)
    scaled = False
    low: ClassVar[float] = 0.0

    def _standard(
        self, x: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Variable, list[Variable], None]:
        z, shapes, _ = super()._standard(x, args, kwargs)
        return refusing(z, no_derivative("poisson", "k and loc")), shapes, None

    def _valid(self, shapes: list[Variable], scale: Variable | None) -> Variable | None:
        (mu,) = shapes
        return None if (mu >= 0).all() else mu >= 0

    def logpmf(self, k: Any, *args: Any, **kwargs: Any) -> Variable:
        """The logarithm of the probability of k; -inf where k is not a whole number."""
        return self._evaluated(self._logpmf, (k, args, kwargs), -math.inf, -math.inf)

    def pmf(self, k: Any, *args: Any, **kwargs: Any) -> Variable:
        """The probability of k; 0 where it is not a whole number."""
        return self._evaluated(self._pmf, (k, args, kwargs), 0.0, 0.0)

    def _logpmf(self, z: Variable, *shapes: Variable) -> Variable:
        (mu,) = shapes
        result = log_gamma_density(z + 1, mu)
        return _core.where(z == z.floor(), result, -math.inf)

    def _pmf(self, z: Variable, *shapes: Variable) -> Variable:
        z, mu = _core.broadcast_tensors(z, *shapes)
        result = _with_edges(
            mu,
            mu == 0,
            lambda mu: mu**z * (-mu - _special.gammaln(z + 1)).exp(),
            lambda mu: self._logpmf(z, mu).exp(),
        )
        return _core.where(z == z.floor(), result, 0.0)

    def _cdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _poisson_cdf(z.floor() + 1, *shapes)

    def _logcdf(self, z: Variable, *shapes: Variable) -> Variable:
        return _poisson_logcdf(z.floor() + 1, *shapes)

    def _sf(self, z: Variable, *shapes: Variable) -> Variable:
        return _poisson_sf(z.floor() + 1, *shapes)

    def _logsf(self, z: Variable, *shapes: Variable) -> Variable:
        return _poisson_logsf(z.floor() + 1, *shapes)


norm: Final[_Norm] = _Norm()
logistic: Final[_Logistic] = _Logistic()
laplace: Final[_Laplace] = _Laplace()
expon: Final[_Expon] = _Expon()
t: Final[_T] = _T()
gamma: Final[_Gamma] = _Gamma()
chi2: Final[_ChiSquared] = _ChiSquared()
beta: Final[_Beta] = _Beta()
poisson: Final[_Poisson] = _Poisson()
