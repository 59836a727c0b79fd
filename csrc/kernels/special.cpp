// Special functions, one element at a time and in double, also for float32. (lgamma, digamma and trigamma are for
// what vector/gamma.cpp leaves.)
//
// The gamma, error and Bessel functions are Boost.Math's. What it does not have: Hurwitz's zeta function, from the
// Euler-Maclaurin formula (DLMF 25.11.5 and 2.10.1); erfcx, from the C library's erfc, and its asymptotic series
// (DLMF 7.12.1); the exponentially scaled Bessel functions beyond the range of exp (DLMF 10.40.1). At poles, and
// outside of their domains, results are PyTorch's.

#include <boost/math/special_functions/airy.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "kernels/vector_table.h"

namespace tapegrad::kernels {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity(), kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kPi = std::numbers::pi, kSqrt2 = std::numbers::sqrt2, kSqrtPi = 1.77245385090551602730;

/// Boost raises nothing: its results at poles are infinite, and outside of a domain NaN.
using Policy =
    boost::math::policies::policy<boost::math::policies::domain_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::pole_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::promote_double<false>>;
constexpr Policy kPolicy{};

// The reentrant one: the plain function writes a global variable.
double lgamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}

double digamma(double x) {
  if (x == 0) return std::copysign(kInf, -x);
  if (std::isinf(x)) return x > 0 ? kInf : kNan;
  if (x < 0 && x == std::trunc(x)) return kNan;
  return boost::math::digamma(x, kPolicy);
}

double erfinv(double y) {
  if (!(std::fabs(y) < 1)) return std::fabs(y) == 1 ? std::copysign(kInf, y) : kNan;
  return boost::math::erf_inv(y, kPolicy);
}

/// The normal distribution's quantile.
double ndtri(double p) {
  if (!(p > 0 && p < 1)) return p == 0 ? -kInf : p == 1 ? kInf : kNan;
  return -kSqrt2 * boost::math::erfc_inv(2 * p, kPolicy);
}

/// exp(x^2) with the rounding error of the square put right.
double exp_of_square(double x) {
  const double square = x * x;
  const double exponential = std::exp(square);
  return std::isfinite(exponential) ? exponential + exponential * std::fma(x, x, -square) : exponential;
}

double erfcx(double x) {
  if (x < 25) return x < -26.7 ? kInf : exp_of_square(x) * std::erfc(x);
  const double t = 0.5 / (x * x);
  return 1 / (kSqrtPi * x) * (1 - t * (1 - 3 * t * (1 - 5 * t * (1 - 7 * t * (1 - 9 * t * (1 - 11 * t))))));
}

double log_ndtr(double x) {
  if (x < -1) return std::log(erfcx(-x / kSqrt2) / 2) - x * x / 2;
  return std::log1p(-std::erfc(x / kSqrt2) / 2);
}

/// The sum in the asymptotic series of I_order(x) for sign -1, of K_order(x) for 1.
double bessel_series(int order, double x, int sign) {
  double term = 1, sum = 1;
  for (int k = 1; k < 8; ++k) {
    const double odd = 2 * k - 1;
    term *= sign * (4.0 * order * order - odd * odd) / (8 * k * x);
    sum += term;
  }
  return sum;
}
/// exp(-x) I_order(x) for x >= 0.
double scaled_bessel_i(int order, double x) {
  if (x < 500) return std::exp(-x) * boost::math::cyl_bessel_i(order, x, kPolicy);
  return std::isinf(x) ? 0 : bessel_series(order, x, -1) / std::sqrt(2 * kPi * x);
}
double bessel_i(int order, double x) {
  if (std::isnan(x)) return x;
  if (std::fabs(x) > 714) return order % 2 ? std::copysign(kInf, x) : kInf;
  return boost::math::cyl_bessel_i(order, x, kPolicy);
}
double i0(double x) { return bessel_i(0, x); }
double i1(double x) { return bessel_i(1, x); }
double i0e(double x) { return std::isnan(x) ? x : scaled_bessel_i(0, std::fabs(x)); }
double i1e(double x) { return std::isnan(x) ? x : std::copysign(scaled_bessel_i(1, std::fabs(x)), x); }

