"""Polynomials as their coefficients, the highest power first."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _core
from .._core import Variable
from .convert import as_variable, floating, numpy_dtype, operands, result_dtype
from .matrices import LeastSquares
from .registry import differentiable
from .series import convolve


def _coefficients(p: Any) -> Variable:
    if isinstance(p, np.poly1d):
        p = p.coeffs
    v = as_variable(p)
    return v.reshape(1) if v.dim() == 0 else v


def _without_leading_zeros(p: Variable) -> Variable:
    """As poly1d has them: at least one coefficient stays."""
    places = np.flatnonzero(p.detach().numpy())
    return p[int(places[0]) :] if places.size else p[:0].new_zeros(1)


def _aligned(a: Any, b: Any) -> tuple[Variable, Variable]:
    """Two polynomials with as many coefficients."""
    p, q = operands(_coefficients(a), _coefficients(b))
    size = max(p.shape[0], q.shape[0])
    p, q = (_core.cat([_core.zeros(size - v.shape[0], dtype=v.dtype), v]) for v in (p, q))
    return p, q


@differentiable("polyval")
def polyval(p: Any, x: Any) -> Variable:
    if isinstance(x, np.poly1d):
        raise TypeError("numpy.polyval of Variables does not take a poly1d for x")
    coefficients, at = operands(_coefficients(p), x)
    result = _core.zeros_like(at)
    for c in coefficients.unbind(0):
        result = result * at + c
    return result


@differentiable("polyadd")
def polyadd(a1: Any, a2: Any) -> Variable:
    p, q = _aligned(a1, a2)
    return p + q


@differentiable("polysub")
def polysub(a1: Any, a2: Any) -> Variable:
    p, q = _aligned(a1, a2)
    return p - q


@differentiable("polymul")
def polymul(a1: Any, a2: Any) -> Variable:
    return convolve(*(_without_leading_zeros(_coefficients(a)) for a in (a1, a2)))


@differentiable("polydiv")
def polydiv(u: Any, v: Any) -> tuple[Variable, Variable]:
    """Quotient and remainder, by long division."""
    p, d = operands(floating(_coefficients(u)), floating(_coefficients(v)))
    m, n = p.shape[0] - 1, d.shape[0] - 1
    steps = m - n + 1
    rest, quotient = list(p.unbind(0)), []
    for k in range(max(steps, 0)):
        factor = rest[k] / d[0]
        quotient.append(factor)
        for j in range(n + 1):
            rest[k + j] = rest[k + j] - factor * d[j]
    start = max(steps, 0)
    left = rest[start:] or [_core.zeros((), dtype=p.dtype)]
    while len(left) > 1 and np.allclose(left[0].detach().numpy(), 0, rtol=1e-14):
        left = left[1:]
    whole = _core.stack(quotient) if quotient else _core.zeros(1, dtype=p.dtype)
    return whole, _core.stack(left)


@differentiable("polyder")
def polyder(p: Any, m: int = 1) -> Variable:
    c = _coefficients(p)
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    for _ in range(int(m)):
        head, powers = operands(c[:-1], np.arange(c.shape[0] - 1, 0, -1))
        c = head * powers
    return c


@differentiable("polyint")
def polyint(p: Any, m: int = 1, k: Any = None) -> Variable:
    c = floating(_coefficients(p))
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    constants = as_variable(0.0 if k is None else k).to(c.dtype).reshape(-1)
    constants = constants.expand(m) if constants.shape[0] == 1 else constants
    if constants.shape[0] < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for constant in constants[:m].unbind(0) if m else ():
        c, powers = operands(c, np.arange(c.shape[0], 0, -1))
        c = _core.cat([c / powers, constant.reshape(1).to(c.dtype)])
    return c


@differentiable("poly")
def poly(seq_of_zeros: Any) -> Variable:
    zeros = as_variable(seq_of_zeros)
    if zeros.dim() == 2:
        if zeros.requires_grad:
            raise TypeError(
                "numpy.poly of a matrix goes through its eigenvalues, which may be complex: give it those of "
                "numpy.linalg.eigvalsh"
            )
        return as_variable(np.poly(zeros.numpy()))
    c = _core.ones(1, dtype=floating(zeros).dtype)
    for zero in floating(zeros).reshape(-1).unbind(0):
        c = _core.cat([c, c.new_zeros(1)]) - _core.cat([c.new_zeros(1), c * zero])
    return c


@differentiable("vander")
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Variable:
    v = as_variable(x)
    if v.dim() != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    v = v.to(result_dtype(v, as_variable(np.zeros(0, int))))
    return _core.vander(v, v.shape[0] if N is None else N, increasing)


@differentiable("polyfit")
def polyfit(
    x: Any,
    y: Any,
    deg: int,
    rcond: float | None = None,
    full: bool = False,
    w: Any = None,
    cov: Any = False,
) -> Any:
    """Least squares, the columns of the Vandermonde matrix scaled to length 1."""
    if full or cov:
        raise TypeError("numpy.polyfit of Variables gives the coefficients alone: leave away full= and cov=")
    at = floating(x)
    rcond = at.shape[0] * np.finfo(numpy_dtype(at)).eps if rcond is None else rcond
    matrix, values = operands(vander(at, int(deg) + 1), floating(y))
    if w is not None:
        weights = floating(w).to(matrix.dtype)
        matrix = matrix * weights.unsqueeze(-1)
        values = values * (weights if values.dim() == 1 else weights.unsqueeze(-1))
    scale = (matrix * matrix).sum(0).sqrt()
    columns = values if values.dim() == 2 else values.unsqueeze(-1)
    solution = LeastSquares.apply(matrix / scale, columns, rcond) / scale.unsqueeze(-1)
    return solution if values.dim() == 2 else solution.squeeze(-1)
