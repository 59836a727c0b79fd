// Softmax, its logarithm, and the logarithm of a sum of exponentials, from the block functions.

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/cascade.h"
#include "kernels/elementwise_loop.h"
#include "kernels/reduce.h"
#include "kernels/rows.h"
#include "kernels/transpose.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kGrain = 8192;
constexpr Index kColumns = 512;    // taken together where the dimension is not the last
constexpr Index kFewColumns = 32;  // below, they are made rows
constexpr Index kShortRow = 32;    // below, many rows are made columns
constexpr Index kTurned = 4096;    // elements of rows that are made columns at a time

/// The block functions of one floating type.
struct Blocks {
  explicit Blocks(DType t) : type(static_cast<std::size_t>(t)), item(static_cast<Index>(itemsize(t))) {}
  void unary(UnaryFn fn, Index n, Byte* out, const Byte* a) const {
    const void* const in[] = {a};
    vector_table().unary[static_cast<std::size_t>(fn)][type](n, out, in, 0);
  }
  void binary(BinaryFn fn, Index n, Byte* out, const Byte* a, const Byte* b, unsigned repeated) const {
    const void* const in[] = {a, b};
    vector_table().binary[static_cast<std::size_t>(fn)][type](n, out, in, repeated);
  }
  void fold(ReduceFn fn, Index n, Byte* out, const Byte* a) const {
    const void* const in[] = {a};
    vector_table().fold[static_cast<std::size_t>(fn)][type](n, out, in, 0);
  }
  BlockFn add() const { return vector_table().binary[static_cast<std::size_t>(BinaryFn::Add)][type]; }
  std::size_t type;
  Index item;
};

/// Rows of n elements that lie next to each other. As many rows as fit a block go through one call of exp.
void softmax_rows(const Blocks& f, bool logarithm, Byte* out, const Byte* in, Index rows, Index n) {
  const Index row = n * f.item, together = std::max<Index>(1, kBlock / n);
  const auto exps = std::make_unique_for_overwrite<Byte[]>(static_cast<std::size_t>(logarithm ? together * row : 0));
  alignas(16) Byte value[8];
  for (Index first = 0; first < rows; first += together) {
    const Index count = std::min(together, rows - first);
    Byte* const to = out + first * row;
    Byte* const exp = logarithm ? exps.get() : to;
    for (Index i = 0; i < count; ++i) {
      const Byte* const from = in + (first + i) * row;
      f.fold(ReduceFn::Max, n, value, from);
      f.binary(BinaryFn::Sub, n, to + i * row, from, value, 2);
    }
    f.unary(UnaryFn::Exp, count * n, exp, to);
    for (Index i = 0; i < count; ++i) {
      f.fold(ReduceFn::Sum, n, value, exp + i * row);
      if (logarithm) f.unary(UnaryFn::Log, 1, value, value);
      f.binary(logarithm ? BinaryFn::Sub : BinaryFn::Div, n, to + i * row, to + i * row, value, 2);
    }
  }
}

/// Columns of n elements that lie `step` bytes apart.
void softmax_columns(const Blocks& f, bool logarithm, Byte* out, const Byte* in, Index columns, Index n, Index step) {
  alignas(64) Byte most[kColumns * 8], exp[kColumns * 8];
  Cascade sum(f.add(), static_cast<std::size_t>(f.item), columns, n);
  std::copy_n(in, columns * f.item, most);
  for (Index i = 1; i < n; ++i) f.binary(BinaryFn::Maximum, columns, most, most, in + i * step, 0);
  for (Index i = 0; i < n; ++i) {
    Byte* const row = out + i * step;
    f.binary(BinaryFn::Sub, columns, row, in + i * step, most, 0);
    Byte* const to = logarithm ? exp : row;
    f.unary(UnaryFn::Exp, columns, to, row);
    std::copy_n(to, columns * f.item, static_cast<Byte*>(sum.next()));
    sum.push();
  }
  std::copy_n(static_cast<const Byte*>(sum.finish()), columns * f.item, exp);
  if (logarithm) f.unary(UnaryFn::Log, columns, exp, exp);
  for (Index i = 0; i < n; ++i)
    f.binary(logarithm ? BinaryFn::Sub : BinaryFn::Div, columns, out + i * step, out + i * step, exp, 0);
}

/// Short rows, taken as columns: `rows` of them are turned over, and back.
void softmax_short_rows(const Blocks& f, bool logarithm, Byte* out, const Byte* in, Index rows, Index n) {
  alignas(64) Byte turned[kTurned * 8];
  const Index together = std::min(kColumns, kTurned / n);
  for (Index first = 0; first < rows; first += together) {
    const Index count = std::min(together, rows - first), at = first * n * f.item, step = count * f.item;
    transpose({turned, in + at, f.item, n, count, step, n * f.item}, 0, n);
    softmax_columns(f, logarithm, turned, turned, count, n, step);
    transpose({out + at, turned, f.item, count, n, n * f.item, step}, 0, count);
  }
}

/// out[i] = the sum of exp(in - shift[i]) over the i-th row of n <= kBlock elements; as many rows as fit a block go
/// through one call of exp.
void sums_of_exps(const Blocks& f, Byte* out, const Byte* in, const Byte* shift, Index rows, Index n) {
  alignas(64) Byte block[kBlock * 8];
  const Index together = kBlock / n, row = n * f.item;
  for (Index first = 0; first < rows; first += together) {
    const Index count = std::min(together, rows - first);
    for (Index i = 0; i < count; ++i)
      f.binary(BinaryFn::Sub, n, block + i * row, in + (first + i) * row, shift + (first + i) * f.item, 2);
    f.unary(UnaryFn::Exp, count * n, block, block);
    for (Index i = 0; i < count; ++i) f.fold(ReduceFn::Sum, n, out + (first + i) * f.item, block + i * row);
  }
}

