"""A part of the compiled module. Written by tools/stubs.py: change the tables there, not this file."""

import builtins
from collections.abc import Sequence
from typing import overload

from . import Variable, _Dims, _DType, _Input, _Number, _Operand

def cholesky(
    A: _Input, *, upper: builtins.bool = False, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def cholesky_ex(
    A: _Input,
    *,
    upper: builtins.bool = False,
    check_errors: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def cond(
    A: _Input, p: str | _Number | None = None, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def cross(
    input: _Input,
    other: _Operand,
    *,
    dim: builtins.int | None = -1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def cross(
    input: _Input,
    other: _Operand,
    *,
    axis: builtins.int | None = -1,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def det(A: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def diagonal(
    A: _Input, *, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1
) -> Variable: ...
def eigh(
    A: _Input, UPLO: str = "L", *, out: Variable | Sequence[Variable] | None = None
) -> tuple[Variable, ...]: ...
def eigvalsh(A: _Input, UPLO: str = "L", *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def householder_product(
    input: _Input, tau: _Input, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def inv(A: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def inv_ex(
    A: _Input, *, check_errors: builtins.bool = False, out: Variable | Sequence[Variable] | None = None
) -> tuple[Variable, ...]: ...
def lstsq(
    input: _Input,
    b: _Input,
    rcond: _Number | None = None,
    *,
    driver: str | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def lu(
    A: _Input, *, pivot: builtins.bool = True, out: Variable | Sequence[Variable] | None = None
) -> tuple[Variable, ...]: ...
def lu_factor(
    A: _Input, *, pivot: builtins.bool = True, out: Variable | Sequence[Variable] | None = None
) -> tuple[Variable, ...]: ...
def lu_factor_ex(
    A: _Input,
    *,
    pivot: builtins.bool = True,
    check_errors: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def lu_solve(
    LU: _Input,
    pivots: _Input,
    B: _Input,
    *,
    left: builtins.bool = True,
    adjoint: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def matmul(input: _Input, other: _Input, *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
def matrix_exp(A: _Input) -> Variable: ...
@overload
def matrix_norm(
    A: _Input,
    ord: str | _Number | None = "fro",
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def matrix_norm(
    A: _Input,
    ord: str | _Number | None = "fro",
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def matrix_power(
    A: _Input, n: builtins.int, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def matrix_rank(
    A: _Input,
    tol: _Operand | None = None,
    hermitian: builtins.bool = False,
    *,
    atol: _Operand | None = None,
    rtol: _Operand | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def multi_dot(tensors: Sequence[_Input], *, out: Variable | Sequence[Variable] | None = None) -> Variable: ...
@overload
def norm(
    A: _Input,
    ord: str | _Number | None = None,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def norm(
    A: _Input,
    ord: str | _Number | None = None,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def pinv(
    A: _Input,
    rcond: _Operand | None = None,
    hermitian: builtins.bool = False,
    *,
    atol: _Operand | None = None,
    rtol: _Operand | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def qr(
    A: _Input, mode: str = "reduced", *, out: Variable | Sequence[Variable] | None = None
) -> tuple[Variable, ...]: ...
def slogdet(A: _Input, *, out: Variable | Sequence[Variable] | None = None) -> tuple[Variable, ...]: ...
def solve(
    A: _Input, B: _Input, *, left: builtins.bool = True, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def solve_ex(
    A: _Input,
    B: _Input,
    *,
    left: builtins.bool = True,
    check_errors: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def solve_triangular(
    A: _Input,
    B: _Input,
    *,
    upper: builtins.bool,
    left: builtins.bool = True,
    unitriangular: builtins.bool = False,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
def svd(
    A: _Input,
    full_matrices: builtins.bool = True,
    *,
    driver: str | None = None,
    out: Variable | Sequence[Variable] | None = None,
) -> tuple[Variable, ...]: ...
def svdvals(
    A: _Input, *, driver: str | None = None, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def tensorinv(
    A: _Input, ind: builtins.int = 2, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def tensorsolve(
    A: _Input, B: _Input, dims: _Dims | None = None, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def tensorsolve(
    A: _Input, B: _Input, axis: _Dims | None = None, *, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
def vander(x: _Input, *, N: builtins.int | None = None) -> Variable: ...
@overload
def vecdot(
    x: _Input, y: _Input, *, dim: builtins.int = -1, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def vecdot(
    x: _Input, y: _Input, *, axis: builtins.int = -1, out: Variable | Sequence[Variable] | None = None
) -> Variable: ...
@overload
def vector_norm(
    x: _Input,
    ord: _Number = 2,
    dim: _Dims | None = None,
    keepdim: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
@overload
def vector_norm(
    x: _Input,
    ord: _Number = 2,
    axis: _Dims | None = None,
    keepdims: builtins.bool = False,
    *,
    dtype: _DType = None,
    out: Variable | Sequence[Variable] | None = None,
) -> Variable: ...
