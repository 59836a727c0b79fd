// The position of the greatest or least element.

#include <algorithm>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/elementwise_loop.h"
#include "kernels/reduce.h"
#include "kernels/rows.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kGrain = 32768;
constexpr Index kSearch = 512;  // elements among which the best is looked for at a time
constexpr Index kShortRun = 16;

/// Whether b comes before a: it is better, or the first NaN.
template <bool Greatest, class T>
bool wins(T b, T a) {
  return (Greatest ? b > a : b < a) || (b != b && a == a);
}

/// The first place of `value`, a NaN too, which is among the n elements.
template <class T>
Index place_of(T value, const T* in, Index n) {
  constexpr Index kStep = 32;  // compared together, in vectors
  const auto same = [value](T x) { return (x == value) | ((x != x) & (value != value)); };
  Index i = 0;
  for (; i + kStep <= n; i += kStep) {
    bool any = false;
    for (Index j = i; j < i + kStep; ++j) any |= same(in[j]);
    if (any) break;
  }
  while (!same(in[i])) ++i;
  return i;
}

/// The place of the best of n elements that lie next to each other.
template <bool Greatest, class T>
Index best_of_run(const T* in, Index n, BlockFn fold) {
  if (n <= kShortRun) {
    Index best = 0;
    for (Index i = 1; i < n; ++i)
      if (wins<Greatest>(in[i], in[best])) best = i;
    return best;
  }
  // The best block first, at vector speed, then the place in it.
  T best{};
  Index best_block = -1;
  for (Index i = 0; i < n; i += kSearch) {
    T value;
    const void* const block = in + i;
    fold(std::min(kSearch, n - i), &value, &block, 0);
    if (best_block >= 0 && !wins<Greatest>(value, best)) continue;
    best = value;
    best_block = i;
  }
  return best_block + place_of(best, in + best_block, std::min(kSearch, n - best_block));
}

/// The places of the bests of `columns` columns, whose rows lie `inner` elements apart.
template <bool Greatest, class T>
void best_of_columns(const T* in, Index length, Index inner, Index columns, T* best, std::int64_t* places) {
  std::copy_n(in, columns, best);
  std::fill_n(places, columns, 0);
  for (Index row = 1; row < length; ++row) {
    const T* const values = in + row * inner;
    for (Index i = 0; i < columns; ++i) {
      const bool won = wins<Greatest>(values[i], best[i]);
      best[i] = won ? values[i] : best[i];
      places[i] = won ? row : places[i];
    }
  }
}

template <bool Greatest, class T>
void arg_reduce_of(T* values, std::int64_t* places, const T* in, const Rows& rows, BlockFn fold) {
  if (rows.inner == 1) {
    parallel_for(rows.outer, std::max<Index>(1, kGrain / rows.length), [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) {
        places[i] = best_of_run<Greatest>(in + i * rows.length, rows.length, fold);
        if (values) values[i] = in[i * rows.length + places[i]];
      }
    });
    return;
  }
  each_columns(rows, kSearch, kGrain, [&](Index first, Index to, Index columns) {
    T best[kSearch];
    best_of_columns<Greatest>(in + first, rows.length, rows.inner, columns, best, places + to);
    if (values) std::copy_n(best, columns, values + to);
  });
}

}  // namespace

void arg_reduce(bool greatest, Tensor* values, Tensor& indices, const Tensor& in, std::size_t dim) {
  if (indices.numel() == 0) return;
  const Rows rows(in.shape(), dim);
  if (rows.length == 0) fail<IndexError>("there is no greatest or least element along dim ", dim, ", which has size 0");
  const TensorRef source = row_major(in);
  const BlockFn fold = vector_table().of(greatest ? ReduceFn::Max : ReduceFn::Min, in.dtype());
  const HostUnlocked unlocked(in.numel() >= kUnlockFrom);
  visit(in.dtype(), [&]<class T>() {
    // A bool is a byte of 0 or 1, and is compared as one.
    using Stored = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;
    auto* const v = values ? static_cast<Stored*>(values->data()) : nullptr;
    auto* const places = indices.data_as<std::int64_t>();
    if (greatest) arg_reduce_of<true>(v, places, source->data_as<Stored>(), rows, fold);
    else arg_reduce_of<false>(v, places, source->data_as<Stored>(), rows, fold);
  });
}

}  // namespace tapegrad::kernels
