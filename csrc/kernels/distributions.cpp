// Distributions made of uniform numbers: by inversion where the inverse is a formula, else by transformed rejection.

#include <cmath>
#include <memory>
#include <numbers>
#include <numeric>
#include <vector>

#include "kernels/draw.h"
#include "kernels/rows.h"

namespace tapegrad::kernels {
namespace {

// Integers are made as unsigned ones: none is negative.

/// out[i] = f(u), where u is uniform in (0, 1).
template <class F>
void inverted(Tensor& out, Generator& generator, F f) {
  visit(out.dtype(), [&]<class Type>() {
    using T = BitsOf<Type>::type;
    T* const to = out.data_as<T>();
    draw(out.numel(), 2, generator, [&](const std::uint32_t* words, Index first, Index last, const Origin&) {
      for (Index i = 0; i < last - first; ++i) to[first + i] = static_cast<T>(f(open_unit(words + 2 * i)));
    });
  });
}

/// out[i] = f(i, stream), computed in double.
template <class F>
void rejected(Tensor& out, Generator& generator, F f) {
  visit(out.dtype(), [&]<class Type>() {
    using T = BitsOf<Type>::type;
    T* const to = out.data_as<T>();
    draw_streams(out.numel(), generator, [&](Index i, Stream& stream) { to[i] = static_cast<T>(f(i, stream)); });
  });
}

/// log(x!) for a whole x >= 0, by Stirling's series. (The C library's lgamma writes a global.)
double log_factorial(double x) {
  double below = 1, z = x + 1;
  while (z < 10) below *= z++;
  const double r = 1 / z, r2 = r * r;
  const double series = r * (1.0 / 12 - r2 * (1.0 / 360 - r2 * (1.0 / 1260 - r2 / 1680)));
  return (z - 0.5) * std::log(z) - z + 0.5 * std::log(2 * std::numbers::pi) + series - std::log(below);
}

/// By inversion, adding up the probabilities, for small rates.
double small_poisson(double rate, Stream& stream) {
  double u = stream.next(), p = std::exp(-rate), k = 0;
  while (u > p && p > 0) {
    u -= p;
    p *= rate / ++k;
  }
  return k;
}

/// PTRS, for rates from 10 on (Hoermann, "The transformed rejection method for generating Poisson random variables",
/// 1993).
double large_poisson(double rate, Stream& stream) {
  const double root = std::sqrt(rate), log_rate = std::log(rate);
  const double b = 0.931 + 2.53 * root, a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = stream.next() - 0.5, v = stream.next(), us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= v_r) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_rate - rate - log_factorial(k)) return k;
  }
}

/// By the gaps between successes, which are geometric, where few are expected (Devroye, "Non-uniform random variate
/// generation", 1986, X.4).
double few_successes(double count, double p, Stream& stream) {
  const double log_failure = std::log1p(-p);
  double tries = 0, successes = 0;
  while (true) {
    tries += std::ceil(std::log(stream.next()) / log_failure);
    if (tries > count) return successes;
    ++successes;
  }
}

/// BTRS, where at least 10 successes are expected of p <= 1/2 (Hoermann, "The generation of binomial random variates",
/// 1993).
double many_successes(double count, double p, Stream& stream) {
  const double spread = std::sqrt(count * p * (1 - p)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double c = count * p + 0.5, v_r = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread;
  const double log_odds = std::log(p / (1 - p)), m = std::floor((count + 1) * p);
  const double h = log_factorial(m) + log_factorial(count - m);
  while (true) {
    const double u = stream.next() - 0.5, v = stream.next(), us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= v_r) return k;
    if (k < 0 || k > count) continue;
    const double bound = h - log_factorial(k) - log_factorial(count - k) + (k - m) * log_odds;
    if (std::log(v * alpha / (a / (us * us) + b)) <= bound) return k;
  }
}

double successes(double count, double p, Stream& stream) {
  if (std::isnan(count) || std::isnan(p)) return std::numeric_limits<double>::quiet_NaN();
  count = std::floor(count);
  if (count <= 0 || p <= 0) return 0;
  if (p >= 1) return count;
  if (p > 0.5) return count - successes(count, 1 - p, stream);
  return count * p < 10 ? few_successes(count, p, stream) : many_successes(count, p, stream);
}

/// The values as doubles, row-major.
TensorRef doubles(const Tensor& t) {
  auto result = new_tensor(DType::Float64, t.shape());
  copy(*result, t);
  return result;
}

/// With replacement: where uniform numbers fall among the sums of the weights.
void draw_with_replacement(Tensor& out, const double* weights, Index categories, Generator& generator) {
  const Index samples = out.shape().back(), rows = out.numel() / samples;
  std::vector<double> sums(static_cast<std::size_t>(rows * categories));
  for (Index r = 0; r < rows; ++r)
    std::partial_sum(weights + r * categories, weights + (r + 1) * categories, sums.begin() + r * categories);
  auto* const to = out.data_as<std::int64_t>();
  draw(out.numel(), 2, generator, [&](const std::uint32_t* words, Index first, Index last, const Origin&) {
    for (Index i = first; i < last; ++i) {
      const auto row = sums.begin() + i / samples * categories, end = row + categories;
      const double total = end[-1];
      // Never one of weight zero: the first sum beyond u * total, or the first that is the total.
      const auto found = std::upper_bound(row, end, open_unit(words + 2 * (i - first)) * total);
      to[i] = (found == end ? std::lower_bound(row, end, total) : found) - row;
    }
  });
}

