// Orthogonal matrices as products of reflectors, Q = H_1 H_2 ... with H_i = 1 - tau_i v_i v_i^T, where v_i has zeros
// above its i-th element, which is 1, and below it the i-th column of a matrix.

#include "graph/backward.h"
#include "kernels/rows.h"
#include "ops/matrices.h"
#include "ops/products.h"

namespace tapegrad {
namespace {

struct ReflectorGradients {
  Variable a, tau;
};

/// The gradients of <x, Q z>. Q = 1 - V T V^T, where T = (1 + D S)^-1 D, D = diag(tau), and S is V^T V above the
/// diagonal, which also holds where some tau is 0.
/// Source: H. Walker, "Implementation of the GMRES method using Householder transformations" (1988).
ReflectorGradients reflector_gradients(const Variable& a, const Variable& tau, const Variable& x, const Variable& z) {
  const Index m = rows_of(a), n = columns_of(a), k = columns_of(tau);
  const Variable v = tril(first(a, -1, k), -1) + eye(m, k, a.dtype()), d = unsqueeze(tau, -1);
  const Variable s = triu(matmul(mt(v), v), 1), unit = eye(k, k, a.dtype()) + d * s;
  const Variable t = solve_triangular(unit, diag_embed(tau), true, true, true);
  const Variable vx = matmul(mt(v), x), vz = matmul(mt(v), z);
  Variable gv = matmul(x, mt(matmul(t, vz))) + matmul(z, mt(matmul(mt(t), vx)));
  const Variable gd = solve_triangular(mt(unit), matmul(vx, mt(vz)), false, true, true);
  const Variable gunit = matmul(gd, mt(t)), gs = triu(d * gunit, 1);
  gv = gv - matmul(v, gs + mt(gs));
  Variable ga = -tril(gv, -1);
  if (n > k) ga = joined(ga, zeros_like_batch(a, m, n - k), -1);
  return {ga, sum(gunit * s, {-1}) - diagonal(gd, 0, -2, -1)};
}

void householder_forward(Call& call) {
  const Tensor& a = call.tensor(0);
  call.out[0] = kernels::columns(a);
  kernels::qr_product(*call.out[0], *kernels::row_major(call.tensor(1)));
}

void householder_derivative(Backward& b) {
  if (b.input(1).variable.numel() == 0) return;
  const Variable a = b.input(0).variable, unit = eye(rows_of(a), columns_of(a), a.dtype());
  auto [ga, gtau] = reflector_gradients(a, b.input(1).variable, b.grad(), expand(unit, a.shape()));
  b.set(0, std::move(ga));
  b.set(1, std::move(gtau));
}

const Op kHouseholder({.name = "linalg_householder_product",
                       .node = "LinalgHouseholderProductBackward0",
                       .forward = householder_forward,
                       .derivative = householder_derivative,
                       .category = Category::Matrix,
                       .inputs = 2,
                       .saves = {.inputs = {kForAny, kForAny}}});

struct OrmqrAttributes {
  bool left, transposed;
};

void ormqr_forward(Call& call) {
  const auto& [left, is_transposed] = call.attributes<OrmqrAttributes>();
  call.out[0] = kernels::columns(call.tensor(2));
  kernels::reflect(*call.out[0], *kernels::columns(call.tensor(0)), *kernels::row_major(call.tensor(1)), left,
                   is_transposed);
}

// <g, Q c> as it is; <g, Q^T c> = <c, Q g>; and from the right, all of it transposed: <g, c Q> = <c^T, Q g^T>.
void ormqr_derivative(Backward& b) {
  const auto& [left, is_transposed] = b.attributes<OrmqrAttributes>();
  const Variable a = b.input(0).variable, tau = b.input(1).variable, &g = b.grad();
  if (b.needs(2)) b.set(2, ormqr(a, tau, g, left, !is_transposed));
  if (tau.numel() == 0 || (!b.needs(0) && !b.needs(1))) return;
  const Variable other = b.input(2).variable;
  const Variable x = left ? g : mt(g), z = left ? other : mt(other);
  const bool swapped = left == is_transposed;
  auto [ga, gtau] = reflector_gradients(a, tau, swapped ? z : x, swapped ? x : z);
  b.set(0, std::move(ga));
  b.set(1, std::move(gtau));
}

const Op kOrmqr({.name = "ormqr",
                 .node = "OrmqrBackward0",
                 .forward = ormqr_forward,
                 .derivative = ormqr_derivative,
                 .category = Category::Matrix,
                 .inputs = 3,
                 .saves = {.inputs = {kForAny, kForAny, kFor0 | kFor1}}});

const Op kGeqrf({.name = "geqrf",
                 .node = "GeqrfBackward0",
                 .forward =
                     [](Call& call) {
                       const Tensor& a = call.tensor(0);
                       const Index k = std::min(a.shape()[a.ndim() - 2], a.shape().back());
                       call.out[0] = kernels::columns(a);
                       kernels::qr_factor(*call.out[0], call.new_output(a.dtype(), with_last(a.shape(), 2, {k}), 1));
                     },
                 .derivative =
                     [](Backward&) {
                       fail<NotImplementedError>(
                           "the derivative for 'geqrf' is not implemented: use linalg.qr(), which has one");
                     },
                 .category = Category::Matrix,
                 .outputs = 2});

void check_reflectors(const char* function, const Variable& a, const Variable& tau) {
  if (a.ndim() < 2) fail<Error>(function, ": input must have at least 2 dimensions.");
  check_matrices(function, a);
  if (tau.dtype() != a.dtype())
    fail<Error>(function, ": tau dtype ", name(tau.dtype()), " does not match input dtype ", name(a.dtype()));
  if (tau.ndim() + 1 != a.ndim())
    fail<Error>(function, ": Expected tau to have one dimension less than input, but got tau.ndim equal to ",
                tau.ndim(), " and input.ndim is equal to ", a.ndim());
  if (with_last(tau.shape(), 1) != with_last(a.shape(), 2))
    fail<Error>(function, ": Expected batch dimensions of tau to be equal to input.shape[:-2], but got ",
                to_string(tau.shape()), " and ", to_string(a.shape()));
}

}  // namespace

Variable householder_product(const Variable& a, const Variable& tau) {
  constexpr const char* kName = "linalg.householder_product";
  check_reflectors(kName, a, tau);
  if (rows_of(a) < columns_of(a))
    fail<Error>(kName, ": input.shape[-2] must be greater than or equal to input.shape[-1]");
  if (columns_of(a) < columns_of(tau))
    fail<Error>(kName, ": input.shape[-1] must be greater than or equal to tau.shape[-1]");
  return apply(kHouseholder, {a, tau});
}

Variable ormqr(const Variable& a, const Variable& tau, const Variable& other, bool left, bool transposed) {
  check_reflectors("ormqr", a, tau);
  if (other.ndim() != a.ndim())
    fail<Error>("ormqr: Expected other to have the same number of dimensions as input, but got other.ndim equal to ",
                other.ndim(), " and input.ndim is equal to ", a.ndim());
  const Operand operands[] = {a, other};
  check_same_dtype("ormqr", operands);
  if (with_last(other.shape(), 2) != with_last(a.shape(), 2))
    fail<Error>("ormqr: Expected batch dimensions of other to be equal to input.shape[:-2], but got ",
                to_string(other.shape()), " and ", to_string(a.shape()));
  const Index size = left ? rows_of(other) : columns_of(other);
  if (columns_of(tau) != std::min(size, columns_of(a)))
    fail<Error>("ormqr: tau.shape[-1] must be equal to min(other.shape[", left ? -2 : -1, "], input.shape[-1])");
  if (size != rows_of(a)) fail<Error>("ormqr: other.shape[", left ? -2 : -1, "] must be equal to input.shape[-2]");
  return apply(kOrmqr, {a, tau, other}, OrmqrAttributes{left, transposed});
}

std::array<Variable, 2> geqrf(const Variable& a) {
  if (a.ndim() < 2) fail<Error>("geqrf: input must have at least 2 dimensions.");
  check_matrices("geqrf", a);
  return apply_all<2>(kGeqrf, {a});
}

}  // namespace tapegrad
