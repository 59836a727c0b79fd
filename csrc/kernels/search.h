#pragma once
// Where values stand among sorted ones, which of them are equal, and how many fall where.

#include <vector>

#include "core/tensor.h"

namespace tapegrad::kernels {

/// For each value the first place in its row of `sorted` that is not less, or with `right` that is greater; NaN is
/// greater than all else. Operands contiguous and of one dtype; `sorted` is one row for all values, or has one for each
/// row of them. `order` (int64, of sorted's shape, or null) names the elements of a row in ascending order. `out`:
/// int64 or int32, contiguous, of values' shape.
void search_sorted(Tensor& out, const Tensor& sorted, const Tensor& values, const Tensor* order, bool right);

/// The rows of an array (slices of its first dimension) that differ: for each, one of those that are equal to it, and
/// how many they are; and for each row its place among these.
struct Distinct {
  std::vector<Index> rows;
  std::vector<Index> counts;
  std::vector<Index> places;
};
/// In ascending order, or with `consecutive` only compared with the row before. NaN equals nothing. `in` is contiguous.
/// Without `places` these are left out.
Distinct distinct_rows(const Tensor& in, bool consecutive, bool places);

/// out[bins[i]] += weights[i], or 1 where that is null; one after another, as sums of floats must be. All contiguous;
/// `bins` int64 and in range; weights of out's dtype.
void count_bins(Tensor& out, const Tensor& bins, const Tensor* weights);

/// out[i] = how many values, or the sum of their weights, lie in edges[i] <= value < edges[i + 1]; at the last edge
/// too. With `uniform` the bins are equally wide, and found by division. All contiguous and of one floating dtype.
void histogram(Tensor& out, const Tensor& edges, const Tensor& values, const Tensor* weights, bool uniform);

}  // namespace tapegrad::kernels
