"""Hypergeometric functions, and those whose derivatives they are.

A hypergeometric function's derivative is one again (Digital Library of Mathematical Functions 13.3.15,
13.3.22, 15.5.1), so that formulas by them have no removable singularity: complete elliptic integrals at m = 0
(19.5), Box-Cox transformations at lmbda = 0. Far from there the elementary formulas keep more digits. The
polynomials are those of 18.9.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import scipy.special as sc

from .. import _core
from .._core import Variable, _special
from ._elementwise import Lifted, differentiable, either, whole

hyp0f1: Lifted = differentiable(sc.hyp0f1, "v", lambda v, z: hyp0f1(v + 1, z) / v)


def _hyp1f1_numbers(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> Any:
    """SciPy's, which sums forever where it is infinite for large x, and is NaN at -inf."""
    endless = (a > 0) | (a != np.floor(a))
    overflowed = 1e3 * (1 + np.abs(a) + np.abs(b))
    found = sc.hyp1f1(a, b, np.where(endless, np.minimum(x, overflowed), x))
    return np.where((a > 0) & (x == -np.inf), 0.0, found)


hyp1f1: Lifted = differentiable(
    _hyp1f1_numbers, "a", "b", lambda a, b, x: a / b * hyp1f1(a + 1, b + 1, x), name="hyp1f1"
)
hyp2f1: Lifted = differentiable(
    sc.hyp2f1, "a", "b", "c", lambda a, b, c, z: a * b / c * hyp2f1(a + 1, b + 1, c + 1, z)
)
hyperu: Lifted = differentiable(sc.hyperu, "a", "b", lambda a, b, x: -a * hyperu(a + 1, b + 1, x))


def _ellipk_slope(m: Variable) -> Variable:
    return either(
        (m.abs() < 0.5) | (m >= 1),
        lambda m: math.pi / 8 * hyp2f1(1.5, 1.5, 2.0, m),
        lambda m: (ellipe(m) / (1 - m) - ellipk(m)) / (2 * m),
        (m, 0.5),
    )


def _ellipe_slope(m: Variable) -> Variable:
    return either(
        m.abs() < 0.5,
        lambda m: -math.pi / 8 * hyp2f1(0.5, 1.5, 2.0, m),
        lambda m: (ellipe(m) - ellipk(m)) / (2 * m),
        (m, 0.5),
    )


ellipk: Lifted = differentiable(sc.ellipk, _ellipk_slope)
ellipe: Lifted = differentiable(sc.ellipe, _ellipe_slope)


def _root(phi: Variable, m: Variable) -> Variable:
    return (1 - m * phi.sin() ** 2).sqrt()


# By m they are those of 19.4.6 and 19.4.7, which are NaN at m = 0.
ellipkinc: Lifted = differentiable(
    sc.ellipkinc,
    lambda phi, m: 1 / _root(phi, m),
    lambda phi, m: (
        (ellipeinc(phi, m) - (2 * phi).sin() / 2 * m / _root(phi, m)) / (2 * m * (1 - m))
        - ellipkinc(phi, m) / (2 * m)
    ),
)
ellipeinc: Lifted = differentiable(
    sc.ellipeinc, _root, lambda phi, m: (ellipeinc(phi, m) - ellipkinc(phi, m)) / (2 * m)
)


def _spence_slope(z: Variable) -> Variable:
    return either(
        ((z - 1).abs() < 0.5) | (z == 0),
        lambda z: -hyp2f1(1.0, 1.0, 2.0, 1 - z),
        lambda z: z.log() / (1 - z),
        (z, 1.5),
    )


def _exprel_slope(u: Variable) -> Variable:
    return hyp1f1(2.0, 3.0, u) / 2


spence: Lifted = differentiable(sc.spence, _spence_slope)
exprel: Lifted = differentiable(sc.exprel, _exprel_slope)


def _box_cox(numbers: Callable[..., Any], base: Lifted, log: Lifted) -> Lifted:
    """(base(x) ** lmbda - 1) / lmbda, where log(x) is the logarithm of base(x)."""

    def by_lmbda(x: Variable, lmbda: Variable) -> Variable:
        log_base = log(x).clamp(min=float(np.finfo(x.dtype.type).min))
        return either(
            lmbda * log_base < -2,
            lambda log_base, lmbda: _falling_slope((lmbda * log_base).clamp(min=-750.0)) / lmbda**2,
            lambda log_base, lmbda: log_base**2 * _exprel_slope(lmbda * log_base),
            *((log_base, -2.0), (lmbda, 1.0)),
        )

    return differentiable(numbers, lambda x, lmbda: base(x) ** (lmbda - 1), by_lmbda)


