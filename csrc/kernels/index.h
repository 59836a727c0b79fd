#pragma once
// Gather and scatter by integer arrays.

#include <optional>
#include <span>
#include <vector>

#include "core/tensor.h"

namespace tapegrad::kernels {

/// Indices for the leading dimensions of an array: int64 arrays of one common shape, contiguous.
using Indices = std::span<const Tensor* const>;

/// The first element of an int64 array, in row-major order, that is not in [low, high).
std::optional<std::int64_t> first_outside(const Tensor& index, Index low, Index high);

/// numbers[i], read once.
inline Index number_at(const std::int64_t* numbers, Index i) { return __atomic_load_n(numbers + i, __ATOMIC_RELAXED); }
/// A place in [0, size), as checked; where another thread has written something else there since, 0.
inline Index within(Index place, Index size) {
  return static_cast<std::size_t>(place) < static_cast<std::size_t>(size) ? place : 0;
}

/// Raises IndexError "index 7 is out of bounds for dimension 0 with size 5" for an index outside [-size, size).
/// `dims[j]` is the number of dimension j in the user's array, for the message.
void check_bounds(const Dims& shape, Indices indices, const std::vector<std::size_t>& dims);

/// out[i..., r...] = in[indices[0][i...], indices[1][i...], ..., r...]. `out` is contiguous, of in's dtype; in may have
/// any strides. Indices are in bounds (check_bounds), negative ones count from the end.
void gather(Tensor& out, const Tensor& in, Indices indices);

/// out[indices..., r...] = values[i..., r...], or += with `accumulate` (in index order, so the sum's bits are fixed).
/// `values` has the shape indices + rest, any strides, and out's dtype. With repeated indices the last one wins.
void scatter(Tensor& out, Indices indices, const Tensor& values, bool accumulate);

/// For each place that indices of dimensions of these sizes name, whether a later one names it again: bool, of the
/// indices' shape; null where none does. Indices are in bounds.
TensorRef named_again(const Dims& sizes, Indices indices);

/// Indices of the non-zero elements in row-major order: int64, shape (count, ndim).
TensorRef nonzero(const Tensor& in);

}  // namespace tapegrad::kernels
