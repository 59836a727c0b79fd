"""Hypergeometric functions, and those whose derivatives they are.

A hypergeometric function's derivative is one again (Digital Library of Mathematical Functions 13.3.15,
13.3.22, 15.5.1), so that formulas by them have no removable singularity: complete elliptic integrals at m = 0
(19.5), Box-Cox transformations at lmbda = 0. The polynomials are those of 18.9.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import scipy.special as sc

from .._core import Variable
from ._elementwise import Lifted, differentiable

hyp0f1: Lifted = differentiable(sc.hyp0f1, "v", lambda v, z: hyp0f1(v + 1, z) / v)
hyp1f1: Lifted = differentiable(sc.hyp1f1, "a", "b", lambda a, b, x: a / b * hyp1f1(a + 1, b + 1, x))
hyp2f1: Lifted = differentiable(
    sc.hyp2f1, "a", "b", "c", lambda a, b, c, z: a * b / c * hyp2f1(a + 1, b + 1, c + 1, z)
)
hyperu: Lifted = differentiable(sc.hyperu, "a", "b", lambda a, b, x: -a * hyperu(a + 1, b + 1, x))

ellipk: Lifted = differentiable(sc.ellipk, lambda m: math.pi / 8 * hyp2f1(1.5, 1.5, 2.0, m))
ellipe: Lifted = differentiable(sc.ellipe, lambda m: -math.pi / 8 * hyp2f1(0.5, 1.5, 2.0, m))


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

spence: Lifted = differentiable(sc.spence, lambda z: -hyp2f1(1.0, 1.0, 2.0, 1 - z))


def _exprel_slope(u: Variable) -> Variable:
    return hyp1f1(2.0, 3.0, u) / 2


def _root_slope(y: Variable, lmbda: Variable) -> Variable:
    """The derivative of log(1 + lmbda * y) / lmbda by lmbda."""
    return y * y * (-hyp2f1(2.0, 2.0, 3.0, -lmbda * y) / 2)


exprel: Lifted = differentiable(sc.exprel, _exprel_slope)
boxcox: Lifted = differentiable(
    sc.boxcox,
    lambda x, lmbda: x ** (lmbda - 1),
    lambda x, lmbda: x.log() ** 2 * _exprel_slope(lmbda * x.log()),
)
boxcox1p: Lifted = differentiable(
    sc.boxcox1p,
    lambda x, lmbda: (1 + x) ** (lmbda - 1),
    lambda x, lmbda: x.log1p() ** 2 * _exprel_slope(lmbda * x.log1p()),
)
inv_boxcox: Lifted = differentiable(
    sc.inv_boxcox,
    lambda y, lmbda: inv_boxcox(y, lmbda) / (1 + lmbda * y),
    lambda y, lmbda: inv_boxcox(y, lmbda) * _root_slope(y, lmbda),
)
inv_boxcox1p: Lifted = differentiable(
    sc.inv_boxcox1p,
    lambda y, lmbda: inv_boxcox(y, lmbda) / (1 + lmbda * y),
    lambda y, lmbda: inv_boxcox(y, lmbda) * _root_slope(y, lmbda),
)


def _whole(polynomial: Callable[..., Any]) -> Callable[..., Any]:
    """One that SciPy evaluates for whole orders alone."""

    @wraps(polynomial)
    def numbers(n: np.ndarray, x: np.ndarray) -> Any:
        orders = n.astype(np.int64)
        if np.any(orders != n):
            raise ValueError(f"the order of {polynomial.__name__} must be whole, got {n!r}")
        return polynomial(orders, x)

    return numbers


def _from_0(polynomial: Callable[..., Any]) -> Callable[..., Any]:
    """The same, and 0 for whole orders below 0: the derivative of a polynomial of order 0, and so on."""

    @wraps(polynomial)
    def numbers(n: np.ndarray, *rest: np.ndarray) -> Any:
        below = (n < 0) & (n == np.floor(n))
        return np.where(below, 0.0, polynomial(np.where(below, 0.0, n), *rest))

    return numbers


eval_jacobi: Lifted = differentiable(
    sc.eval_jacobi,
    *("n", "alpha", "beta"),
    lambda n, a, b, x: (n + a + b + 1) / 2 * eval_jacobi(n - 1, a + 1, b + 1, x),
)
eval_genlaguerre: Lifted = differentiable(
    sc.eval_genlaguerre, "n", "alpha", lambda n, a, x: -eval_genlaguerre(n - 1, a + 1, x)
)
_gegenbauer: Lifted = differentiable(
    _from_0(sc.eval_gegenbauer), "n", "alpha", lambda n, a, x: 2 * a * _gegenbauer(n - 1, a + 1, x)
)
eval_gegenbauer: Lifted = differentiable(
    sc.eval_gegenbauer, "n", "alpha", lambda n, a, x: 2 * a * _gegenbauer(n - 1, a + 1, x)
)
eval_legendre: Lifted = differentiable(
    sc.eval_legendre, "n", lambda n, x: (n + 1) / 2 * eval_jacobi(n - 1, 1.0, 1.0, x)
)
eval_laguerre: Lifted = differentiable(sc.eval_laguerre, "n", lambda n, x: -eval_genlaguerre(n - 1, 1.0, x))
eval_chebyu: Lifted = differentiable(sc.eval_chebyu, "n", lambda n, x: 2 * _gegenbauer(n - 1, 2.0, x))
eval_chebyt: Lifted = differentiable(sc.eval_chebyt, "n", lambda n, x: n * eval_chebyu(n - 1, x))
_hermite: Lifted = differentiable(
    _from_0(_whole(sc.eval_hermite)), "n", lambda n, x: 2 * n * _hermite(n - 1, x)
)
eval_hermite: Lifted = differentiable(_whole(sc.eval_hermite), "n", lambda n, x: 2 * n * _hermite(n - 1, x))
_hermitenorm: Lifted = differentiable(
    _from_0(_whole(sc.eval_hermitenorm)), "n", lambda n, x: n * _hermitenorm(n - 1, x)
)
eval_hermitenorm: Lifted = differentiable(
    _whole(sc.eval_hermitenorm), "n", lambda n, x: n * _hermitenorm(n - 1, x)
)
