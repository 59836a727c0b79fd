#pragma once
// The functions of one element, and the loops that apply them to a block. For vector/*.cpp alone.
//
// Note [No weak symbols]: these files are compiled for several instruction sets. The linker keeps one copy of an inline
// function, whichever it meets first, so one that leaves such an object could bring AVX-512 to a machine without. All
// is therefore in an unnamed namespace, and nothing of std:: is called; `nm` shows no weak symbol (CI checks).
//
// bool is stored and computed as std::uint8_t, 0 or 1. Arithmetic that wraps is done in unsigned types.

#include <cstdint>
#include <type_traits>

#include "kernels/vector_table.h"

#ifndef TAPEGRAD_ISA
#error "compiled through cmake/vector.cmake"
#endif

// Before a loop in which no iteration reads what another one writes (`out` may be `in` itself).
#ifdef __clang__
#define TAPEGRAD_NO_CARRY _Pragma("clang loop vectorize(assume_safety)")
#else
#define TAPEGRAD_NO_CARRY _Pragma("GCC ivdep")
#endif

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {

void fill_unary(VectorTable& table);
void fill_math(VectorTable& table);
void fill_composed(VectorTable& table);
void fill_gamma(VectorTable& table);
void fill_arithmetic(VectorTable& table);
void fill_division(VectorTable& table);
void fill_predicates(VectorTable& table);
void fill_convert(VectorTable& table);
void fill_reduce(VectorTable& table);
void fill_arg_reduce(VectorTable& table);
void fill_sort(VectorTable& table);
void fill_matmul(VectorTable& table);
void fill_random(VectorTable& table);
void fill_stream(VectorTable& table);

namespace {

using Bool = std::uint8_t;

#if defined(__AVX512F__)
inline constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
inline constexpr int kVectorBytes = 32;
#else
inline constexpr int kVectorBytes = 16;
#endif

template <class T, int Bytes>
struct VectorOf {
  typedef T type __attribute__((vector_size(Bytes)));  // `using` would lose the attribute
};
template <class T, int Bytes = kVectorBytes>
using Vector = typename VectorOf<T, Bytes>::type;
template <class T>
inline constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(T));

template <class T>
inline Vector<T> load(const T* from) {
  Vector<T> v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
template <class T>
inline void store(T* to, Vector<T> v) {
  __builtin_memcpy(to, &v, sizeof v);
}

/// Integers as the unsigned type they are computed in, which wraps round; floats as they are.
template <class T, bool integer = std::is_integral_v<T>>
struct WideOf {
  using type = T;
};
template <class T>
struct WideOf<T, true> {
  using type = std::make_unsigned_t<decltype(T() + 0U)>;
};
template <class T>
using Wide = typename WideOf<T>::type;

template <class F, class T, class R>
void unary_loop(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  auto* o = static_cast<R*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  if (repeated) {
    const R value = F::of(*a);
    for (std::int64_t i = 0; i < n; ++i) o[i] = value;
    return;
  }
  TAPEGRAD_NO_CARRY
  for (std::int64_t i = 0; i < n; ++i) o[i] = F::of(a[i]);
}

template <class F, class T, class R>
void binary_loop(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  auto* o = static_cast<R*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  const auto* b = static_cast<const T*>(in[1]);
  if (repeated == 0) {
    TAPEGRAD_NO_CARRY
    for (std::int64_t i = 0; i < n; ++i) o[i] = F::of(a[i], b[i]);
  } else if (repeated == 1) {
    const T left = *a;
    TAPEGRAD_NO_CARRY
    for (std::int64_t i = 0; i < n; ++i) o[i] = F::of(left, b[i]);
  } else if (repeated == 2) {
    const T right = *b;
    TAPEGRAD_NO_CARRY
    for (std::int64_t i = 0; i < n; ++i) o[i] = F::of(a[i], right);
  } else {
    const R value = F::of(*a, *b);
    for (std::int64_t i = 0; i < n; ++i) o[i] = value;
  }
}

/// The same function with its operands exchanged.
template <BlockFn Fn>
void exchanged(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  const void* const operands[] = {in[1], in[0]};
  Fn(n, out, operands, (repeated & 1U) << 1 | (repeated & 2U) >> 1);
}

/// The loop of a function for elements of T; a test's results are bools.
template <class F>
inline constexpr auto kUnary = []<class T>() -> BlockFn { return unary_loop<F, T, T>; };
template <class F>
inline constexpr auto kBinary = []<class T>() -> BlockFn { return binary_loop<F, T, T>; };
template <class F>
inline constexpr auto kTest = []<class T>() -> BlockFn { return unary_loop<F, T, Bool>; };
template <class F>
inline constexpr auto kTest2 = []<class T>() -> BlockFn { return binary_loop<F, T, Bool>; };

/// Rows of the table, filled with the loops of the types that a function is for. Functions that wrap, or look at bits,
/// do not tell signed from unsigned types and share their loops.
using Row = BlockFn (&)[kDTypes];
template <class Fn>
Fn& at(Fn (&row)[kDTypes], DType t) {
  return row[static_cast<int>(t)];
}
template <class Fn>
void share_with_signed(Fn (&row)[kDTypes]) {
  at(row, DType::Int8) = at(row, DType::UInt8);
  at(row, DType::Int16) = at(row, DType::UInt16);
  at(row, DType::Int32) = at(row, DType::UInt32);
  at(row, DType::Int64) = at(row, DType::UInt64);
}
template <class Fn, class Loops>
void set_floats(Fn (&row)[kDTypes], Loops loops) {
  at(row, DType::Float32) = loops.template operator()<float>();
  at(row, DType::Float64) = loops.template operator()<double>();
}
template <class Fn, class Loops>
void set_signed(Fn (&row)[kDTypes], Loops loops) {
  at(row, DType::Int8) = loops.template operator()<std::int8_t>();
  at(row, DType::Int16) = loops.template operator()<std::int16_t>();
  at(row, DType::Int32) = loops.template operator()<std::int32_t>();
  at(row, DType::Int64) = loops.template operator()<std::int64_t>();
}
template <class Fn, class Loops>
void set_unsigned(Fn (&row)[kDTypes], Loops loops) {
  at(row, DType::UInt8) = loops.template operator()<std::uint8_t>();
  at(row, DType::UInt16) = loops.template operator()<std::uint16_t>();
  at(row, DType::UInt32) = loops.template operator()<std::uint32_t>();
  at(row, DType::UInt64) = loops.template operator()<std::uint64_t>();
}
template <class Fn, class Loops>
void set_integers(Fn (&row)[kDTypes], Loops loops) {
  set_signed(row, loops);
  set_unsigned(row, loops);
}
template <class Fn, class Loops>
void set_numbers(Fn (&row)[kDTypes], Loops loops) {
  set_integers(row, loops);
  set_floats(row, loops);
}
template <class Fn, class Loops>
void set_wrapping_integers(Fn (&row)[kDTypes], Loops loops) {
  set_unsigned(row, loops);
  share_with_signed(row);
}
template <class Fn, class Loops>
void set_wrapping(Fn (&row)[kDTypes], Loops loops) {
  set_wrapping_integers(row, loops);
  set_floats(row, loops);
}

struct Add {
  template <class T>
  static T of(T a, T b) {
    return static_cast<T>(Wide<T>(a) + Wide<T>(b));
  }
};
struct Sub {
  template <class T>
  static T of(T a, T b) {
    return static_cast<T>(Wide<T>(a) - Wide<T>(b));
  }
};
struct Mul {
  template <class T>
  static T of(T a, T b) {
    return static_cast<T>(Wide<T>(a) * Wide<T>(b));
  }
};
struct Div {
  template <class T>
  static T of(T a, T b) {
    return a / b;
  }
};
// A NaN of either operand is the result: it fails the comparison, or is met by the second test.
struct Maximum {
  template <class T>
  static T of(T a, T b) {
    return ((a >= b) | (a != a)) ? a : b;
  }
};
struct Minimum {
  template <class T>
  static T of(T a, T b) {
    return ((a <= b) | (a != a)) ? a : b;
  }
};
struct And {
  template <class T>
  static T of(T a, T b) {
    return static_cast<T>(a & b);
  }
};
struct Or {
  template <class T>
  static T of(T a, T b) {
    return static_cast<T>(a | b);
  }
};
struct Xor {
  template <class T>
  static T of(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};

}  // namespace
}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
