#pragma once
// Applies functions of whole vectors to blocks, and the C library's functions, scalar and on vectors. For vector/*.cpp
// alone.
//
// Note [Tails]: the vector functions and the scalar ones differ in the last bits, so the end of a block is a full
// vector too: the block's last lanes (loaded before anything is stored, for `out` may be `in`), or one with elements
// twice.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

/// 1 <= n < lanes elements, and some of them again in the lanes left over. In halves that overlap: one element after
/// another, written and then read as a vector, would take longer than a function of them.
template <class T, int Bytes>
Vector<T, Bytes> load_part(const T* from, std::int64_t n) {
  constexpr int kHalf = Bytes / 2 / static_cast<int>(sizeof(T));
  if constexpr (Bytes == 16) {
    const T last = from[n - 1];
    if constexpr (kHalf == 1) return Vector<T, Bytes>{last, last};
    else return Vector<T, Bytes>{from[0], from[n > 1], last, last};
  } else {
    Vector<T, Bytes / 2> low, high;
    if (n >= kHalf) {
      __builtin_memcpy(&low, from, Bytes / 2);
      __builtin_memcpy(&high, from + n - kHalf, Bytes / 2);
    } else {
      low = high = load_part<T, Bytes / 2>(from, n);
    }
    if constexpr (kHalf == 2) return __builtin_shufflevector(low, high, 0, 1, 2, 3);
    else if constexpr (kHalf == 4) return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
    else return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  }
}

/// Writes what load_part read.
template <class T, int Bytes>
void store_part(T* to, Vector<T, Bytes> v, std::int64_t n) {
  constexpr int kHalf = Bytes / 2 / static_cast<int>(sizeof(T));
  if constexpr (Bytes == 16) {
    to[0] = v[0];
    if constexpr (kHalf == 2) {
      if (n > 1) to[1] = v[1];
      to[n - 1] = v[2];
    }
  } else {
    Vector<T, Bytes / 2> low, high;
    if constexpr (kHalf == 2) {
      low = __builtin_shufflevector(v, v, 0, 1);
      high = __builtin_shufflevector(v, v, 2, 3);
    } else if constexpr (kHalf == 4) {
      low = __builtin_shufflevector(v, v, 0, 1, 2, 3);
      high = __builtin_shufflevector(v, v, 4, 5, 6, 7);
    } else {
      low = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
      high = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    }
    if (n < kHalf) return store_part<T, Bytes / 2>(to, low, n);
    __builtin_memcpy(to, &low, Bytes / 2);
    __builtin_memcpy(to + n - kHalf, &high, Bytes / 2);
  }
}

/// out[i] = f(a[i]) for f: Vector<T> -> Vector<T>.
template <class T, class F>
void map(std::int64_t n, T* out, const T* a, F f) {
  constexpr int kStep = kLanes<T>;
  if (n < kStep) {
    if (n > 0) store_part<T, kVectorBytes>(out, f(load_part<T, kVectorBytes>(a, n)), n);
    return;
  }
  const Vector<T> last = load(a + n - kStep);
  for (std::int64_t i = 0; i + kStep < n; i += kStep) store<T>(out + i, f(load(a + i)));
  store<T>(out + n - kStep, f(last));
}

template <class T>
void fill_with(std::int64_t n, T* out, T value) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = value;
}

template <class T>
void* vector_function(VectorMath::Fn fn) {
  return sizeof(T) == sizeof(float) ? math.of_float[fn] : math.of_double[fn];
}

/// out[i] = f(a[i], b[i]), where one operand may be repeated.
template <class T, class F>
void map2(std::int64_t n, T* out, const T* a, const T* b, unsigned repeated, F f) {
  constexpr int kStep = kLanes<T>;
  const Vector<T> first_a = a[0] - Vector<T>{}, first_b = b[0] - Vector<T>{};
  const auto left = [&](std::int64_t i) { return repeated & 1 ? first_a : load(a + i); };
  const auto right = [&](std::int64_t i) { return repeated & 2 ? first_b : load(b + i); };
  if (n < kStep) {
    const Vector<T> x = repeated & 1 ? first_a : load_part<T, kVectorBytes>(a, n);
    const Vector<T> y = repeated & 2 ? first_b : load_part<T, kVectorBytes>(b, n);
    return store_part<T, kVectorBytes>(out, f(x, y), n);
  }
  const Vector<T> last_a = left(n - kStep), last_b = right(n - kStep);
  for (std::int64_t i = 0; i + kStep < n; i += kStep) store<T>(out + i, f(left(i), right(i)));
  store<T>(out + n - kStep, f(last_a, last_b));
}

/// The C library's functions of one element.
template <VectorMath::Fn Fn>
struct Libm;
#define TAPEGRAD_SCALAR(fn, name)                               \
  template <>                                                   \
  struct Libm<VectorMath::fn> {                                 \
    static float of(float x) { return __builtin_##name##f(x); } \
    static double of(double x) { return __builtin_##name(x); }  \
  };
TAPEGRAD_LIBM(TAPEGRAD_SCALAR)
#undef TAPEGRAD_SCALAR
#define TAPEGRAD_SCALAR2(fn, name)                                          \
  template <>                                                               \
  struct Libm<VectorMath::fn> {                                             \
    static float of(float x, float y) { return __builtin_##name##f(x, y); } \
    static double of(double x, double y) { return __builtin_##name(x, y); } \
  };
TAPEGRAD_LIBM2(TAPEGRAD_SCALAR2)
#undef TAPEGRAD_SCALAR2

}  // namespace
}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
