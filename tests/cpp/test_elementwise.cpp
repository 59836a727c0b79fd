#include "kernels/elementwise.h"

#include "arrays.h"
#include "check.h"
#include "kernels/vector_table.h"

using namespace arrays;
using namespace tapegrad::kernels;

namespace {

template <class T>
using Unsigned = std::make_unsigned_t<std::conditional_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, T, int>>;

template <class T>
T wrap(long double v) {
  __extension__ using Wide = __int128;
  if constexpr (std::is_integral_v<T>) return static_cast<T>(static_cast<Wide>(v));
  else return static_cast<T>(v);
}

/// What fn gives for x, by the definition; `long double` for the elementary
/// functions.
template <class T>
long double expected(UnaryFn fn, T x) {
  const auto v = static_cast<long double>(x);
  const bool floating = std::is_floating_point_v<T>;
  switch (fn) {
    case UnaryFn::Identity: return v;
    case UnaryFn::Neg: return floating ? -v : static_cast<long double>(wrap<T>(v == -0x1p63L ? v : -v));
    case UnaryFn::Abs:
      return floating ? std::fabs(v) : static_cast<long double>(wrap<T>(v == -0x1p63L ? v : std::fabs(v)));
    case UnaryFn::Sign: return (v > 0) - (v < 0);  // of NaN 0, as in PyTorch
    case UnaryFn::Square:
      if constexpr (std::is_same_v<T, bool>) return v;
      else if constexpr (std::is_integral_v<T>)
        return static_cast<T>(
            static_cast<Unsigned<T>>(std::uint64_t{static_cast<Unsigned<T>>(x)} * static_cast<Unsigned<T>>(x)));
      else return x * x;
    case UnaryFn::Reciprocal: return static_cast<T>(1) / x;
    case UnaryFn::Sqrt:
      return static_cast<long double>(
          std::sqrt(static_cast<std::conditional_t<std::is_same_v<T, float>, float, double>>(x)));
    case UnaryFn::Exp: return std::exp(v);
    case UnaryFn::Log: return std::log(v);
    case UnaryFn::Sin: return std::sin(v);
    case UnaryFn::Cos: return std::cos(v);
    case UnaryFn::Tanh: return std::tanh(v);
    case UnaryFn::Sigmoid: return v < 0 ? std::exp(v) / (1 + std::exp(v)) : 1 / (1 + std::exp(-v));
    case UnaryFn::Relu: return v > 0 || v != v ? v : 0;
    case UnaryFn::BitwiseNot:
      if constexpr (std::is_same_v<T, bool>) return !x;
      else if constexpr (std::is_integral_v<T>) return static_cast<T>(~x);
      else return 0;
    case UnaryFn::LogicalNot: return x == 0;
    case UnaryFn::Floor: return std::floor(v);
    case UnaryFn::Ceil: return std::ceil(v);
    case UnaryFn::Round: return std::nearbyint(v);
    case UnaryFn::Trunc: return std::trunc(v);
    case UnaryFn::Rsqrt:
      if constexpr (std::is_floating_point_v<T>) return 1 / std::sqrt(x);
      else return 0;
    case UnaryFn::Frac:
      if constexpr (std::is_floating_point_v<T>) return x - std::trunc(x);
      else return 0;
    case UnaryFn::Mantissa: {
      int exponent = 0;
      return std::frexp(v, &exponent);
    }
    case UnaryFn::Exponent: {
      int exponent = 0;
      std::frexp(v, &exponent);
      return std::isfinite(v) ? exponent : 0;
    }
    case UnaryFn::NanToZero: return std::isnan(v) ? 0 : v;
    case UnaryFn::IsNan: return std::isnan(v);
    case UnaryFn::IsInf: return std::isinf(v);
    case UnaryFn::IsFinite: return std::isfinite(v);
    case UnaryFn::IsPosInf: return std::isinf(v) && v > 0;
    case UnaryFn::IsNegInf: return std::isinf(v) && v < 0;
    case UnaryFn::SignBit: return floating ? std::signbit(v) : v < 0;
    default: break;
  }
  return 0;
}

template <class T>
long double expected(BinaryFn fn, T x, T y) {
  constexpr bool kInteger = std::is_integral_v<T> && !std::is_same_v<T, bool>;
  if constexpr (kInteger) {
    using U = Unsigned<T>;
    const std::uint64_t a = static_cast<U>(x), b = static_cast<U>(y);
    switch (fn) {
      case BinaryFn::Add: return static_cast<T>(static_cast<U>(a + b));
      case BinaryFn::Sub: return static_cast<T>(static_cast<U>(a - b));
      case BinaryFn::Mul: return static_cast<T>(static_cast<U>(a * b));
      case BinaryFn::Pow: {
        std::uint64_t power = 1;
        for (T i = 0; i < y; ++i) power *= a;
        return static_cast<T>(static_cast<U>(power));
      }
      case BinaryFn::BitwiseAnd: return static_cast<T>(x & y);
      case BinaryFn::BitwiseOr: return static_cast<T>(x | y);
      case BinaryFn::BitwiseXor: return static_cast<T>(x ^ y);
      default: break;
    }
  } else if constexpr (std::is_same_v<T, bool>) {
    switch (fn) {
      case BinaryFn::Add:
      case BinaryFn::BitwiseOr: return x || y;
      case BinaryFn::Mul:
      case BinaryFn::BitwiseAnd: return x && y;
      case BinaryFn::BitwiseXor: return x != y;
      case BinaryFn::Pow: return x || !y;
      default: break;
    }
  } else {
    switch (fn) {
      case BinaryFn::Add: return x + y;
      case BinaryFn::Sub: return x - y;
      case BinaryFn::Mul: return x * y;
      case BinaryFn::Div: return x / y;
      case BinaryFn::Pow: return std::pow(static_cast<long double>(x), static_cast<long double>(y));
      default: break;
    }
  }
  const bool nan = x != x || y != y;
  switch (fn) {
    case BinaryFn::Maximum:
      return nan ? std::numeric_limits<long double>::quiet_NaN() : static_cast<long double>(x > y ? x : y);
    case BinaryFn::Minimum:
      return nan ? std::numeric_limits<long double>::quiet_NaN() : static_cast<long double>(x < y ? x : y);
    case BinaryFn::Eq: return x == y;
    case BinaryFn::Ne: return x != y;
    case BinaryFn::Lt: return x < y;
    case BinaryFn::Le: return x <= y;
    case BinaryFn::Gt: return x > y;
    case BinaryFn::Ge: return x >= y;
    case BinaryFn::LogicalAnd: return x != 0 && y != 0;
    case BinaryFn::LogicalOr: return x != 0 || y != 0;
    case BinaryFn::LogicalXor: return (x != 0) != (y != 0);
    default: return 0;
  }
}

/// Functions that expected() does not know: tests/test_accuracy.py compares them with mpmath.
bool is_known(UnaryFn fn) {
  return !is_costly(fn) || fn == UnaryFn::Exp || fn == UnaryFn::Log || fn == UnaryFn::Sin || fn == UnaryFn::Cos ||
         fn == UnaryFn::Tanh || fn == UnaryFn::Sigmoid;
}
bool is_known(BinaryFn fn) {
  return fn <= BinaryFn::Div || fn == BinaryFn::Maximum || fn == BinaryFn::Minimum ||
         (fn >= BinaryFn::BitwiseAnd && fn <= BinaryFn::BitwiseXor) || fn == BinaryFn::Pow || is_predicate(fn);
}

template <class T, class Fn>
void check_value(T got, long double wanted, bool approximate, Fn fn, long double x, long double y = 0) {
  if constexpr (std::is_floating_point_v<T>) {
    const double error = approximate ? ulps(got, wanted) : same(got, static_cast<T>(wanted)) ? 0.0 : 1e9;
    // An error of exp by 2.7 units is twice as many in a result whose unit is half as large.
    const bool composed = std::is_same_v<Fn, UnaryFn> && fn == static_cast<Fn>(UnaryFn::Sigmoid);
    const double bound = !approximate ? 0 : composed ? 6 : 4;
    CHECK(error <= bound, static_cast<int>(fn), x, y, got, wanted, sizeof(T));
  } else {
    CHECK(static_cast<long double>(got) == wanted, static_cast<int>(fn), x, y, +got, wanted, sizeof(T));
  }
}

template <class T>
void check_unary(UnaryFn fn, DType compute, const Dims& shape) {
  const auto a = random(compute, shape, any_style(), true);
  const auto out = blank(is_predicate(fn) ? DType::Bool : compute, shape, any_style());
  unary(fn, compute, *out, *a);
  const auto x = values<T>(*a), got = values<T>(*out);
  for (std::size_t i = 0; i < x.size(); ++i) check_value<T>(got[i], expected<T>(fn, x[i]), is_costly(fn), fn, x[i]);
}

template <class T>
void check_binary(BinaryFn fn, DType compute, const Dims& shape) {
  const auto a = random_broadcast(compute, shape, fn != BinaryFn::Pow);
  const auto b = random_broadcast(compute, shape, fn != BinaryFn::Pow);
  if (fn == BinaryFn::Pow)
    arrays::fill(*b, []<class S>() {
      return static_cast<S>(std::is_floating_point_v<S> ? number<S>(false) : static_cast<S>(below(9)));
    });
  const auto out = blank(is_predicate(fn) ? DType::Bool : compute, shape, any_style());
  binary(fn, compute, *out, *a, *b);
  const auto x = values<T>(*a, shape), y = values<T>(*b, shape), got = values<T>(*out);
  for (std::size_t i = 0; i < x.size(); ++i)
    check_value<T>(got[i], expected<T>(fn, x[i], y[i]), fn == BinaryFn::Pow, fn, x[i], y[i]);
}

}  // namespace

