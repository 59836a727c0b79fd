#include "kernels/distances.h"

#include <cmath>
#include <limits>

#include "kernels/batches.h"

namespace tapegrad::kernels {
namespace {

// A norm: what an element counts, how counts are joined, what becomes of the sum; and the derivative by an element.

template <class T>
T sign(T x) {
  return static_cast<T>((x > 0) - (x < 0));
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

/// In several sums side by side, which is how the processor adds fastest.
template <class T, class Norm>
T distance(const Norm& norm, const T* a, const T* b, Index size) {
  constexpr Index kLanes = 8;
  T lanes[kLanes] = {};
  Index i = 0;
  for (; i + kLanes <= size; i += kLanes)
    for (Index lane = 0; lane < kLanes; ++lane)
      lanes[lane] = norm.join(lanes[lane], norm.map(a[i + lane] - b[i + lane]));
  for (; i < size; ++i) lanes[i % kLanes] = norm.join(lanes[i % kLanes], norm.map(a[i] - b[i]));
  T total = lanes[0];
  for (Index lane = 1; lane < kLanes; ++lane) total = norm.join(total, lanes[lane]);
  return norm.finish(total);
}

}  // namespace

void distances(Tensor& out, const Tensor& a, const Tensor& b, double p) {
  const Batch size = batch(out);
  const Index m = size.rows, n = size.columns, d = a.shape().back();
  if (out.numel() == 0) return;
  with_norm(p, [&](const auto& norm) {
    each(out.dtype(), size.count * m, static_cast<double>(n * (d + 1)), [&]<class T>(Index first, Index last) {
      for (Index row = first; row < last; ++row) {
        const T* const others = b.data_as<T>() + row / m * n * d;
        for (Index j = 0; j < n; ++j)
          out.data_as<T>()[row * n + j] = distance(norm, a.data_as<T>() + row * d, others + j * d, d);
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
        const T* const x = a.data_as<T>() + row * d;
        T* const result = out.data_as<T>() + row * d;
        std::fill_n(result, d, T(0));
        for (Index j = 0; j < n; ++j) {
          const T* const other = b.data_as<T>() + (row / m * n + j) * d;
          const T factor = grad.data_as<T>()[row * n + j], far = distances.data_as<T>()[row * n + j];
          for (Index i = 0; i < d; ++i) result[i] += factor * norm.slope(x[i] - other[i], far);
        }
      }
    });
  });
}

}  // namespace tapegrad::kernels
