#include "kernels/edges.h"

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/copy_bytes.h"
#include "kernels/elementwise_loop.h"

namespace tapegrad::kernels {
namespace {

/// A continued dimension: how far apart its indices are in the continued array and in the other one.
struct Dimension {
  std::span<const Run> runs;
  Index places, elements;
};

/// Calls f(places, elements, run) for the runs of the last dimension, at all indices of those before it.
template <class T, class F>
void each_run(std::span<const Dimension> dims, T* places, T* elements, const F& f) {
  const Dimension& dim = dims.front();
  for (const Run& run : dim.runs) {
    if (dims.size() == 1) {
      f(places + run.to, elements + run.from, run);
      continue;
    }
    for (Index i = 0; i < run.count; ++i)
      each_run(dims.subspan(1), places + (run.to + i) * dim.places, elements + (run.from + i * run.step) * dim.elements,
               f);
  }
}

/// Calls f.operator()<T>(dims, places, elements) for each part of the arrays that such dimensions make up.
template <class T, class F>
void each_part(const Tensor& continued, const Tensor& other, std::span<const std::vector<Run>> runs, const F& f) {
  std::vector<Dimension> dims(runs.size());
  Index places = 1, elements = 1;
  for (std::size_t i = dims.size(); i-- > 0;) {
    const std::size_t dim = other.ndim() - dims.size() + i;
    dims[i] = {runs[i], places, elements};
    places *= continued.shape()[dim];
    elements *= other.shape()[dim];
  }
  if (places == 0 || elements == 0) return;
  const HostUnlocked unlocked(continued.numel() >= kUnlockFrom);
  parallel_for(continued.numel() / places, std::max<Index>(1, kCheapGrain / places), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i)
      f(std::span<const Dimension>(dims), continued.data_as<T>() + i * places, other.data_as<T>() + i * elements);
  });
}

template <class T>
void fill(Tensor& out, const Tensor& in, std::span<const std::vector<Run>> runs) {
  each_part<T>(out, in, runs, [](std::span<const Dimension> dims, T* places, T* elements) {
    each_run(dims, places, elements, [](T* to, const T* from, const Run& run) {
      if (run.step == 1) return copy_bytes(to, from, static_cast<std::size_t>(run.count) * sizeof(T));
      for (Index i = 0; i < run.count; ++i) to[i] = from[i * run.step];
    });
  });
}

template <class T>
void fold(Tensor& out, const Tensor& in, std::span<const std::vector<Run>> runs) {
  std::fill_n(out.data_as<T>(), out.numel(), T(0));
  each_part<T>(in, out, runs, [](std::span<const Dimension> dims, T* places, T* elements) {
    each_run(dims, places, elements, [](const T* from, T* to, const Run& run) {
      if (run.step == 1)
        for (Index i = 0; i < run.count; ++i) to[i] += from[i];
      else
        for (Index i = 0; i < run.count; ++i) to[i * run.step] += from[i];
    });
  });
}

}  // namespace

void fill_edges(Tensor& out, const Tensor& in, std::span<const std::vector<Run>> dims) {
  switch (itemsize(out.dtype())) {
    case 1: return fill<std::uint8_t>(out, in, dims);
    case 2: return fill<std::uint16_t>(out, in, dims);
    case 4: return fill<std::uint32_t>(out, in, dims);
    default: return fill<std::uint64_t>(out, in, dims);
  }
}

void fold_edges(Tensor& out, const Tensor& in, std::span<const std::vector<Run>> dims) {
  if (out.dtype() == DType::Float32) fold<float>(out, in, dims);
  else fold<double>(out, in, dims);
}

}  // namespace tapegrad::kernels