TEST(unary_all_functions_types_and_layouts) {
  for (std::size_t f = 0; f < kUnaryFns; ++f)
    for (const DType t : kAll) {
      if (!is_known(static_cast<UnaryFn>(f)) || !vector_table().unary[f][static_cast<std::size_t>(t)]) continue;
      for (const Dims& shape : shapes())
        for (int repeat = 0; repeat < 3; ++repeat)
          visit(t, [&]<class T>() { check_unary<T>(static_cast<UnaryFn>(f), t, shape); });
    }
}

TEST(binary_all_functions_types_and_layouts) {
  for (std::size_t f = 0; f < kBinaryFns; ++f)
    for (const DType t : kAll) {
      if (!is_known(static_cast<BinaryFn>(f)) || !vector_table().binary[f][static_cast<std::size_t>(t)]) continue;
      for (const Dims& shape : shapes())
        for (int repeat = 0; repeat < 6; ++repeat)
          visit(t, [&]<class T>() { check_binary<T>(static_cast<BinaryFn>(f), t, shape); });
    }
}

TEST(functions_exist_for_the_types_they_are_promised_for) {
  const auto& table = vector_table();
  for (std::size_t f = 0; f < kUnaryFns; ++f)
    for (const DType t : kAll) {
      const auto fn = static_cast<UnaryFn>(f);
      const bool floats_only = fn >= UnaryFn::Reciprocal && fn < UnaryFn::LogicalNot;
      const bool no_bools = fn == UnaryFn::Neg || (fn >= UnaryFn::Floor && fn <= UnaryFn::Trunc);
      const bool promised = fn == UnaryFn::BitwiseNot ? !is_floating(t)
                            : no_bools                ? t != DType::Bool
                                                      : !floats_only || is_floating(t);
      CHECK((table.unary[f][static_cast<std::size_t>(t)] != nullptr) == promised, f, name(t));
    }
  for (std::size_t f = 0; f < kBinaryFns; ++f)
    for (const DType t : kAll) {
      const auto fn = static_cast<BinaryFn>(f);
      const bool bits = fn >= BinaryFn::BitwiseAnd && fn <= BinaryFn::BitwiseXor;
      const bool whole = fn >= BinaryFn::ShiftLeft && fn <= BinaryFn::Lcm;
      const bool floats_only = fn == BinaryFn::Div || fn == BinaryFn::Copysign || fn == BinaryFn::Nextafter ||
                               fn == BinaryFn::Ldexp || (fn >= BinaryFn::Atan2 && fn <= BinaryFn::Igammac);
      const bool no_bools = whole || fn == BinaryFn::Sub || (fn >= BinaryFn::FloorDivide && fn <= BinaryFn::Remainder);
      const bool promised =
          floats_only ? is_floating(t) : !(no_bools && t == DType::Bool) && !((bits || whole) && is_floating(t));
      CHECK((table.binary[f][static_cast<std::size_t>(t)] != nullptr) == promised, f, name(t));
    }
  const auto flags = zeros(DType::Bool, {2});
  CHECK_THROWS(unary(UnaryFn::Neg, DType::Bool, *flags, *flags), Error, "bool");
}

