"""numpy.linalg: solutions, factorisations, norms; batched as NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import linalg as tg
from .._core import Variable, cat, take_along_dim, where
from ..autograd.function import Function
from .convert import as_variable, axes_of, constant, floating, given, operands, values_of
from .registry import constant_result, differentiable


def _square(a: Any) -> Variable:
    x = floating(a)
    if x.dim() < 2:
        raise np.linalg.LinAlgError(
            f"{x.dim()}-dimensional array given. Array must be at least two-dimensional"
        )
    if x.shape[-1] != x.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    return x


@differentiable("linalg.det")
def det(a: Any) -> Variable:
    return tg.det(_square(a))


@differentiable("linalg.slogdet")
def slogdet(a: Any) -> Any:
    return tg.slogdet(_square(a))


@differentiable("linalg.inv")
def inv(a: Any) -> Variable:
    return tg.inv(_square(a))


@differentiable("linalg.solve")
def solve(a: Any, b: Any) -> Variable:
    x, y = operands(_square(a), floating(b))
    if y.dim() == 1:
        return tg.solve(x, y.unsqueeze(-1)).squeeze(-1)
    batch = np.broadcast_shapes(tuple(x.shape[:-2]), tuple(y.shape[:-2]))
    return tg.solve(x.expand(*batch, *x.shape[-2:]), y.expand(*batch, *y.shape[-2:]))


@differentiable("linalg.cholesky")
def cholesky(a: Any, /, *, upper: bool = False) -> Variable:
    return tg.cholesky(_square(a), upper=upper)


@differentiable("linalg.qr")
def qr(a: Any, mode: str = "reduced") -> Any:
    if mode == "r":
        return tg.qr(floating(a), "reduced")[1]
    if mode not in ("reduced", "complete"):
        raise TypeError(
            f"numpy.linalg.qr of Variables does not take mode={mode!r}; use 'reduced' or 'complete'"
        )
    return tg.qr(floating(a), mode)


def _from_triangle(a: Any, UPLO: str) -> Variable:
    """The symmetric matrix of which NumPy reads one triangle: the other one has no part in the result."""
    if UPLO.upper() not in ("L", "U"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    x = _square(a)
    if UPLO.upper() == "L":
        return x.tril() + x.tril(-1).swapaxes(-1, -2)
    return x.triu() + x.triu(1).swapaxes(-1, -2)


@differentiable("linalg.eigh")
def eigh(a: Any, UPLO: str = "L") -> Any:
    return tg.eigh(_from_triangle(a, UPLO), UPLO)  # which triangle LAPACK reads decides on signs


@differentiable("linalg.eigvalsh")
def eigvalsh(a: Any, UPLO: str = "L") -> Variable:
    return tg.eigvalsh(_from_triangle(a, UPLO), UPLO)


class _Undetermined(Function):
    """Singular vectors beyond the singular values: any basis of what is left would do; there is no slope."""

    @staticmethod
    def forward(ctx: Any, x: Variable, vectors: Variable) -> Variable:
        return vectors.clone()

    @staticmethod
    def backward(ctx: Any, grad: Variable) -> tuple[None, None]:
        if bool((grad.detach() != 0).any()):
            raise RuntimeError(
                "numpy.linalg.svd: with full_matrices=True the vectors beyond the singular values have no "
                "derivative, and the result depends on them: pass full_matrices=False"
            )
        return None, None


def _completed(x: Variable, part: Variable, whole: Variable, dim: int) -> Variable:
    count = part.shape[dim]
    if whole.shape[dim] == count:
        return part
    rest = whole.narrow(dim, count, whole.shape[dim] - count)
    return cat([part, _Undetermined.apply(x, rest)], dim)


def _from_eigenvalues(x: Variable, compute_uv: bool) -> Any:
    """The singular values of a symmetric matrix, which are its eigenvalues but for their signs."""
    if not compute_uv:
        return abs(tg.eigvalsh(x)).sort(-1, descending=True)[0]
    values, vectors = tg.eigh(x)
    order = abs(values.detach()).argsort(-1, descending=True)
    values = take_along_dim(values, order, -1)
    u = take_along_dim(vectors, order.unsqueeze(-2), -1)
    vh = (u * where(values.detach() < 0, -1.0, 1.0).unsqueeze(-2)).swapaxes(-1, -2)
    return type(tg.svd(x.detach()))((u, abs(values), vh))


@differentiable("linalg.svd")
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    if hermitian:
        return _from_eigenvalues(_from_triangle(a, "L"), compute_uv)
    x = floating(a)
    if not compute_uv:
        return tg.svdvals(x)
    if not (full_matrices and x.requires_grad and x.shape[-1] != x.shape[-2]):
        return tg.svd(x, full_matrices=full_matrices)
    u, s, vh = tg.svd(x, full_matrices=False)
    whole = tg.svd(x.detach(), full_matrices=True)
    return type(whole)((_completed(x, u, whole[0], -1), s, _completed(x, vh, whole[2], -2)))


@differentiable("linalg.svdvals")
def svdvals(x: Any, /) -> Variable:
    return tg.svdvals(floating(x))


@differentiable("linalg.pinv")
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Variable:
    x = floating(a)
    cut = rcond if rcond is not None else rtol
    if cut is None:
        cut = 1e-15 if rtol is None else max(x.shape[-2:]) * np.finfo(float).eps
    cut = float(values_of(cut)) if np.ndim(values_of(cut)) == 0 else as_variable(cut, x.dtype)
    return tg.pinv(x, rtol=cut, hermitian=hermitian)


class LeastSquares(Function):
    """The x of least length for which |a x - b| is least; the derivative is that for a constant rank."""

    @staticmethod
    def forward(ctx: Any, a: Variable, b: Variable, rcond: float | None) -> Variable:
        x = as_variable(np.linalg.lstsq(a.detach().numpy(), b.detach().numpy(), rcond)[0])
        ctx.save_for_backward(a, b, x)
        ctx.rcond = rcond
        return x

    @staticmethod
    def backward(ctx: Any, grad: Variable) -> Any:
        a, b, x = ctx.saved_tensors

        def solve(matrix: Variable, columns: Variable) -> Variable:
            return LeastSquares.apply(matrix, columns, ctx.rcond)  # type: ignore[no-any-return]

        by_b = solve(a.T, grad)
        beyond = grad - a.T @ by_b  # what of it lies in the null space of a
        by_a = (b - a @ x) @ solve(a, by_b).T - by_b @ x.T + solve(a.T, x) @ beyond.T
        return by_a, by_b, None


@differentiable("linalg.lstsq")
def lstsq(a: Any, b: Any, rcond: float | None = None) -> tuple[Variable, Variable, int, Variable]:
    """Solution, squared residuals (none for what is not overdetermined), rank, singular values."""
    x, y = operands(floating(a), floating(b))
    rows, columns = x.shape
    singular = tg.svdvals(x)
    values = singular.detach().numpy()
    eps = np.finfo(values.dtype).eps
    cut = eps * max(rows, columns) if rcond is None else rcond if rcond >= 0 else eps
    rank = int((values > cut * values.max(initial=0)).sum())
    matrix = y if y.dim() == 2 else y.unsqueeze(-1)
    solution = LeastSquares.apply(x, matrix, rcond)
    rest = ((matrix - x @ solution) ** 2).sum(0)
    residuals = rest if rank == columns and rows > columns else rest[:0]
    return (solution if y.dim() == 2 else solution.squeeze(-1)), residuals, rank, singular


@differentiable("linalg.matrix_power")
def matrix_power(a: Any, n: int) -> Variable:
    x = as_variable(a)
    if not x.is_floating_point():
        return constant(np.linalg.matrix_power, x, n)  # type: ignore[no-any-return]
    return tg.matrix_power(_square(x), n)


@differentiable("linalg.multi_dot")
def multi_dot(arrays: Any, *, out: Any = None) -> Variable:
    parts = operands(*arrays)
    return tg.multi_dot(parts) if out is None else out.copy_(tg.multi_dot(parts))


@differentiable("linalg.tensorsolve")
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Variable:
    x, y = operands(floating(a), floating(b))
    return tg.tensorsolve(x, y, None if axes is None else axes_of(axes, x.dim()))


@differentiable("linalg.tensorinv")
def tensorinv(a: Any, ind: int = 2) -> Variable:
    return tg.tensorinv(floating(a), ind)


# --- norms


@differentiable("linalg.norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Variable:
    v = floating(x)
    if axis is None and ord is None:
        result = tg.vector_norm(v.reshape(-1))
        return result.reshape(*(1,) * v.dim()) if keepdims else result
    axes = axes_of(axis, v.dim())
    if len(axes) == 1:
        return _vector_norm(v, 2 if ord is None else ord, axes, keepdims)
    if len(axes) == 2:
        return tg.matrix_norm(v, "fro" if ord is None else ord, axes, keepdims)
    raise ValueError("Improper number of dimensions to norm.")


def _vector_norm(v: Variable, ord: Any, axes: Any, keepdims: bool) -> Variable:
    if isinstance(ord, str):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if ord == 0:
        return (v.detach() != 0).to(v.dtype).sum(axes, keepdims)
    return tg.vector_norm(v, ord, axes, keepdims)


@differentiable("linalg.vector_norm")
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Variable:
    v = floating(x)
    return _vector_norm(v, ord, axes_of(axis, v.dim()), keepdims) if v.dim() else abs(v)


@differentiable("linalg.matrix_norm")
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Variable:
    return tg.matrix_norm(floating(x), ord, (-2, -1), keepdims)


@differentiable("linalg.cond")
def cond(x: Any, p: Any = None) -> Variable:
    v = floating(x)
    if p is None or p in (2, -2):
        s = tg.svdvals(v)
        ratio = s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
        return where(ratio.detach().isnan(), np.inf, ratio) if ratio.detach().isnan().any() else ratio
    inverse, info = tg.inv_ex(_square(v))
    condition = matrix_norm(v, ord=p) * matrix_norm(inverse, ord=p)
    return where(info != 0, np.inf, condition) if info.any() else condition


@constant_result("linalg.matrix_rank")
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Variable:
    options = {"rtol": values_of(rtol)} if given(rtol) else {}
    return as_variable(np.linalg.matrix_rank(values_of(A), values_of(tol), hermitian, **options))
