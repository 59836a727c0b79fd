#pragma once
// What the files of linear algebra have in common: shapes of batches, and arrays as LAPACK wants them.

#include <limits>

#include "kernels/linalg.h"
#include "kernels/rows.h"
#include "ops/arranging.h"
#include "ops/linalg.h"

namespace tapegrad {

inline Variable mt(const Variable& x) { return matrix_transpose(x); }

inline Index rows_of(const Variable& x) { return x.shape()[x.ndim() - 2]; }
inline Index columns_of(const Variable& x) { return x.shape().back(); }

/// A shape with `last` in the place of its last `dropped` sizes.
inline Dims with_last(const Dims& shape, std::size_t dropped, std::initializer_list<Index> last = {}) {
  Dims result(std::span<const Index>(shape.data(), shape.size() - dropped));
  for (const Index size : last) result.push_back(size);
  return result;
}

/// Zero matrices in a batch like x's.
inline Variable zeros_like_batch(const Variable& x, Index rows, Index columns) {
  return full(with_last(x.shape(), 2, {rows, columns}), 0.0, x.dtype());
}

/// The first `count` places along `dim`, and the rest.
inline Variable first(const Variable& x, Index dim, Index count) { return slice(x, dim, 0, count, 1); }
inline Variable rest(const Variable& x, Index dim, Index count) {
  return slice(x, dim, count, x.shape()[wrap_dim(dim, x.ndim())], 1);
}
inline Variable joined(const Variable& a, const Variable& b, Index dim) {
  const Variable parts[] = {a, b};
  return cat(parts, dim);
}

/// Two batches of matrices, both expanded to what their batches broadcast to.
inline std::array<Variable, 2> same_batch(const Variable& a, const Variable& b) {
  const Dims batch = broadcast(with_last(a.shape(), 2), with_last(b.shape(), 2));
  const auto expanded = [&](const Variable& x) {
    Dims shape = batch;
    shape.push_back(rows_of(x));
    shape.push_back(columns_of(x));
    return x.shape() == shape ? x : expand(x, shape);
  };
  return {expanded(a), expanded(b)};
}

inline double epsilon(DType dtype) {
  return dtype == DType::Float32 ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
}

inline TensorRef transposed(const Tensor& x) {
  Layout to = x.layout();
  const std::size_t n = to.shape.size();
  std::swap(to.shape[n - 1], to.shape[n - 2]);
  std::swap(to.strides[n - 1], to.strides[n - 2]);
  return x.view(std::move(to));
}

/// A view of the first rows and columns of a batch of matrices.
inline TensorRef corner(const Tensor& x, Index rows, Index columns) {
  Layout to = x.layout();
  to.shape[to.shape.size() - 2] = rows;
  to.shape[to.shape.size() - 1] = columns;
  return x.view(std::move(to));
}

/// Calls an op of N outputs.
template <std::size_t N>
std::array<Variable, N> apply_all(const Op& op, std::initializer_list<Operand> in, AttributesView attributes = {}) {
  std::array<Variable, N> out;
  apply(op, std::span(in.begin(), in.size()), attributes, out);
  return out;
}

}  // namespace tapegrad
