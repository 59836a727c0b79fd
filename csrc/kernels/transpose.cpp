#include "kernels/transpose.h"

#include <algorithm>
#include <cstring>

namespace tapegrad::kernels {
namespace {

constexpr Index kColumns = 64;

/// A single element.
template <class T>
struct One {
  static constexpr Index kSide = 1;
  static void turn(const Plane&, unsigned char* to, const unsigned char* from) { std::memcpy(to, from, sizeof(T)); }
};
/// As many as can be turned over in registers.
template <class T>
struct Square : One<T> {};
/// 4 x 4 elements of 4 bytes.
template <>
struct Square<std::uint32_t> {
  static constexpr Index kSide = 4;
  static void turn(const Plane& p, unsigned char* to, const unsigned char* from) {
    using V = std::uint32_t __attribute__((vector_size(16)));
    V a, b, c, d;
    std::memcpy(&a, from, 16);
    std::memcpy(&b, from + p.from_step, 16);
    std::memcpy(&c, from + 2 * p.from_step, 16);
    std::memcpy(&d, from + 3 * p.from_step, 16);
    const V ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const V cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    const V rows[] = {__builtin_shufflevector(ab, cd, 0, 1, 4, 5), __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
                      __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5), __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7)};
    for (Index i = 0; i < kSide; ++i) std::memcpy(to + i * p.to_step, &rows[i], 16);
  }
};
/// 2 x 2 elements of 8 bytes.
template <>
struct Square<std::uint64_t> {
  static constexpr Index kSide = 2;
  static void turn(const Plane& p, unsigned char* to, const unsigned char* from) {
    using V = std::uint64_t __attribute__((vector_size(16)));
    V a, b;
    std::memcpy(&a, from, 16);
    std::memcpy(&b, from + p.from_step, 16);
    const V rows[] = {__builtin_shufflevector(a, b, 0, 2), __builtin_shufflevector(a, b, 1, 3)};
    for (Index i = 0; i < kSide; ++i) std::memcpy(to + i * p.to_step, &rows[i], 16);
  }
};
/// Rows [first, last), columns [begin, end), in squares.
template <class S>
void turn_squares(const Plane& p, Index first, Index last, Index begin, Index end) {
  for (Index row = first; row + S::kSide <= last; row += S::kSide)
    for (Index column = begin; column + S::kSide <= end; column += S::kSide)
      S::turn(p, p.to + row * p.to_step + column * p.item, p.from + column * p.from_step + row * p.item);
}

template <class T>
void transpose_of(const Plane& p, Index first, Index last) {
  using S = Square<T>;
  for (; first < last; first += kTransposeRows) {
    const Index end = std::min(first + kTransposeRows, last), whole_rows = end - (end - first) % S::kSide;
    for (Index begin = 0; begin < p.columns; begin += kColumns) {
      const Index stop = std::min(begin + kColumns, p.columns), whole = stop - (stop - begin) % S::kSide;
      turn_squares<S>(p, first, whole_rows, begin, whole);
      if (whole < stop) turn_squares<One<T>>(p, first, whole_rows, whole, stop);
      if (whole_rows < end) turn_squares<One<T>>(p, whole_rows, end, begin, stop);
    }
  }
}

}  // namespace

void transpose(const Plane& plane, Index first, Index last) {
  switch (plane.item) {
    case 1: return transpose_of<std::uint8_t>(plane, first, last);
    case 2: return transpose_of<std::uint16_t>(plane, first, last);
    case 4: return transpose_of<std::uint32_t>(plane, first, last);
    default: return transpose_of<std::uint64_t>(plane, first, last);
  }
}

}  // namespace tapegrad::kernels
