// lgamma, digamma and trigamma on vectors, over the C library's vector functions.
//
// Of a positive x, without cancellation but near the functions' own zeros: from 8 on Stirling's series (DLMF 5.11.1,
// 5.11.2); below, the recurrence (DLMF 5.5.1, 5.5.2) leads to an interval of length 1 where the function, divided by
// its zero's linear factor, is a polynomial (Chebyshev fits of 60-digit values, relative error below half an ulp).
// Of a negative x the reflection (DLMF 5.5.3, 5.5.4). Where its two terms cancel, and at poles and infinities, it gives
// NaN, and the element is computed anew by the scalar function.

#include "kernels/vector/map.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

template <class T>
using Function = Vector<T> (*)(Vector<T>);

/// What both are made of, found once a block.
template <class T>
struct Parts {
  Function<T> log = reinterpret_cast<Function<T>>(vector_function<T>(VectorMath::Log));
  Function<T> sin = reinterpret_cast<Function<T>>(vector_function<T>(VectorMath::Sin));
  Function<T> cos = reinterpret_cast<Function<T>>(vector_function<T>(VectorMath::Cos));
};

/// c[0] + c[1] x + c[2] x^2 ..., even and odd powers apart: half as long a chain.
template <class V, class T, int n>
V polynomial(V x, const T (&c)[n]) {
  const V square = x * x;
  V even = V{} + c[(n - 1) / 2 * 2], odd = V{} + c[n / 2 * 2 - 1];
#pragma GCC unroll 16
  for (int i = (n - 1) / 2 * 2 - 2; i >= 0; i -= 2) even = even * square + c[i];
#pragma GCC unroll 16
  for (int i = n / 2 * 2 - 3; i > 0; i -= 2) odd = odd * square + c[i];
  return even + x * odd;
}

/// The coefficients for a type: as many as its precision needs.
template <class T, int n, int m>
constexpr const auto& of_type(const double (&wide)[n], const float (&narrow)[m]) {
  if constexpr (sizeof(T) == sizeof(float)) return narrow;
  else return wide;
}

template <class V>
V magnitude(V x) {
  return x < 0 ? -x : x;
}

/// x >= 0 less the nearest whole number; exact. NaN from `limit` on, where the trick would not round to a whole number.
template <class T, class V = Vector<T>>
V off_whole(V x) {
  constexpr T kShift = sizeof(T) == 4 ? T(0x1p23) : T(0x1p52);
  const V off = x - ((x + kShift) - kShift);
  return x < kShift / 2 ? off : V{} + T(__builtin_nan(""));
}

constexpr double kPi = 3.14159265358979323846;

struct Lgamma {
  // lgamma(7/4 + t) / ((3/4 + t) (t - 1/4)) for |t| <= 1
  static constexpr double kNear[] = {
      0.4501393121092563,     -0.11948158662524275,    0.044520447198510664,   -0.019053957830248113,
      0.00877637042516715,    -0.004226194125866701,   0.0020955338830903497,  -0.0010605660770861306,
      0.0005448969322147684,  -0.0002831905905746476,  0.0001485174139856411,  -7.846210345096175e-05,
      4.1700720487418327e-05, -2.2278838193224283e-05, 1.1972902784510436e-05, -6.449795252206204e-06,
      3.424831579687299e-06,  -1.855744320050835e-06,  1.1622817782051711e-06, -6.350349415172561e-07,
      6.392596791774698e-08,  -3.244389167716215e-08,  3.99703879081997e-07,   -2.2209444123749484e-07,
      -2.514006698048096e-07, 1.4036143642610907e-07,  1.7999491028651663e-07, -1.0030149494820178e-07,
      -6.301825020322408e-08, 3.5136732458557174e-08,  1.321011857669034e-08,  -7.358499365145031e-09};
  static constexpr float kNearF[] = {0.450139314F,     -0.119481608F,    0.0445204601F,   -0.0190531909F,
                                     0.0087759532F,    -0.00423431396F,  0.00209995313F,  -0.00102322677F,
                                     0.000524578325F,  -0.00036927464F,  0.000195348272F, 2.32002931e-05F,
                                     -1.35763057e-05F, -7.69480175e-05F, 4.16529947e-05F};
  // B_2k / (2k (2k - 1)): lgamma(x) = (x - 1/2) log x - x + log(2 pi) / 2 + the sum of these over x^(2k - 1)
  static constexpr double kStirling[] = {0.08333333333333333,    -0.002777777777777778, 0.0007936507936507937,
                                         -0.0005952380952380953, 0.0008417508417508417, -0.0019175269175269176,
                                         0.00641025641025641,    -0.029550653594771242};
  static constexpr float kStirlingF[] = {0.0833333333F, -0.00277777778F, 0.000793650794F};