double bessel_j0(double x) { return std::isfinite(x) ? boost::math::cyl_bessel_j(0, x, kPolicy) : kNan; }
double bessel_j1(double x) { return std::isfinite(x) ? boost::math::cyl_bessel_j(1, x, kPolicy) : kNan; }
double bessel_y(int order, double x) {
  if (x == 0) return -kInf;
  return x > 0 && std::isfinite(x) ? boost::math::cyl_neumann(order, x, kPolicy) : kNan;
}
double bessel_y0(double x) { return bessel_y(0, x); }
double bessel_y1(double x) { return bessel_y(1, x); }
template <int order, bool scaled>
double bessel_k(double x) {
  if (!(x > 0)) return x == 0 ? kInf : kNan;
  if (x < 500) return (scaled ? std::exp(x) : 1) * boost::math::cyl_bessel_k(order, x, kPolicy);
  if (std::isinf(x)) return 0;
  return (scaled ? 1 : std::exp(-x)) * std::sqrt(kPi / (2 * x)) * bessel_series(order, x, 1);
}
double bessel_k0(double x) { return bessel_k<0, false>(x); }
double bessel_k0e(double x) { return bessel_k<0, true>(x); }
double bessel_k1(double x) { return bessel_k<1, false>(x); }
double bessel_k1e(double x) { return bessel_k<1, true>(x); }
double spherical_bessel_j0(double x) {
  if (std::isinf(x)) return 0;
  return x == 0 ? 1 : std::sin(x) / x;
}
double airy_ai(double x) {
  if (!std::isfinite(x)) return kNan;
  // The first terms of its series: next to 0 Boost has no more than the constant one.
  if (std::fabs(x) < 2e-5) return 0.35502805388781723926 - 0.25881940379280679841 * x;
  return boost::math::airy_ai(x, kPolicy);
}

/// Hurwitz's zeta(s, q), the sum of (q + k)^-s over k >= 0.
double zeta(double s, double q) {
  if (s == 1) return kInf;
  if (s < 1) return kNan;
  if (q <= 0) {
    if (q == std::floor(q)) return kInf;
    if (s != std::floor(s)) return kNan;  // a negative number to a broken power
  }
  if (std::isnan(s) || !std::isfinite(q)) return kNan;
  if (q < -1000) {
    // Term by term the way up to 0 is endless: the sum over all whole k has the period 1, less what lies below q.
    const double part = q - std::floor(q), sign = std::fmod(s, 2) == 0 ? 1 : -1;
    return zeta(s, part) + sign * (zeta(s, 1 - part) - zeta(s, 1 - q));
  }
  double sum = 0, a = q;
  for (int k = 0; k < 9 || a <= 9; ++k) {
    const double term = std::pow(a, -s);
    sum += term;
    if (std::fabs(term) <= std::numeric_limits<double>::epsilon() / 4 * std::fabs(sum) && a > 0) return sum;
    a += 1;
  }
  // B_2j / (2j)!
  constexpr double kBernoulli[] = {1.0 / 12,
                                   -1.0 / 720,
                                   1.0 / 30240,
                                   -1.0 / 1209600,
                                   1.0 / 47900160,
                                   -691.0 / 1307674368000,
                                   1.0 / 74724249600,
                                   -3617.0 / 10670622842880000.0,
                                   43867.0 / 5109094217170944000.0,
                                   -174611.0 / 802857662698291200000.0};
  const double power = std::pow(a, -s);
  sum += a * power / (s - 1) + power / 2;
  double rising = s * power / a;  // s (s + 1) ... (s + 2j) a^(-s - 2j - 1)
  for (int j = 0; j < 10; ++j) {
    const double term = kBernoulli[j] * rising;
    sum += term;
    if (std::fabs(term) < std::numeric_limits<double>::epsilon() / 4 * std::fabs(sum)) break;
    rising *= (s + 2 * j + 1) * (s + 2 * j + 2) / (a * a);
  }
  return sum;
}

