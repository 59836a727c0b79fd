#pragma once
// Dims (a short vector of sizes or strides) and the arithmetic of shapes.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>

#include "core/error.h"

namespace tapegrad {

using Index = std::int64_t;

/// Most dimensions an array may have (NumPy's limit).
inline constexpr std::size_t kMaxDims = 64;

/// Up to four sizes in place, more on the heap.
class Dims {
 public:
  Dims() : inline_{} {}
  explicit Dims(std::size_t count, Index fill = 0) {
    if (count > kInline) {
      grow(count);
      std::fill_n(heap_, count, fill);
    } else {
      for (Index& value : inline_) value = fill;  // of a fixed length, which takes less than to look at `count`
    }
    size_ = static_cast<std::uint8_t>(count);
  }
  Dims(std::initializer_list<Index> values) : Dims() { assign(values.begin(), values.size()); }
  explicit Dims(std::span<const Index> values) : Dims() { assign(values.data(), values.size()); }
  Dims(const Dims& other) { copy(other); }
  Dims(Dims&& other) noexcept { steal(other); }
  Dims& operator=(const Dims& other) {
    if (this != &other) copy(other);
    return *this;
  }
  Dims& operator=(Dims&& other) noexcept {
    if (this != &other) {
      if (heap()) delete[] heap_;
      capacity_ = kInline;
      steal(other);
    }
    return *this;
  }
  ~Dims() {
    if (heap()) delete[] heap_;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Index* data() { return heap() ? heap_ : inline_; }
  const Index* data() const { return heap() ? heap_ : inline_; }
  Index& operator[](std::size_t i) { return data()[i]; }
  Index operator[](std::size_t i) const { return data()[i]; }
  Index* begin() { return data(); }
  Index* end() { return data() + size_; }
  const Index* begin() const { return data(); }
  const Index* end() const { return data() + size_; }
  Index back() const { return data()[size_ - 1]; }
  operator std::span<const Index>() const { return {data(), size_}; }

  void push_back(Index value) { insert(size_, value); }
  void insert(std::size_t at, Index value) {
    reserve(size_ + std::size_t{1});
    std::memmove(data() + at + 1, data() + at, (size_ - at) * sizeof(Index));
    data()[at] = value;
    ++size_;
  }
  void erase(std::size_t at) {
    Index* const values = data();
    for (std::size_t i = at; i + 1 < size_; ++i) values[i] = values[i + 1];
    --size_;
  }
  bool operator==(const Dims& other) const {
    if (this == &other) return true;  // tensors of one layout
    if (size_ != other.size_) return false;
    const Index *const a = data(), *const b = other.data();
    for (std::size_t i = 0; i < size_; ++i)  // shorter than a call of memcmp
      if (a[i] != b[i]) return false;
    return true;
  }

 private:
  static constexpr std::uint8_t kInline = 4;
  bool heap() const { return capacity_ > kInline; }
  void grow(std::size_t wanted);
  void reserve(std::size_t wanted) {
    if (wanted > capacity_) grow(wanted);
  }
  void copy(const Dims& other) {
    if (heap() || other.heap()) return assign(other.data(), other.size_);
    copy_inline(other);
    size_ = other.size_;
  }
  // Note [Copied word by word]; the words beyond the size too, which takes less than to look at it.
  void copy_inline(const Dims& other) {
    for (std::size_t i = 0; i < kInline; ++i) inline_[i] = other.inline_[i];
  }
  void assign(const Index* values, std::size_t count) {
    reserve(count);
    if (count) std::memmove(data(), values, count * sizeof(Index));
    size_ = static_cast<std::uint8_t>(count);
  }
  void steal(Dims& other) {
    size_ = std::exchange(other.size_, std::uint8_t{0});
    if (other.heap()) {
      heap_ = other.heap_;
      capacity_ = std::exchange(other.capacity_, kInline);
    } else {
      copy_inline(other);
    }
  }

  union {
    Index inline_[kInline];
    Index* heap_;
  };
  std::uint8_t size_ = 0;
  std::uint8_t capacity_ = kInline;
};

/// "[2, 3]", as in messages.
std::string to_string(const Dims& dims);

/// "tapegrad.Size([2, 3])", as Python shows it.
std::string size_text(const Dims& dims);

/// Product of the sizes. Raises ValueError for a negative size, Error where the count or `itemsize` times it overflows.
Index count_elements(const Dims& shape, std::size_t itemsize = 1);

/// The same for a shape that is known to be in order: sizes of a part of an existing array.
inline Index product(const Dims& shape) {
  Index count = 1;
  for (const Index size : shape) count *= size;
  return count;
}

/// Row-major strides, in elements.
Dims contiguous_strides(const Dims& shape);

/// Row-major without gaps; strides of sizes 1 do not matter, and an empty tensor always is.
bool is_contiguous(const Dims& shape, const Dims& strides);

/// The shape two operands broadcast to. Raises Error in PyTorch's words where they do not.
Dims broadcast(const Dims& a, const Dims& b);

/// Whether `from` broadcasts to `to`, sizes on the left added where they are missing.
bool is_expandable(const Dims& from, const Dims& to);

/// A possibly negative dimension, checked: IndexError `Dimension out of range`. A 0-d tensor takes 0 and -1.
std::size_t wrap_dim(Index dim, std::size_t ndim);

/// Dimensions as a set of bits, wrapped and checked; an empty list means all. Raises Error where one comes twice.
std::uint64_t dim_mask(const Dims& dims, std::size_t ndim);

/// Shape after reducing the dimensions in `mask`.
Dims reduced_shape(const Dims& shape, std::uint64_t mask, bool keepdim);

}  // namespace tapegrad