/// Without: the least of exponential numbers with the weights as rates (Efraimidis, Spirakis, "Weighted random sampling
/// with a reservoir", 2006).
void draw_without_replacement(Tensor& out, const double* weights, Index categories, Generator& generator) {
  const Index samples = out.shape().back(), rows = out.numel() / samples;
  std::vector<double> keys(static_cast<std::size_t>(rows * categories));
  draw(rows * categories, 2, generator, [&](const std::uint32_t* words, Index first, Index last, const Origin&) {
    for (Index i = first; i < last; ++i)
      keys[static_cast<std::size_t>(i)] = -std::log(open_unit(words + 2 * (i - first))) / weights[i];
  });
  auto* to = out.data_as<std::int64_t>();
  std::vector<Index> order(static_cast<std::size_t>(categories));
  for (Index r = 0; r < rows; ++r) {
    const double* const key = keys.data() + r * categories;
    std::iota(order.begin(), order.end(), Index{0});
    std::partial_sort(order.begin(), order.begin() + samples, order.end(),
                      [&](Index a, Index b) { return key[a] < key[b] || (key[a] == key[b] && a < b); });
    to = std::copy_n(order.begin(), samples, to);
  }
}

}  // namespace

void exponential(Tensor& out, double rate, Generator& generator) {
  inverted(out, generator, [=](double u) { return -std::log(u) / rate; });
}

void log_normal(Tensor& out, double mean, double std, Generator& generator) {
  normal(out, mean, std, generator);
  unary(UnaryFn::Exp, out.dtype(), out, out);
}

void cauchy(Tensor& out, double median, double scale, Generator& generator) {
  inverted(out, generator, [=](double u) { return median + scale * std::tan(std::numbers::pi * (u - 0.5)); });
}

void geometric(Tensor& out, double p, Generator& generator) {
  const double log_failure = std::log1p(-p);
  inverted(out, generator, [=](double u) { return std::ceil(std::log(u) / log_failure); });
}

void bernoulli(Tensor& out, double p, Generator& generator) {
  inverted(out, generator, [=](double u) { return u < p; });
}

void bernoulli(Tensor& out, const Tensor& p, Generator& generator) {
  const TensorRef values = doubles(p);
  const auto* const at = values->data_as<double>();
  visit(out.dtype(), [&]<class Type>() {
    using T = BitsOf<Type>::type;
    T* const to = out.data_as<T>();
    draw(out.numel(), 2, generator, [&](const std::uint32_t* words, Index first, Index last, const Origin&) {
      for (Index i = first; i < last; ++i) to[i] = static_cast<T>(open_unit(words + 2 * (i - first)) < at[i]);
    });
  });
}

void poisson(Tensor& out, const Tensor& rates, Generator& generator) {
  const TensorRef values = doubles(rates);
  const auto* const at = values->data_as<double>();
  rejected(out, generator, [=](Index i, Stream& stream) {
    return at[i] < 10 ? small_poisson(at[i], stream) : large_poisson(at[i], stream);
  });
}

void binomial(Tensor& out, const Tensor& counts, const Tensor& p, Generator& generator) {
  const TensorRef count_values = doubles(counts), p_values = doubles(p);
  const auto *const count = count_values->data_as<double>(), *const chance = p_values->data_as<double>();
  rejected(out, generator, [=](Index i, Stream& stream) { return successes(count[i], chance[i], stream); });
}

void multinomial(Tensor& out, const Tensor& weights, bool replacement, Generator& generator) {
  if (out.numel() == 0) return;
  const TensorRef values = doubles(weights);
  (replacement ? draw_with_replacement : draw_without_replacement)(out, values->data_as<double>(),
                                                                   weights.shape().back(), generator);
}

void permutation(Tensor& out, Generator& generator) {
  const Index n = out.numel();
  std::vector<Index> partner(static_cast<std::size_t>(n)), order(partner.size());
  std::iota(order.begin(), order.end(), Index{0});
  draw(n, 2, generator, [&](const std::uint32_t* words, Index first, Index last, const Origin& origin) {
    for (Index i = first; i < last; ++i) {
      const auto range = static_cast<std::uint64_t>(i + 1);
      partner[static_cast<std::size_t>(i)] =
          static_cast<Index>(below(range, (0 - range) % range, words, i - first, origin));
    }
  });
  for (std::size_t i = order.size(); i-- > 1;) std::swap(order[i], order[static_cast<std::size_t>(partner[i])]);
  visit(out.dtype(), [&]<class Type>() {
    using T = BitsOf<Type>::type;
    std::transform(order.begin(), order.end(), out.data_as<T>(), [](Index i) { return static_cast<T>(i); });
  });
}

}  // namespace tapegrad::kernels