/// The regularised incomplete gamma functions, lower or upper. At their corners as PyTorch's, whatever a NaN stands for
/// where the other argument decides alone.
template <bool upper>
double incomplete_gamma(double a, double x) {
  if (a < 0 || x < 0 || (a == 0 && !(x > 0)) || (std::isinf(a) && std::isinf(x))) return kNan;
  if (a == 0 || std::isinf(x)) return upper ? 0 : 1;
  if (x == 0 || std::isinf(a)) return upper ? 1 : 0;
  if (std::isnan(a) || std::isnan(x)) return kNan;
  return upper ? boost::math::gamma_q(a, x, kPolicy) : boost::math::gamma_p(a, x, kPolicy);
}

double trigamma(double x) { return std::isinf(x) ? (x > 0 ? 0 : kNan) : zeta(2, x); }

/// p_n by p_(k + 1) = step(k, p_k, p_(k - 1)); NaN where that would be more than `most` steps.
template <class Step>
double by_recurrence(double first, double n, double most, Step step) {
  if (n > most) return kNan;
  double before = 1, now = n < 1 ? 1 : first;
  const auto steps = static_cast<std::int64_t>(n);
  for (std::int64_t k = 1; k < steps && !std::isnan(now); ++k)
    before = std::exchange(now, step(static_cast<double>(k), now, before));
  return now;
}

/// The four kinds are cos(n a), sin((n + 1) a) / sin(a), cos((n + 1/2) a) / cos(a / 2), sin((n + 1/2) a) / sin(a / 2),
/// where a = acos(x), or the same of cosh and sinh beyond 1; few steps of the recurrence, where they differ by the
/// first, are more exact.
double chebyshev(BinaryFn kind, double x, double n) {
  constexpr double kFewSteps = 32;
  if (std::isnan(x)) return n == 0 ? 1 : x;
  if (n <= kFewSteps) {
    const double add = kind == BinaryFn::ChebyshevV ? -1 : kind == BinaryFn::ChebyshevW ? 1 : 0;
    const double first = kind == BinaryFn::ChebyshevT ? x : 2 * x + add;
    return by_recurrence(first, n, kFewSteps, [x](double, double now, double before) { return 2 * x * now - before; });
  }
  // p_n(-x) is (-1)^n p_n(x), with V and W exchanged.
  if (x < 0) {
    if (kind == BinaryFn::ChebyshevV) kind = BinaryFn::ChebyshevW;
    else if (kind == BinaryFn::ChebyshevW) kind = BinaryFn::ChebyshevV;
  }
  const double sign = x < 0 && std::fmod(n, 2) != 0 ? -1 : 1, size = std::fabs(x);
  const double angle = size <= 1 ? std::acos(size) : std::acosh(size);
  const auto cosine = [size](double a) { return size <= 1 ? std::cos(a) : std::cosh(a); };
  const auto ratio = [&](double times, double part) {
    if (part == 0) return times;
    return size <= 1 ? std::sin(times * part) / std::sin(part) : std::sinh(times * part) / std::sinh(part);
  };
  switch (kind) {
    case BinaryFn::ChebyshevT: return sign * cosine(n * angle);
    case BinaryFn::ChebyshevU: return sign * ratio(n + 1, angle);
    case BinaryFn::ChebyshevV: return sign * cosine((n + 0.5) * angle) / cosine(angle / 2);
    default: return sign * ratio(2 * n + 1, angle / 2);
  }
}

