#include "core/tensor.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/parallel.h"

namespace tapegrad {

void SharedLayout::destroy(SharedLayout* it) { delete it; }

Ref<SharedLayout> SharedLayout::transposed() {
  if (mate_) return Ref<SharedLayout>(mate_);
  if (!transposed_) {
    const auto& [shape, strides, offset] = layout;
    transposed_ = make_ref<SharedLayout>(Layout({shape[1], shape[0]}, {strides[1], strides[0]}, offset), numel);
    transposed_->mate_ = this;
  }
  return transposed_;
}

TensorRef zeros(DType dtype, const Dims& shape) {
  auto result = new_tensor(dtype, shape);
  auto* const bytes = static_cast<unsigned char*>(result->data());
  const auto clear = [&](Index begin, Index end) {
    std::memset(bytes + begin, 0, static_cast<std::size_t>(end - begin));
  };
  constexpr Index kGrain = Index{1} << 17;  // bytes that are worth a thread
  const auto count = static_cast<Index>(result->bytes());
  if (count <= kGrain) clear(0, count);
  else parallel_for(count, kGrain / 2, clear);
  return result;
}

std::pair<Index, Index> extent(const Dims& shape, const Dims& strides) {
  Index least = 0, greatest = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0) return {0, -1};
    const Index span = (shape[i] - 1) * strides[i];
    (span < 0 ? least : greatest) += span;
  }
  return {least, greatest};
}

bool non_overlapping(const Dims& shape, const Dims& strides) {
  std::array<std::pair<Index, Index>, kMaxDims> axes;  // stride, size
  std::size_t count = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0) return true;
    if (shape[i] > 1) axes[count++] = {std::abs(strides[i]), shape[i]};
  }
  std::sort(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(count));
  Index reach = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (axes[i].first <= reach) return false;
    reach += axes[i].first * (axes[i].second - 1);
  }
  return true;
}

bool is_dense(const Tensor& t) {
  if (t.contiguous()) return true;
  const auto [low, high] = extent(t.shape(), t.strides());
  return low >= 0 && high + 1 == t.numel() && non_overlapping(t);
}

bool share_memory(const Tensor& a, const Tensor& b) {
  const bool apart = &a.storage() != &b.storage();
  if (apart && !(a.storage().foreign() && b.storage().foreign())) return false;
  const auto [a0, a1] = extent(a.shape(), a.strides());
  const auto [b0, b1] = extent(b.shape(), b.strides());
  if (a1 < a0 || b1 < b0) return false;  // nothing
  const auto address = [](const Tensor& t, Index element) {
    return reinterpret_cast<std::uintptr_t>(t.data()) +
           static_cast<std::uintptr_t>(element * static_cast<Index>(itemsize(t.dtype())));
  };
  return address(a, a0) < address(b, b1 + 1) && address(b, b0) < address(a, a1 + 1);
}

bool overlap(const Tensor& a, const Tensor& b) {
  const bool same =
      a.data() == b.data() && a.dtype() == b.dtype() && a.shape() == b.shape() && a.strides() == b.strides();
  return !same && share_memory(a, b);
}

TensorRef new_strided(DType dtype, const Dims& shape, const Dims& strides) {
  auto storage = Storage::make(static_cast<std::size_t>(count_elements(shape, itemsize(dtype))) * itemsize(dtype));
  return make_ref<Tensor>(dtype, Layout{shape, strides, 0}, std::move(storage), nullptr);
}

}  // namespace tapegrad
