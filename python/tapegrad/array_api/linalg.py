"""The standard's linear algebra extension: of matrices in the last two axes, batched over the others."""

from __future__ import annotations

import builtins
from typing import Any, Literal, NamedTuple

from .. import _core as tg
from .. import linalg as own
from .._core import Variable
from ._common import Axis, DType, axes_of, offset_within, one_axis, promoted
from .linear_algebra import matmul, matrix_transpose, tensordot, vecdot
from .statistical import sum as _sum


class EighResult(NamedTuple):
    """What eigh() gives."""

    eigenvalues: Variable
    eigenvectors: Variable


class QRResult(NamedTuple):
    """What qr() gives."""

    Q: Variable
    R: Variable


class SlogdetResult(NamedTuple):
    """What slogdet() gives."""

    sign: Variable
    logabsdet: Variable


class SVDResult(NamedTuple):
    """What svd() gives."""

    U: Variable
    S: Variable
    Vh: Variable


def _check_matrices(name: str, x: Variable) -> None:
    if x.ndim < 2:
        raise ValueError(f"{name}() is of at least two dimensions, not {x.ndim}")


def cholesky(x: Variable, /, *, upper: builtins.bool = False) -> Variable:
    """The lower-triangular L of x = L @ L.mT, for positive-definite x; with `upper` its transpose.

    Raises LinAlgError for other matrices.
    """
    return own.cholesky(x, upper=upper)


def cross(x1: Variable, x2: Variable, /, *, axis: int = -1) -> Variable:
    """Cross products along an axis of size 3, counted from the end; the others broadcast."""
    x1, x2 = promoted(x1, x2)
    if not -min(x1.ndim, x2.ndim) <= axis < 0:
        axis = one_axis(axis, min(x1.ndim, x2.ndim)) - max(x1.ndim, x2.ndim)
    if x1.shape[axis] != 3 or x2.shape[axis] != 3:
        raise ValueError(f"cross(): both arrays must have three elements along axis {axis}")
    x1, x2 = tg.broadcast_tensors(x1, x2)
    return own.cross(x1, x2, dim=axis)


def det(x: Variable, /) -> Variable:
    """Determinants."""
    return own.det(x)


def diagonal(x: Variable, /, *, offset: int = 0) -> Variable:
    """The diagonals, `offset` to the right of the main one, as the last axis; without a copy."""
    _check_matrices("diagonal", x)
    return own.diagonal(x, offset=offset_within(offset, *x.shape[-2:]))


def eigh(x: Variable, /) -> EighResult:
    """(eigenvalues, eigenvectors) of symmetric matrices, ascending."""
    values, vectors = own.eigh(x)
    return EighResult(values, vectors)


def eigvalsh(x: Variable, /) -> Variable:
    """Eigenvalues of symmetric matrices, ascending."""
    return own.eigvalsh(x)


def inv(x: Variable, /) -> Variable:
    """Inverses. Raises LinAlgError for singular matrices."""
    return own.inv(x)


def matrix_norm(
    x: Variable,
    /,
    *,
    keepdims: builtins.bool = False,
    ord: float | Literal["fro", "nuc"] | None = "fro",
) -> Variable:
    """Norms of order 'fro', 'nuc', 1, -1, 2, -2, inf or -inf."""
    _check_matrices("matrix_norm", x)
    return own.matrix_norm(x, "fro" if ord is None else ord, keepdim=keepdims)


def matrix_power(x: Variable, n: int, /) -> Variable:
    """x @ x @ ... of n factors; of the inverse for negative n."""
    return own.matrix_power(x, n)


def _tolerance(x: Variable, rtol: Any) -> Any:
    """`rtol`, by default the greater size times the dtype's epsilon."""
    if rtol is None:
        epsilon = 2.0**-23 if x.dtype is tg.float32 else 2.0**-52
        return max(x.shape[-2:]) * epsilon
    return rtol.to(x.dtype) if isinstance(rtol, Variable) else rtol


def matrix_rank(x: Variable, /, *, rtol: float | Variable | None = None) -> Variable:
    """How many singular values are above rtol (by default max(M, N) * eps) times the greatest; int64."""
    _check_matrices("matrix_rank", x)
    if 0 in x.shape[-2:]:
        return tg.zeros(x.shape[:-2], dtype=tg.int64)
    values = own.svdvals(x.detach())
    limit = _tolerance(x, rtol) * values[..., 0]
    return tg.sum(values > limit.unsqueeze(-1), -1)


def outer(x1: Variable, x2: Variable, /) -> Variable:
    """The products of each element of x1 with each of x2, both of one dimension."""
    if x1.ndim != 1 or x2.ndim != 1:
        raise ValueError(f"outer() is of arrays of one dimension, not {x1.ndim} and {x2.ndim}")
    x1, x2 = promoted(x1, x2)
    return x1.unsqueeze(1) * x2


def pinv(x: Variable, /, *, rtol: float | Variable | None = None) -> Variable:
    """Pseudo-inverses. Singular values up to rtol (max(M, N) * eps) times the greatest count as 0."""
    _check_matrices("pinv", x)
    return own.pinv(x, rtol=_tolerance(x, rtol))


def qr(x: Variable, /, *, mode: Literal["reduced", "complete"] = "reduced") -> QRResult:
    """(Q, R) of x = Q @ R: Q of orthonormal columns, square for 'complete', R upper-triangular."""
    if mode not in ("reduced", "complete"):
        raise ValueError(f"qr(): mode must be 'reduced' or 'complete', not {mode!r}")
    q, r = own.qr(x, mode)
    return QRResult(q, r)


def slogdet(x: Variable, /) -> SlogdetResult:
    """(sign, logabsdet): the signs of the determinants, and the logarithms of their absolute values."""
    sign, logabsdet = own.slogdet(x)
    return SlogdetResult(sign, logabsdet)


def solve(x1: Variable, x2: Variable, /) -> Variable:
    """The X of x1 @ X = x2; x2 is one vector if it has one dimension, else matrices. Raises LinAlgError."""
    _check_matrices("solve", x1)
    x1, x2 = promoted(x1, x2)
    matrices = x2.unsqueeze(1) if x2.ndim == 1 else x2
    # With a dimension less than x1 the library could take them for a batch of vectors.
    matrices = matrices.reshape((1,) * (x1.ndim - matrices.ndim) + tuple(matrices.shape))
    result = own.solve(x1, matrices)
    return result.squeeze(-1) if x2.ndim == 1 else result


def svd(x: Variable, /, *, full_matrices: builtins.bool = True) -> SVDResult:
    """(U, S, Vh) of x = U @ diag(S) @ Vh, S descending; U and Vh square with `full_matrices`."""
    u, s, vh = own.svd(x, full_matrices)
    return SVDResult(u, s, vh)


def svdvals(x: Variable, /) -> Variable:
    """Singular values, descending."""
    return own.svdvals(x)


def trace(x: Variable, /, *, offset: int = 0, dtype: DType | None = None) -> Variable:
    """Sums of the diagonals; of integers int64 or uint64, unless `dtype` is given."""
    return _sum(diagonal(x, offset=offset), axis=-1, dtype=dtype)


def vector_norm(
    x: Variable, /, *, axis: Axis = None, keepdims: builtins.bool = False, ord: float = 2
) -> Variable:
    """Norms of order `ord`, 0 and the infinities included, of the elements over the axes."""
    axes = axes_of(x, axis)
    if axes:
        return own.vector_norm(x, ord, axes, keepdims)
    return (x != 0).to(x.dtype) if ord == 0 else tg.abs(x)


__all__ = [
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "matrix_transpose",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]
