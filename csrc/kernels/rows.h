#pragma once
// A tensor seen as outer x length x inner round one dimension.

#include <algorithm>

#include "core/parallel.h"
#include "core/tensor.h"
#include "kernels/elementwise.h"

namespace tapegrad::kernels {

struct Rows {
  Rows(const Dims& shape, std::size_t dim) {
    for (std::size_t i = 0; i < shape.size(); ++i) (i < dim ? outer : i == dim ? length : inner) *= shape[i];
  }
  Index outer = 1, length = 1, inner = 1;
};

/// Calls f(first element, number of the first column, columns), in threads, for groups of at most `most` columns that
/// are worked on side by side: the next element of a column is rows.inner on. `grain` elements are worth a thread.
template <class F>
void each_columns(const Rows& rows, Index most, Index grain, F&& f) {
  const Index width = std::min(rows.inner, most), pieces = (rows.inner + width - 1) / width;
  parallel_for(rows.outer * pieces, std::max<Index>(1, grain / (rows.length * width)), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index outer = i / pieces, column = i % pieces * width;
      f(outer * rows.length * rows.inner + column, outer * rows.inner + column, std::min(width, rows.inner - column));
    }
  });
}

/// A row-major copy, to be written to, or given away. Called under the interpreter's lock.
inline TensorRef dense_copy(const Tensor& t) {
  auto result = new_tensor(t.dtype(), t.shape());
  copy(*result, t);
  return result;
}

/// `t` itself where it is row-major, else a copy that is: for reading. Called under the interpreter's lock.
inline TensorRef row_major(const Tensor& t) {
  return t.contiguous() ? TensorRef(const_cast<Tensor*>(&t)) : dense_copy(t);
}

}  // namespace tapegrad::kernels
