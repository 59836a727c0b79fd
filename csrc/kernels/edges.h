#pragma once
// Arrays continued beyond their edges with elements of their own, and the sums that lead back.

#include <span>
#include <vector>

#include "core/tensor.h"

namespace tapegrad::kernels {

/// Places of a continued dimension, one after another, and the elements that they have, each `step` from the last.
struct Run {
  Index to, from, count, step;
};

/// out = in, continued in its last dimensions: for each of those, outermost first, the runs that fill it. Any dtype;
/// both row-major.
void fill_edges(Tensor& out, const Tensor& in, std::span<const std::vector<Run>> dims);

/// The transpose of that: out has of each element the sum of what its places in `in` have. float32 or float64.
void fold_edges(Tensor& out, const Tensor& in, std::span<const std::vector<Run>> dims);

}  // namespace tapegrad::kernels
