#pragma once
// Pairwise combination of a stream of rows, in as many rows of memory as the logarithm of their number.

#include <bit>
#include <cstddef>
#include <cstdint>

#include "core/shape.h"
#include "kernels/vector_table.h"

namespace tapegrad::kernels {

/// Rows of `width` elements, combined element by element with `combine`, a binary block function: neighbours first,
/// then their results, like the carries of a binary counter. Memory comes from malloc: usable without the interpreter's
/// lock.
class Cascade {
 public:
  Cascade(BlockFn combine, std::size_t item, Index width, Index most_rows)
      : combine_(combine),
        row_(static_cast<std::size_t>(width) * item),
        width_(width),
        size_(row_ * static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(most_rows)) + 1)),
        memory_(size_ > kInline ? new unsigned char[size_] : inline_) {}
  ~Cascade() {
    if (size_ > kInline) delete[] memory_;
  }
  Cascade(const Cascade&) = delete;
  Cascade& operator=(const Cascade&) = delete;

  /// Where the next row is to be written; push() takes it.
  void* next() { return memory_ + row_ * used_; }
  void push() {
    ++used_;
    for (std::uint64_t n = ++pushed_; !(n & 1); n >>= 1) combine_top();
  }
  /// The combination of all rows, one at least; valid until the next push. The cascade is empty again.
  const void* finish() {
    while (used_ > 1) combine_top();
    used_ = 0;
    pushed_ = 0;
    return memory_;
  }

 private:
  static constexpr std::size_t kInline = 1024;

  void combine_top() {
    --used_;
    unsigned char* const into = memory_ + row_ * (used_ - 1);
    const void* const operands[] = {into, into + row_};
    combine_(width_, into, operands, 0);
  }

  BlockFn combine_;
  std::size_t row_;
  Index width_;
  std::size_t size_;
  unsigned char* memory_;
  alignas(16) unsigned char inline_[kInline];
  std::size_t used_ = 0;
  std::uint64_t pushed_ = 0;
};

}  // namespace tapegrad::kernels