template <BinaryFn family>
double orthogonal(double x, double n) {
  constexpr auto kShift = static_cast<int>(BinaryFn::ShiftedChebyshevT) - static_cast<int>(BinaryFn::ChebyshevT);
  constexpr double kMostOfHermite = 512, kMost = 1e6;  // the former is PyTorch's
  n = std::trunc(n);
  if (!(n >= 0 && n < 0x1p63)) return 0;  // what is no int64 counts as negative
  if constexpr (family < BinaryFn::ShiftedChebyshevT) return chebyshev(family, x, n);
  else if constexpr (family < BinaryFn::HermiteH)
    return chebyshev(static_cast<BinaryFn>(static_cast<int>(family) - kShift), 2 * x - 1, n);
  else if constexpr (family == BinaryFn::HermiteH)
    return by_recurrence(2 * x, n, kMostOfHermite,
                         [x](double k, double h, double before) { return 2 * (x * h - k * before); });
  else if constexpr (family == BinaryFn::HermiteHe)
    return by_recurrence(x, n, kMostOfHermite, [x](double k, double h, double before) { return x * h - k * before; });
  else if constexpr (family == BinaryFn::LaguerreL)
    return by_recurrence(1 - x, n, kMost, [x](double k, double l, double before) {
      return ((2 * k + 1 - x) * l - k * before) / (k + 1);
    });
  else
    return by_recurrence(
        x, n, kMost, [x](double k, double p, double before) { return ((2 * k + 1) * x * p - k * before) / (k + 1); });
}

template <double (*f)(double), class T>
void loop(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  auto* o = static_cast<T*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  const std::int64_t step = repeated ? 0 : 1;
  for (std::int64_t i = 0; i < n; ++i) o[i] = static_cast<T>(f(a[i * step]));
}

template <double (*f)(double, double), class T>
void loop2(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  auto* o = static_cast<T*>(out);
  const auto *a = static_cast<const T*>(in[0]), *b = static_cast<const T*>(in[1]);
  const std::int64_t left = repeated & 1 ? 0 : 1, right = repeated & 2 ? 0 : 1;
  for (std::int64_t i = 0; i < n; ++i) o[i] = static_cast<T>(f(a[i * left], b[i * right]));
}

}  // namespace

double scalar_lgamma(double x) { return lgamma(x); }
double scalar_digamma(double x) { return digamma(x); }
double scalar_trigamma(double x) { return trigamma(x); }

void fill_special(VectorTable& table) {
  constexpr auto kFloat = static_cast<std::size_t>(DType::Float32), kDouble = static_cast<std::size_t>(DType::Float64);
#define TAPEGRAD_SET(fn, name)                                                    \
  table.unary[static_cast<std::size_t>(UnaryFn::fn)][kFloat] = loop<name, float>; \
  table.unary[static_cast<std::size_t>(UnaryFn::fn)][kDouble] = loop<name, double>;
  TAPEGRAD_SPECIAL(TAPEGRAD_SET)
#undef TAPEGRAD_SET
#define TAPEGRAD_SET2(fn, name)                                                      \
  table.binary[static_cast<std::size_t>(BinaryFn::fn)][kFloat] = loop2<name, float>; \
  table.binary[static_cast<std::size_t>(BinaryFn::fn)][kDouble] = loop2<name, double>;
  TAPEGRAD_SET2(Zeta, zeta)
  TAPEGRAD_SET2(Igamma, incomplete_gamma<false>)
  TAPEGRAD_SET2(Igammac, incomplete_gamma<true>)
#define TAPEGRAD_SET_POLYNOMIAL(family) TAPEGRAD_SET2(family, orthogonal<BinaryFn::family>)
  TAPEGRAD_POLYNOMIALS(TAPEGRAD_SET_POLYNOMIAL)
#undef TAPEGRAD_SET_POLYNOMIAL
#undef TAPEGRAD_SET2
}

}  // namespace tapegrad::kernels
