#pragma once
// A tensor seen as outer x length x inner round one dimension.

#include "core/tensor.h"
#include "kernels/elementwise.h"

namespace tapegrad::kernels {

struct Rows {
  Rows(const Dims& shape, std::size_t dim) {
    for (std::size_t i = 0; i < shape.size(); ++i) (i < dim ? outer : i == dim ? length : inner) *= shape[i];
  }
  Index outer = 1, length = 1, inner = 1;
};

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
