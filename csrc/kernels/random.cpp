#include "kernels/random.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/draw.h"

namespace tapegrad::kernels {
namespace {

template <class T>
void uniform_of(T* out, Index n, double low, double high, Generator& generator) {
  const T start = static_cast<T>(low), width = static_cast<T>(high - low);
  // Rounding may reach `high`, which is not in the range.
  const T most = std::nextafter(static_cast<T>(high), start);
  draw(n, kWordsEach<T>, generator, [&](const std::uint32_t* words, Index first, Index last, const Origin&) {
    for (Index i = 0; i < last - first; ++i) {
      const T value = start + width * unit<T>(words + i * kWordsEach<T>);
      out[first + i] = value > most ? most : value;
    }
  });
}

/// Box-Muller: of each pair of uniform numbers u, v the normal numbers r cos(2 pi v) and r sin(2 pi v), where
/// r = sqrt(-2 log u).
template <class T>
void normal_of(T* out, Index n, double mean, double std, Generator& generator) {
  const auto apply = [](UnaryFn fn, Index count, T* to, const T* of) {
    const void* const in[] = {of};
    vector_table().of(fn, dtype_of<T>)(count, to, in, 0);
  };
  draw(n, kWordsEach<T>, generator, [&](const std::uint32_t* words, Index first, Index last, const Origin&) {
    constexpr Index kEach = kWordsEach<T>;
    T radius[kDrawWords / 2], angle[kDrawWords / 2], sine[kDrawWords / 2];
    const Index pairs = (last - first + 1) / 2;
    for (Index i = 0; i < pairs; ++i) {
      radius[i] = 1 - unit<T>(words + 2 * i * kEach);
      angle[i] = unit<T>(words + (2 * i + 1) * kEach) * T(2 * std::numbers::pi);
    }
    apply(UnaryFn::Log, pairs, radius, radius);
    apply(UnaryFn::Sin, pairs, sine, angle);
    apply(UnaryFn::Cos, pairs, angle, angle);
    const T scale = static_cast<T>(std), middle = static_cast<T>(mean);
    std::transform(radius, radius + pairs, radius, [&](T log) { return std::sqrt(-2 * log) * scale; });
    T* to = out + first;
    for (Index i = 0; i < pairs; ++i) {
      *to++ = middle + radius[i] * angle[i];
      if (to < out + last) *to++ = middle + radius[i] * sine[i];
    }
  });
}

template <class T, class Range>
void integers_of(T* out, Index n, std::int64_t low, Range range, Generator& generator) {
  const auto least = range == 0 ? Range{0} : static_cast<Range>((Range{0} - range) % range);
  draw(n, kWordsEach<Range>, generator, [&](const std::uint32_t* words, Index first, Index last, const Origin& origin) {
    for (Index i = 0; i < last - first; ++i) {
      const std::uint64_t value = static_cast<std::uint64_t>(low) + below(range, least, words, i, origin);
      if constexpr (std::is_floating_point_v<T>) out[first + i] = static_cast<T>(static_cast<std::int64_t>(value));
      else out[first + i] = static_cast<T>(value);
    }
  });
}

}  // namespace

Generator& default_generator() {
  static Generator generator;
  return generator;
}

void uniform(Tensor& out, double low, double high, Generator& generator) {
  if (out.dtype() == DType::Float32) uniform_of(out.data_as<float>(), out.numel(), low, high, generator);
  else if (out.dtype() == DType::Float64) uniform_of(out.data_as<double>(), out.numel(), low, high, generator);
  else fail<Error>("uniform random numbers are floating-point, not ", name(out.dtype()));
}

void normal(Tensor& out, double mean, double std, Generator& generator) {
  if (out.dtype() == DType::Float32) normal_of(out.data_as<float>(), out.numel(), mean, std, generator);
  else if (out.dtype() == DType::Float64) normal_of(out.data_as<double>(), out.numel(), mean, std, generator);
  else fail<Error>("normal random numbers are floating-point, not ", name(out.dtype()));
}

void integers(Tensor& out, std::int64_t low, std::int64_t high, Generator& generator) {
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  visit(out.dtype(), [&]<class Type>() {
    using T = std::conditional_t<std::is_same_v<Type, bool>, bool, typename BitsOf<Type>::type>;
    if (range - 1 < UINT32_MAX)  // 0 stands for 2^64
      integers_of(out.data_as<T>(), out.numel(), low, static_cast<std::uint32_t>(range), generator);
    else integers_of(out.data_as<T>(), out.numel(), low, range, generator);
  });
}

}  // namespace tapegrad::kernels
