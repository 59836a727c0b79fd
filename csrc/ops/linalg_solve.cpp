// Inverses, solutions of linear equations, determinants, and the factorisation of Cholesky.

#include <cmath>

#include "graph/backward.h"
#include "graph/grad_mode.h"
#include "ops/math.h"
#include "ops/matrices.h"
#include "ops/products.h"

namespace tapegrad {
namespace {

struct CholeskyAttributes {
  bool upper;
};

// A = L L^T: dA = L^-T sym(L^T dL) L^-1, where sym takes the lower triangle for both and halves all (Giles, 3.9).
void cholesky_derivative(Backward& b) {
  const bool is_upper = b.attributes<CholeskyAttributes>().upper;
  if (!b.grad(0).defined()) return;
  const Variable l = is_upper ? mt(b.result()) : b.result(), g = is_upper ? mt(b.grad(0)) : b.grad(0);
  const Variable phi = tril(matmul(mt(l), g));
  const Variable symmetric = (phi + mt(tril(phi, -1))) * 0.5;
  const Variable half = solve_triangular(mt(l), symmetric, true);
  b.set(0, solve_triangular(l, half, false, false));
}

const Op kCholesky({.name = "linalg_cholesky_ex",
                    .node = "LinalgCholeskyExBackward0",
                    .forward =
                        [](Call& call) {
                          const bool is_upper = call.attributes<CholeskyAttributes>().upper;
                          const Tensor& a = call.tensor(0);
                          const auto l = kernels::dense_copy(is_upper ? *transposed(a) : a);
                          kernels::cholesky(*l, call.new_output(DType::Int32, with_last(a.shape(), 2), 1));
                          call.out[0] = is_upper ? transposed(*l) : l;
                        },
                    .derivative = cholesky_derivative,
                    .category = Category::Matrix,
                    .outputs = 2,
                    .saves = {.result = 1}});

const Op kInverse({.name = "linalg_inv_ex",
                   .node = "LinalgInvExBackward0",
                   .forward =
                       [](Call& call) {
                         const Tensor& a = call.tensor(0);
                         call.out[0] = kernels::dense_copy(a);
                         kernels::inverse(*call.out[0], call.new_output(DType::Int32, with_last(a.shape(), 2), 1));
                       },
                   .derivative =
                       [](Backward& b) {
                         if (!b.grad(0).defined()) return;
                         const Variable x = mt(b.result());
                         b.set(0, -matmul(matmul(x, b.grad(0)), x));
                       },
                   .category = Category::Matrix,
                   .outputs = 2,
                   .saves = {.result = 1}});

/// Whether the right hand side is a vector, or a batch of them.
struct SolveAttributes {
  bool vector;
};

void solve_forward(Call& call) {
  const bool vector = call.attributes<SolveAttributes>().vector;
  const Tensor &a = call.tensor(0), &b = call.tensor(1);
  Layout sides = b.layout();
  if (vector) {
    sides.shape.push_back(1);
    sides.strides.push_back(1);
  }
  const auto x = kernels::columns(*b.view(std::move(sides)));
  Tensor& info = call.new_output(DType::Int32, with_last(a.shape(), 2), 1);
  call.out[2] = kernels::columns(a);
  Tensor& pivots = call.new_output(DType::Int32, with_last(a.shape(), 1), 3);
  kernels::lu_factor(*call.out[2], pivots, info);
  kernels::lu_solve(*x, *call.out[2], pivots, false);
  if (!vector) {
    call.out[0] = x;
    return;
  }
  Layout dropped = x->layout();
  dropped.shape.erase(dropped.shape.size() - 1);
  dropped.strides.erase(dropped.strides.size() - 1);
  call.out[0] = x->view(std::move(dropped));
}

// A X = B: dB = A^-T dX, dA = -dB X^T. The factors are at hand, but they have no derivative here.
void solve_derivative(Backward& b) {
  if (!b.grad(0).defined()) return;
  const bool vector = b.attributes<SolveAttributes>().vector;
  const Variable sides = vector ? unsqueeze(b.grad(0), -1) : b.grad(0);
  const Variable solved = GradMode::enabled() ? solve(mt(b.input(0).variable), sides)
                                              : lu_solve(b.result(1), b.result(2), sides, true, true);
  const Variable g = vector ? squeeze(solved, -1) : solved;
  if (b.needs(0)) {
    const Variable x = b.result();
    b.set(0, vector ? -(unsqueeze(g, -1) * unsqueeze(x, -2)) : -matmul(g, mt(x)));
  }
  if (b.needs(1)) b.set(1, g);
}

const Op kSolve({.name = "linalg_solve_ex",
                 .node = "LinalgSolveExBackward0",
                 .forward = solve_forward,
                 .derivative = solve_derivative,
                 .category = Category::Matrix,
                 .inputs = 2,
                 .outputs = 4,
                 .saves = {.inputs = {kFor0 | kFor1}, .result = 0b1101}});

/// Calls f.operator()<T>(i, signs of the swaps of rows, the diagonal of U, its step) for each matrix of a batch.
template <class F>
void factor_each(const Tensor& a, const F& f) {
  const auto lu = kernels::dense_copy(a);  // A^T in columns, which has A's determinant
  const Index n = a.shape().back();
  Dims shape = with_last(a.shape(), 2);
  const auto info = new_tensor(DType::Int32, shape);
  shape.push_back(n);
  const auto pivots = new_tensor(DType::Int32, shape);
  kernels::lu_factor(*lu, *pivots, *info);
  const auto each = [&]<class T>() {
    for (Index i = 0; i < info->numel(); ++i) {
      T sign = 1;
      for (Index k = 0; k < n; ++k)
        if (pivots->data_as<std::int32_t>()[i * n + k] != k + 1) sign = -sign;
      f.template operator()<T>(i, sign, lu->data_as<T>() + i * n * n, n);
    }
  };
  if (a.dtype() == DType::Float32) each.template operator()<float>();
  else each.template operator()<double>();
}

void det_forward(Call& call) {
  const Tensor& a = call.tensor(0);
  Tensor& out = call.new_output(a.dtype(), with_last(a.shape(), 2));
  factor_each(a, [&]<class T>(Index i, T sign, const T* u, Index n) {
    T product = sign;
    for (Index k = 0; k < n; ++k) product *= u[k * (n + 1)];
    out.data_as<T>()[i] = product;
  });
}

/// Whether a matrix is singular to within rounding, judging from what inv_ex() found.
bool any_singular(const Variable& a, const Checked& inverse) {
  const GradModeGuard no_grad(false);
  const auto norm = [](const Variable& x) { return amax(sum(abs(x), {-2}), {-1}); };
  const Variable size = norm(a),
                 most = size * norm(inverse.value) * (epsilon(a.dtype()) * static_cast<double>(columns_of(a)));
  const Variable found = any(logical_and(isfinite(size), logical_or(ne(inverse.info, 0), ge(most, 1))));
  return *found.tensor().data_as<bool>();
}

/// At (i, j) the product of all elements of s but the i-th and the j-th.
Variable products_without(const Variable& s) {
  const Index n = columns_of(s);
  const Variable unit = eye(n, n, DType::Bool);
  Variable products = full({n, n}, 1.0, s.dtype());
  for (Index k = 0; k < n; ++k) {
    const Variable at = select(unit, 0, k), left_out = logical_or(unsqueeze(at, 0), unsqueeze(at, 1));
    products = products * where(left_out, 1.0, unsqueeze(unsqueeze(select(s, -1, k), -1), -1));
  }
  return products;
}

Variable per_matrix(const Variable& x) { return unsqueeze(unsqueeze(x, -1), -1); }

/// The transposed adjugate, which is the gradient of the determinant, of matrices singular or not.
/// Source: N. Higham, "What is the adjugate of a matrix?" (2020).
Variable cofactors(const Variable& a);

void cofactors_forward(Call& call) {
  const GradModeGuard no_grad(false);
  const auto [u, s, vh] = svd(call.in[0].variable());
  const Variable scales = unsqueeze(diagonal(products_without(s), 0, -2, -1), -2);
  call.out[0] = (matmul(u * scales, vh) * per_matrix(det(u) * det(vh))).tensor_ref();
}

// For a diagonal A the second derivative of the determinant is that of its minors of two rows and two columns, each
// times the product of the other elements; U and V turn any A into one.
void cofactors_derivative(Backward& b) {
  const auto [u, s, vh] = svd(b.input(0).variable);
  const Index n = columns_of(s);
  const Variable h = matmul(matmul(mt(u), b.grad()), mt(vh));
  const Variable others = where(eye(n, n, DType::Bool), 0.0, products_without(s));
  const Variable on = matmul(others, unsqueeze(diagonal(h, 0, -2, -1), -1));
  const Variable middle = diag_embed(squeeze(on, -1)) - mt(h) * others;
  b.set(0, matmul(matmul(u, middle), vh) * per_matrix(det(u) * det(vh)));
}

const Op kCofactors({.name = "linalg_cofactors",
                     .node = "CofactorsBackward0",
                     .forward = cofactors_forward,
                     .derivative = cofactors_derivative,
                     .category = Category::Matrix,
                     .saves = {.inputs = {kFor0}}});

Variable cofactors(const Variable& a) { return apply(kCofactors, {a}); }

void det_derivative(Backward& b) {
  const Variable a = b.input(0).variable, result = b.result();
  if (a.numel() == 0) return b.set(0, full(a.shape(), 0.0, a.dtype()));
  const Checked inverse = inv_ex(a);
  if (any_singular(a, inverse)) b.set(0, per_matrix(b.grad()) * cofactors(a));
  else b.set(0, per_matrix(b.grad() * result) * mt(inverse.value));
}

const Op kDet({.name = "linalg_det",
               .node = "LinalgDetBackward0",
               .forward = det_forward,
               .derivative = det_derivative,
               .category = Category::Matrix,
               .saves = {.inputs = {kFor0}, .result = 1}});

void slogdet_forward(Call& call) {
  const Tensor& a = call.tensor(0);
  Tensor& signs = call.new_output(a.dtype(), with_last(a.shape(), 2));
  Tensor& logs = call.new_output(a.dtype(), with_last(a.shape(), 2), 1);
  factor_each(a, [&]<class T>(Index i, T sign, const T* u, Index n) {
    T sum = 0;
    for (Index k = 0; k < n; ++k) {
      const T value = u[k * (n + 1)];
      sum += std::log(std::abs(value));
      sign *= value > 0 ? T(1) : value < 0 ? T(-1) : value;
    }
    signs.data_as<T>()[i] = sign;
    logs.data_as<T>()[i] = sum;
  });
}

const Op kSlogdet({.name = "linalg_slogdet",
                   .node = "LinalgSlogdetBackward0",
                   .forward = slogdet_forward,
                   .derivative =
                       [](Backward& b) {
                         const Variable a = b.input(0).variable;
                         if (!b.grad(1).defined()) return b.set(0, full(a.shape(), 0.0, a.dtype()));
                         b.set(0, per_matrix(b.grad(1)) * mt(inv(a)));
                       },
                   .category = Category::Matrix,
                   .outputs = 2,
                   .saves = {.inputs = {kFor0}}});

}  // namespace

void check_info(const char* function, const Variable& info, const char* before, const char* after) {
  const auto* const found = info.tensor().data_as<std::int32_t>();
  for (Index i = 0; i < info.numel(); ++i) {
    if (found[i] == 0) continue;
    const std::string element = info.ndim() == 0 ? "" : "(Batch element " + std::to_string(i) + "): ";
    if (found[i] == -4)
      fail<LinAlgError>(function, ": ", element,
                        "The algorithm failed to converge because the input matrix contained non-finite values.");
    fail<LinAlgError>(function, ": ", element, before, found[i], after);
  }
}

void check_matrices(const char* function, const Variable& x) {
  if (x.ndim() < 2) fail<Error>(function, ": The input tensor A must have at least 2 dimensions.");
  if (!is_floating(x.dtype()))
    fail<Error>(function, ": Expected a floating point tensor as input. Got ", name(x.dtype()),
                ": convert it with .to()");
}

void check_square(const char* function, const Variable& x) {
  check_matrices(function, x);
  const Index rows = x.shape()[x.ndim() - 2], columns = x.shape().back();
  if (rows != columns)
    fail<Error>(function, ": A must be batches of square matrices, but they are ", rows, " by ", columns, " matrices");
}

Checked cholesky_ex(const Variable& a, bool upper) {
  check_square("linalg.cholesky", a);
  auto out = apply_all<2>(kCholesky, {a}, CholeskyAttributes{upper});
  return {out[0], out[1]};
}

Variable cholesky(const Variable& a, bool upper) {
  auto [l, info] = cholesky_ex(a, upper);
  check_info("linalg.cholesky", info,
             "The factorization could not be completed because the input is not positive-definite (the leading minor "
             "of order ",
             " is not positive-definite).");
  return l;
}

Checked inv_ex(const Variable& a) {
  check_square("linalg.inv", a);
  auto out = apply_all<2>(kInverse, {a});
  return {out[0], out[1]};
}

Variable inv(const Variable& a) {
  auto [x, info] = inv_ex(a);
  check_info("linalg.inv", info, "The diagonal element ",
             " is zero, the inversion could not be completed because the input matrix is singular.");
  return x;
}

namespace {

/// What was said of each element of a batch that `a` was repeated to, as said of each element of its own.
Variable of_own_batch(const Variable& info, const Dims& own) {
  if (info.shape() == own) return info;
  if (info.numel() == 0) return full(own, 0, info.dtype());
  const std::size_t more = info.ndim() - own.size();
  Dims repeated;
  for (std::size_t i = 0; i < info.ndim(); ++i)
    if (i < more || own[i - more] == 1) repeated.push_back(static_cast<Index>(i));
  return reshape(amax(info, repeated, true), own);
}

}  // namespace

Checked solve_ex(const Variable& a, const Variable& b, bool left) {
  check_square("linalg.solve", a);
  const Operand operands[] = {a, b};
  check_same_dtype("linalg.solve", operands);
  const bool vector = b.ndim() == 1 || (b.ndim() == a.ndim() - 1 && b.shape() == with_last(a.shape(), 1));
  if (!left) {
    if (vector) fail<Error>("linalg.solve: Vector broadcasting of the left hand side is not supported for left=False.");
    auto [x, info] = solve_ex(mt(a), mt(b));
    return {mt(x), info};
  }
  const std::size_t trailing = vector ? 1 : 2;
  const Index n = a.shape().back();
  if (b.shape()[b.ndim() - trailing] != n)
    fail<Error>("linalg.solve: Incompatible shapes of A and B for the equation AX = B: ", to_string(a.shape()), " and ",
                to_string(b.shape()));
  Dims batch = broadcast(with_last(a.shape(), 2), with_last(b.shape(), trailing)), sides = batch;
  batch.push_back(n);
  batch.push_back(n);
  for (std::size_t i = b.ndim() - trailing; i < b.ndim(); ++i) sides.push_back(b.shape()[i]);
  const Variable x = a.shape() == batch ? a : expand(a, batch), y = b.shape() == sides ? b : expand(b, sides);
  auto out = apply_all<4>(kSolve, {x, y}, SolveAttributes{vector});
  return {out[0], of_own_batch(out[1], with_last(a.shape(), 2))};
}

Variable solve(const Variable& a, const Variable& b, bool left) {
  auto [x, info] = solve_ex(a, b, left);
  check_info("linalg.solve", info, "The solver failed because the input matrix is singular (pivot ", " is zero).");
  return x;
}

Variable det(const Variable& a) {
  check_square("linalg.det", a);
  return apply(kDet, {a});
}

std::array<Variable, 2> slogdet(const Variable& a) {
  check_square("linalg.slogdet", a);
  return apply_all<2>(kSlogdet, {a});
}

Variable logdet(const Variable& a) {
  const auto [sign, log] = slogdet(a);
  return where(eq(sign, -1), std::nan(""), log);
}

Variable matrix_power(const Variable& a, Index n) {
  if (a.ndim() < 2) fail<Error>("linalg.matrix_power: The input tensor A must have at least 2 dimensions.");
  const Index size = a.shape().back();
  if (a.shape()[a.ndim() - 2] != size)
    fail<Error>("linalg.matrix_power: A must be batches of square matrices, but they are ", a.shape()[a.ndim() - 2],
                " by ", size, " matrices");
  if (n == 0) {
    const Variable result = clone(a);
    copy_(result, eye(size, size, a.dtype()));
    return result;
  }
  Variable square = n < 0 ? inv(a) : a, result;
  if (n == 1) return clone(a);
  for (auto left = n < 0 ? ~static_cast<std::uint64_t>(n) + 1 : static_cast<std::uint64_t>(n);;) {
    if (left & 1) result = result.defined() ? matmul(result, square) : square;
    left >>= 1;
    if (left == 0) return result;
    square = matmul(square, square);
  }
}

}  // namespace tapegrad