TEST(numbers_as_operands) {
  for (const DType t : kAll) {
    for (const Dims& shape : shapes()) {
      const auto a = random(t, shape, any_style());
      for (const BinaryFn fn : {BinaryFn::Add, BinaryFn::Mul, BinaryFn::Lt, BinaryFn::Maximum}) {
        const auto left = blank(is_predicate(fn) ? DType::Bool : t, shape, any_style());
        const auto right = blank(left->dtype(), shape, any_style()), both = blank(left->dtype(), shape, any_style());
        binary(fn, t, *left, Scalar(3), *a);
        binary(fn, t, *right, *a, Scalar(3.0));
        binary(fn, t, *both, Scalar(true), Scalar(3));
        visit(t, [&]<class T>() {
          const auto x = values<T>(*a), l = values<T>(*left), r = values<T>(*right), b = values<T>(*both);
          for (std::size_t i = 0; i < x.size(); ++i) {
            check_value<T>(l[i], expected<T>(fn, T(3), x[i]), false, fn, x[i]);
            check_value<T>(r[i], expected<T>(fn, x[i], T(3)), false, fn, x[i]);
            check_value<T>(b[i], expected<T>(fn, T(1), T(3)), false, fn, x[i]);
          }
        });
      }
    }
  }
}

TEST(operands_of_other_types_are_converted) {
  for (const DType from : kAll)
    for (const DType compute : kAll)
      for (const DType to : kAll) {
        const Dims& shape = shapes()[static_cast<std::size_t>(below(static_cast<Index>(shapes().size())))];
        const auto a = random_broadcast(from, shape), b = random_broadcast(compute, shape);
        const auto out = blank(to, shape, any_style());
        if (is_floating(compute) && !is_floating(to)) continue;  // sums that do not fit
        binary(BinaryFn::Add, compute, *out, *a, *b);
        visit(compute, [&]<class T>() {
          visit(to, [&]<class R>() {
            const auto y = values<T>(*b, shape);
            std::vector<T> x;
            for (const double v : values<double>(*a, shape)) {
              if constexpr (std::is_same_v<T, bool>) x.push_back(v != 0);
              else if constexpr (std::is_integral_v<T>) x.push_back(static_cast<T>(static_cast<std::int64_t>(v)));
              else x.push_back(static_cast<T>(v));
            }
            const auto got = values<R>(*out);
            for (std::size_t i = 0; i < x.size(); ++i) {
              const R wanted = static_cast<R>(static_cast<T>(expected<T>(BinaryFn::Add, x[i], y[i])));
              CHECK(same<R>(got[i], wanted), name(from), name(compute), name(to), +x[i], +y[i], +got[i], +wanted);
            }
          });
        });
      }
}

