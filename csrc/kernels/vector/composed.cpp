// Functions that are made of the C library's: each is given them as its last arguments, for scalars or for vectors.

#include "kernels/vector/map.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

template <class X>
struct ElementOf {
  using type = std::remove_reference_t<decltype(X{}[0])>;
};
template <class X>
  requires std::is_floating_point_v<X>
struct ElementOf<X> {
  using type = X;
};
/// A number in the type of one element of the scalar or vector X.
template <class X>
constexpr typename ElementOf<X>::type number(double value) {
  return static_cast<typename ElementOf<X>::type>(value);
}

/// 1 / (1 + exp(-x)), without overflow: e = exp(-|x|).
struct Sigmoid {
  template <class X, class Exp>
  static X of(X x, Exp exp) {
    const X e = exp(x > 0 ? -x : x);
    return (x < 0 ? e : X{} + 1) / (1 + e);
  }
};
/// sin(pi x) / (pi x), and 1 at 0.
struct Sinc {
  template <class X, class Sin>
  static X of(X x, Sin sin) {
    const X angle = number<X>(3.14159265358979323846) * x;
    return x == 0 ? X{} + 1 : sin(angle) / angle;
  }
};
struct Logit {
  template <class X, class Log>
  static X of(X x, Log log) {
    return log(x / (1 - x));
  }
};
/// -x log x, 0 at 0, -inf below.
struct Entr {
  template <class X, class Log>
  static X of(X x, Log log) {
    const X inside = -x * log(x);
    return x == 0 ? X{} : (x < 0 ? X{} - number<X>(__builtin_inf()) : inside);
  }
};
/// The normal distribution's: erfc(-x / sqrt 2) / 2, which is exact where 1 + erf would cancel.
struct Ndtr {
  template <class X, class Erfc>
  static X of(X x, Erfc erfc) {
    return erfc(x * number<X>(-0.70710678118654752440)) * number<X>(0.5);
  }
};

/// m + log(1 + exp(-|a - b|)) of the greater, m. Two equal infinities are their own result.
template <class X, class Exp, class Log1p>
X add_in_logs(X a, X b, Exp exp, Log1p log1p) {
  const X d = a - b, m = a >= b ? a : b;
  const X sum = m + log1p(exp(d > 0 ? -d : d));
  return ((a == b) & (a - a != 0)) ? a : sum;
}
struct Logaddexp {
  template <class X, class Exp, class Log1p>
  static X of(X a, X b, Exp exp, Log1p log1p) {
    return add_in_logs(a, b, exp, log1p);
  }
};
struct Logaddexp2 {
  template <class X, class Exp2, class Log1p>
  static X of(X a, X b, Exp2 exp2, Log1p log1p) {
    return add_in_logs(a, b, exp2, [&](X e) { return log1p(e) * number<X>(1.44269504088896340736); });
  }
};
/// x log y, and 0 at x = 0 but for a NaN.
struct Xlogy {
  template <class X, class Log>
  static X of(X x, X y, Log log) {
    const X product = x * log(y);
    return ((x == 0) & (y == y)) ? X{} : product;
  }
};

/// F of one or two numbers on the C library's functions Fns.
template <class F, VectorMath::Fn... Fns>
struct OnLibm {
  template <class... T>
  static auto of(T... x) {
    using First = std::common_type_t<T...>;
    return F::of(x..., [](First v) { return Libm<Fns>::of(v); }...);
  }
};

template <class F, class T, VectorMath::Fn... Fns>
void loop(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  using Function = Vector<T> (*)(Vector<T>);
  if (!(vector_function<T>(Fns) && ...)) return unary_loop<OnLibm<F, Fns...>, T, T>(n, out, in, repeated);
  auto* o = static_cast<T*>(out);
  const auto each = [](auto... fns) { return [=](Vector<T> x) { return F::of(x, fns...); }; };
  map(repeated ? 1 : n, o, static_cast<const T*>(in[0]), each(reinterpret_cast<Function>(vector_function<T>(Fns))...));
  if (repeated && n > 0) fill_with(n, o, o[0]);
}

template <class F, class T, VectorMath::Fn... Fns>
void loop2(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  using Function = Vector<T> (*)(Vector<T>);
  if (n <= 0) return;
  if (!(vector_function<T>(Fns) && ...)) return binary_loop<OnLibm<F, Fns...>, T, T>(n, out, in, repeated);
  const auto each = [](auto... fns) { return [=](Vector<T> x, Vector<T> y) { return F::of(x, y, fns...); }; };
  map2(n, static_cast<T*>(out), static_cast<const T*>(in[0]), static_cast<const T*>(in[1]), repeated,
       each(reinterpret_cast<Function>(vector_function<T>(Fns))...));
}

template <class F, VectorMath::Fn... Fns>
void set(Row row) {
  at(row, DType::Float32) = loop<F, float, Fns...>;
  at(row, DType::Float64) = loop<F, double, Fns...>;
}
template <class F, VectorMath::Fn... Fns>
void set2(Row row) {
  at(row, DType::Float32) = loop2<F, float, Fns...>;
  at(row, DType::Float64) = loop2<F, double, Fns...>;
}

}  // namespace

void fill_composed(VectorTable& table) {
  using M = VectorMath;
  const auto unary = [&](UnaryFn fn) -> Row { return table.unary[static_cast<int>(fn)]; };
  set<Sigmoid, M::Exp>(unary(UnaryFn::Sigmoid));
  set<Sinc, M::Sin>(unary(UnaryFn::Sinc));
  set<Logit, M::Log>(unary(UnaryFn::Logit));
  set<Entr, M::Log>(unary(UnaryFn::Entr));
  set<Ndtr, M::Erfc>(unary(UnaryFn::Ndtr));
  const auto binary = [&](BinaryFn fn) -> Row { return table.binary[static_cast<int>(fn)]; };
  set2<Logaddexp, M::Exp, M::Log1p>(binary(BinaryFn::Logaddexp));
  set2<Logaddexp2, M::Exp2, M::Log1p>(binary(BinaryFn::Logaddexp2));
  set2<Xlogy, M::Log>(binary(BinaryFn::Xlogy));
  set2<Xlogy, M::Log1p>(binary(BinaryFn::Xlog1py));
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
