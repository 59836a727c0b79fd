#pragma once
// Applies a block function to whole operands.

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/block_loader.h"

namespace tapegrad::kernels {

/// Elements from which on the interpreter's lock is given up.
inline constexpr Index kUnlockFrom = 65536;
/// Elements that are worth a thread.
inline constexpr Index kCheapGrain = 32768, kCostlyGrain = 4096;

/// Bytes of a result from which on it is written past the caches: they would not hold it until it is read, and without
/// that each line is read from memory before it is written. Measured on a Sapphire Rapids server, of ten arrays in
/// turn: 0.55 ns an element of 40 MB with usual stores, 0.35 past the caches; 0.29 and 0.37 of 4 MB.
inline constexpr Index kStreamFrom = Index{1} << 25;
inline StreamFn stream_for(Index bytes) { return bytes >= kStreamFrom ? vector_table().stream : nullptr; }

/// A block function, the types of what it writes and reads, and the elements that are worth a thread.
template <std::size_t N>
struct Elementwise {
  BlockFn function;
  DType result;
  DType operands[N];
  Index grain;

  /// Parts to share out, where there are more than `grain`: several a thread, so that all end at the same time.
  [[nodiscard]] Index part() const { return std::max<Index>(grain / 8, 1); }
};

namespace detail {

/// Moves the places of contiguous operands on by n elements.
template <std::size_t N>
void advance(const Elementwise<N>& f, const void* (&at)[N], unsigned repeated, Index n) {
  for (std::size_t i = 0; i < N; ++i)
    if (!(repeated >> i & 1)) at[i] = static_cast<const Byte*>(at[i]) + n * static_cast<Index>(itemsize(f.operands[i]));
}

/// The block function on contiguous operands; with `stream`, block by block through a buffer.
template <std::size_t N>
void apply_run(const Elementwise<N>& f, StreamFn stream, Index n, Byte* to, const void* const (&in)[N],
               unsigned repeated) {
  if (!stream) return f.function(n, to, in, repeated);
  alignas(64) Byte buffer[1024];
  const auto item = static_cast<Index>(itemsize(f.result));
  const void* at[N];
  std::copy_n(in, N, at);
  while (n > 0) {
    const Index count = std::min<Index>(n, sizeof buffer / itemsize(f.result));
    f.function(count, buffer, at, repeated);
    stream(to, buffer, count * item);
    to += count * item;
    advance(f, at, repeated, count);
    n -= count;
  }
  vector_table().stream_fence();
}

/// How a result at `to` is written: what is computed in place is in the caches anyway.
template <std::size_t N>
StreamFn stream_for(const Elementwise<N>& f, Index count, const Byte* to, const void* const (&in)[N]) {
  const bool in_place = std::find(in, in + N, static_cast<const void*>(to)) != in + N;
  return in_place ? nullptr : kernels::stream_for(count * static_cast<Index>(itemsize(f.result)));
}

template <std::size_t N>
void apply_blocks(const Elementwise<N>& f, const Walk& out, const std::array<Walk, N>& in, Index begin, Index end) {
  BlockWriter writer;
  std::array<BlockReader, N> readers;
  writer.start(out, f.result, begin);
  for (std::size_t i = 0; i < N; ++i) readers[i].start(in[i], f.operands[i], begin);
  while (begin < end) {
    Index n = writer.limit(end - begin);
    for (const BlockReader& reader : readers) n = reader.limit(n);
    const void* operands[N];
    unsigned repeated = 0;
    for (std::size_t i = 0; i < N; ++i) {
      operands[i] = readers[i].read(n);
      repeated |= static_cast<unsigned>(readers[i].repeated()) << i;
    }
    f.function(n, writer.target(), operands, repeated);
    writer.commit(n);
    begin += n;
  }
}

/// Whether a walk jumps through memory although another order would not: large transposed operands.
bool is_scattered(const Walk& walk);
/// A copy of t, broadcast to the shape of `out`, whose dimensions lie in the same order.
TensorRef gathered(const Tensor& t, const Tensor& out);

template <std::size_t N>
[[gnu::noinline]] void apply_strided(const Elementwise<N>& f, Tensor& out, const Input* const (&in)[N]) {
  const WalkOrder order(out);
  const Walk to = walk_of(out, out.shape(), order);
  std::array<Walk, N> from;
  std::array<TensorRef, N> copies;
  std::array<std::optional<Element>, N> elements;
  for (std::size_t i = 0; i < N; ++i) {
    if (!in[i]->tensor) {
      from[i] = Walk(elements[i].emplace(in[i]->scalar, f.operands[i]).bytes, f.operands[i]);
      from[i].append(out.numel(), 0);
      from[i].close();
      continue;
    }
    from[i] = walk_of(*in[i]->tensor, out.shape(), order);
    if (!is_scattered(from[i])) continue;
    copies[i] = gathered(*in[i]->tensor, out);
    from[i] = walk_of(*copies[i], out.shape(), order);
  }
  if (out.numel() <= f.grain) return apply_blocks(f, to, from, 0, out.numel());
  const HostUnlocked unlocked(out.numel() >= kUnlockFrom);
  parallel_for(out.numel(), f.part(), [&](Index begin, Index end) { apply_blocks(f, to, from, begin, end); });
}

template <std::size_t N>
[[gnu::noinline]] void apply_parallel(const Elementwise<N>& f, Index count, Byte* to, const void* const (&in)[N],
                                      unsigned repeated) {
  const HostUnlocked unlocked(count >= kUnlockFrom);
  const StreamFn stream = stream_for(f, count, to, in);
  parallel_for(count, f.part(), [&](Index begin, Index end) {
    const void* at[N];
    std::copy_n(in, N, at);
    advance(f, at, repeated, begin);
    apply_run(f, stream, end - begin, to + begin * static_cast<Index>(itemsize(f.result)), at, repeated);
  });
}

/// How often `t` is used for a result of that shape, if it is a row for all rows, or an element for each: `inner` is
/// then the length of a row. Otherwise 0.
struct RowUse {
  Index inner = 0;
  bool column = false;
};
RowUse row_use(const Tensor& t, const Tensor& out);

/// The common broadcasts without walks: where all operands are dense, and either whole, one element, a row for all
/// rows, or an element for each row. False where that is not so, where rows are too short for a call each, or too few
/// for the threads.
template <std::size_t N>
[[gnu::noinline]] bool apply_rows(const Elementwise<N>& f, Tensor& out, const Input* const (&in)[N],
                                  const void* const (&first)[N]) {
  constexpr Index kFewRows = 8, kShortRow = 32, kManyRows = 64;
  const Index count = out.numel();
  Index inner = 0, steps[N];
  unsigned repeated = 0;
  for (std::size_t i = 0; i < N; ++i) {
    const Tensor* const t = in[i]->tensor;
    const auto item = static_cast<Index>(itemsize(f.operands[i]));
    steps[i] = 0;
    if (!t || t->numel() == 1) {
      repeated |= 1U << i;
    } else if (t->numel() == count) {
      steps[i] = -1;
    } else {
      const RowUse use = row_use(*t, out);
      if (use.inner == 0 || (inner && use.inner != inner)) return false;
      inner = use.inner;
      steps[i] = use.column ? item : 0;
      repeated |= static_cast<unsigned>(use.column) << i;
    }
    if (t && (t->dtype() != f.operands[i] || !t->contiguous())) return false;
  }
  if (inner == 0) return false;
  const Index rows = count / inner, out_step = inner * static_cast<Index>(itemsize(f.result));
  if (count > f.grain ? rows < kManyRows || inner < kShortRow : rows > kFewRows && inner < kShortRow) return false;
  for (std::size_t i = 0; i < N; ++i)
    if (steps[i] < 0) steps[i] = inner * static_cast<Index>(itemsize(f.operands[i]));
  auto* const to = static_cast<Byte*>(out.data());
  const auto part = [&](Index begin, Index end) {
    const void* operands[N];
    for (Index row = begin; row < end; ++row) {
      for (std::size_t i = 0; i < N; ++i) operands[i] = static_cast<const Byte*>(first[i]) + row * steps[i];
      f.function(inner, to + row * out_step, operands, repeated);
    }
  };
  if (count <= f.grain) {
    part(0, rows);
  } else {
    const HostUnlocked unlocked(count >= kUnlockFrom);
    parallel_for(rows, std::max<Index>(1, f.part() / inner), part);
  }
  return true;
}

}  // namespace detail

/// out = f(in...), where operands broadcast and are converted. Contiguous operands of the right types go straight to
/// the block function: for small arrays nothing else may cost time here.
template <std::size_t N>
[[gnu::always_inline]] inline void apply(const Elementwise<N>& f, Tensor& out, const Input* const (&in)[N]) {
  const Index count = out.numel();
  if (count == 0) return;
  const void* operands[N];
  unsigned repeated = 0;
  alignas(16) Byte elements[N][16];
  bool direct = out.contiguous() && out.dtype() == f.result;
  for (std::size_t i = 0; i < N; ++i) {
    if (const Tensor* const t = in[i]->tensor) {
      operands[i] = t->data();
      // Of as many elements as the result, in order; or a single one.
      const bool single = t->numel() != count;
      direct &= t->dtype() == f.operands[i] && (single ? t->numel() == 1 : t->contiguous());
      repeated |= static_cast<unsigned>(single) << i;
    } else {
      operands[i] = (new (elements[i]) Element(in[i]->scalar, f.operands[i]))->bytes;
      repeated |= 1U << i;
    }
  }
  if (!direct) {
    const bool dense = out.contiguous() && out.dtype() == f.result;
    if (!dense || !detail::apply_rows(f, out, in, operands)) detail::apply_strided(f, out, in);
    return;
  }
  auto* const to = static_cast<Byte*>(out.data());
  if (count <= f.grain) return f.function(count, to, operands, repeated);
  detail::apply_parallel(f, count, to, operands, repeated);
}

}  // namespace tapegrad::kernels