  template <class T, class V = Vector<T>>
  static V positive(V x, const Parts<T>& parts) {
    // Below 8: y in [3/4, 11/4), less 1 where it is x + 1, and the product of what lies between.
    const auto under = x < T(0.75);
    V y = x, product = under ? x : V{} + 1;
#pragma GCC unroll 6
    for (int k = 1; k <= 6; ++k) {
      const V factor = x - T(k);
      product = factor >= T(1.75) ? product * factor : product;
      y = factor >= T(1.75) ? factor : y;
    }
    const V one = under ? V{} + 1 : V{}, t = y - (T(1.75) - one), zeros = (y - (1 - one)) * (y - (2 - one));
    const V log = parts.log(x >= 8 ? x : product);
    constexpr T kConstant = T(0.91893853320467274178 - 0.5);
    const V inverse = 1 / x;
    const V series = inverse * polynomial(inverse * inverse, of_type<T>(kStirling, kStirlingF));
    const V large = (x - T(0.5)) * (log - 1) + (kConstant + series);
    const V small = zeros * polynomial(t, of_type<T>(kNear, kNearF));
    return x >= 8 ? large : under ? small - log : small + log;
  }

  /// lgamma(-x) = log(pi / |sin(pi x)|) - lgamma(1 + x)
  template <class T, class V = Vector<T>>
  static V any(V x, const Parts<T>& parts) {
    const V of_positive = positive<T>(x > 0 ? x : 1 - x, parts);
    const V term = parts.log(T(kPi) / magnitude(parts.sin(T(kPi) * off_whole<T>(magnitude(x)))));
    const V reflected = term - of_positive;
    const V bound = (magnitude(term) + magnitude(of_positive)) * T(0.5);
    return x > 0 ? of_positive : magnitude(reflected) >= bound ? reflected : V{} + T(__builtin_nan(""));
  }

  static double scalar(double x) { return scalar_lgamma(x); }
};

struct Digamma {
  // The zero of digamma, in two parts, and digamma(25/16 + t) / (25/16 + t - zero) for |t| <= 9/16
  static constexpr double kZero[] = {1.4616321449683622, 9.549995429965697e-17};
  static constexpr float kZeroF[] = {1.46163213F, 1.2438149938918909e-08F};
  static constexpr double kNear[] = {
      0.9254839423025467,    -0.39521047031101636,   0.21480049984820812,    -0.1268910543119681,
      0.07781367103462926,   -0.04862597866273614,   0.03069657102099496,    -0.01948867900597354,
      0.012413554204056643,  -0.007922134157460048,  0.0050615118486627446,  -0.0032358927479627314,
      0.002069679563864533,  -0.0013252270520552184, 0.0008479505445243968,  -0.0005364723396668811,
      0.0003433127898931415, -0.0002413979106670994, 0.00015449016715691756, -5.0767634602555526e-05,
      3.24906325472518e-05,  -8.160711158592707e-05, 5.222841384388919e-05};
  static constexpr float kNearF[] = {0.925483942F,  -0.395210624F,  0.214800596F,  -0.126880988F,
                                     0.0778072327F, -0.0488012508F, 0.0308086891F, -0.0182644743F,
                                     0.0116304616F, -0.0115169045F, 0.00736094033F};
  // B_2k / 2k: digamma(x) = log x - 1 / (2x) - the sum of these over x^2k
  static constexpr double kSeries[] = {0.08333333333333333,   -0.008333333333333333, 0.003968253968253968,
                                       -0.004166666666666667, 0.007575757575757576,  -0.021092796092796094,
                                       0.08333333333333333,   -0.4432598039215686,   3.0539543302701198};
  static constexpr float kSeriesF[] = {0.0833333333F, -0.00833333333F, 0.00396825397F};

  template <class T, class V = Vector<T>>
  static V positive(V x, const Parts<T>& parts) {
    // Below 8: y in [1, 17/8), less 1 where it is x + 1, and the sum of the reciprocals of what lies between.
    const auto under = x < T(1.125);
    V y = x, sum = under ? -1 / x : V{};
#pragma GCC unroll 6
    for (int k = 1; k <= 6; ++k) {
      const V place = x - T(k);
      sum = place >= T(1.125) ? sum + 1 / place : sum;
      y = place >= T(1.125) ? place : y;
    }
    const V one = under ? V{} + 1 : V{}, t = y - (T(1.5625) - one);
    const V inverse = 1 / x, square = inverse * inverse;
    const V large = parts.log(x) - inverse * T(0.5);
    const V off = (y - (of_type<T>(kZero, kZeroF)[0] - one)) - of_type<T>(kZero, kZeroF)[1];
    const V near = off * polynomial(t, of_type<T>(kNear, kNearF));
    return x >= 8 ? large - square * polynomial(square, of_type<T>(kSeries, kSeriesF)) : near + sum;
  }

