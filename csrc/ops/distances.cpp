// Distances between all rows of two matrices.

#include <limits>

#include "kernels/distances.h"

#include "graph/backward.h"
#include "graph/grad_mode.h"
#include "ops/arranging.h"
#include "ops/matrices.h"
#include "ops/products.h"
#include "ops/scatter.h"
#include "ops/statistics.h"

namespace tapegrad {
namespace {

struct CdistAttributes {
  double p;
};

void cdist_forward(Call& call) {
  const GradModeGuard no_grad(false);
  const Variable &x = call.in[0].variable(), &y = call.in[1].variable();
  Tensor& out = call.new_output(x.dtype(), with_last(x.shape(), 2, {rows_of(x), rows_of(y)}));
  kernels::distances(out, contiguous(x).tensor(), contiguous(mt(y)).tensor(), call.attributes<CdistAttributes>().p);
}

Variable kernel_gradient(const Variable& g, const Variable& a, const Variable& b, const Variable& distances, double p) {
  auto result = new_tensor(a.dtype(), a.shape());
  kernels::distances_gradient(*result, contiguous(g).tensor(), contiguous(a).tensor(), contiguous(mt(b)).tensor(),
                              contiguous(distances).tensor(), p);
  return Variable(std::move(result));
}

/// g times the derivative of the distances by the differences, whose norms they are; 0 at 0.
Variable slopes(const Variable& g, const Variable& differences, const Variable& distances, double p) {
  if (p == 0) return full(differences.shape(), 0.0, differences.dtype());
  if (p == 1) return g * sign(differences);
  if (p == std::numeric_limits<double>::infinity())
    return where(eq(abs(differences), distances), g * sign(differences), 0.0);
  const Variable scale = where(eq(distances, 0), 1.0, distances);
  if (p == 2) return g / scale * differences;
  const Variable size = where(eq(differences, 0), 1.0, abs(differences));
  return g * sign(differences) * pow(size / scale, p - 1);
}

// The kernel takes no memory; formulas are for derivatives of the derivative.
void cdist_derivative(Backward& b) {
  const double p = b.attributes<CdistAttributes>().p;
  const Variable x = b.input(0).variable, y = b.input(1).variable, distances = b.result();
  if (!GradMode::enabled()) {
    if (b.needs(0)) b.set(0, kernel_gradient(b.grad(), x, y, distances, p));
    if (b.needs(1)) b.set(1, kernel_gradient(mt(b.grad()), y, x, mt(distances), p));
    return;
  }
  const Variable all =
      slopes(unsqueeze(b.grad(), -1), unsqueeze(x, -2) - unsqueeze(y, -3), unsqueeze(distances, -1), p);
  if (b.needs(0)) b.set(0, sum(all, {-2}));
  if (b.needs(1)) b.set(1, -sum(all, {-3}));
}

const Op kCdist({.name = "cdist",
                 .node = "CdistBackward0",
                 .forward = cdist_forward,
                 .derivative = cdist_derivative,
                 .category = Category::Matrix,
                 .inputs = 2,
                 .saves = {.inputs = {kForAny, kForAny}, .result = 1}});

/// |x - y|^2 = |x|^2 + |y|^2 - 2 x y: a product of matrices, which is fast, but inexact for what is close together.
void euclidean_forward(Call& call) {
  const GradModeGuard no_grad(false);
  const Variable &x = call.in[0].variable(), &y = call.in[1].variable();
  const Variable squares = sum(square(x), {-1}, true) + mt(sum(square(y), {-1}, true));
  call.out[0] = sqrt(clamp(squares - matmul(x, mt(y)) * 2.0, Operand(0), {})).tensor_ref();
}

const Op kEuclidean({.name = "euclidean_dist",
                     .node = "EuclideanDistBackward0",
                     .forward = euclidean_forward,
                     .derivative =
                         [](Backward& b) {
                           const Variable x = b.input(0).variable, y = b.input(1).variable, far = b.result();
                           const Variable zero = eq(far, 0);
                           const Variable g = where(zero, 0.0, b.grad() / where(zero, 1.0, far));
                           if (b.needs(0)) b.set(0, x * sum(g, {-1}, true) - matmul(g, y));
                           if (b.needs(1)) b.set(1, y * mt(sum(g, {-2}, true)) - matmul(mt(g), x));
                         },
                     .category = Category::Matrix,
                     .inputs = 2,
                     .saves = {.inputs = {kForAny, kForAny}, .result = 1}});

}  // namespace

Variable cdist(const Variable& x, const Variable& y, double p, std::optional<bool> by_product) {
  for (const auto& [v, what] : {std::pair(&x, "X1"), std::pair(&y, "X2")}) {
    if (!is_floating(v->dtype()))
      fail<Error>("cdist only supports floating-point dtypes, ", what, " got: ", name(v->dtype()));
    if (v->ndim() < 2) fail<Error>("cdist only supports at least 2D tensors, ", what, " got: ", v->ndim(), "D");
  }
  if (columns_of(x) != columns_of(y))
    fail<Error>("X1 and X2 must have the same number of columns. X1: ", columns_of(x), " X2: ", columns_of(y));
  const Operand operands[] = {x, y};
  check_same_dtype("cdist", operands);
  if (!(p >= 0)) fail<Error>("cdist only supports non-negative p values, but p is ", p);
  const auto [a, b] = same_batch(x, y);
  constexpr Index kMany = 25;
  const bool product = by_product.value_or(rows_of(a) > kMany || rows_of(b) > kMany);
  if (p == 2 && product && a.numel() > 0 && b.numel() > 0) return apply(kEuclidean, {a, b});
  return apply(kCdist, {a, b}, CdistAttributes{p});
}

Variable pdist(const Variable& x, double p) {
  if (x.ndim() != 2) fail<Error>("pdist only supports 2D tensors, got: ", x.ndim(), "D");
  const Variable pairs = triangle_indices(true, rows_of(x), rows_of(x), 1);
  const Variable places[] = {select(pairs, 0, 0) * Scalar(rows_of(x)) + select(pairs, 0, 1)};
  return index_select(flatten(cdist(x, x, p, false)), 0, places[0]);
}

Variable pairwise_distance(const Variable& x, const Variable& y, double p, double eps, bool keepdim) {
  return vector_norm(x - y + eps, p, {-1}, keepdim);
}

Variable cosine_similarity(const Variable& x, const Variable& y, Index dim, double eps) {
  const Operand operands[] = {x, y};
  const DType common = result_type(operands);
  if (!is_floating(common))
    fail<Error>("cosine_similarity(): expected common dtype to be floating point, yet common dtype is ", name(common));
  const Dims shape = broadcast(x.shape(), y.shape());
  const auto unit = [&](const Variable& given) {
    const Variable v = expand(to(given, common), shape);
    return v / clamp(vector_norm(v, 2, {dim}, true), Operand(eps), {});
  };
  return sum(unit(x) * unit(y), {dim});
}

}  // namespace tapegrad
