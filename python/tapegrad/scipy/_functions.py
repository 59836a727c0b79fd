"""The special functions that the library has no op for, with their derivatives.

Each formula names only differentiable functions, so there are derivatives of every order. They are those
of the Digital Library of Mathematical Functions: 5.5 (gamma), 8.8 (incomplete gamma), 10.6 and 10.29
(Bessel), 7.2 and 7.10 (error functions), 6.2 (exponential integrals), 8.17 (incomplete beta).
"""

from __future__ import annotations

import math

import numpy as np
import scipy.special as sc

from .. import _core
from .._core import Variable
from ._densities import betaln as betaln
from ._densities import log_beta_density, log_gamma_density
from ._elementwise import Lifted, differentiable, whole

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
yn: Lifted = differentiable(whole(sc.yn), "n", lambda n, x: (yv(n - 1, x) - yv(n + 1, x)) / 2)
iv: Lifted = differentiable(sc.iv, "v", lambda v, x: (iv(v - 1, x) + iv(v + 1, x)) / 2)
ive: Lifted = differentiable(
    sc.ive, "v", lambda v, x: (ive(v - 1, x) + ive(v + 1, x)) / 2 - x.sign() * ive(v, x)
)
k0e: Lifted = differentiable(sc.k0e, lambda x: k0e(x) - k1e(x))
k1e: Lifted = differentiable(sc.k1e, lambda x: k1e(x) - (k0e(x) + kve(2, x)) / 2)
k0: Lifted = differentiable(sc.k0, lambda x: -k1(x))
k1: Lifted = differentiable(sc.k1, lambda x: -(k0(x) + kv(2, x)) / 2)
kv: Lifted = differentiable(sc.kv, "v", lambda v, x: -(kv(v - 1, x) + kv(v + 1, x)) / 2)
kn: Lifted = differentiable(whole(sc.kn), "n", lambda n, x: -(kv(n - 1, x) + kv(n + 1, x)) / 2)
kve: Lifted = differentiable(sc.kve, "v", lambda v, x: kve(v, x) - (kve(v - 1, x) + kve(v + 1, x)) / 2)

binom: Lifted = differentiable(
    sc.binom,
    lambda n, k: binom(n, k) * (_core.digamma(n + 1) - _core.digamma(n - k + 1)),
    lambda n, k: binom(n, k) * (_core.digamma(n - k + 1) - _core.digamma(k + 1)),
)
poch: Lifted = differentiable(
    sc.poch,
    lambda z, m: poch(z, m) * (_core.digamma(z + m) - _core.digamma(z)),
    lambda z, m: poch(z, m) * _core.digamma(z + m),
)

erfi: Lifted = differentiable(sc.erfi, lambda x: (2 / math.sqrt(math.pi)) * (x * x).exp())
erfcinv: Lifted = differentiable(sc.erfcinv, lambda y: (-math.sqrt(math.pi) / 2) * (erfcinv(y) ** 2).exp())
dawsn: Lifted = differentiable(sc.dawsn, lambda x: 1 - 2 * x * dawsn(x))
exp1: Lifted = differentiable(sc.exp1, lambda x: -(-x).exp() / x)


def _expn_numbers(n: np.ndarray, x: np.ndarray) -> np.ndarray:
    """SciPy's, and below order 0 by DLMF 8.19.12."""
    n, x = np.broadcast_arrays(n, x)
    found: np.ndarray = sc.expn(np.maximum(n, 0), x)
    with np.errstate(divide="ignore", invalid="ignore"):
        for order in range(1, 1 + int(-n.min(initial=0))):
            found = np.where(n <= -order, (np.exp(-x) + order * found) / x, found)
    return found


_expn: Lifted = differentiable(_expn_numbers, "n", lambda n, x: -_expn(n - 1, x), name="expn")
expn: Lifted = differentiable(sc.expn, "n", lambda n, x: -_expn(n - 1, x))
expi: Lifted = differentiable(sc.expi, lambda x: x.exp() / x)

cbrt: Lifted = differentiable(sc.cbrt, lambda x: 1 / (3 * cbrt(x) ** 2))
exp10: Lifted = differentiable(sc.exp10, lambda x: math.log(10) * exp10(x))
cosm1: Lifted = differentiable(sc.cosm1, lambda x: -x.sin())
powm1: Lifted = differentiable(
    sc.powm1, lambda x, y: y * x ** (y - 1), lambda x, y: (powm1(x, y) + 1) * x.log()
)
sindg: Lifted = differentiable(sc.sindg, lambda x: math.radians(1) * cosdg(x))
cosdg: Lifted = differentiable(sc.cosdg, lambda x: -math.radians(1) * sindg(x))
tandg: Lifted = differentiable(sc.tandg, lambda x: math.radians(1) * (1 + tandg(x) ** 2))
cotdg: Lifted = differentiable(sc.cotdg, lambda x: -math.radians(1) * (1 + cotdg(x) ** 2))
wrightomega: Lifted = differentiable(sc.wrightomega, lambda z: 1 - 1 / (1 + wrightomega(z)))


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

huber: Lifted = differentiable(
    sc.huber,
    lambda delta, r: _core.where(r.abs() > delta, r.abs() - delta, 0.0),
    lambda delta, r: _core.where(r.abs() > delta, delta * r.sign(), r),
)


def _stretch(delta: Variable, r: Variable) -> Variable:
    return ((r / delta) ** 2 + 1).sqrt()


pseudo_huber: Lifted = differentiable(
    sc.pseudo_huber,
    lambda delta, r: 2 * delta * (_stretch(delta, r) - 1) - r * r / (delta * _stretch(delta, r)),
    lambda delta, r: r / _stretch(delta, r),
)
