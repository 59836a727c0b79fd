"""Functions of scipy.special on Variables, by SciPy's names and arguments; every one has all derivatives.

SciPy's own ufuncs take Variables too: ``scipy.special.j0(x)`` is ``tapegrad.scipy.special.j0(x)``. Its
functions that are no ufuncs do not, and have to be taken from here: logsumexp, softmax, log_softmax,
polygamma, multigammaln.

By the order of a Bessel function, a polynomial or polygamma, and by the parameters of a hypergeometric, an
incomplete gamma or beta function and of what comes of them, there is no derivative: a gradient by these
raises NotImplementedError. Those of ellipkinc and ellipeinc by m are NaN at m = 0, and lose digits near it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _core
from .._core import Variable, _special
from ._elementwise import Lifted, no_derivative, operands, refusing
from ._ufuncs import by_name

_BY_NAME = by_name()
__all__ = sorted([*_BY_NAME, "log_softmax", "logsumexp", "multigammaln", "polygamma", "sinc", "softmax"])

Axis = int | tuple[int, ...] | None

globals().update(_BY_NAME)

if TYPE_CHECKING:

    def __getattr__(name: str) -> Lifted: ...


def polygamma(n: Any, x: Any) -> Variable:
    """The n-th derivative of digamma; `n` may be an array of whole numbers that broadcasts against `x`.

    Raises ValueError for other orders.
    """
    (x,) = operands(x)
    if isinstance(n, Variable):
        x = x + 0 * refusing(n, no_derivative("polygamma", "n")) if n.requires_grad else x
        n = n.detach().numpy()
    orders = np.asarray(n)
    if orders.size and (np.any(orders < 0) or np.any(orders != np.floor(orders))):
        raise ValueError(f"the order of polygamma must be whole and not negative, got {n!r}")
    if orders.ndim == 0:
        return _core.polygamma(int(orders), x)
    result = _core.zeros_like(x + _core.as_tensor(0 * orders).to(x.dtype))
    for order in np.unique(orders):
        result = _core.where(_core.as_tensor(orders == order), _core.polygamma(int(order), x), result)
    return result


def sinc(x: Any) -> Variable:
    """sin(pi x) / (pi x), 1 where x is 0."""
    (x,) = operands(x)
    return _core.sinc(x)


def multigammaln(a: Any, d: int) -> Variable:
    """The logarithm of the multivariate gamma function of dimension `d`."""
    (a,) = operands(a)
    return _special.multigammaln(a, d)


def logsumexp(
    a: Any, axis: Axis = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Variable | tuple[Variable, Variable]:
    """log(sum(b * exp(a))), without overflow.

    Args:
        b: factors that broadcast against `a`, also negative ones; where it is 0 `a` does not count.
        return_sign: gives the logarithm of the absolute value of the sum, and its sign; without it a
            negative sum gives nan.
    """
    if b is None:
        (a,) = operands(a)
        total = _core.logsumexp(a, _dims(a, axis), keepdims)
        return (total, _core.ones_like(total.detach())) if return_sign else total
    a, b = _core.broadcast_tensors(*operands(a, b))
    dims = _dims(a, axis)
    counted = _core.where(b == 0, -np.inf, a).detach()
    largest = counted.amax(dims, True) if dims else counted
    largest = _core.where(largest.isfinite(), largest, 0.0)
    lead = a - largest
    hidden = (b == 0) & ~lead.detach().exp().isfinite()
    terms: Variable
    if hidden.any():  # what does not count may not make NaN of 0 * inf, nor be it
        largest_float = float(np.finfo(a.dtype.type).max)
        terms = b * _core.where(hidden, largest_float, _core.where(hidden, 0.0, lead).exp())
    else:
        terms = b * lead.exp()
    terms = terms.sum(dims, keepdims) if dims else terms
    largest = largest if keepdims or not dims else largest.squeeze(dims)
    if return_sign:
        return terms.abs().log() + largest, terms.detach().sign()
    total = terms.log() + largest
    return total


def softmax(x: Any, axis: Axis = None) -> Variable:
    """exp(x) / sum(exp(x)), over all elements or along one or several axes."""
    (x,) = operands(x)
    if isinstance(axis, int):
        return _core.softmax(x, axis)
    return log_softmax(x, axis).exp()


def log_softmax(x: Any, axis: Axis = None) -> Variable:
    """The logarithm of softmax, to full precision where softmax is 0."""
    (x,) = operands(x)
    if isinstance(axis, int):
        return _core.log_softmax(x, axis)
    result: Variable = x - _core.logsumexp(x, _dims(x, axis), True)
    return result


def _dims(x: Variable, axis: Axis) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.dim()))
    return axis if isinstance(axis, tuple) else (axis,)
