#pragma once
// Linear algebra over batches of matrices. Contracts are those of PyTorch's functions of these names (torch.linalg).
// Derivatives: M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation"
// (2008); S. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions with application in
// optimum experimental design" (2010); M. Seeger et al., "Auto-differentiating linear algebra" (2017).

#include <array>
#include <string>

#include "ops/ops.h"

namespace tapegrad {

/// A result and, for each matrix, 0 or what LAPACK found (int32).
struct Checked {
  Variable value;
  Variable info;
};
/// Raises LinAlgError, naming batch element and number, unless all is 0; `text` follows the number in the message.
void check_info(const char* function, const Variable& info, const char* before, const char* after);

/// Raise Error unless x is floating and its last two dimensions are matrices, or square ones.
void check_matrices(const char* function, const Variable& x);
void check_square(const char* function, const Variable& x);

Checked cholesky_ex(const Variable& a, bool upper);
Variable cholesky(const Variable& a, bool upper);
Checked inv_ex(const Variable& a);
Variable inv(const Variable& a);
Checked solve_ex(const Variable& a, const Variable& b, bool left = true);
Variable solve(const Variable& a, const Variable& b, bool left = true);
Variable solve_triangular(const Variable& a, const Variable& b, bool upper, bool left = true, bool unit = false);
Variable det(const Variable& a);
/// The sign of the determinant and the logarithm of its magnitude.
std::array<Variable, 2> slogdet(const Variable& a);
Variable logdet(const Variable& a);

enum class QrMode : std::uint8_t { Reduced, Complete, R };
std::array<Variable, 2> qr(const Variable& a, QrMode mode);
/// Eigenvalues, ascending, and eigenvectors of symmetric matrices, of which one triangle is read.
std::array<Variable, 2> eigh(const Variable& a, bool upper = false);
Variable eigvalsh(const Variable& a, bool upper = false);
/// U, S, Vh.
std::array<Variable, 3> svd(const Variable& a, bool full = false);
Variable svdvals(const Variable& a);
/// Singular values at or below max(atol, rtol * the greatest) count as zero; the default rtol is eps * max(m, n), or 0
/// where an atol above 0 is given.
Variable pinv(const Variable& a, const std::optional<Operand>& atol, const std::optional<Operand>& rtol,
              bool hermitian);

/// The gradient of A, given A^+ and its gradient.
Variable pinv_gradient(const Variable& a, const Variable& p, const Variable& g);

/// X of least |A X - B|, residuals, ranks, singular values; the latter three are empty where the driver has none.
std::array<Variable, 4> lstsq(const Variable& a, const Variable& b, std::optional<double> rcond,
                              const std::optional<std::string>& driver);

Variable matrix_power(const Variable& a, Index n);

/// exp(A).
Variable matrix_exp(const Variable& a);

// --- LU: A = P L U, of matrices of any shape
// --------------------------------------------------------------------------
/// L below the diagonal, U on and above it; the row, from 1, that each row was swapped with (int32); the pivot that is
/// 0.
struct LuFactors {
  Variable lu, pivots, info;
};
LuFactors lu_factor_ex(const char* function, const Variable& a, bool pivot = true);
LuFactors lu_factor(const char* function, const Variable& a, bool pivot = true);
/// P, L, U.
std::array<Variable, 3> lu(const Variable& a, bool pivot = true);
/// P, L, U of packed factors; what is not asked for is empty.
std::array<Variable, 3> lu_unpack(const Variable& lu, const Variable& pivots, bool data = true,
                                  bool with_pivots = true);
/// P, which swaps `rows` rows.
Variable permutation(const Variable& pivots, Index rows, DType dtype);
Variable lu_solve(const Variable& lu, const Variable& pivots, const Variable& b, bool left = true,
                  bool adjoint = false);

// --- triangular matrices and the factors of Cholesky
// ------------------------------------------------------------------
/// Raises Error unless b fits a in A X = B (left) or X A = B.
void check_sides(const char* function, const Variable& a, const Variable& b, bool left);
/// The solution, and a copy of a.
std::array<Variable, 2> triangular_solve(const Variable& b, const Variable& a, bool upper, bool transpose, bool unit);
Variable cholesky_solve(const Variable& b, const Variable& l, bool upper = false);
Variable cholesky_inverse(const Variable& l, bool upper = false);

// --- products of reflectors
// -------------------------------------------------------------------------------------------
/// The first columns of Q, as many as a has.
Variable householder_product(const Variable& a, const Variable& tau);
/// Q other (left) or other Q, or with `transposed` Q^T instead of Q.
Variable ormqr(const Variable& a, const Variable& tau, const Variable& other, bool left = true,
               bool transposed = false);
/// R on and above the diagonal, the reflectors below it; their factors.
std::array<Variable, 2> geqrf(const Variable& a);

// --- norms: of order "fro", "nuc", or 1, 2, infinity, or one of these with a minus
Variable matrix_norm(const Variable& a, double order, const Dims& dims, bool keepdim, std::optional<DType> dtype = {});
Variable matrix_norm(const Variable& a, const std::string& order, const Dims& dims, bool keepdim,
                     std::optional<DType> dtype = {});
/// |A| |A^-1|; with order 2 the greatest singular value by the least, with -2 the inverse of that.
Variable cond(const Variable& a, double order);
Variable cond(const Variable& a, const std::string& order);

// --- others
// -----------------------------------------------------------------------------------------------------------
/// What counts as zero is at most max(absolute, relative * the greatest); of a batch, with a last dimension of size 1.
struct Tolerances {
  Value absolute, relative;
};
Tolerances tolerances(const Variable& a, const std::optional<Operand>& atol, const std::optional<Operand>& rtol);
Variable matrix_rank(const Variable& a, const std::optional<Operand>& atol, const std::optional<Operand>& rtol,
                     bool hermitian);
/// Distances of order p between the rows of x and y; of order 2 by a product of matrices, or exactly, or whichever
/// suits.
Variable cdist(const Variable& x, const Variable& y, double p, std::optional<bool> by_product);
/// Those of each pair of rows of a matrix.
Variable pdist(const Variable& x, double p);
/// Norms of the last dimension of x - y + eps; and the cosine of the angle between vectors, whose lengths count as eps
/// at least.
Variable pairwise_distance(const Variable& x, const Variable& y, double p, double eps, bool keepdim);
Variable cosine_similarity(const Variable& x, const Variable& y, Index dim, double eps);
/// Powers 0, 1, ... n - 1 along a new last dimension; and the older form, of a vector, descending.
Variable vander(const Variable& x, std::optional<Index> n);
Variable vander(const Variable& x, std::optional<Index> n, bool increasing);
Variable vecdot(const Variable& x, const Variable& y, Index dim = -1);
Variable tensorinv(const Variable& a, Index ind = 2);
Variable tensorsolve(const Variable& a, const Variable& b, const Dims& dims = {});

}  // namespace tapegrad
