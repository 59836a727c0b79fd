#pragma once
// Order along one dimension: sorted, the k best, one rank, the most frequent. NaN is greater than all else, -0.0 equals
// 0.0. Among equal elements the first comes first when sorted, and is the median; topk, Kth and Mode find those that
// PyTorch finds. Outputs are contiguous; indices are int64.

#include "core/tensor.h"

namespace tapegrad::kernels {

/// Values (unless null) and indices of in's shape.
void sort(bool descending, Tensor* values, Tensor& indices, const Tensor& in, std::size_t dim);

/// The k greatest (or least), best first; in's shape but for k at `dim`.
void topk(bool largest, Index k, Tensor& values, Tensor& indices, const Tensor& in, std::size_t dim);

enum class Rank : std::uint8_t {
  Kth,        // that of rank k, counted from 0
  Median,     // the lower one; NaN if there is one
  NanMedian,  // among those that are no NaN; NaN if there are none
  Mode,       // the most frequent, the least of several
};

/// One element of each row, at least one long; in's shape but for size 1 at `dim`.
void select_rank(Rank rank, Index k, Tensor& values, Tensor& indices, const Tensor& in, std::size_t dim);

}  // namespace tapegrad::kernels
