#pragma once
// Running sums, products, maxima along one dimension.

#include "ops/ops.h"

namespace tapegrad {

/// Integers and bools are summed and multiplied in int64, unless a dtype is given.
Variable cumsum(const Operand& x, Index dim, std::optional<DType> dtype = {});
Variable cumprod(const Operand& x, Index dim, std::optional<DType> dtype = {});
/// For each element along `dim` the product of all others.
Variable products_of_others(const Variable& x, std::size_t dim);
Variable logcumsumexp(const Operand& x, Index dim);
ValuesIndices cummax(const Operand& x, Index dim);
ValuesIndices cummin(const Operand& x, Index dim);

/// y[i] = terms[i] + factors[i] * y[i - 1] along `dim`, where y[-1] is 0; with `reverse` from the other end.
Variable linear_recurrence(const Variable& factors, const Variable& terms, std::size_t dim, bool reverse);

/// x moved on by one along `dim`, `first` in the free place; or moved back, `first` at the end.
Variable shifted(const Variable& x, std::size_t dim, bool back, const Scalar& first);

}  // namespace tapegrad
