"""The logarithms of the gamma, beta and t densities, which several functions have as their derivative."""

from __future__ import annotations

import math

import scipy.special as sc

from .. import _core
from .._core import Variable, _special
from ._elementwise import Lifted, differentiable, either

_LOG_ROOT = math.log(2 * math.pi) / 2
# Of the series for what gammaln has beyond Stirling's formula (DLMF 5.11.1), enough of it from _LARGE on.
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)
_LARGE = 16.0


def _power(c: Variable, x: Variable) -> Variable:
    """By x: c / x, with its limit 0 where c is 0 all the way to x = 0."""
    return c / _core.where((x == 0) & (c == 0), 1.0, x)


# c log(x), 0 where c is 0: unlike the op it has its derivative by x at x = 0, that of a constant.
xlogy_to_zero: Lifted = differentiable(sc.xlogy, lambda c, x: x.log(), _power, name="xlogy")
xlog1py_to_zero: Lifted = differentiable(
    sc.xlog1py, lambda c, x: x.log1p(), lambda c, x: _power(c, 1 + x), name="xlog1py"
)
betaln: Lifted = differentiable(
    sc.betaln,
    lambda a, b: _core.digamma(a) - _core.digamma(a + b),
    lambda a, b: _core.digamma(b) - _core.digamma(a + b),
)


def log_gamma_density(a: Variable, x: Variable) -> Variable:
    """Of the standard gamma distribution: (a - 1) log(x) - x - gammaln(a).

    For large a these terms nearly cancel, and what is left is computed as such (Loader, 2000).
    """
    large = (a >= _LARGE) & (a < math.inf) & (x > 0) & (x < math.inf)
    return either(large, _large_gamma_terms, _gamma_terms, (a, _LARGE), (x, _LARGE))


def _large_gamma_terms(a: Variable, x: Variable) -> Variable:
    return _deviance(a, x, x - a) + (a.log() / 2 - _LOG_ROOT - _stirling(a) - x.log())


def _gamma_terms(a: Variable, x: Variable) -> Variable:
    finite = _core.where(x == math.inf, 1.0, x)  # beside it no power of x counts
    return xlogy_to_zero(a - 1, finite) - x - _special.gammaln(a)


def log_beta_density(a: Variable, b: Variable, x: Variable) -> Variable:
    """Of the beta distribution: (a - 1) log(x) + (b - 1) log(1 - x) - betaln(a, b); see log_gamma_density."""
    large = (a >= _LARGE) & (b >= _LARGE) & (x > 0) & (x < 1) & (a + b < math.inf)
    return either(large, _large_beta_terms, _beta_terms, (a, _LARGE), (b, _LARGE), (x, 0.5))


def _large_beta_terms(a: Variable, b: Variable, x: Variable) -> Variable:
    n = a + b
    excess = b * x - a * (1 - x)  # n (x - a / n)
    sums = _deviance(a, n * x, excess) + _deviance(b, n * (1 - x), -excess)
    centred = (a.log() + b.log() - n.log()) / 2 - _LOG_ROOT
    corrections = _stirling(n) - _stirling(a) - _stirling(b)
    return sums + centred + corrections - x.log() - (-x).log1p()


def _beta_terms(a: Variable, b: Variable, x: Variable) -> Variable:
    return xlogy_to_zero(a - 1, x) + xlog1py_to_zero(b - 1, -x) - betaln(a, b)


def log_t_factor(df: Variable) -> Variable:
    """The logarithm of the density at 0 of Student's t distribution: -betaln(df / 2, 1 / 2) - log(df) / 2."""
    a = df / 2
    return either(
        a >= _LARGE,
        lambda a: a * (0.5 / a).log1p() - 0.5 + _stirling(a + 0.5) - _stirling(a) - _LOG_ROOT,
        lambda a: -betaln(a, 0.5) - (2 * a).log() / 2,
        (a, _LARGE),
    )


def log_t_density(df: Variable, z: Variable) -> Variable:
    """Of Student's t distribution; for df = inf the normal one."""
    finite = _core.where(df == math.inf, 1.0, df)
    log1p_square = either(
        z.abs() > 1e10 * finite.sqrt(),  # the square overflows somewhere beyond, and 1 + it is it here
        lambda z, df: 2 * z.abs().log() - df.log(),
        lambda z, df: (z**2 / df).log1p(),
        *((z, 1.0), (finite, 1.0)),
    )
    student = log_t_factor(finite) - (finite + 1) / 2 * log1p_square
    return _core.where(df == math.inf, -z * z / 2 - _LOG_ROOT, student)


def _deviance(a: Variable, x: Variable, excess: Variable) -> Variable:
    """a log(x / a) - (x - a), where `excess` is x - a."""
    r = excess / a
    log_ratio = either(
        r.abs() < 0.5, lambda r, _: r.log1p(), lambda _, ratio: ratio.log(), (r, 0.0), (x / a, 1.0)
    )
    return a * (log_ratio - r)


def _stirling(a: Variable) -> Variable:
    square = 1 / (a * a)
    total = _STIRLING[-1] * square
    for coefficient in _STIRLING[-2:0:-1]:
        total = (total + coefficient) * square
    result: Variable = (total + _STIRLING[0]) / a
    return result