TEST(where_all_layouts) {
  for (const DType t : kAll)
    for (const Dims& shape : shapes())
      for (int repeat = 0; repeat < 8; ++repeat) {
        const auto c = random_broadcast(DType::Bool, shape), a = random_broadcast(t, shape, true),
                   b = random_broadcast(t, shape);
        const auto out = blank(t, shape, any_style());
        const bool number = repeat > 5;
        where(t, *out, *c, *a, number ? Input(Scalar(1)) : Input(*b));
        visit(t, [&]<class T>() {
          const auto w = values<bool>(*c, shape);
          const auto x = values<T>(*a, shape), y = values<T>(*b, shape), got = values<T>(*out);
          for (std::size_t i = 0; i < x.size(); ++i) CHECK(same<T>(got[i], w[i] ? x[i] : number ? T(1) : y[i]), i);
        });
      }
}

TEST(copy_converts_and_broadcasts) {
  for (const DType from : kAll)
    for (const DType to : kAll)
      for (const Dims& shape : shapes()) {
        const auto a = random_broadcast(from, shape);
        const auto out = blank(to, shape, any_style());
        copy(*out, *a);
        visit(from, [&]<class S>() {
          visit(to, [&]<class T>() {
            const auto x = values<S>(*a, shape);
            const auto got = values<T>(*out);
            for (std::size_t i = 0; i < x.size(); ++i) {
              T wanted;
              if constexpr (std::is_same_v<T, bool>) wanted = x[i] != 0;
              else if constexpr (std::is_integral_v<T>) wanted = static_cast<T>(static_cast<std::int64_t>(x[i]));
              else wanted = static_cast<T>(x[i]);
              CHECK(same<T>(got[i], wanted), name(from), name(to), +x[i], +got[i]);
            }
          });
        });
      }
  const auto numbers = blank(DType::Float32, {3, 70}, Style::Strided);
  copy(*numbers, Scalar(2.5));
  for (const float v : values<float>(*numbers)) CHECK(v == 2.5F);
}

