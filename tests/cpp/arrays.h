#pragma once
// Tensors to test kernels on: any layout, and the values that go wrong first; and plain loops to read them.

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include "core/tensor.h"

namespace arrays {

using namespace tapegrad;

inline constexpr DType kAll[] = {DType::Bool,  DType::UInt8, DType::UInt16, DType::UInt32,  DType::UInt64, DType::Int8,
                                 DType::Int16, DType::Int32, DType::Int64,  DType::Float32, DType::Float64};
inline constexpr DType kFloats[] = {DType::Float32, DType::Float64};

inline std::mt19937_64& rng() {
  static std::mt19937_64 engine(1);
  return engine;
}
inline Index below(Index n) { return static_cast<Index>(rng()() % static_cast<std::uint64_t>(n)); }

/// A number of T: mostly small ones, and now and then an extreme one.
template <class T>
T number(bool special) {
  if constexpr (std::is_same_v<T, bool>) {
    return below(2) == 1;
  } else if constexpr (std::is_floating_point_v<T>) {
    using L = std::numeric_limits<T>;
    const T extremes[] = {T(0),     -T(0),       L::infinity(), -L::infinity(),  L::quiet_NaN(),
                          L::max(), L::lowest(), L::min(),      L::denorm_min(), T(1),
                          T(-1),    T(0.5),      T(2)};
    if (special && below(4) == 0) return extremes[below(std::size(extremes))];
    return static_cast<T>(std::normal_distribution<double>(0, 3)(rng()));
  } else {
    using L = std::numeric_limits<T>;
    const T extremes[] = {L::min(), L::max(), T(0), T(1), static_cast<T>(-1)};
    if (special && below(4) == 0) return extremes[below(std::size(extremes))];
    return static_cast<T>(below(20) - (std::is_signed_v<T> ? 10 : 0));
  }
}

/// Every element in row-major order, of a layout broadcast to `shape`.
template <class F>
void each_offset(const Tensor& t, const Dims& shape, F f) {
  const Index count = count_elements(shape);
  const std::size_t missing = shape.size() - t.ndim();
  for (Index i = 0; i < count; ++i) {
    Index rest = i, offset = 0;
    for (std::size_t d = shape.size(); d-- > 0; rest /= shape[d])
      if (d >= missing && t.shape()[d - missing] != 1) offset += rest % shape[d] * t.strides()[d - missing];
    f(i, offset);
  }
}

/// The elements, converted to T by a C++ conversion.
template <class T>
std::vector<T> values(const Tensor& t, const Dims& shape) {
  std::vector<T> result(static_cast<std::size_t>(count_elements(shape)));
  visit(t.dtype(), [&]<class S>() {
    each_offset(t, shape, [&](Index i, Index offset) {
      result[static_cast<std::size_t>(i)] = static_cast<T>(t.data_as<S>()[offset]);
    });
  });
  return result;
}
template <class T>
std::vector<T> values(const Tensor& t) {
  return values<T>(t, t.shape());
}

enum class Style { Contiguous, Strided };

/// A tensor with memory of its own: row-major, or with permuted dimensions, gaps and backward strides.
inline TensorRef blank(DType dtype, const Dims& shape, Style style) {
  if (style == Style::Contiguous) return zeros(dtype, shape);
  std::vector<std::size_t> order(shape.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), rng());
  Layout layout{shape, Dims(shape.size()), below(3)};
  Index step = 1 + below(2);
  for (const std::size_t d : order) {
    layout.strides[d] = step;
    step *= std::max<Index>(shape[d], 1) + (below(3) == 0);
  }
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (below(3) || shape[d] == 0) continue;
    layout.offset += (shape[d] - 1) * layout.strides[d];
    layout.strides[d] = -layout.strides[d];
  }
  const auto whole = zeros(dtype, {step + 4});
  return make_ref<Tensor>(dtype, std::move(layout), whole->storage_ref(), nullptr);
}

template <class F>
void fill(const Tensor& t, F f) {
  visit(t.dtype(), [&]<class T>() {
    each_offset(t, t.shape(), [&](Index, Index offset) { t.data_as<T>()[offset] = f.template operator()<T>(); });
  });
}

inline TensorRef random(DType dtype, const Dims& shape, Style style, bool special = false) {
  auto t = blank(dtype, shape, style);
  fill(*t, [&]<class T>() { return number<T>(special); });
  return t;
}

inline Style any_style() { return below(2) ? Style::Strided : Style::Contiguous; }

/// A tensor that broadcasts to `shape`.
inline TensorRef random_broadcast(DType dtype, const Dims& shape, bool special = false) {
  Dims given;
  const std::size_t missing = below(4) ? 0 : static_cast<std::size_t>(below(static_cast<Index>(shape.size()) + 1));
  for (std::size_t i = missing; i < shape.size(); ++i) given.push_back(below(4) ? shape[i] : 1);
  auto t = random(dtype, given, any_style(), special);
  if (below(3)) return t;
  // The same through strides of 0.
  Layout layout = t->layout();
  for (std::size_t i = 0; i < given.size(); ++i)
    if (given[i] == 1 && shape[missing + i] > 0) {
      layout.shape[i] = shape[missing + i];
      layout.strides[i] = 0;
    }
  return t->view(std::move(layout));
}

inline const std::vector<Dims>& shapes() {
  static const std::vector<Dims> all = {
      {},      {0},     {1},       {4},      {7},       {100},      {3000},    {2, 3},          {5, 0, 2},
      {17, 3}, {3, 17}, {130, 70}, {500, 3}, {2, 3, 4}, {70, 5, 9}, {1, 6, 1}, {2, 1, 3, 5, 4}, {3, 2, 2, 3, 2, 2}};
  return all;
}

/// The same number: NaN equals NaN, and -0 equals 0.
template <class T>
bool same(T a, T b) {
  return a == b || (a != a && b != b);
}

/// |got - wanted| in units in the last place of T at `wanted`.
template <class T>
double ulps(T got, long double wanted) {
  const T rounded = static_cast<T>(wanted);
  if (same(got, rounded)) return 0;
  if (!std::isfinite(got) || !std::isfinite(rounded)) return std::numeric_limits<double>::infinity();
  const T size = std::max(std::abs(rounded), std::numeric_limits<T>::min());
  const long double ulp = static_cast<long double>(std::nextafter(size, std::numeric_limits<T>::infinity())) - size;
  return static_cast<double>(std::abs(static_cast<long double>(got) - wanted) / ulp);
}

}  // namespace arrays
