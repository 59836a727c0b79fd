"""The special functions that the library has no op for, with their derivatives.

Each formula names only differentiable functions, so there are derivatives of every order. They are those
of the Digital Library of Mathematical Functions: 5.5 (gamma), 8.8 (incomplete gamma), 10.6 and 10.29
(Bessel), 7.2 and 7.10 (error functions), 6.2 (exponential integrals), 8.17 (incomplete beta).
"""

from __future__ import annotations

import math

import scipy.special as sc

from .. import _core
from .._core import Variable
from ._densities import betaln as betaln
from ._densities import log_beta_density, log_gamma_density
from ._elementwise import Lifted, differentiable

gamma: Lifted = differentiable(sc.gamma, lambda x: gamma(x) * _core.digamma(x))
gammasgn: Lifted = differentiable(sc.gammasgn, lambda x: _core.zeros_like(x))
rgamma: Lifted = differentiable(sc.rgamma, lambda x: -rgamma(x) * _core.digamma(x))
loggamma: Lifted = differentiable(sc.loggamma, lambda x: _core.digamma(x))
beta: Lifted = differentiable(
    sc.beta,
    lambda a, b: beta(a, b) * (_core.digamma(a) - _core.digamma(a + b)),
    lambda a, b: beta(a, b) * (_core.digamma(b) - _core.digamma(a + b)),
)
gammainc: Lifted = differentiable(sc.gammainc, "a", lambda a, x: log_gamma_density(a, x).exp())
gammaincc: Lifted = differentiable(sc.gammaincc, "a", lambda a, x: -log_gamma_density(a, x).exp())


betainc: Lifted = differentiable(sc.betainc, "a", "b", lambda a, b, x: log_beta_density(a, b, x).exp())

j0: Lifted = differentiable(sc.j0, lambda x: -j1(x))
j1: Lifted = differentiable(sc.j1, lambda x: (j0(x) - jv(2, x)) / 2)
y0: Lifted = differentiable(sc.y0, lambda x: -y1(x))
y1: Lifted = differentiable(sc.y1, lambda x: (y0(x) - yv(2, x)) / 2)
jv: Lifted = differentiable(sc.jv, "v", lambda v, x: (jv(v - 1, x) - jv(v + 1, x)) / 2)
yv: Lifted = differentiable(sc.yv, "v", lambda v, x: (yv(v - 1, x) - yv(v + 1, x)) / 2)
iv: Lifted = differentiable(sc.iv, "v", lambda v, x: (iv(v - 1, x) + iv(v + 1, x)) / 2)
ive: Lifted = differentiable(
    sc.ive, "v", lambda v, x: (ive(v - 1, x) + ive(v + 1, x)) / 2 - x.sign() * ive(v, x)
)
k0: Lifted = differentiable(sc.k0, lambda x: -k1(x))
k1: Lifted = differentiable(sc.k1, lambda x: -(k0(x) + kv(2, x)) / 2)
kv: Lifted = differentiable(sc.kv, "v", lambda v, x: -(kv(v - 1, x) + kv(v + 1, x)) / 2)
kve: Lifted = differentiable(sc.kve, "v", lambda v, x: kve(v, x) - (kve(v - 1, x) + kve(v + 1, x)) / 2)

erfi: Lifted = differentiable(sc.erfi, lambda x: (2 / math.sqrt(math.pi)) * (x * x).exp())
erfcinv: Lifted = differentiable(sc.erfcinv, lambda y: (-math.sqrt(math.pi) / 2) * (erfcinv(y) ** 2).exp())
dawsn: Lifted = differentiable(sc.dawsn, lambda x: 1 - 2 * x * dawsn(x))
exp1: Lifted = differentiable(sc.exp1, lambda x: -(-x).exp() / x)
expi: Lifted = differentiable(sc.expi, lambda x: x.exp() / x)


def log_expit(x: Variable) -> Variable:
    """log(expit(x)), to full precision for large x of either sign."""
    return -_core.logaddexp(_core.zeros_like(x), -x)


rel_entr: Lifted = differentiable(
    sc.rel_entr,
    lambda x, y: _core.where((x >= 0) & (y > 0), x.log() - y.log() + 1, 0.0),
    lambda x, y: _core.where((x >= 0) & (y > 0), -x / y, 0.0),
)
kl_div: Lifted = differentiable(
    sc.kl_div,
    lambda x, y: _core.where((x >= 0) & (y > 0), x.log() - y.log(), 0.0),
    lambda x, y: _core.where((x >= 0) & (y > 0), 1 - x / y, 0.0),
)
