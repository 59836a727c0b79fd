#pragma once
// Differences, what they approximate, and sums that undo them; contracts are those of PyTorch's functions of the same
// names.

#include <span>

#include "ops/ops.h"

namespace tapegrad {

/// Differences of neighbours along `dim`, n times over, of `before`, x and `after` in a row.
Variable diff(const Variable& x, Index n = 1, Index dim = -1, const std::optional<Variable>& before = {},
              const std::optional<Variable>& after = {});

/// By the trapezoidal rule; sample points at x, or `step` apart.
Variable trapezoid(const Variable& y, const Scalar& step, Index dim = -1);
Variable trapezoid(const Variable& y, const Variable& x, Index dim = -1);
Variable cumulative_trapezoid(const Variable& y, const Scalar& step, Index dim = -1);
Variable cumulative_trapezoid(const Variable& y, const Variable& x, Index dim = -1);

/// Where the samples of one dimension stand: at `points`, or `step` apart where these are undefined.
struct Spacing {
  Scalar step = 1;
  Variable points;
};
/// Slopes along dimensions, each with its spacing.
std::vector<Variable> gradient(const Variable& x, std::span<const Spacing> spacing, const Dims& dims, Index edge_order);

}  // namespace tapegrad
