// Softmax, its logarithm, and the logarithm of a sum of exponentials, from the block functions.

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

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
  explicit Blocks(DType t) : type(t), item(static_cast<Index>(itemsize(t))) {}
  void unary(UnaryFn fn, Index n, Byte* out, const Byte* a) const {
    const void* const in[] = {a};
    vector_table().of(fn, type)(n, out, in, 0);
  }
  void binary(BinaryFn fn, Index n, Byte* out, const Byte* a, const Byte* b, unsigned repeated) const {
    const void* const in[] = {a, b};
    vector_table().of(fn, type)(n, out, in, repeated);
  }
  void fold(ReduceFn fn, Index n, Byte* out, const Byte* a) const {
    const void* const in[] = {a};
    vector_table().of(fn, type)(n, out, in, 0);
  }
  BlockFn add() const { return vector_table().of(BinaryFn::Add, type); }
  DType type;
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

/// The greatest of each of `columns` columns of n elements that lie `step` bytes apart.
void greatest_of_columns(const Blocks& f, Byte* most, const Byte* in, Index columns, Index n, Index step) {
  std::copy_n(in, columns * f.item, most);
  for (Index i = 1; i < n; ++i) f.binary(BinaryFn::Maximum, columns, most, most, in + i * step, 0);
}

/// total = the sums of exp(in - shift) down the columns, as many rows as fit a block through one call of exp. The
/// differences stay in `differences` and the exponentials in `exps`, rows `step` bytes apart, where these are given.
void sum_columns(const Blocks& f, Byte* total, const Byte* in, const Byte* shift, Index columns, Index n, Index step,
                 Byte* differences, Byte* exps) {
  alignas(64) Byte block[kBlock * 8];
  const Index row = columns * f.item;
  const bool direct = exps && step == row;  // rows next to each other
  const Index together = std::max<Index>(1, kBlock / columns);
  Cascade sum(f.add(), static_cast<std::size_t>(f.item), columns, n);
  for (Index first = 0; first < n; first += together) {
    const Index rows = std::min(together, n - first);
    Byte* const to = direct ? exps + first * step : block;
    for (Index i = 0; i < rows; ++i) {
      f.binary(BinaryFn::Sub, columns, to + i * row, in + (first + i) * step, shift, 0);
      if (differences) std::copy_n(to + i * row, row, differences + (first + i) * step);
    }
    f.unary(UnaryFn::Exp, rows * columns, to, to);
    for (Index i = 0; i < rows; ++i) {
      std::copy_n(to + i * row, row, static_cast<Byte*>(sum.next()));
      sum.push();
      if (exps && !direct) std::copy_n(to + i * row, row, exps + (first + i) * step);
    }
  }
  std::copy_n(static_cast<const Byte*>(sum.finish()), row, total);
}

/// Columns of n elements that lie `step` bytes apart.
void softmax_columns(const Blocks& f, bool logarithm, Byte* out, const Byte* in, Index columns, Index n, Index step) {
  alignas(64) Byte most[kColumns * 8], total[kColumns * 8];
  greatest_of_columns(f, most, in, columns, n, step);
  sum_columns(f, total, in, most, columns, n, step, logarithm ? out : nullptr, logarithm ? nullptr : out);
  if (logarithm) f.unary(UnaryFn::Log, columns, total, total);
  for (Index i = 0; i < n; ++i)
    f.binary(logarithm ? BinaryFn::Sub : BinaryFn::Div, columns, out + i * step, out + i * step, total, 0);
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

void drop_infinities(const Blocks& f, void* values, Index n) {
  if (f.item == sizeof(float)) drop_infinities(static_cast<float*>(values), n);
  else drop_infinities(static_cast<double*>(values), n);
}

/// Columns of n elements that lie `step` bytes apart.
void logsumexp_columns(const Blocks& f, Byte* out, const Byte* in, Index columns, Index n, Index step) {
  alignas(64) Byte shift[kColumns * 8];
  greatest_of_columns(f, shift, in, columns, n, step);
  drop_infinities(f, shift, columns);
  sum_columns(f, out, in, shift, columns, n, step, nullptr, nullptr);
  f.unary(UnaryFn::Log, columns, out, out);
  f.binary(BinaryFn::Add, columns, out, out, shift, 0);
}

/// The dimension in `mask`, where it is one (but for sizes of 1).
std::optional<std::size_t> only_dim(const Dims& shape, std::uint64_t mask) {
  std::optional<std::size_t> dim;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (!(mask >> i & 1) || shape[i] == 1) continue;
    if (dim) return {};
    dim = i;
  }
  return dim;
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
  each_columns(rows, kColumns, kGrain, [&](Index at, Index, Index columns) {
    softmax_columns(f, logarithm, to + at * f.item, from + at * f.item, columns, rows.length, rows.inner * f.item);
  });
}

void logsumexp(Tensor& out, const Tensor& in, std::uint64_t mask) {
  if (out.numel() == 0) return;
  if (in.numel() == 0) return copy(out, Scalar(-std::numeric_limits<double>::infinity()));
  const Blocks f(out.dtype());
  if (const auto dim = only_dim(in.shape(), mask); dim && in.contiguous()) {
    const Rows rows(in.shape(), *dim);
    if (rows.inner >= kFewColumns || (rows.inner > 1 && rows.length <= rows.inner)) {
      const HostUnlocked unlocked(in.numel() >= kUnlockFrom);
      return each_columns(rows, kColumns, kGrain, [&](Index at, Index result, Index columns) {
        logsumexp_columns(f, static_cast<Byte*>(out.data()) + result * f.item,
                          static_cast<const Byte*>(in.data()) + at * f.item, columns, rows.length, rows.inner * f.item);
      });
    }
  }
  const TensorRef source = row_major(*in.view(last(in, mask))), shift = new_tensor(out.dtype(), out.shape());
  reduce(ReduceFn::Max, *shift, in, mask);
  drop_infinities(f, shift->data(), shift->numel());
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
