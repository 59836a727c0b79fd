#include "ops/differences.h"

#include <algorithm>

#include "ops/arranging.h"
#include "ops/math.h"
#include "ops/scan.h"

namespace tapegrad {
namespace {

/// x without the first `begin` and the last `end` elements of a dimension.
Variable trimmed(const Variable& x, std::size_t dim, Index begin, Index end) {
  const Index n = x.shape()[dim], first = std::min(begin, n);
  return slice(x, static_cast<Index>(dim), first, std::max(n - end, first), 1);
}

Variable at(const Variable& x, std::size_t dim, Index i) {
  return select(x, static_cast<Index>(dim), i < 0 ? i + x.shape()[dim] : i);
}

/// x beside an array of `ndim` dimensions, along one of them.
Variable along(const Variable& x, std::size_t ndim, std::size_t dim) {
  Dims shape(ndim, 1);
  shape[dim] = x.numel();
  return reshape(x, shape);
}

void check_joined(const Variable& x, const Variable& part, std::size_t dim) {
  if (part.ndim() != x.ndim())
    fail<Error>("diff expects prepend or append to be the same dimension as input: they have ", part.ndim(), " and ",
                x.ndim());
  for (std::size_t i = 0; i < x.ndim(); ++i)
    if (i != dim && part.shape()[i] != x.shape()[i])
      fail<Error>(
          "diff expects the shape of tensor to prepend or append to match that of input except along the differencing "
          "dimension; input.size(",
          i, ") = ", x.shape()[i], ", but got tensor.size(", i, ") = ", part.shape()[i]);
}

/// Distances of sample points that broadcast with y.
Variable distances(const char* op, const Variable& y, const Variable& x, std::size_t dim) {
  if (x.dtype() == DType::Bool || y.dtype() == DType::Bool)
    fail<Error>(op, ": received a bool input for `x` or `y`, but bool is not supported");
  Variable points = x;
  if (x.ndim() == 1) {
    if (x.numel() != y.shape()[dim])
      fail<Error>(op, ": There must be one `x` value for each sample point: there are ", x.numel(), " for ",
                  y.shape()[dim]);
    points = along(x, y.ndim(), dim);
  } else if (x.ndim() < y.ndim()) {
    Dims shape = x.shape();
    while (shape.size() < y.ndim()) shape.insert(0, 1);
    points = reshape(x, shape);
  }
  return trimmed(points, dim, 1, 0) - trimmed(points, dim, 0, 1);
}

std::size_t sampled_dim(const char* op, const Variable& y, Index dim) {
  if (y.ndim() == 0) fail<IndexError>(op, ": Dimension specified as ", dim, " but tensor has no dimensions");
  if (y.dtype() == DType::Bool) fail<Error>(op, ": received a bool input for `y`, but bool is not supported");
  return wrap_dim(dim, y.ndim());
}

/// Sums of neighbours.
Variable pairs(const Variable& y, std::size_t dim) { return trimmed(y, dim, 0, 1) + trimmed(y, dim, 1, 0); }

/// Slopes at the first and the last sample: by two, or with order 2 by three of them.
struct Ends {
  Variable first, last;
};

Ends even_ends(const Variable& x, const Scalar& step, std::size_t dim, Index order) {
  const auto v = [&](Index i) { return at(x, dim, i); };
  if (order == 1) return {(v(1) - v(0)) / step, (v(-1) - v(-2)) / step};
  return {(v(0) * -1.5 + v(1) * 2 - v(2) * 0.5) / step, (v(-3) * 0.5 - v(-2) * 2 + v(-1) * 1.5) / step};
}

Ends uneven_ends(const Variable& x, const Variable& steps, std::size_t dim, Index order) {
  const auto v = [&](Index i) { return at(x, dim, i); };
  const auto h = [&](Index i) { return at(steps, 0, i); };
  if (order == 1) return {(v(1) - v(0)) / h(0), (v(-1) - v(-2)) / h(-1)};
  const auto parabola = [&](const Variable& near, const Variable& far, Index a, Index b, Index c) {
    const Variable both = near + far;
    return v(a) * ((near * 2 + far) / (near * both)) - v(b) * (both / (near * far)) + v(c) * (near / (far * both));
  };
  return {-parabola(h(0), h(1), 0, 1, 2), parabola(h(-1), h(-2), -1, -2, -3)};
}

Variable slopes(const Variable& x, const Spacing& spacing, std::size_t dim, Index order) {
  Variable inner;
  Ends ends;
  if (!spacing.points.defined()) {
    inner = (trimmed(x, dim, 2, 0) - trimmed(x, dim, 0, 2)) / spacing.step / 2;
    ends = even_ends(x, spacing.step, dim, order);
  } else {
    const Variable& points = spacing.points;
    if (points.ndim() != 1 || points.numel() != x.shape()[dim])
      fail<Error>("gradient expected a coordinate for each of the ", x.shape()[dim], " elements of dimension ", dim,
                  ", but got a tensor of shape ", to_string(points.shape()));
    const Variable steps = diff(points);
    const Variable left = along(trimmed(steps, 0, 0, 1), x.ndim(), dim),
                   right = along(trimmed(steps, 0, 1, 0), x.ndim(), dim);
    const Variable both = left + right;
    inner = trimmed(x, dim, 2, 0) * (left / (right * both)) +
            trimmed(x, dim, 1, 1) * ((right - left) / (left * right)) - trimmed(x, dim, 0, 2) * (right / (left * both));
    ends = uneven_ends(x, steps, dim, order);
  }
  const auto place = static_cast<Index>(dim);
  const Variable parts[] = {unsqueeze(ends.first, place), inner, unsqueeze(ends.last, place)};
  return cat(parts, place);
}

}  // namespace

Variable diff(const Variable& x, Index n, Index dim, const std::optional<Variable>& before,
              const std::optional<Variable>& after) {
  if (x.ndim() == 0) fail<Error>("diff expects input to be at least one-dimensional");
  const std::size_t along = wrap_dim(dim, x.ndim());
  if (n < 0) fail<Error>("diff: order must be non-negative but got ", n);
  std::vector<Variable> parts;
  if (before) parts.push_back(*before);
  parts.push_back(x);
  if (after) parts.push_back(*after);
  for (const Variable& part : parts) check_joined(x, part, along);
  if (n == 0) return clone(x);
  Variable result = parts.size() > 1 ? cat(parts, static_cast<Index>(along)) : x;
  for (Index left = std::min(n, std::max<Index>(result.shape()[along], 1)); left > 0; --left) {
    const Variable later = trimmed(result, along, 1, 0), earlier = trimmed(result, along, 0, 1);
    result = result.dtype() == DType::Bool ? logical_xor(later, earlier) : later - earlier;
  }
  return result;
}

Variable trapezoid(const Variable& y, const Scalar& step, Index dim) {
  const std::size_t along = sampled_dim("trapezoid", y, dim);
  const Dims over = {static_cast<Index>(along)};
  if (y.shape()[along] == 0) return sum(detach(y), over, false, y.dtype());
  return (sum(y, over) - (at(y, along, 0) + at(y, along, -1)) * 0.5) * step;
}

Variable trapezoid(const Variable& y, const Variable& x, Index dim) {
  const std::size_t along = sampled_dim("trapezoid", y, dim);
  const Variable steps = distances("trapezoid", y, x, along);
  if (y.shape()[along] == 0) return sum(detach(y), {static_cast<Index>(along)}, false, y.dtype());
  return sum(pairs(y, along) * steps, {static_cast<Index>(along)}) / 2.0;
}

Variable cumulative_trapezoid(const Variable& y, const Scalar& step, Index dim) {
  const std::size_t along = sampled_dim("cumulative_trapezoid", y, dim);
  return cumsum(pairs(y, along) * (step.to<double>() / 2), static_cast<Index>(along));
}

Variable cumulative_trapezoid(const Variable& y, const Variable& x, Index dim) {
  const std::size_t along = sampled_dim("cumulative_trapezoid", y, dim);
  return cumsum(pairs(y, along) * distances("cumulative_trapezoid", y, x, along), static_cast<Index>(along)) / 2.0;
}

std::vector<Variable> gradient(const Variable& x, std::span<const Spacing> spacing, const Dims& dims,
                               Index edge_order) {
  if (edge_order != 1 && edge_order != 2) fail<Error>("gradient only supports edge_order=1 and edge_order=2.");
  if (is_unsigned(x.dtype())) fail<Error>("gradient does not support ", name(x.dtype()), " input: convert it");
  if (!dims.empty()) dim_mask(dims, x.ndim());  // none may come twice
  std::vector<Variable> results;
  results.reserve(spacing.size());
  for (std::size_t i = 0; i < spacing.size(); ++i) {
    const std::size_t dim = dims.empty() ? i : wrap_dim(dims[i], x.ndim());
    if (x.shape()[dim] <= edge_order)
      fail<Error>("gradient expected each dimension size to be at least edge_order+1, but dimension ", dim,
                  " has size ", x.shape()[dim]);
  }
  for (std::size_t i = 0; i < spacing.size(); ++i)
    results.push_back(slopes(x, spacing[i], dims.empty() ? i : wrap_dim(dims[i], x.ndim()), edge_order));
  return results;
}

}  // namespace tapegrad
