#include "kernels/distances.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <type_traits>

#include "kernels/batches.h"

namespace tapegrad::kernels {
namespace {

// A norm: what an element counts, how counts are joined, what becomes of the sum; and the derivative by an element.

template <class T>
T sign(T x) {
  return std::isnan(x) ? x : static_cast<T>((x > 0) - (x < 0));
}

struct Count {
  template <class T>
  T map(T d) const {
    return std::isnan(d) ? d : T(d != 0);
  }
  template <class T>
  T join(T sum, T count) const {
    return sum + count;
  }
  template <class T>
  T finish(T sum) const {
    return sum;
  }
  template <class T>
  T slope(T, T) const {
    return 0;
  }
};

struct Manhattan : Count {
  template <class T>
  T map(T d) const {
    return std::abs(d);
  }
  template <class T>
  T slope(T d, T) const {
    return sign(d);
  }
};

struct Euclidean : Count {
  template <class T>
  T map(T d) const {
    return d * d;
  }
  template <class T>
  T finish(T sum) const {
    return std::sqrt(sum);
  }
  template <class T>
  T slope(T d, T distance) const {
    return distance == 0 ? T(0) : d / distance;
  }
};

struct Greatest : Manhattan {
  template <class T>
  T join(T most, T d) const {
    return d > most ? d : most;
  }
  template <class T>
  T slope(T d, T distance) const {
    return std::abs(d) == distance ? sign(d) : T(0);
  }
};

struct Minkowski : Count {
  double p;
  explicit Minkowski(double order) : p(order) {}
  template <class T>
  T map(T d) const {
    return std::pow(std::abs(d), static_cast<T>(p));
  }
  template <class T>
  T finish(T sum) const {
    return std::pow(sum, static_cast<T>(1 / p));
  }
  template <class T>
  T slope(T d, T distance) const {
    return d == 0 || distance == 0 ? T(0) : sign(d) * std::pow(std::abs(d) / distance, static_cast<T>(p - 1));
  }
};

template <class F>
void with_norm(double p, const F& f) {
  if (p == 0) f(Count{});
  else if (p == 1) f(Manhattan{});
  else if (p == 2) f(Euclidean{});
  else if (p == std::numeric_limits<double>::infinity()) f(Greatest{});
  else f(Minkowski{p});
}

/// How many columns are worked on side by side: loops of that length have vectors.
constexpr Index kStrip = 32;
/// How many terms are added up one after the other; what they give is added up in its turn.
constexpr Index kTerms = 128;

/// Calls f(first, width) for strips of n columns; the width of a whole one is known to the compiler.
template <class F>
void strips(Index n, const F& f) {
  Index first = 0;
  for (; first + kStrip <= n; first += kStrip) f(first, std::integral_constant<Index, kStrip>{});
  if (first < n) f(first, n - first);
}

/// out[j] = |x - column j of b|, for `width` columns of d rows, which lie n elements apart.
template <class T, class Norm, class Width>
void distances_of(const Norm& norm, const T* x, const T* b, Index n, Index d, Width width, T* out) {
  T totals[kStrip] = {};
  for (Index first = 0; first < d; first += kTerms) {
    T sums[kStrip] = {};
    for (Index k = first; k < std::min(first + kTerms, d); ++k)
      for (Index j = 0; j < width; ++j) sums[j] = norm.join(sums[j], norm.map(x[k] - b[k * n + j]));
    for (Index j = 0; j < width; ++j) totals[j] = norm.join(totals[j], sums[j]);
  }
  for (Index j = 0; j < width; ++j) out[j] = norm.finish(totals[j]);
}

}  // namespace

void distances(Tensor& out, const Tensor& a, const Tensor& b, double p) {
  const Batch size = batch(out);
  const Index m = size.rows, n = size.columns, d = a.shape().back();
  if (out.numel() == 0) return;
  with_norm(p, [&](const auto& norm) {
    each(out.dtype(), size.count * m, static_cast<double>(n * (d + 1)), [&]<class T>(Index first, Index last) {
      for (Index row = first, end = 0; row < last; row = end) {
        end = std::min(last, (row / m + 1) * m);
        strips(n, [&](Index column, auto width) {
          const T* const others = b.data_as<T>() + row / m * n * d + column;
          for (Index i = row; i < end; ++i)
            distances_of(norm, a.data_as<T>() + i * d, others, n, d, width, out.data_as<T>() + i * n + column);
        });
      }
    });
  });
}

void distances_gradient(Tensor& out, const Tensor& grad, const Tensor& a, const Tensor& b, const Tensor& distances,
                        double p) {
  const Batch size = batch(grad);
  const Index m = size.rows, n = size.columns, d = a.shape().back();
  if (out.numel() == 0) return;
  with_norm(p, [&](const auto& norm) {
    each(out.dtype(), size.count * m, static_cast<double>(n * d), [&]<class T>(Index first, Index last) {
      for (Index row = first; row < last; ++row) {
        const T *const factors = grad.data_as<T>() + row * n, *const far = distances.data_as<T>() + row * n;
        for (Index k = 0; k < d; ++k) {
          const T x = a.data_as<T>()[row * d + k];
          const T* const others = b.data_as<T>() + (row / m * d + k) * n;
          T sums[kStrip] = {};
          strips(n, [&](Index column, auto width) {
            for (Index j = 0; j < width; ++j) {
              const Index at = column + j;
              sums[j] += factors[at] * norm.slope(x - others[at], far[at]);
            }
          });
          out.data_as<T>()[row * d + k] = std::accumulate(sums, sums + kStrip, T(0));
        }
      }
    });
  });
}

}  // namespace tapegrad::kernels
