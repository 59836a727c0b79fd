"""Distribution functions and their inverses by the names of scipy.special: their slopes are densities."""

from __future__ import annotations

import math

import scipy.special as sc

from .. import _core
from .._core import Variable
from ._densities import log_beta_density, log_gamma_density, log_t_density
from ._elementwise import Lifted, differentiable


def _t_density(df: Variable, t: Variable) -> Variable:
    return log_t_density(df, t).exp()


def _chi_square_density(v: Variable, x: Variable) -> Variable:
    return log_gamma_density(v / 2, x / 2).exp() / 2


def _poisson(k: Variable, m: Variable) -> Variable:
    return log_gamma_density(k.floor() + 1, m).exp()


def _f_density(dfn: Variable, dfd: Variable, x: Variable) -> Variable:
    """By the beta density of dfn * x / (dfn * x + dfd), or of what is left to 1 if that is smaller."""
    whole, a, b = dfn * x + dfd, dfn / 2, dfd / 2
    share, rest = dfn * x / whole, dfd / whole
    low = share < rest
    first, second = _core.where(low, a, b + 2), _core.where(low, b + 2, a)
    density = log_beta_density(first, second, _core.where(low, share, rest)).exp()
    return density * (b / (a + b)) * ((b + 1) / (a + b + 1)) * (dfn / dfd)


gammaincinv: Lifted = differentiable(
    sc.gammaincinv, "a", lambda a, y: (-log_gamma_density(a, gammaincinv(a, y))).exp()
)
gammainccinv: Lifted = differentiable(
    sc.gammainccinv, "a", lambda a, y: -(-log_gamma_density(a, gammainccinv(a, y))).exp()
)
betaincc: Lifted = differentiable(sc.betaincc, "a", "b", lambda a, b, x: -log_beta_density(a, b, x).exp())
betaincinv: Lifted = differentiable(
    sc.betaincinv, "a", "b", lambda a, b, y: (-log_beta_density(a, b, betaincinv(a, b, y))).exp()
)
betainccinv: Lifted = differentiable(
    sc.betainccinv, "a", "b", lambda a, b, y: -(-log_beta_density(a, b, betainccinv(a, b, y))).exp()
)

stdtr: Lifted = differentiable(sc.stdtr, "df", _t_density)
stdtrit: Lifted = differentiable(sc.stdtrit, "df", lambda df, p: 1 / _t_density(df, stdtrit(df, p)))
chdtr: Lifted = differentiable(sc.chdtr, "v", _chi_square_density)
chdtrc: Lifted = differentiable(sc.chdtrc, "v", lambda v, x: -_chi_square_density(v, x))
chdtri: Lifted = differentiable(sc.chdtri, "v", lambda v, p: -1 / _chi_square_density(v, chdtri(v, p)))
fdtr: Lifted = differentiable(sc.fdtr, "dfn", "dfd", _f_density)
fdtrc: Lifted = differentiable(sc.fdtrc, "dfn", "dfd", lambda dfn, dfd, x: -_f_density(dfn, dfd, x))
pdtr: Lifted = differentiable(sc.pdtr, "k", lambda k, m: -_poisson(k, m))
pdtrc: Lifted = differentiable(sc.pdtrc, "k", _poisson)

owens_t: Lifted = differentiable(
    sc.owens_t,
    lambda h, a: -(h * h / -2).exp() * _core.erf(a * h / math.sqrt(2)) / math.sqrt(8 * math.pi),
    lambda h, a: (h * h * (1 + a * a) / -2).exp() / (2 * math.pi * (1 + a * a)),
)
