#pragma once
// Factorisations of one matrix: LAPACK's where it is small; where it is large in blocks of columns, whose effect on the
// other columns is worked out in strips by several threads. What is cut where depends on sizes alone, and so do bits.
//
// Matrices are in columns, packed. Instantiated for float and double.

#include "core/tensor.h"
#include "kernels/lapack.h"

namespace tapegrad::kernels::factorisations {

/// The upper triangle u, where a is u^T u, over that of a. Returns 0, or the order of the leading minor that is not
/// positive. What is below the diagonal is left undefined. Golub and Van Loan, Matrix Computations, 4.2.
template <class T>
lapack::Int cholesky(Index n, T* a);

/// a = p l u over a, with the swaps of rows, counted from 1, as LAPACK's getrf. Returns 0, or the first pivot that is
/// 0. Golub and Van Loan, 3.4.
template <class T>
lapack::Int lu(Index m, Index n, T* a, lapack::Int* pivots);

/// The inverse over what lu() gave of a square matrix that has one, as LAPACK's getri; of a large one it is solved for
/// in strips of the identity's columns. `work` is for matrices of one size.
template <class T>
void inverse(Index n, T* a, const lapack::Int* pivots, lapack::Workspace<T>& work);

/// b = op(a)^-1 b, or b op(a)^-1 from the right, of a triangular a, as BLAS's trsm, but with almost all of the work in
/// products of matrices, of which BLAS makes several times as many in a second: Golub and Van Loan, 3.1.4.
template <class T>
void solve_triangular(char side, char uplo, char trans, char unit, Index m, Index n, const T* a, Index lda, T* b,
                      Index ldb);

/// The columns of b solved for: by lu() and its pivots, as LAPACK's getrs, and by cholesky(), as potrs.
template <class T>
void lu_solve(char trans, Index n, Index columns, const T* lu, const lapack::Int* pivots, T* b);
template <class T>
void cholesky_solve(char uplo, Index n, Index columns, const T* a, T* b);

/// Over a its reflectors and r, and `tau`, as LAPACK's geqrf. Golub and Van Loan, 5.2. `work` is for matrices of one
/// size.
template <class T>
void qr(Index m, Index n, T* a, T* tau, lapack::Workspace<T>& work);

/// The first n columns of the product of k reflectors in the columns of a, over a, as LAPACK's orgqr.
template <class T>
void reflectors_product(Index m, Index n, Index k, T* a, const T* tau, lapack::Workspace<T>& work);

}  // namespace tapegrad::kernels::factorisations
