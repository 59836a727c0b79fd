#include "core/memory_format.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tapegrad {
namespace {

/// Strides without gaps or overlaps in the order of those given. A stride of 0 says nothing of the order.
Dims dense_strides(const Dims& shape, const Dims& strides) {
  const std::size_t rank = shape.size();
  Dims order(rank);  // innermost first
  const auto lies_outside = [&](Index a, Index b) {
    const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
    return strides[i] != strides[j] ? strides[i] > strides[j] : shape[i] > shape[j];
  };
  const auto undecided = [&](Index a, Index b) {
    return strides[static_cast<std::size_t>(a)] == 0 || strides[static_cast<std::size_t>(b)] == 0;
  };
  for (std::size_t i = 0; i < rank; ++i) {
    order[i] = static_cast<Index>(rank - 1 - i);
    for (std::size_t place = i, left = i; left-- > 0;) {
      if (undecided(order[left], order[place])) continue;
      if (!lies_outside(order[left], order[place])) break;
      std::swap(order[left], order[place]);
      place = left;
    }
  }
  Dims result(rank);
  Index step = 1;
  for (const Index dim : order) {
    const auto i = static_cast<std::size_t>(dim);
    result[i] = step;
    if (shape[i] != 0) step *= shape[i];
  }
  return result;
}

std::size_t rank_of(MemoryFormat format) { return format == MemoryFormat::ChannelsLast ? 4 : 5; }

/// Strides of a new array in a channels-last format, whose number of dimensions the shape has.
Dims channels_last_strides(const Dims& shape) {
  Dims strides(shape.size());
  Index step = 1;
  const auto lay = [&](std::size_t dim) {
    strides[dim] = step;
    step *= std::max<Index>(shape[dim], 1);
  };
  lay(1);
  for (std::size_t dim = shape.size(); --dim > 1;) lay(dim);
  lay(0);
  return strides;
}

}  // namespace

bool lies_in(const Tensor& tensor, MemoryFormat format) {
  if (format == MemoryFormat::Preserve) return true;
  if (format == MemoryFormat::Contiguous) return tensor.contiguous();
  if (tensor.ndim() != rank_of(format)) return false;
  const Dims strides = channels_last_strides(tensor.shape());
  for (std::size_t i = 0; i < strides.size(); ++i)
    if (tensor.shape()[i] != 1 && tensor.strides()[i] != strides[i]) return false;
  return true;
}

MemoryFormat format_of(const Tensor& tensor) {
  if (!tensor.contiguous())
    for (const MemoryFormat format : {MemoryFormat::ChannelsLast, MemoryFormat::ChannelsLast3d})
      if (lies_in(tensor, format)) return format;
  return MemoryFormat::Contiguous;
}

bool row_major_like(const Tensor& like, MemoryFormat format) {
  return format == MemoryFormat::Contiguous || (format == MemoryFormat::Preserve && like.contiguous());
}

Dims strides_in(const Dims& shape, MemoryFormat format) {
  if (format == MemoryFormat::Contiguous || format == MemoryFormat::Preserve) return contiguous_strides(shape);
  const std::size_t rank = rank_of(format);
  if (shape.size() != rank)
    fail<Error>("required rank ", rank, " tensor to use ", rank == 4 ? "channels_last" : "channels_last_3d",
                " format, but the shape is ", to_string(shape));
  return channels_last_strides(shape);
}

TensorRef new_tensor_like(const Tensor& like, DType dtype, MemoryFormat format) {
  const Dims& shape = like.shape();
  if (row_major_like(like, format)) return new_tensor(dtype, shape);
  if (format == MemoryFormat::Preserve)
    return new_strided(dtype, shape, is_dense(like) ? like.strides() : dense_strides(shape, like.strides()));
  return new_strided(dtype, shape, strides_in(shape, format));
}

}  // namespace tapegrad
