"""Functions of matrices and solvers on Variables, by the names and arguments of scipy.linalg.

Here is what numpy.linalg, whose functions take Variables too, does not have. The derivatives are of every
order.

>>> from tapegrad.scipy import linalg
>>> a = tg.tensor([[4.0, 0.0], [0.0, 9.0]], requires_grad=True)
>>> linalg.sqrtm(a).trace().backward()
>>> a.grad
tensor([[0.2500, 0.0000],
        [0.0000, 0.1667]])
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import scipy.linalg as la

from .. import _core
from .. import linalg as _linalg
from .._core import Variable
from ..autograd.function import Function
from ..linalg import LinAlgError
from ._elementwise import operands

_Trans: TypeAlias = Literal[0, 1, 2, "N", "T", "C"]
Factor: TypeAlias = tuple[Variable, bool]


def _square(a: Variable, name: str) -> Variable:
    if a.dim() != 2 or a.shape[0] != a.shape[1]:
        raise ValueError(f"{name} must be a square matrix, and has shape {tuple(a.shape)}")
    return a


def expm(A: Any) -> Variable:
    """The exponential of a square matrix, or of each of a stack of them."""
    (a,) = operands(A)
    return _linalg.matrix_exp(a)


class _SquareRoot(Function):
    """Its derivative d is the solution of R d + d R = dA."""

    @staticmethod
    def forward(ctx: Any, a: Variable) -> Variable:
        root = la.sqrtm(a.numpy())
        if np.iscomplexobj(root):
            raise ValueError("this matrix has no real square root, and Variables hold no complex numbers")
        result = _core.as_tensor(root).to(a.dtype)
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> Any:
        (root,) = ctx.saved_tensors
        return solve_sylvester(root.mT, root.mT, gradient)


def sqrtm(A: Any) -> Variable:
    """The principal square root of a matrix: R R = A. Raises ValueError where it is not real."""
    (a,) = operands(A)
    result: Variable = _SquareRoot.apply(_square(a, "A"))
    return result


class _Sylvester(Function):
    @staticmethod
    def forward(ctx: Any, a: Variable, b: Variable, q: Variable) -> Variable:
        result = _core.as_tensor(la.solve_sylvester(a.numpy(), b.numpy(), q.numpy())).to(a.dtype)
        ctx.save_for_backward(a, b, result)
        return result

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> Any:
        a, b, x = ctx.saved_tensors
        by_q = solve_sylvester(a.mT, b.mT, gradient)
        return -by_q @ x.mT, -x.mT @ by_q, by_q


def solve_sylvester(a: Any, b: Any, q: Any) -> Variable:
    """The solution X of ``a X + X b = q``. Raises LinAlgError where a and -b have an eigenvalue in common."""
    a, b, q = operands(a, b, q)
    if q.shape != (_square(a, "a").shape[0], _square(b, "b").shape[0]):
        raise ValueError(f"q must have shape {(a.shape[0], b.shape[0])}, and has {tuple(q.shape)}")
    result: Variable = _Sylvester.apply(a, b, q)
    return result


def solve_triangular(
    a: Any, b: Any, trans: _Trans = 0, lower: bool = False, unit_diagonal: bool = False
) -> Variable:
    """The solution x of ``a x = b``, with `trans` of ``a^T x = b``, for a triangular matrix.

    Only the one triangle of `a` is read. Raises LinAlgError where there is a 0 on the diagonal.
    """
    a, b = operands(a, b)
    _square(a, "a")
    if not unit_diagonal and (a.diagonal() == 0).any():
        raise LinAlgError("the matrix is singular: there is a 0 on its diagonal")
    if trans not in (0, "N"):
        a, lower = a.mT, not lower
    columns = b[:, None] if b.dim() == 1 else b
    result = _linalg.solve_triangular(a, columns, upper=not lower, unitriangular=unit_diagonal)
    return result[:, 0] if b.dim() == 1 else result


def cholesky(a: Any, lower: bool = False) -> Variable:
    """The triangular factor U of ``U^T U = a``, or L of ``L L^T = a``, of a symmetric positive definite
    matrix. Raises LinAlgError where it is not positive definite."""
    (a,) = operands(a)
    return _linalg.cholesky(a, upper=not lower)


def cho_factor(a: Any, lower: bool = False) -> Factor:
    """What cho_solve() takes: cholesky(), and which triangle it is."""
    return cholesky(a, lower), lower


def cho_solve(c_and_lower: Factor, b: Any) -> Variable:
    """The solution x of ``a x = b`` by the factor of `a` that cho_factor() gives."""
    c, lower = c_and_lower
    half = solve_triangular(c, b, "N" if lower else "T", lower)
    return solve_triangular(c, half, "T" if lower else "N", lower)


def _shifted(row: Variable, by: int) -> Variable:
    """The elements moved on by so many places, or back, zeros in their stead."""
    rest = row[: max(len(row) - by, 0)] if by >= 0 else row[-by:]
    zeros = _core.zeros(len(row) - len(rest), *row.shape[1:], dtype=row.dtype)
    return _core.cat([zeros, rest] if by >= 0 else [rest, zeros])


class _Banded(Function):
    @staticmethod
    def forward(ctx: Any, ab: Variable, b: Variable, below: int, above: int) -> Variable:
        result = _core.as_tensor(la.solve_banded((below, above), ab.numpy(), b.numpy())).to(ab.dtype)
        ctx.save_for_backward(ab, result)
        ctx.below, ctx.above = below, above
        return result

    @staticmethod
    def backward(ctx: Any, gradient: Variable) -> Any:
        ab, x = ctx.saved_tensors
        below, above = ctx.below, ctx.above
        offsets = range(-above, below + 1)  # of the diagonals that the rows of ab hold, from the top
        transposed = _core.stack([_shifted(row, k) for row, k in zip(ab, offsets, strict=True)][::-1])
        by_b = solve_banded((above, below), transposed, gradient)
        by_ab = None
        if ctx.needs_input_grad[0]:
            rows = [-_shifted(by_b, -k) * x for k in offsets]
            by_ab = _core.stack([row if x.dim() == 1 else row.sum(1) for row in rows])
        return by_ab, by_b, None, None


def solve_banded(l_and_u: tuple[int, int], ab: Any, b: Any) -> Variable:
    """The solution x of ``a x = b`` for a matrix whose nonzero diagonals are the rows of `ab`.

    There are ``l_and_u`` of them below and above the main one: ``ab[u + i - j, j] == a[i, j]``.
    """
    below, above = (int(n) for n in l_and_u)
    ab, b = operands(ab, b)
    if ab.dim() != 2 or ab.shape[0] != below + above + 1:
        raise ValueError(f"ab must have {below + above + 1} rows, and has shape {tuple(ab.shape)}")
    result: Variable = _Banded.apply(ab, b, below, above)
    return result


__all__ = [
    "cho_factor",
    "cho_solve",
    "cholesky",
    "expm",
    "solve_banded",
    "solve_sylvester",
    "solve_triangular",
    "sqrtm",
]