TEST(copy_of_transposed_planes) {
  for (const DType t : kAll)
    for (int repeat = 0; repeat < 20; ++repeat) {
      const Dims shape = {1 + below(3), 1 + below(90), 1 + below(2), 1 + below(90)};
      const auto base = random(t, {shape[3], shape[0], shape[1], shape[2]}, Style::Contiguous);
      const Dims& s = base->strides();
      const auto view = base->view({shape, {s[1], s[2], s[3], s[0]}, 0});
      const auto out = zeros(t, shape), sum = zeros(t, shape);
      copy(*out, *view);
      CHECK(values<double>(*out) == values<double>(*view), name(t));
      if (t == DType::Bool) continue;
      binary(BinaryFn::Sub, t, *sum, *out, *view);
      for (const double v : values<double>(*sum)) CHECK(v == 0);
    }
}

TEST(floats_out_of_range_convert_without_a_trap) {
  for (const DType from : kFloats)
    for (const DType to : kAll)
      for (const Index n : {1, 3, 8, 37}) {
        const auto a = blank(from, {n}, Style::Contiguous), out = blank(to, {n}, Style::Contiguous);
        for (const double v : {1e30, -1e30, std::nan(""), 300.7, -300.7, 3e9, 1e300}) {
          copy(*a, Scalar(v));
          copy(*out, *a);
          const auto got = values<double>(*out);
          for (const double g : got) CHECK(same(g, got[0]), v, name(to));
        }
      }
}

TEST(in_place) {
  for (const DType t : kFloats)
    for (const Dims& shape : shapes()) {
      const auto a = random(t, shape, any_style()), b = random_broadcast(t, shape);
      const auto before = values<double>(*a), other = values<double>(*b, shape);
      const auto wanted = zeros(t, shape);
      unary(UnaryFn::Exp, t, *wanted, *a);
      unary(UnaryFn::Exp, t, *a, *a);
      CHECK(values<double>(*a) == values<double>(*wanted), to_string(shape));
      const auto x = values<double>(*a);
      binary(BinaryFn::Sub, t, *a, *b, *a);
      const auto got = values<double>(*a);
      for (std::size_t i = 0; i < x.size(); ++i)
        CHECK(same(got[i], t == DType::Float32
                               ? static_cast<double>(static_cast<float>(other[i]) - static_cast<float>(x[i]))
                               : other[i] - x[i]));
    }
}

TEST(many_dimensions) {
  Dims shape(20, 1), strides(20, 0);
  for (const std::size_t d : {1, 4, 7, 9, 13, 18}) shape[d] = 2;
  const auto a = random(DType::Float64, shape, Style::Strided), b = random(DType::Float64, shape, Style::Strided);
  const auto out = zeros(DType::Float64, shape);
  binary(BinaryFn::Add, DType::Float64, *out, *a, *b);
  const auto x = values<double>(*a), y = values<double>(*b), got = values<double>(*out);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(got[i] == x[i] + y[i]);
}

TEST(large_broadcasts) {
  const Dims given[][2] = {{{600, 500}, {500}},       {{600, 500}, {600, 1}},       {{2, 200000}, {200000}},
                           {{2, 200000}, {2, 1}},     {{100000, 3}, {3}},           {{100000, 3}, {100000, 1}},
                           {{300, 500}, {1, 500}},    {{7, 300, 100}, {7, 1, 100}}, {{7, 300, 100}, {300, 1}},
                           {{7, 300, 100}, {7, 1, 1}}};
  for (const DType t : {DType::Float32, DType::Int16})
    for (const auto& [shape, other] : given)
      for (int repeat = 0; repeat < 4; ++repeat) {
        const auto a = random(t, shape, repeat & 1 ? Style::Strided : Style::Contiguous),
                   b = random(t, other, Style::Contiguous);
        const auto out = blank(t, shape, repeat & 2 ? Style::Strided : Style::Contiguous);
        binary(BinaryFn::Sub, t, *out, *b, *a);
        visit(t, [&]<class T>() {
          const auto x = values<T>(*b, shape), y = values<T>(*a), got = values<T>(*out);
          for (std::size_t i = 0; i < x.size(); ++i)
            CHECK(got[i] == static_cast<T>(x[i] - y[i]), to_string(shape), to_string(other), i);
        });
      }
}
