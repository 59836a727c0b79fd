#pragma once
// The inner loops: functions on blocks of contiguous elements, compiled once for each instruction set (vector/*.cpp)
// and chosen when the library is loaded. All that works on more elements than fit a register ends here.

#include <cstddef>
#include <cstdint>

#include "core/dtype.h"
#include "kernels/elementwise.h"
#include "kernels/reduce.h"

namespace tapegrad::kernels {

/// Computes n elements of `out` from n elements each of in[0], in[1], ...; bit i of `repeated`: in[i] is one element,
/// used n times. `out` may be one of the operands, but not overlap one otherwise. Each element's value depends on its
/// operands only, not on where in the block it stands.
using BlockFn = void (*)(std::int64_t n, void* out, const void* const* in, unsigned repeated);
/// How many operands a block function may have.
inline constexpr std::size_t kMostOperands = 6;

/// out (m x n, row-major) = a (m x k, any strides) @ b (k x n, rows without gaps); strides in elements.
struct MatmulSizes {
  std::int64_t m, n, k, a_row, a_column, b_row;
};
using MatmulFn = void (*)(const MatmulSizes& sizes, void* out, const void* a, const void* b);

/// Philox4x32-10: out[4 i ...] = the four words of counter {place + i, attempt, 0} under the key `seed`, i < places.
using PhiloxFn = void (*)(std::uint64_t seed, std::uint64_t place, std::uint32_t attempt, std::int64_t places,
                          std::uint32_t* out);

/// Copies n bytes with stores that pass the caches by. What this thread does after `stream_fence` is seen after them.
using StreamFn = void (*)(void* to, const void* from, std::int64_t n);

/// The place of the best of n >= 1 elements next to each other: the first of equals, or the first NaN.
using ArgRunFn = std::int64_t (*)(std::int64_t n, const void* in);

/// The same of at most kArgColumns columns side by side, whose rows lie `inner` elements apart: values and places.
inline constexpr std::int64_t kArgColumns = 512;
struct ArgColumns {
  std::int64_t length, inner, columns;
};
using ArgColumnsFn = void (*)(const ArgColumns& c, const void* in, void* values, std::int64_t* places);

/// Sorts n keys, a power of two from kLeastSorted on; with `places` these go with them, and decide between equal keys.
inline constexpr std::int64_t kLeastSorted = 8;
struct Sorted {
  std::int64_t* keys;
  std::int64_t* places;  // or null
};
using SortFn = void (*)(std::int64_t n, const Sorted& s);

inline constexpr std::size_t kReduceFns = 6;

/// Null where a function does not exist for a type.
struct VectorTable {
  const char* isa;
  BlockFn unary[kUnaryFns][kDTypes];
  BlockFn binary[kBinaryFns][kDTypes];
  BlockFn where[kDTypes];              // in: condition (bool), a, b
  BlockFn convert[kDTypes][kDTypes];   // [from][to]
  BlockFn fold[kReduceFns][kDTypes];   // out[0] = the n >= 1 elements of in[0] reduced, pairwise
  BlockFn rows8[kReduceFns][kDTypes];  // out[i] = in[0][i] ... in[7][i] reduced, pairwise; none repeated
  ArgRunFn arg_run[2][kDTypes];        // [whether the greatest]
  ArgColumnsFn arg_columns[2][kDTypes];
  SortFn sort;
  MatmulFn matmul[kDTypes];
  PhiloxFn philox;
  StreamFn stream;  // null where processors have no such stores
  void (*stream_fence)();

  BlockFn of(UnaryFn fn, DType t) const { return unary[static_cast<std::size_t>(fn)][static_cast<std::size_t>(t)]; }
  BlockFn of(ReduceFn fn, DType t) const { return fold[static_cast<std::size_t>(fn)][static_cast<std::size_t>(t)]; }
  BlockFn of(BinaryFn fn, DType t) const { return binary[static_cast<std::size_t>(fn)][static_cast<std::size_t>(t)]; }
};

namespace detail {
extern VectorTable chosen_table;
}

inline const VectorTable& vector_table() { return detail::chosen_table; }

/// Functions of the C library's vector library (libmvec), of one instruction set: V (*)(V), or V (*)(V, V) from Pow on,
/// on GCC's vector types; null where the system has none.
struct VectorMath {
  enum Fn { TAPEGRAD_LIBM(TAPEGRAD_ENUMERATOR) TAPEGRAD_LIBM2(TAPEGRAD_ENUMERATOR) kFns };
  void* of_float[kFns];
  void* of_double[kFns];
};

/// The part of the table that no instruction set matters to; what an instruction set has a loop for comes after it.
void fill_special(VectorTable& table);
/// One by one: where the vector loops of these cannot.
double scalar_lgamma(double x);
double scalar_digamma(double x);
double scalar_trigamma(double x);

namespace vector {
// Filled before `fill` of the chosen instruction set is called, and read by its loops.
extern VectorMath math;

// Each instruction set's own table.
namespace v2 {
void fill(VectorTable& table);
}
namespace v3 {
void fill(VectorTable& table);
}
namespace v4 {
void fill(VectorTable& table);
}
namespace baseline {
void fill(VectorTable& table);
}
}  // namespace vector

}  // namespace tapegrad::kernels
