// The matrix exponential, the rank, and equations of tensors as equations of matrices.

#include "graph/backward.h"
#include "graph/grad_mode.h"
#include "ops/matrices.h"
#include "ops/products.h"
#include "ops/scan.h"

namespace tapegrad {
namespace {

/// The derivative of exp at A in the direction G is the upper right block of exp of [[A, G], [0, A]], and the gradient
/// is that at A^T. Source: R. Mathias, "A chain rule for matrix functions and applications" (1996).
void exp_derivative(Backward& b) {
  const Variable a = mt(b.input(0).variable);
  const Index n = columns_of(a);
  const Variable above = joined(a, b.grad(), -1), below = joined(zeros_like_batch(a, n, n), a, -1);
  b.set(0, first(rest(matrix_exp(joined(above, below, -2)), -1, n), -2, n));
}

const Op kMatrixExp({.name = "linalg_matrix_exp",
                     .node = "LinalgMatrixExpBackward0",
                     .forward =
                         [](Call& call) {
                           call.out[0] = kernels::dense_copy(call.tensor(0));
                           kernels::matrix_exp(*call.out[0]);
                         },
                     .derivative = exp_derivative,
                     .category = Category::Matrix,
                     .saves = {.inputs = {kFor0}}});

Index product(std::span<const Index> sizes) {
  Index result = 1;
  for (const Index size : sizes) result *= size;
  return result;
}

/// Raises Error unless the first `count` sizes have the product of the others, which it returns.
Index check_halves(const Variable& a, std::size_t count, const char* where) {
  const std::span<const Index> sizes(a.shape().data(), a.ndim());
  const Index left = product(sizes.first(count)), right = product(sizes.subspan(count));
  if (left != right)
    fail<Error>("Expected self to satisfy the requirement prod(self.shape[", where, ":]) == prod(self.shape[:", where,
                "]), but got ", right, " != ", left);
  return left;
}

}  // namespace

Variable matrix_exp(const Variable& a) {
  check_square("linalg.matrix_exp", a);
  return apply(kMatrixExp, {a});
}

Tolerances tolerances(const Variable& a, const std::optional<Operand>& atol, const std::optional<Operand>& rtol) {
  const double usual = epsilon(a.dtype()) * static_cast<double>(std::max(rows_of(a), columns_of(a)));
  const auto per_matrix = [](const Operand& x) -> Value {
    if (x.is_scalar()) return {{}, x.scalar()};
    return {x.tensor().ndim() == 0 ? detach(x.variable()) : unsqueeze(detach(x.variable()), -1), {}};
  };
  const Value absolute = per_matrix(atol.value_or(0.0));
  if (rtol) return {absolute, per_matrix(*rtol)};
  if (absolute.variable.defined()) return {absolute, {where(gt(absolute, 0), full({}, 0.0, a.dtype()), usual), {}}};
  return {absolute, {{}, absolute.scalar.to<double>() > 0 ? 0.0 : usual}};
}

Variable matrix_rank(const Variable& a, const std::optional<Operand>& atol, const std::optional<Operand>& rtol,
                     bool hermitian) {
  check_matrices("linalg.matrix_rank", a);
  const GradModeGuard no_grad(false);
  const Variable sizes = hermitian ? abs(eigvalsh(a)) : svdvals(a);
  if (a.numel() == 0) return full(with_last(a.shape(), 2), 0, DType::Int64);
  const auto [absolute, relative] = tolerances(a, atol, rtol);
  return sum(gt(sizes, maximum(absolute, relative * amax(sizes, {-1}, true))), {-1});
}

Variable vander(const Variable& x, std::optional<Index> n) {
  if (x.ndim() == 0) return vander(reshape(x, {1}), n);
  const Index columns = n.value_or(x.shape().back());
  if (x.dtype() == DType::Bool)
    fail<Error>("linalg.vander supports floating point, complex, and integer tensors, but got ", name(x.dtype()));
  if (columns <= 1) fail<Error>("N must be greater than 1.");
  Dims shape = x.shape();
  shape.push_back(columns - 1);
  const Variable powers = cumprod(expand(unsqueeze(x, -1), shape), -1);
  return joined(full(with_last(shape, 1, {1}), 1, powers.dtype()), powers, -1);
}

Variable vander(const Variable& x, std::optional<Index> n, bool increasing) {
  if (x.ndim() != 1) fail<Error>("x must be a one-dimensional tensor.");
  const Index columns = n.value_or(x.numel());
  if (columns < 0) fail<Error>("N must be non-negative.");
  const DType dtype = is_floating(x.dtype()) ? x.dtype() : DType::Int64;
  if (columns < 2) return full({x.numel(), columns}, 1, dtype);
  const Variable result = vander(to(x, dtype), columns);
  return increasing ? result : flip(result, {1});
}

Variable vecdot(const Variable& x, const Variable& y, Index dim) {
  if (!is_floating(x.dtype()))
    fail<Error>("linalg.vecdot: Expected a floating point tensor as input. Got ", name(x.dtype()));
  const Operand operands[] = {x, y};
  check_same_dtype("linalg.vecdot", operands);
  return sum(x * y, {dim});
}

Variable tensorinv(const Variable& a, Index ind) {
  if (ind <= 0) fail<Error>("Expected a strictly positive integer for 'ind', but got ", ind);
  if (ind > static_cast<Index>(a.ndim()))
    fail<Error>("linalg.tensorinv: ind=", ind, " is more than the ", a.ndim(), " dimensions there are");
  const auto count = static_cast<std::size_t>(ind);
  const Index size = check_halves(a, count, "ind");
  Dims shape;
  for (std::size_t i = 0; i < a.ndim(); ++i) shape.push_back(a.shape()[(i + count) % a.ndim()]);
  return reshape(inv(reshape(a, {size, size})), shape);
}

Variable tensorsolve(const Variable& a, const Variable& b, const Dims& dims) {
  Dims last;
  for (std::size_t i = 0; i < dims.size(); ++i) last.push_back(static_cast<Index>(a.ndim() - dims.size() + i));
  const Variable moved = dims.empty() ? a : movedim(a, dims, last);
  const std::size_t count = std::min(b.ndim(), a.ndim());
  const Index size = check_halves(moved, count, "other.ndim");
  const Dims shape(std::span<const Index>(moved.shape().data() + count, moved.ndim() - count));
  return reshape(solve(reshape(moved, {size, size}), flatten(b)), shape);
}

}  // namespace tapegrad
