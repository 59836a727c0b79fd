"""Logarithms of distribution functions, also where the functions themselves underflow: arrays in and out.

Below that, each is its leading term times a series or continued fraction that converges at once so far out:
DLMF 8.11.4 and 8.9.2 (gamma), 8.17.22 (beta).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.special as sc

_DEEP = 1e-280  # nearer to 0 the functions lose digits
_EPSILON = 1e-17


def _joined(lower: np.ndarray, upper: np.ndarray, deep: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """log(lower), from `upper` = 1 - lower near 1, and by `deep`, which gets a mask, near 0."""
    with np.errstate(all="ignore"):
        result = np.array(np.where(lower > 0.5, np.log1p(-upper), np.log(lower)))
        far = lower < _DEEP
        if far.any():
            result[far] = deep(far)
    return result


def _together(*arrays: np.ndarray) -> list[np.ndarray]:
    return np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in arrays))  # type: ignore[return-value]


def log_gammainc(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    a, x = _together(a, x)

    def deep(far: np.ndarray) -> np.ndarray:
        b, y = a[far], x[far]
        found: np.ndarray = b * np.log(y) - y - sc.gammaln(b + 1) + np.log(sc.hyp1f1(1, b + 1, y))
        return found

    return _joined(sc.gammainc(a, x), sc.gammaincc(a, x), deep)


def log_gammaincc(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    a, x = _together(a, x)

    def deep(far: np.ndarray) -> np.ndarray:
        b, y = a[far], x[far]
        found: np.ndarray = b * np.log(y) - y - sc.gammaln(b) - np.log(_fraction(b, y))
        return np.where(y == np.inf, -np.inf, found)

    return _joined(sc.gammaincc(a, x), sc.gammainc(a, x), deep)


def _fraction(a: np.ndarray, x: np.ndarray) -> np.ndarray:
    """exp(-x) x**a / Gamma(a, x) for x far above a, by Lentz's method."""
    value = ratio = x + 1 - a
    inverse = np.zeros_like(x)
    for k in range(1, 500):
        top, bottom = -k * (k - a), x + 2 * k + 1 - a
        inverse = 1 / (bottom + top * inverse)
        ratio = bottom + top / ratio
        value = value * ratio * inverse
        if np.all(np.abs(ratio * inverse - 1) < _EPSILON):
            break
    fraction: np.ndarray = value
    return fraction


def _beta_fraction(a: np.ndarray, b: np.ndarray | float, x: np.ndarray) -> np.ndarray:
    """x**a (1 - x)**b / (a B(a, b) I_x(a, b)) for x far below a / (a + b), by Lentz's method."""
    value = upper = np.ones_like(x)
    lower = np.zeros_like(x)
    for k in range(1, 500):
        m = k // 2
        term = m * (b - m) if k % 2 == 0 else -(a + m) * (a + b + m)
        term = term * x / ((a + k - 1) * (a + k))
        lower = 1 / (1 + term * lower)
        upper = 1 + term / upper
        value = value * (upper * lower)
        if np.all(np.abs(upper * lower - 1) < _EPSILON):
            break
    fraction: np.ndarray = value
    return fraction


def log_betainc(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    a, b, x = _together(a, b, x)

    def deep(far: np.ndarray) -> np.ndarray:
        p, q, y = a[far], b[far], x[far]
        found: np.ndarray = _leading(p, q, np.log(y), np.log1p(-y)) - np.log(_beta_fraction(p, q, y))
        return found

    return _joined(sc.betainc(a, b, x), sc.betaincc(a, b, x), deep)


def log_betaincc(a: np.ndarray, b: np.ndarray, x: np.ndarray) -> np.ndarray:
    a, b, x = _together(a, b, x)

    def deep(far: np.ndarray) -> np.ndarray:
        p, q, y = a[far], b[far], x[far]
        found: np.ndarray = _leading(q, p, np.log1p(-y), np.log(y)) - np.log(_beta_fraction(q, p, 1 - y))
        return found

    return _joined(sc.betaincc(a, b, x), sc.betainc(a, b, x), deep)


def _leading(a: np.ndarray, b: np.ndarray, log_x: np.ndarray, log_rest: np.ndarray) -> np.ndarray:
    found: np.ndarray = a * log_x + b * log_rest - np.log(a) - sc.betaln(a, b)
    return found


def log_stdtr(df: np.ndarray, x: np.ndarray) -> np.ndarray:
    df, x = _together(df, x)

    def deep(far: np.ndarray) -> np.ndarray:
        half, u = df[far] / 2, -x[far] / np.sqrt(df[far])
        log_w = -2 * np.log(np.hypot(1, u))  # of df / (df + x**2)
        log_rest = -2 * np.log(np.hypot(1, 1 / u))
        leading = _leading(half, np.full_like(half, 0.5), log_w, log_rest)
        found: np.ndarray = leading - np.log(_beta_fraction(half, 0.5, np.exp(log_w))) - np.log(2)
        return np.where(df[far] == np.inf, sc.log_ndtr(x[far]), found)

    return _joined(sc.stdtr(df, x), sc.stdtr(df, -x), deep)
