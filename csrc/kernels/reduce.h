#pragma once
// Reductions over any set of dimensions. Blocks are cut by size alone and summed pairwise, so a result is the same to
// the last bit whatever the number of threads.

#include <cstdint>

#include "core/shape.h"

namespace tapegrad {
class Tensor;
}

namespace tapegrad::kernels {

enum class ReduceFn : std::uint8_t { Sum, Prod, Max, Min, All, Any };

enum class MapFn : std::uint8_t {
  Identity,
  NonZero,  // 1 or 0
  Abs,      // of floats alone, as all that follow
  AbsPower,
  Square,
  NanToZero,
  Deviation,  // from the centre of the result that the element belongs to
  SquaredDeviation,
};

/// What becomes of each element before it is combined with others.
struct Map {
  MapFn fn = MapFn::Identity;
  /// Of AbsPower.
  double exponent = 1;
  /// Of the deviations: an element for each result, contiguous, of out's dtype.
  const Tensor* centers = nullptr;
};

/// Reduces the dimensions of `in` in `mask` (bit i is dimension i) into `out`: contiguous, of the shape that is left
/// without them. Elements are converted to out's dtype first (All, Any: to bool; out is bool), and mapped. Sum over
/// nothing is 0, Prod 1, All true, Any false; Max and Min need at least one element (the caller sees to that). A NaN
/// wins Max and Min.
void reduce(ReduceFn fn, Tensor& out, const Tensor& in, std::uint64_t mask, const Map& map = {});

/// sum((in - mean) ** 2) / max(count - correction, 0), in two passes that lose no digits to a large mean; of equal
/// elements it is 0. `out` contiguous, of the shape that is left and in's floating dtype.
void variance(Tensor& out, const Tensor& in, std::uint64_t mask, double correction);

/// First index of the greatest (or least) element along `dim` (a NaN wins over all; among equals the first), and its
/// value unless `values` is null. Both outputs contiguous, of the shape without `dim`; indices int64.
void arg_reduce(bool greatest, Tensor* values, Tensor& indices, const Tensor& in, std::size_t dim);

/// Softmax, or its logarithm, along `dim`; shifted by the maximum. `out` has in's shape and floating dtype, contiguous.
void softmax(bool logarithm, Tensor& out, const Tensor& in, std::size_t dim);

/// log(sum(exp(in))) over the dimensions in `mask`, shifted by a finite maximum: -inf over nothing and over -infs,
/// inf where one is inf. `out` contiguous, of the shape that is left, of in's floating dtype.
void logsumexp(Tensor& out, const Tensor& in, std::uint64_t mask);

}  // namespace tapegrad::kernels