/// The sum of exp(in[i] - shift) over one row of any length.
void sum_of_exps(const Blocks& f, Byte* out, const Byte* in, const Byte* shift, Index n) {
  Cascade sum(f.add(), static_cast<std::size_t>(f.item), 1, n / kBlock + 1);
  for (Index i = 0; i < n; i += kBlock) {
    sums_of_exps(f, static_cast<Byte*>(sum.next()), in + i * f.item, shift, 1, std::min(kBlock, n - i));
    sum.push();
  }
  std::copy_n(static_cast<const Byte*>(sum.finish()), f.item, out);
}

template <class T>
void drop_infinities(T* values, Index n) {
  for (Index i = 0; i < n; ++i)
    if (!std::isfinite(values[i])) values[i] = 0;
}

/// The layout of t with the dimensions in `mask` last.
Layout last(const Tensor& t, std::uint64_t mask) {
  Layout layout{{}, {}, t.offset()};
  for (const bool wanted : {false, true})
    for (std::size_t i = 0; i < t.ndim(); ++i)
      if (static_cast<bool>(mask >> i & 1) == wanted) {
        layout.shape.push_back(t.shape()[i]);
        layout.strides.push_back(t.strides()[i]);
      }
  return layout;
}

}  // namespace

void softmax(bool logarithm, Tensor& out, const Tensor& in, std::size_t dim) {
  if (out.numel() == 0) return;
  const Rows rows(in.shape(), dim);
  if (rows.inner > 1 && rows.inner < kFewColumns && rows.length > rows.inner) {
    const auto turned = new_tensor(out.dtype(), last(in, std::uint64_t{1} << dim).shape);
    softmax(logarithm, *turned, *in.view(last(in, std::uint64_t{1} << dim)), in.ndim() - 1);
    return copy(*out.view(last(out, std::uint64_t{1} << dim)), *turned);
  }
  const bool usable = in.contiguous() && in.dtype() == out.dtype();
  if (!usable) copy(out, in);
  auto* const to = static_cast<Byte*>(out.data());
  const auto* const from = usable ? static_cast<const Byte*>(in.data()) : to;
  const Blocks f(out.dtype());
  const HostUnlocked unlocked(out.numel() >= kUnlockFrom);
  if (rows.inner == 1) {
    const Index row = rows.length * f.item;
    return parallel_for(rows.outer, std::max<Index>(1, kGrain / rows.length), [&](Index begin, Index end) {
      const auto solve = rows.length < kShortRow && end - begin > kShortRow ? softmax_short_rows : softmax_rows;
      solve(f, logarithm, to + begin * row, from + begin * row, end - begin, rows.length);
    });
  }
  const Index pieces = (rows.inner + kColumns - 1) / kColumns, step = rows.inner * f.item;
  const Index work = rows.length * std::min(rows.inner, kColumns);
  parallel_for(rows.outer * pieces, std::max<Index>(1, kGrain / work), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index column = i % pieces * kColumns, at = i / pieces * rows.length * step + column * f.item;
      softmax_columns(f, logarithm, to + at, from + at, std::min(kColumns, rows.inner - column), rows.length, step);
    }
  });
}

void logsumexp(Tensor& out, const Tensor& in, std::uint64_t mask) {
  if (out.numel() == 0) return;
  if (in.numel() == 0) return copy(out, Scalar(-std::numeric_limits<double>::infinity()));
  const TensorRef source = row_major(*in.view(last(in, mask))), shift = new_tensor(out.dtype(), out.shape());
  reduce(ReduceFn::Max, *shift, in, mask);
  if (out.dtype() == DType::Float32) drop_infinities(shift->data_as<float>(), shift->numel());
  else drop_infinities(shift->data_as<double>(), shift->numel());
  const Blocks f(out.dtype());
  const Index results = out.numel(), n = in.numel() / results;
  const auto *const from = static_cast<const Byte*>(source->data()), *const shifts =
                                                                         static_cast<const Byte*>(shift->data());
  auto* const to = static_cast<Byte*>(out.data());
  const HostUnlocked unlocked(in.numel() >= kUnlockFrom);
  if (n <= kBlock) {
    parallel_for(results, std::max<Index>(1, kGrain / n), [&](Index begin, Index end) {
      sums_of_exps(f, to + begin * f.item, from + begin * n * f.item, shifts + begin * f.item, end - begin, n);
    });
  } else {
    // Long rows are cut, by size alone.
    constexpr Index kPart = 32 * kBlock;
    const Index parts = (n + kPart - 1) / kPart;
    const auto partial = std::make_unique_for_overwrite<Byte[]>(static_cast<std::size_t>(results * parts * f.item));
    parallel_for(results * parts, std::max<Index>(1, kGrain / n), [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) {
        const Index result = i / parts, first = i % parts * kPart;
        sum_of_exps(f, partial.get() + i * f.item, from + (result * n + first) * f.item, shifts + result * f.item,
                    std::min(kPart, n - first));
      }
    });
    for (Index i = 0; i < results; ++i)
      f.fold(ReduceFn::Sum, parts, to + i * f.item, partial.get() + i * parts * f.item);
  }
  f.unary(UnaryFn::Log, results, to, to);
  f.binary(BinaryFn::Add, results, to, to, shifts, 0);
}

}  // namespace tapegrad::kernels
