// The position of the greatest or least element.

#include <algorithm>
#include <vector>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/elementwise_loop.h"
#include "kernels/reduce.h"
#include "kernels/rows.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kGrain = 32768;

/// Parts of one run, for threads, and the best of theirs.
Index best_of_long_run(const Byte* in, Index item, Index length, ArgRunFn best_of) {
  const Index parts = (length + kGrain - 1) / kGrain;
  std::vector<Index> bests(static_cast<std::size_t>(parts));
  std::vector<Byte> values(static_cast<std::size_t>(parts * item));
  parallel_for(parts, 1, [&](Index begin, Index end) {
    for (; begin < end; ++begin) {
      const Index first = begin * kGrain;
      const Index best = first + best_of(std::min(kGrain, length - first), in + first * item);
      bests[static_cast<std::size_t>(begin)] = best;
      std::copy_n(in + best * item, item, values.data() + begin * item);
    }
  });
  return bests[static_cast<std::size_t>(best_of(parts, values.data()))];
}

void best_of_runs(Byte* values, std::int64_t* places, const Byte* in, const Rows& rows, Index item, ArgRunFn best_of) {
  const auto set = [&](Index row, Index place) {
    places[row] = place;
    if (values) std::copy_n(in + (row * rows.length + place) * item, item, values + row * item);
  };
  if (rows.outer == 1 && rows.length > kGrain) return set(0, best_of_long_run(in, item, rows.length, best_of));
  parallel_for(rows.outer, std::max<Index>(1, kGrain / rows.length), [&](Index begin, Index end) {
    for (; begin < end; ++begin) set(begin, best_of(rows.length, in + begin * rows.length * item));
  });
}

void best_of_columns(Byte* values, std::int64_t* places, const Byte* in, const Rows& rows, Index item,
                     ArgColumnsFn best_of) {
  each_columns(rows, kArgColumns, kGrain, [&](Index first, Index to, Index columns) {
    alignas(64) Byte best[kArgColumns * 8];
    best_of({rows.length, rows.inner, columns}, in + first * item, best, places + to);
    if (values) std::copy_n(best, columns * item, values + to * item);
  });
}

}  // namespace

void arg_reduce(bool greatest, Tensor* values, Tensor& indices, const Tensor& in, std::size_t dim) {
  if (indices.numel() == 0) return;
  const Rows rows(in.shape(), dim);
  if (rows.length == 0) fail<IndexError>("there is no greatest or least element along dim ", dim, ", which has size 0");
  const TensorRef source = row_major(in);
  const auto type = static_cast<std::size_t>(in.dtype());
  const auto item = static_cast<Index>(itemsize(in.dtype()));
  auto* const v = values ? static_cast<Byte*>(values->data()) : nullptr;
  auto* const places = indices.data_as<std::int64_t>();
  const auto* const from = static_cast<const Byte*>(source->data());
  const HostUnlocked unlocked(in.numel() >= kUnlockFrom);
  if (rows.inner == 1) best_of_runs(v, places, from, rows, item, vector_table().arg_run[greatest][type]);
  else best_of_columns(v, places, from, rows, item, vector_table().arg_columns[greatest][type]);
}

}  // namespace tapegrad::kernels
