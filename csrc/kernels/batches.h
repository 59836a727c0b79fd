#pragma once
// Loops over packed batches of matrices (see linalg.h), split over threads.

#include <algorithm>

#include "core/host.h"
#include "core/parallel.h"
#include "core/tensor.h"

namespace tapegrad::kernels {

struct Batch {
  Index count, rows, columns;
};

inline Batch batch(const Tensor& t) {
  const Dims& shape = t.shape();
  Index count = 1;
  for (std::size_t i = 0; i + 2 < shape.size(); ++i) count *= shape[i];
  return {count, shape[shape.size() - 2], shape.back()};
}

/// Calls f.operator()<T>(first, last) for parts of the batch; `work` is about how many multiplications a matrix costs.
template <class F>
void each(DType dtype, Index count, double work, const F& f) {
  constexpr double kGrain = 1 << 17;
  if (count == 0) return;
  const HostUnlocked unlocked(static_cast<double>(count) * work > 4 * kGrain);
  parallel_for(count, static_cast<Index>(std::max(1.0, kGrain / std::max(work, 1.0))), [&](Index first, Index last) {
    if (dtype == DType::Float32) f.template operator()<float>(first, last);
    else f.template operator()<double>(first, last);
  });
}

/// The same for matrices of n x k right-hand sides that cost n^2 multiplications each: calls
/// f.operator()<T>(matrix, first column, last column), for strips of them where a matrix is worth several threads.
/// Strips are cut by size alone, so that bits do not depend on threads.
template <class F>
void each_strip(DType dtype, Index count, Index n, Index k, const F& f) {
  constexpr Index kStrips = 4, kLeast = 32;
  constexpr double kWorth = 1 << 20;
  const double work = static_cast<double>(n) * static_cast<double>(n * k);
  const Index strips = work < kWorth ? 1 : std::clamp<Index>(k / kLeast, 1, kStrips), width = (k + strips - 1) / strips;
  each(dtype, count * strips, work / static_cast<double>(strips), [&]<class T>(Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Index column = i % strips * width;
      if (column < k) f.template operator()<T>(i / strips, column, std::min(column + width, k));
    }
  });
}

inline double cube(Index n) { return static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n); }

}  // namespace tapegrad::kernels