def _falling_slope(u: Variable) -> Variable:
    """u * u * _exprel_slope(u), to full precision for u below -2, where it goes to 1."""
    return 1 + u.exp() * (u - 1)


boxcox: Lifted = _box_cox(sc.boxcox, lambda x: x, _core.log)
boxcox1p: Lifted = _box_cox(sc.boxcox1p, lambda x: 1 + x, _core.log1p)


def _inverse_by_y(y: Variable, lmbda: Variable) -> Variable:
    return inv_boxcox(y, lmbda) ** (1 - lmbda)


def _inverse_by_lmbda(y: Variable, lmbda: Variable) -> Variable:
    return either(
        (lmbda * y).abs() < 0.5,
        lambda y, lmbda: inv_boxcox(y, lmbda) * y * y * (-hyp2f1(2.0, 2.0, 3.0, -lmbda * y) / 2),
        lambda y, lmbda: (y * _inverse_by_y(y, lmbda) + _special.entr(inv_boxcox(y, lmbda))) / lmbda,
        *((y, 0.5), (lmbda, 1.0)),
    )


# The derivatives of inv_boxcox1p, which is inv_boxcox - 1, are the same.
inv_boxcox: Lifted = differentiable(sc.inv_boxcox, _inverse_by_y, _inverse_by_lmbda)
inv_boxcox1p: Lifted = differentiable(sc.inv_boxcox1p, _inverse_by_y, _inverse_by_lmbda)


def _polynomial(numbers: Callable[..., Any], *derivatives: Lifted | str) -> tuple[Lifted, Lifted]:
    """One as SciPy has it, and one that is 0 for whole orders below 0, as in derivatives of low orders."""

    @wraps(numbers)
    def from_0(n: np.ndarray, *rest: np.ndarray) -> Any:
        below = (n < 0) & (n == np.floor(n))
        return np.where(below, 0.0, numbers(np.where(below, 0.0, n), *rest))

    return differentiable(numbers, *derivatives), differentiable(from_0, *derivatives)


_jacobi: Lifted
_genlaguerre: Lifted
_gegenbauer: Lifted
_hermite: Lifted
_hermitenorm: Lifted
eval_jacobi, _jacobi = _polynomial(
    sc.eval_jacobi,
    *("n", "alpha", "beta"),
    lambda n, a, b, x: (n + a + b + 1) / 2 * _jacobi(n - 1, a + 1, b + 1, x),
)
eval_genlaguerre, _genlaguerre = _polynomial(
    sc.eval_genlaguerre, "n", "alpha", lambda n, a, x: -_genlaguerre(n - 1, a + 1, x)
)
eval_gegenbauer, _gegenbauer = _polynomial(
    sc.eval_gegenbauer, "n", "alpha", lambda n, a, x: 2 * a * _gegenbauer(n - 1, a + 1, x)
)
eval_hermite, _hermite = _polynomial(whole(sc.eval_hermite), "n", lambda n, x: 2 * n * _hermite(n - 1, x))
eval_hermitenorm, _hermitenorm = _polynomial(
    whole(sc.eval_hermitenorm), "n", lambda n, x: n * _hermitenorm(n - 1, x)
)
eval_laguerre: Lifted = differentiable(sc.eval_laguerre, "n", lambda n, x: -_genlaguerre(n - 1, 1.0, x))


def _legendre_slope(n: Variable, x: Variable) -> Variable:
    n = _core.maximum(n, -1 - n)  # of order n and -1 - n they are the same
    return (n + 1) / 2 * _jacobi(n - 1, 1.0, 1.0, x)


eval_legendre: Lifted = differentiable(sc.eval_legendre, "n", _legendre_slope)
# Those of Chebyshev are cos(n t) and sin((n + 1) t) / sin(t), where x is cos(t), for orders below 0 too.
eval_chebyu, _chebyu = _polynomial(
    sc.eval_chebyu, "n", lambda n, x: 2 * (n + 1).sign() * _gegenbauer((n + 1).abs() - 2, 2.0, x)
)
eval_chebyt: Lifted = differentiable(sc.eval_chebyt, "n", lambda n, x: n.abs() * _chebyu(n.abs() - 1, x))
