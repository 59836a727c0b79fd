#pragma once
// Memory formats: in which order a new array's dimensions lie.

#include <cstdint>

#include "core/tensor.h"

namespace tapegrad {

/// Preserve: as another array lies, without its gaps. Contiguous: row-major. ChannelsLast (N, H, W, C for a shape
/// N, C, H, W) and ChannelsLast3d (N, D, H, W, C) take 4 and 5 dimensions.
enum class MemoryFormat : std::uint8_t { Preserve, Contiguous, ChannelsLast, ChannelsLast3d };

/// Whether a tensor lies so; what sizes of 1 have for strides does not matter. Any tensor is preserved.
bool lies_in(const Tensor& tensor, MemoryFormat format);

/// The format that describes how a tensor lies: a channels-last one, else Contiguous.
MemoryFormat format_of(const Tensor& tensor);

/// Whether a new array like this one is row-major in a format.
bool row_major_like(const Tensor& like, MemoryFormat format);

/// Strides of a new array in a format; row-major for Preserve, where there is nothing to be like. Raises Error for
/// another number of dimensions than the format takes.
Dims strides_in(const Dims& shape, MemoryFormat format);

/// A new array of the shape of `like`, not initialised. Preserve keeps the order of its strides, as PyTorch does.
/// Raises MemoryError, and Error for another number of dimensions than the format takes.
TensorRef new_tensor_like(const Tensor& like, DType dtype, MemoryFormat format);
/// The same that preserves, sooner where `like` is row-major. (The dtype by reference, as make_ref takes it: a copy
/// would be put into memory at every call.)
inline TensorRef new_result_like(const Tensor& like, const DType& dtype) {
  return like.contiguous() ? make_ref<Tensor>(dtype, like) : new_tensor_like(like, dtype, MemoryFormat::Preserve);
}

}  // namespace tapegrad
