#pragma once
// LAPACK over batches of matrices, split over threads by the batch.
//
// A packed batch has its matrices one after another, each column-major: columns() makes one. Everything here takes and
// writes packed batches, float32 or float64, unless it says otherwise; `info` (int32, one number a matrix) is 0 for
// success, else what LAPACK says. Leading dimensions of a batch may be any, also none.

#include "core/tensor.h"

namespace tapegrad::kernels {

/// A new packed batch, not initialised; the shape's last two sizes are rows and columns.
TensorRef new_columns(DType dtype, const Dims& shape);
/// A packed copy of a batch of matrices in any layout.
TensorRef columns(const Tensor& x);

/// A = L L^T. In: symmetric, of which the lower triangle is read, row-major. Out: L, row-major, with zeros above.
/// info: the order of the leading minor that is not positive.
void cholesky(Tensor& a, Tensor& info);
/// Row-major, each matrix to its inverse. info: the pivot that is zero.
void inverse(Tensor& a, Tensor& info);
/// A = P L U, packed into one array. pivots: int32, the row (from 1) that each row was swapped with.
void lu_factor(Tensor& a, Tensor& pivots, Tensor& info);
/// x: in, B; out, the solution of A X = B, or of A^T X = B, given the factors of A.
void lu_solve(Tensor& x, const Tensor& lu, const Tensor& pivots, bool transposed);
/// x: in, B; out, the solution of A X = B, given A = L L^T, or U^T U with `upper`.
void cholesky_solve(Tensor& x, const Tensor& l, bool upper);
/// x: in, B; out, the solution of A X = B (left) or X A = B for a triangular A, of which only that triangle is read.
void triangular_solve(Tensor& x, const Tensor& a, bool left, bool upper, bool unit);
/// A = Q R as reflectors: R on and above the diagonal, the reflectors below it, their factors in tau.
void qr_factor(Tensor& a, Tensor& tau);
/// The first columns (as many as a has) of the product of the reflectors in a.
void qr_product(Tensor& a, const Tensor& tau);
/// x becomes Q x (left) or x Q, or with `transposed` Q^T instead of Q, the product of the reflectors in a.
void reflect(Tensor& x, const Tensor& a, const Tensor& tau, bool left, bool transposed);
/// The eigenvalues, ascending, of symmetric matrices, of which one triangle is read; a becomes the eigenvectors.
void eigh(Tensor& a, Tensor& values, bool upper, bool vectors, Tensor& info);
/// A = U diag(S) Vh; a is destroyed. Without vectors u and vh are not written. info > 0: no convergence, -4: NaN or
/// inf.
void svd(Tensor& a, Tensor& s, Tensor* u, Tensor* vh, Tensor& info);
/// LAPACK's drivers: by QR, by QR with pivots, and by singular values.
enum class LeastSquares : std::uint8_t { Gels, Gelsy, Gelsd, Gelss };
/// The first rows of b, which has as many rows as the greater size of a, become the X of least |A X - B|; the sums of
/// the squares of those after A's rank are the residuals. a is destroyed. rank (int64) and s are null for a driver
/// without them. info as that of svd(), or the zero on the diagonal of R.
void least_squares(Tensor& a, Tensor& b, LeastSquares driver, double rcond, Tensor* rank, Tensor* s, Tensor& info);
/// a becomes its exponential; in rows or in columns, which is the same for the transposed matrices.
void matrix_exp(Tensor& a);

}  // namespace tapegrad::kernels
