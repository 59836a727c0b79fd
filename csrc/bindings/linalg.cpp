// tapegrad._core._linalg, which tapegrad.linalg shows: PyTorch's torch.linalg; and its older names at the top.

#include "ops/linalg.h"
#include "ops/arranging.h"

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/products.h"
#include "ops/statistics.h"

namespace tapegrad::bindings {
namespace {

PyObject* checked_tuple(const char* function, const char* value, Checked found) {
  return named_tuple<2>({function, {value, "info"}}, {std::move(found.value), std::move(found.info)});
}

PyObject* qr_tuple(const Variable& a, const std::string& mode) {
  if (mode != "reduced" && mode != "complete" && mode != "r")
    fail<Error>("qr received unrecognized mode '", mode,
                "' but expected one of 'reduced' (default), 'r', or 'complete'");
  return named_tuple<2>({"linalg_qr", {"Q", "R"}}, qr(a, mode == "reduced"    ? QrMode::Reduced
                                                         : mode == "complete" ? QrMode::Complete
                                                                              : QrMode::R));
}

bool is_upper(const std::string& uplo) {
  if (uplo.size() == 1 && std::string("uUlL").find(uplo) != std::string::npos) return uplo == "u" || uplo == "U";
  fail<Error>("Expected UPLO argument to be 'L' or 'U', but got ", uplo);
}

/// Raises Error for a way of computing that PyTorch has on other devices.
void check_no_driver(const char* function, PyObject* driver) {
  if (driver != Py_None)
    fail<Error>("linalg.", function, ": keyword argument `driver=` is only supported on CUDA inputs: leave it None");
}

PyObject* svd_tuple(const Variable& a, bool full_matrices, PyObject* driver) {
  check_no_driver("svd", driver);
  return named_tuple<3>({"linalg_svd", {"U", "S", "Vh"}}, svd(a, full_matrices));
}

using Tolerance = std::optional<Number>;

std::optional<Operand> operand(const Tolerance& x) { return x ? std::optional<Operand>(*x) : std::nullopt; }
std::optional<Operand> operand(double x) { return Operand(x); }

/// The older lu(): factors alone, or with what linalg.lu_factor_ex() found.
PyObject* factors(const Variable& a, bool pivot, bool get_infos) {
  LuFactors found = lu_factor_ex("lu", a, pivot);
  if (!get_infos) return to_python(std::vector<Variable>{found.lu, found.pivots});
  return named_tuple<3>({"lu_with_info", {"LU", "pivots", "info"}}, {found.lu, found.pivots, found.info});
}

/// The older svd(): V instead of its transpose; without vectors these are zeros.
PyObject* older_svd(const Variable& a, bool some, bool compute_uv) {
  constexpr Named<3> kNames{"svd", {"U", "S", "V"}};
  if (compute_uv) {
    const auto [u, s, vh] = svd(a, !some);
    return named_tuple<3>(kNames, {u, s, matrix_transpose(vh)});
  }
  Variable s = svdvals(a);
  const auto square = [&](std::size_t back) {
    Dims shape = a.shape();
    shape[a.ndim() - 1] = shape[a.ndim() - 2] = a.shape()[a.ndim() - back];
    return full(shape, 0.0, a.dtype());
  };
  return named_tuple<3>(kNames, {square(2), std::move(s), square(1)});
}

/// Calls f with an order of norms, which is a name or a number.
template <class F>
Variable with_order(PyObject* order, const F& f) {
  if (PyUnicode_Check(order)) return f(text_of(order));
  return f(Converter<double>(order).get());
}

Variable norm_of_matrices(const Variable& a, PyObject* order, const Dims& dim, bool keepdim,
                          std::optional<DType> dtype) {
  return with_order(order,
                    [&](const auto& o) { return matrix_norm(a, o, dim.empty() ? Dims{-2, -1} : dim, keepdim, dtype); });
}

/// Of vectors or of matrices, by how many dimensions there are, or are given; of all elements, where nothing is given.
Variable norm_of_either(const Variable& a, PyObject* order, const std::optional<Dims>& dim, bool keepdim,
                        std::optional<DType> dtype) {
  const bool text = PyUnicode_Check(order);
  if (dim && dim->size() != 1 && dim->size() != 2)
    fail<Error>("linalg.norm: If dim is specified, it must be of length 1 or 2. Got ", to_string(*dim));
  if (!dim && order != Py_None && a.ndim() != 1 && a.ndim() != 2)
    fail<Error>("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ", a.ndim(), "D.");
  const bool matrices = dim ? dim->size() == 2 : a.ndim() == 2;
  if (text || (order != Py_None && matrices))
    return norm_of_matrices(a, order, dim.value_or(Dims{0, 1}), keepdim, dtype);
  return vector_norm(a, order == Py_None ? 2 : Converter<double>(order).get(), dim.value_or(Dims{}), keepdim, dtype);
}

PyObject* lstsq_tuple(const Variable& a, const Variable& b, std::optional<double> rcond,
                      const std::optional<std::string>& driver) {
  return named_tuple<4>({"linalg_lstsq", {"solution", "residuals", "rank", "singular_values"}},
                        lstsq(a, b, rcond, driver));
}

Variable distances(const Variable& x, const Variable& y, double p, const std::optional<std::string>& mode) {
  if (!mode || *mode == "use_mm_for_euclid_dist_if_necessary") return cdist(x, y, p, {});
  if (*mode == "use_mm_for_euclid_dist") return cdist(x, y, p, true);
  if (*mode == "donot_use_mm_for_euclid_dist") return cdist(x, y, p, false);
  fail<ValueError>(*mode, " is not a valid value for compute_mode");
}

constexpr Function kTable[] = {
    function<cholesky>("cholesky(A, *, upper=False)",
                       "L of A = L @ L.mT, for symmetric positive-definite matrices; with `upper` its transpose.",
                       As::FunctionOut),
    function<[](const Variable& a, bool upper, bool check) {
      Checked found = cholesky_ex(a, upper);
      if (check) cholesky(a, upper);
      return checked_tuple("linalg_cholesky_ex", "L", std::move(found));
    }>("cholesky_ex(A, *, upper=False, check_errors=False)",
       "(L, info): info is 0, or the order of the leading minor that is not positive-definite.", As::FunctionOut),
    function<inv>("inv(A)", "The inverse. Raises LinAlgError for singular matrices.", As::FunctionOut),
    function<[](const Variable& a, bool check) {
      Checked found = inv_ex(a);
      if (check) inv(a);
      return checked_tuple("linalg_inv_ex", "inverse", std::move(found));
    }>("inv_ex(A, *, check_errors=False)", "(inverse, info): info is 0, or the pivot that is zero.", As::FunctionOut),
    function<solve>("solve(A, B, *, left=True)",
                    "X of A @ X = B, or with left=False of X @ A = B. Raises LinAlgError for singular A.",
                    As::FunctionOut),
    function<[](const Variable& a, const Variable& b, bool left, bool check) {
      Checked found = solve_ex(a, b, left);
      if (check) solve(a, b, left);
      return checked_tuple("linalg_solve_ex", "result", std::move(found));
    }>("solve_ex(A, B, *, left=True, check_errors=False)", "(result, info): info is 0, or the pivot that is zero.",
       As::FunctionOut),
    function<solve_triangular>("solve_triangular(A, B, *, upper, left=True, unitriangular=False)",
                               "solve() for triangular A, of which only that triangle is read.", As::FunctionOut),
    function<det>("det(A)", "Determinant.", As::FunctionOut),
    function<[](const Variable& a) { return named_tuple<2>({"linalg_slogdet", {"sign", "logabsdet"}}, slogdet(a)); }>(
        "slogdet(A)", "(sign, logabsdet) of the determinant.", As::FunctionOut),
    function<qr_tuple>("qr(A, mode='reduced')",
                       "(Q, R) of A = Q @ R; mode is 'reduced', 'complete' or 'r', which leaves Q empty.",
                       As::FunctionOut),
    function<[](const Variable& a, const std::string& uplo) {
      return named_tuple<2>({"linalg_eigh", {"eigenvalues", "eigenvectors"}}, eigh(a, is_upper(uplo)));
    }>("eigh(A, UPLO='L')",
       "(eigenvalues, eigenvectors) of symmetric matrices, ascending. No gradient flows between vectors of equal "
       "values: V @ diag(f(L)) @ V.mT, and second derivatives, lack a part there.",
       As::FunctionOut),
    function<[](const Variable& a, const std::string& uplo) { return eigvalsh(a, is_upper(uplo)); }>(
        "eigvalsh(A, UPLO='L')", "Eigenvalues of symmetric matrices, ascending.", As::FunctionOut),
    function<svd_tuple>("svd(A, full_matrices=True, *, driver=None)",
                        "(U, S, Vh) of A = U @ diag(S) @ Vh. No gradient flows between vectors of equal values "
                        "that turn together: U @ diag(f(S)) @ Vh, and second derivatives, lack a part there.",
                        As::FunctionOut),
    function<[](const Variable& a, PyObject* driver) {
      check_no_driver("svdvals", driver);
      return svdvals(a);
    }>("svdvals(A, *, driver=None)", "Singular values, descending.", As::FunctionOut),
    function<[](const Variable& a, const Tolerance& rcond, bool hermitian, const Tolerance& atol,
                const Tolerance& rtol) {
      return pinv(a, rcond ? operand(0.0) : operand(atol), operand(rcond ? rcond : rtol), hermitian);
    }>("pinv(A, rcond=None, hermitian=False, *, atol=None, rtol=None)",
       "Pseudo-inverse. Singular values up to max(atol, rtol * the greatest) count as zero; rcond is another name for "
       "rtol.",
       As::FunctionOut),
    function<[](const Variable& a, const Tolerance& tol, bool hermitian, const Tolerance& atol, const Tolerance& rtol) {
      return matrix_rank(a, operand(tol ? tol : atol), tol ? operand(0.0) : operand(rtol), hermitian);
    }>("matrix_rank(A, tol=None, hermitian=False, *, atol=None, rtol=None)",
       "How many singular values are above max(atol, rtol * the greatest), or above tol.", As::FunctionOut),
    function<norm_of_matrices>(
        "matrix_norm(A, ord='fro', dim=None, keepdim=False, *, dtype=None)",
        "The norm of matrices, of order 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, in two dimensions, the last ones "
        "by default.",
        As::FunctionOut),
    function<norm_of_either>("norm(A, ord=None, dim=None, keepdim=False, *, dtype=None)",
                             "matrix_norm() of two dimensions where `ord` is given, else vector_norm().",
                             As::FunctionOut),
    function<[](const Variable& a, PyObject* order) {
      return order == Py_None ? cond(a, 2.0) : with_order(order, [&](const auto& o) { return cond(a, o); });
    }>("cond(A, p=None)", "The condition number in the norm of order p: 2 (default) or another of matrix_norm()'s.",
       As::FunctionOut),
    function<lstsq_tuple>("lstsq(input, b, rcond=None, *, driver=None)",
                          "(solution, residuals, rank, singular_values) of least |input @ X - b|; driver is 'gelsy' "
                          "(default), 'gels', 'gelsd' or 'gelss'. What a driver does not have is empty.",
                          As::FunctionOut),
    function<matrix_exp>("matrix_exp(A)", "The exponential of a matrix.", As::Function),
    function<[](const Variable& a, bool pivot) {
      return named_tuple<3>({"linalg_lu", {"P", "L", "U"}}, lu(a, pivot));
    }>("lu(A, *, pivot=True)", "(P, L, U) of A = P @ L @ U.", As::FunctionOut),
    function<[](const Variable& a, bool pivot) {
      LuFactors found = lu_factor("linalg.lu_factor", a, pivot);
      return named_tuple<2>({"linalg_lu_factor", {"LU", "pivots"}}, {found.lu, found.pivots});
    }>("lu_factor(A, *, pivot=True)",
       "(LU, pivots): L and U in one, and the row, from 1, that each was swapped with. Raises LinAlgError where U "
       "has a zero on its diagonal.",
       As::FunctionOut),
    function<[](const Variable& a, bool pivot, bool check) {
      constexpr const char* kName = "linalg.lu_factor_ex";
      LuFactors found = check ? lu_factor(kName, a, pivot) : lu_factor_ex(kName, a, pivot);
      return named_tuple<3>({"linalg_lu_factor_ex", {"LU", "pivots", "info"}}, {found.lu, found.pivots, found.info});
    }>("lu_factor_ex(A, *, pivot=True, check_errors=False)",
       "(LU, pivots, info) as lu_factor(); info is 0, or the pivot that is zero.", As::FunctionOut),
    function<lu_solve>(
        "lu_solve(LU, pivots, B, *, left=True, adjoint=False)",
        "X of A @ X = B, or with left=False of X @ A = B, from the factors of A; with `adjoint` of A.mT.",
        As::FunctionOut),
    function<householder_product>("householder_product(input, tau)",
                                  "The first columns of a product of reflectors, as geqrf() gives them.",
                                  As::FunctionOut),
    function<[](const Variable& x, std::optional<Index> n) { return vander(x, n); }>(
        "vander(x, *, N=None)", "Powers 0 to N - 1 along a new last dimension.", As::Function),
    function<vecdot>("vecdot(x, y, *, dim=-1)", "Inner products along `dim`.", As::FunctionOut),
    function<tensorinv>("tensorinv(A, ind=2)", "The inverse in tensordot(), over `ind` dimensions.", As::FunctionOut),
    function<tensorsolve>("tensorsolve(A, B, dims=None)",
                          "X of tensordot(A, X, X.ndim) = B, after `dims` of A are moved to its end.", As::FunctionOut),
    function<[](const Variable& a, Index offset, Index dim1, Index dim2) { return diagonal(a, offset, dim1, dim2); }>(
        "diagonal(A, *, offset=0, dim1=-2, dim2=-1)", "A view of the diagonals.", As::Function),
    function<matrix_power>("matrix_power(A, n)", "A @ A @ ... of n factors; of the inverse for negative n.",
                           As::FunctionOut),
    function<[](const std::vector<Variable>& tensors) { return multi_dot(tensors); }>(
        "multi_dot(tensors)",
        "The product of matrices, of which the first and the last may be vectors, in the cheapest "
        "order.",
        As::FunctionOut),
    function<[](const Operand& x, double order, const Dims& dim, bool keepdim, std::optional<DType> dtype) {
      return vector_norm(x, order, dim, keepdim, dtype);
    }>("vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None)",
       "The norm of order `ord`, 0 and the infinities included, of all elements or along dimensions.", As::FunctionOut),
    function<linalg_cross>("cross(input, other, *, dim=-1)", "Cross products along `dim`, of size 3.", As::FunctionOut),
    function<matmul>("matmul(input, other)", "tapegrad.matmul().", As::FunctionOut),
};

constexpr Function kTop[] = {
    function<inv>("inverse(input)", "linalg.inv().", As::BothOut),
    function<det>("det(input)", "linalg.det().", As::Both),
    function<logdet>("logdet(input)", "Logarithm of the determinant; NaN where that is negative.", As::Both),
    function<[](const Variable& a) { return named_tuple<2>({"slogdet", {"sign", "logabsdet"}}, slogdet(a)); }>(
        "slogdet(input)", "linalg.slogdet().", As::BothOut),
    function<cholesky>("cholesky(input, upper=False)", "linalg.cholesky().", As::BothOut),
    function<[](const Variable& a, double rcond) { return pinv(a, operand(0.0), operand(rcond), false); }>(
        "pinverse(input, rcond=1e-15)", "linalg.pinv() with rtol=rcond.", As::Both),
    function<matrix_power>("matrix_power(input, n)", "linalg.matrix_power().", As::BothOut),
    function<distances>("cdist(x1, x2, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary')",
                        "Distances of order p between the rows of x1 and those of x2, in batches; the gradient at "
                        "distance 0 is 0. compute_mode says whether to multiply matrices for p=2, which is fast, but "
                        "inexact for what is close together: 'use_mm_for_euclid_dist', 'donot_use_mm_for_euclid_dist', "
                        "or for more than 25 rows.",
                        As::Function),
    function<pdist>("pdist(input, p=2.0)", "Distances of order p between each pair of rows of a matrix.", As::Function),
    function<pairwise_distance>("pairwise_distance(x1, x2, p=2.0, eps=1e-06, keepdim=False)",
                                "Norms of order p of x1 - x2 + eps along the last dimension.", As::Function),
    function<cosine_similarity>("cosine_similarity(x1, x2, dim=1, eps=1e-08)",
                                "Cosine of the angle between vectors along `dim`, whose lengths count as eps at least.",
                                As::Function),
    function<matrix_exp>("matrix_exp(input)", "linalg.matrix_exp().", As::Both),
    function<factors>("lu(A, pivot=True, get_infos=False)",
                      "(LU, pivots) as linalg.lu_factor(), or with `get_infos` (LU, pivots, info), of any matrices.",
                      As::BothOut),
    function<[](const Variable& data, const Variable& pivots, bool unpack_data, bool unpack_pivots) {
      return named_tuple<3>({"lu_unpack", {"P", "L", "U"}}, lu_unpack(data, pivots, unpack_data, unpack_pivots));
    }>("lu_unpack(LU_data, LU_pivots, unpack_data=True, unpack_pivots=True)",
       "(P, L, U) of what linalg.lu_factor() gives; what is not asked for is empty.", As::FunctionOut),
    function<[](const Variable& b, const Variable& data, const Variable& pivots) { return lu_solve(data, pivots, b); }>(
        "lu_solve(b, LU_data, LU_pivots)", "linalg.lu_solve().", As::BothOut),
    function<cholesky_solve>("cholesky_solve(B, L, upper=False)",
                             "X of A @ X = B, from the factor L of A = L @ L.mT, or with `upper` of A = L.mT @ L.",
                             As::BothOut),
    function<cholesky_inverse>("cholesky_inverse(L, upper=False)",
                               "The inverse of A = L @ L.mT, or with `upper` of A = L.mT @ L.", As::BothOut),
    function<[](const Variable& b, const Variable& a, bool upper, bool transpose, bool unit) {
      return named_tuple<2>({"triangular_solve", {"solution", "cloned_coefficient"}},
                            triangular_solve(b, a, upper, transpose, unit));
    }>("triangular_solve(b, A, upper=True, transpose=False, unitriangular=False)",
       "(X, A) of A @ X = b, or with `transpose` of A.mT @ X = b; linalg.solve_triangular() in an older form.",
       As::BothOut),
    function<[](const Variable& a) { return named_tuple<2>({"geqrf", {"a", "tau"}}, geqrf(a)); }>(
        "geqrf(input)",
        "(a, tau): R on and above the diagonal, reflectors whose product is Q below it, and their factors.",
        As::BothOut),
    function<householder_product>("orgqr(input, input2)", "linalg.householder_product().", As::BothOut),
    function<ormqr>("ormqr(input, tau, other, left=True, transpose=False)",
                    "Q @ other, or with left=False other @ Q, of the product Q of reflectors as geqrf() gives them, or "
                    "with `transpose` of Q.mT.",
                    As::BothOut),
    function<[](const Variable& a, bool some) {
      return named_tuple<2>({"qr", {"Q", "R"}}, qr(a, some ? QrMode::Reduced : QrMode::Complete));
    }>("qr(input, some=True)", "linalg.qr(), with mode 'reduced' or 'complete'.", As::BothOut),
    function<older_svd>("svd(input, some=True, compute_uv=True)",
                        "(U, S, V) of input = U @ diag(S) @ V.mT. See linalg.svd().", As::BothOut),
    function<[](const Variable& x, std::optional<Index> n, bool increasing) { return vander(x, n, increasing); }>(
        "vander(x, N=None, increasing=False)", "The powers of a vector's elements in rows, N - 1 to 0.", As::Function),
};

}  // namespace

void register_linalg(py::object& m) {
  register_table<kTop>(m);
  py::object linalg = add_submodule(m, "_linalg", "Linear algebra over batches of matrices.");
  register_table<kTable>(linalg);
}

}  // namespace tapegrad::bindings
