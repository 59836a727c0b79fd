// Products of small matrices, and of integers: by the definition, a register of results at a time.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

/// Rows rows of results, Registers * Bytes of each from column `from` on.
template <class T, int Bytes, int Rows, int Registers>
void block(const MatmulSizes& s, T* out, const T* a, const T* b, std::int64_t from) {
  using V = Vector<T, Bytes>;
  constexpr int kStep = Bytes / static_cast<int>(sizeof(T));
  V sums[Rows][Registers] = {};
  const T* row = b + from;
  for (std::int64_t p = 0; p < s.k; ++p, row += s.b_row, a += s.a_column) {
    V right[Registers];
    for (int r = 0; r < Registers; ++r) __builtin_memcpy(&right[r], row + r * kStep, Bytes);
    for (int i = 0; i < Rows; ++i) {
      const T left = a[i * s.a_row];
      for (int r = 0; r < Registers; ++r) sums[i][r] = sums[i][r] + left * right[r];
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < Rows; ++i)
#pragma GCC unroll 2
    for (int r = 0; r < Registers; ++r) __builtin_memcpy(out + i * s.n + from + r * kStep, &sums[i][r], Bytes);
}

/// Rows rows of results that are at least Bytes long: their end is computed with the columns before it, once more.
template <class T, int Bytes, int Rows>
void rows(const MatmulSizes& s, T* out, const T* a, const T* b) {
  constexpr std::int64_t kStep = Bytes / static_cast<int>(sizeof(T));
  std::int64_t j = 0;
  for (; j + 2 * kStep <= s.n; j += 2 * kStep) block<T, Bytes, Rows, 2>(s, out, a, b, j);
  for (; j + kStep <= s.n; j += kStep) block<T, Bytes, Rows, 1>(s, out, a, b, j);
  if (j < s.n) block<T, Bytes, Rows, 1>(s, out, a, b, s.n - kStep);
}

template <class T, int Bytes>
void all_rows(const MatmulSizes& s, T* out, const T* a, const T* b) {
  std::int64_t i = 0;
  for (; i + 4 <= s.m; i += 4) rows<T, Bytes, 4>(s, out + i * s.n, a + i * s.a_row, b);
  for (; i < s.m; ++i) rows<T, Bytes, 1>(s, out + i * s.n, a + i * s.a_row, b);
}

template <class T>
T dot(std::int64_t n, const T* a, const T* b) {
  constexpr int kStep = kLanes<T>;
  Vector<T> sums[2] = {};
  std::int64_t i = 0;
  for (; i + 2 * kStep <= n; i += 2 * kStep)
    for (int r = 0; r < 2; ++r) sums[r] = sums[r] + load(a + i + r * kStep) * load(b + i + r * kStep);
  T lanes[kStep];
  store<T>(lanes, sums[0] + sums[1]);
  T sum = 0;
  for (; i < n; ++i) sum = Add::of(sum, Mul::of(a[i], b[i]));
  for (const T lane : lanes) sum = Add::of(sum, lane);
  return sum;
}

/// Columns that no register is needed for.
template <class T>
void few_columns(const MatmulSizes& s, T* out, const T* a, const T* b) {
  for (std::int64_t i = 0; i < s.m; ++i, out += s.n, a += s.a_row) {
    if (s.n == 1 && s.a_column == 1 && s.b_row == 1) {
      out[0] = dot(s.k, a, b);
      continue;
    }
    for (std::int64_t j = 0; j < s.n; ++j) {
      T sum = 0;
      for (std::int64_t p = 0; p < s.k; ++p) sum = Add::of(sum, Mul::of(a[p * s.a_column], b[p * s.b_row + j]));
      out[j] = sum;
    }
  }
}

template <class T>
void matmul(const MatmulSizes& s, void* out, const void* left, const void* right) {
  auto* o = static_cast<T*>(out);
  const auto* a = static_cast<const T*>(left);
  const auto* b = static_cast<const T*>(right);
  if (s.n >= kLanes<T>) all_rows<T, kVectorBytes>(s, o, a, b);
  else if (s.n >= 16 / static_cast<int>(sizeof(T))) all_rows<T, 16>(s, o, a, b);
  else few_columns(s, o, a, b);
}

}  // namespace

void fill_matmul(VectorTable& table) {
  const auto set = [&](DType t, MatmulFn fn) { table.matmul[static_cast<int>(t)] = fn; };
  for (const DType t : {DType::UInt8, DType::Int8}) set(t, matmul<std::uint8_t>);
  for (const DType t : {DType::UInt16, DType::Int16}) set(t, matmul<std::uint16_t>);
  for (const DType t : {DType::UInt32, DType::Int32}) set(t, matmul<std::uint32_t>);
  for (const DType t : {DType::UInt64, DType::Int64}) set(t, matmul<std::uint64_t>);
  set(DType::Float32, matmul<float>);
  set(DType::Float64, matmul<double>);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
