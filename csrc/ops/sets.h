#pragma once
// What is equal, how many fall where, and where values stand among sorted ones; contracts are those of PyTorch's
// functions of the same names.

#include <array>

#include "ops/ops.h"

namespace tapegrad {

/// Distinct elements, ascending; the place of each element among them, unless `inverse` is false; how often each comes.
/// Of slices along `dim`.
struct DistinctElements {
  Variable values, inverse, counts;
};
DistinctElements unique(const Variable& x, std::optional<Index> dim = {}, bool inverse = true);
/// Only neighbours are compared.
DistinctElements unique_consecutive(const Variable& x, std::optional<Index> dim = {}, bool inverse = true);

Variable bincount(const Variable& x, const std::optional<Variable>& weights = {}, Index least = 0);
/// Of finite floats in `bins` bins of one width between `low` and `high`; of all there are where these are equal.
Variable histc(const Variable& x, Index bins, double low, double high);
/// Counts, or sums of weights, and the bins' edges.
using Histogram = std::array<Variable, 2>;
Histogram histogram(const Variable& x, const Variable& edges, const std::optional<Variable>& weights, bool density);
Histogram histogram(const Variable& x, Index bins, std::optional<std::array<double, 2>> range,
                    const std::optional<Variable>& weights, bool density);

/// int64, or with `narrow` int32. `order` sorts the sequence.
Variable searchsorted(const Variable& sorted, const Operand& values, bool narrow, bool right,
                      const std::optional<Variable>& order = {});
/// Which elements are among `tested`, or with `invert` which are not.
Variable isin(const Operand& elements, const Operand& tested, bool invert);
Variable bucketize(const Operand& values, const Variable& boundaries, bool narrow, bool right);

}  // namespace tapegrad