  /// digamma(-x) = digamma(1 + x) + pi cot(pi x)
  template <class T, class V = Vector<T>>
  static V any(V x, const Parts<T>& parts) {
    const V of_positive = positive<T>(x > 0 ? x : 1 - x, parts);
    const V angle = T(kPi) * off_whole<T>(magnitude(x));
    const V term = T(kPi) * parts.cos(angle) / parts.sin(angle);
    return x > 0 ? of_positive : angle != 0 ? term + of_positive : V{} + T(__builtin_nan(""));
  }

  static double scalar(double x) { return scalar_digamma(x); }
};

struct Trigamma {
  // B_2k: trigamma(x) = 1 / x + 1 / (2 x^2) + the sum of these over x^(2k + 1)
  static constexpr double kSeries[] = {0.16666666666666667,   -0.033333333333333333, 0.023809523809523809,
                                       -0.033333333333333333, 0.075757575757575758,  -0.25311355311355311,
                                       1.1666666666666667,    -7.0921568627450980,   54.971177944862155};
  static constexpr float kSeriesF[] = {0.166666667F, -0.0333333333F, 0.0238095238F, -0.0333333333F};

  /// The recurrence (DLMF 5.15.5) leads to where the series is good, and has positive terms alone.
  template <class T, class V = Vector<T>>
  static V positive(V x, const Parts<T>&) {
    constexpr int kFrom = sizeof(T) == 4 ? 5 : 10;
    V y = x, sum{};
#pragma GCC unroll 10
    for (int k = kFrom - 1; k >= 0; --k) {  // the least first
      const V place = x + T(k), reciprocal = 1 / place;
      sum = place < T(kFrom) ? sum + reciprocal * reciprocal : sum;
    }
#pragma GCC unroll 10
    for (int k = 1; k <= kFrom; ++k) y = y < T(kFrom) ? x + T(k) : y;
    const V inverse = 1 / y, square = inverse * inverse;
    return sum + (inverse + square * (T(0.5) + inverse * polynomial(square, of_type<T>(kSeries, kSeriesF))));
  }

  /// trigamma(-x) = (pi / sin(pi x))^2 - trigamma(1 + x)
  template <class T, class V = Vector<T>>
  static V any(V x, const Parts<T>& parts) {
    const V of_positive = positive<T>(x > 0 ? x : 1 - x, parts);
    const V root = T(kPi) / parts.sin(T(kPi) * off_whole<T>(magnitude(x)));
    return x > 0 ? of_positive : root * root - of_positive;
  }

  static double scalar(double x) { return scalar_trigamma(x); }
};

template <class F, class T>
void loop(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  constexpr std::int64_t kChunk = 256;
  const Parts<T> parts;
  auto* o = static_cast<T*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  const std::int64_t count = repeated && n > 0 ? 1 : n;
  for (std::int64_t i = 0; i < count; i += kChunk) {
    const std::int64_t some = count - i < kChunk ? count - i : kChunk;
    int outside = 0;
    for (std::int64_t k = 0; k < some; ++k) outside |= !(a[i + k] > 0);
    if (!outside) {
      map(some, o + i, a + i, [&](Vector<T> x) { return F::template positive<T>(x, parts); });
      continue;
    }
    T x[kChunk];
    __builtin_memcpy(x, a + i, static_cast<std::size_t>(some) * sizeof(T));
    map(some, o + i, x, [&](Vector<T> v) { return F::template any<T>(v, parts); });
    for (std::int64_t k = 0; k < some; ++k)
      if (o[i + k] != o[i + k]) o[i + k] = static_cast<T>(F::scalar(x[k]));
  }
  if (repeated && n > 0) fill_with(n, o, o[0]);
}

template <class F, class T>
void set(Row row, DType dtype) {
  for (const auto fn : {VectorMath::Log, VectorMath::Sin, VectorMath::Cos})
    if (!vector_function<T>(fn)) return;
  at(row, dtype) = loop<F, T>;
}

}  // namespace

void fill_gamma(VectorTable& table) {
  const auto row = [&](UnaryFn fn) -> Row { return table.unary[static_cast<int>(fn)]; };
  set<Lgamma, float>(row(UnaryFn::Lgamma), DType::Float32);
  set<Lgamma, double>(row(UnaryFn::Lgamma), DType::Float64);
  set<Digamma, float>(row(UnaryFn::Digamma), DType::Float32);
  set<Digamma, double>(row(UnaryFn::Digamma), DType::Float64);
  set<Trigamma, float>(row(UnaryFn::Trigamma), DType::Float32);
  set<Trigamma, double>(row(UnaryFn::Trigamma), DType::Float64);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
