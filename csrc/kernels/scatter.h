#pragma once
// Gather and scatter along one dimension, by an index for each element.

#include <cstdint>

#include "core/tensor.h"
#include "kernels/elementwise.h"

namespace tapegrad::kernels {

/// What a scatter does with the element that it meets. Bools: Add is or, Multiply is and.
enum class ScatterFn : std::uint8_t { Write, Add, Multiply, Max, Min };

/// out[i][j] = in[index[i][j]][j] for dim = 0, and so on; `out` has index's shape and in's dtype. In all three
/// functions 0-d counts as 1-d, indices are int64, of any strides, and in [0, size of the dimension); index is no
/// larger than the other arrays in any other dimension.
void gather_along(Tensor& out, const Tensor& in, std::size_t dim, const Tensor& index);

/// self[index[i][j]][j] = fn(that, src[i][j]), in the order of the indices, so that the last one written wins and the
/// bits of a sum do not depend on threads. `src` is a number, or an array of self's dtype and at least index's shape.
void scatter_along(ScatterFn fn, Tensor& self, std::size_t dim, const Tensor& index, const Input& src);

/// sums /= max(counts, 1), element by element, of one dtype; integers are floored.
void divide_by_counts(Tensor& sums, const Tensor& counts);

}  // namespace tapegrad::kernels
