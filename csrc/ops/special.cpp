// Special functions: error, gamma and Bessel functions and their kin.

#include "ops/math.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "ops/elementwise.h"
#include "ops/gradients.h"

namespace tapegrad {
namespace {

using kernels::BinaryFn;
using kernels::UnaryFn;

constexpr double kSqrt2 = std::numbers::sqrt2, kSqrtPi = 1.77245385090551602730, kPi = std::numbers::pi;
constexpr Saves kBoth = {.inputs = {kFor0}, .result = true};

const Op kErf(
    real<UnaryFn::Erf>("erf", "ErfBackward0", kSelf,
                       from_self<[](const auto& g, const auto& x) { return g * (exp(-square(x)) * (2 / kSqrtPi)); }>));
const Op kErfc(real<UnaryFn::Erfc>(
    "erfc", "ErfcBackward0", kSelf,
    from_self<[](const auto& g, const auto& x) { return g * (exp(-square(x)) * (-2 / kSqrtPi)); }>));
const Op kErfinv(real<UnaryFn::Erfinv>(
    "erfinv", "ErfinvBackward0", kResult,
    from_result<[](const auto& g, const auto& y) { return g * (exp(square(y)) * (kSqrtPi / 2)); }>));
const Op kErfcx(real<UnaryFn::Erfcx>("special_erfcx", "SpecialErfcxBackward0", kBoth, [](Backward& b) {
  b.set(0, b.take() * (b.input(0) * b.result() * 2.0 - 2 / kSqrtPi));
}));
const Op kNdtr(real<UnaryFn::Ndtr>(
    "special_ndtr", "SpecialNdtrBackward0", kSelf,
    from_self<[](const auto& g, const auto& x) { return g * (exp(square(x) * -0.5) * (1 / (kSqrt2 * kSqrtPi))); }>));
const Op kNdtri(real<UnaryFn::Ndtri>(
    "special_ndtri", "SpecialNdtriBackward0", kResult,
    from_result<[](const auto& g, const auto& y) { return g * (exp(square(y) / 2.0) * (kSqrt2 * kSqrtPi)); }>));
/// The density of a standard normal variable divided by its distribution function. To be differentiated again it is
/// made of two halves, each of which is finite with its derivatives where it is taken, and out of the other's way.
Variable normal_slope(const Variable& x) {
  const auto rising = [](const Variable& z) { return (kSqrt2 / kSqrtPi) / erfcx(z / -kSqrt2); };
  if (!GradMode::enabled()) return rising(x);
  const Variable left = lt(x, 0), right = where(left, 0.0, x);
  return where(left, rising(where(left, x, 0.0)), exp(square(right) * -0.5) / ndtr(right) / (kSqrt2 * kSqrtPi));
}
const Op kLogNdtr(real<UnaryFn::LogNdtr>("special_log_ndtr", "SpecialLogNdtrBackward0", kSelf,
                                         [](Backward& b) { b.set(0, b.take() * normal_slope(b.input(0).variable)); }));
const Op kEntr(real<UnaryFn::Entr>("special_entr", "SpecialEntrBackward0", kSelf,
                                   [](Backward& b) { b.set(0, b.take() * -(log(b.input(0)) + 1.0)); }));
const Op kLgamma(real<UnaryFn::Lgamma>("lgamma", "LgammaBackward0", kSelf,
                                       [](Backward& b) { b.set(0, b.take() * digamma(b.input(0))); }));
const Op kDigamma(real<UnaryFn::Digamma>("digamma", "DigammaBackward0", kSelf,
                                         [](Backward& b) { b.set(0, b.take() * polygamma(1, b.input(0))); }));

struct OrderAttributes {
  Index order;
};

// (-1)^(n+1) n! zeta(n + 1, x)
const Op kPolygamma({.name = "polygamma",
                     .node = "PolygammaBackward0",
                     .forward =
                         [](Call& call) {
                           const Index n = call.attributes<OrderAttributes>().order;
                           if (n == 0) return float_forward<UnaryFn::Digamma>(call);
                           if (n == 1) return float_forward<UnaryFn::Trigamma>(call);
                           const DType compute = to_floating(call.tensor(0).dtype());
                           Tensor& out = call.elementwise_output(compute, call.tensor(0));
                           const auto order = static_cast<double>(n);
                           kernels::binary(BinaryFn::Zeta, compute, out, Scalar(order + 1), call.tensor(0));
                           kernels::binary(BinaryFn::Mul, compute, out, out,
                                           Scalar((n % 2 ? 1 : -1) * std::tgamma(order + 1)));
                         },
                     .derivative =
                         [](Backward& b) {
                           const Index n = b.attributes<OrderAttributes>().order;
                           b.set(0, b.take() * polygamma(n + 1, b.input(0)));
                         },
                     .category = Category::Unary,
                     .saves = kSelf});

const Op kI0(real<UnaryFn::I0>("i0", "I0Backward0", kSelf, [](Backward& b) { b.set(0, b.take() * i1(b.input(0))); }));
const Op kI0e(real<UnaryFn::I0e>("special_i0e", "SpecialI0EBackward0", kBoth, [](Backward& b) {
  const Variable x = b.input(0).variable;
  b.set(0, b.take() * (i1e(x) - sgn(x) * b.result()));
}));
// The quotient's limit at 0 is 1/2, from which no NaN may come in a second derivative.
const Op kI1(real<UnaryFn::I1>("special_i1", "SpecialI1Backward0", kBoth, [](Backward& b) {
  const Variable x = b.input(0).variable, zero = eq(x, 0), other = where(zero, 1.0, x);
  b.set(0, b.take() * where(zero, 0.5, i0(other) - b.result() / other));
}));
const Op kI1e(real<UnaryFn::I1e>("special_i1e", "SpecialI1EBackward0", kBoth, [](Backward& b) {
  const Variable x = b.input(0).variable, zero = eq(x, 0), other = where(zero, 1.0, x);
  b.set(0, b.take() * where(zero, 0.5, i0e(other) - b.result() * (sgn(other) + reciprocal(other))));
}));

template <UnaryFn fn>
constexpr Op::Row without_derivative(const char* name) {
  return real<fn>(name, nullptr, {}, nullptr);
}
const Op kBesselJ0(without_derivative<UnaryFn::BesselJ0>("special_bessel_j0"));
const Op kBesselJ1(without_derivative<UnaryFn::BesselJ1>("special_bessel_j1"));
const Op kBesselY0(without_derivative<UnaryFn::BesselY0>("special_bessel_y0"));
const Op kBesselY1(without_derivative<UnaryFn::BesselY1>("special_bessel_y1"));
const Op kBesselK0(without_derivative<UnaryFn::BesselK0>("special_modified_bessel_k0"));
const Op kBesselK0e(without_derivative<UnaryFn::BesselK0e>("special_scaled_modified_bessel_k0"));
const Op kBesselK1(without_derivative<UnaryFn::BesselK1>("special_modified_bessel_k1"));
const Op kBesselK1e(without_derivative<UnaryFn::BesselK1e>("special_scaled_modified_bessel_k1"));
const Op kSphericalBesselJ0(without_derivative<UnaryFn::SphericalBesselJ0>("special_spherical_bessel_j0"));
const Op kAiryAi(without_derivative<UnaryFn::AiryAi>("special_airy_ai"));

void zeta_derivative(Backward& b) {
  if (b.needs(0)) fail<NotImplementedError>("the derivative for 'zeta' by its first argument is not implemented");
  b.set(1, b.take() * -(b.input(0) * zeta(transformed(b.input(0), [](const auto& s) { return s + 1.0; }), b.input(1))));
}
// The gradient of x is log y, but 0 where x log y is cut off; that of y is x / y.
template <Variable (*of_product)(const Operand&, const Operand&), int shift>
void xlog_derivative(Backward& b) {
  const Value x = b.input(0), y = b.input(1);
  if (b.needs(0)) b.set(0, where(logical_and(eq(x, 0), le(y, -shift)), 0.0, of_product(b.grad(), y)));
  if (!b.needs(1)) return;
  if constexpr (shift == 0) b.set(1, b.take() * (x / y));
  else b.set(1, b.take() * (x / (y + double{shift})));
}

// The slope by x is x^(a - 1) exp(-x) / gamma(a); there is no formula for that by a.
template <int sign>
void incomplete_gamma_derivative(Backward& b) {
  if (b.needs(0))
    fail<NotImplementedError>("the derivative for '", sign > 0 ? "igamma" : "igammac",
                              "' by its first argument, input, is not implemented");
  const Value a = b.input(0), x = b.input(1);
  const Variable power = xlogy(transformed(a, [](const auto& v) { return v - 1.0; }), x);
  const Variable slope = exp(power - x - lgamma(a)) * double{sign};
  b.set(1, b.take() * where(lt(x, 0), std::numeric_limits<double>::quiet_NaN(), slope));
}

constexpr Saves kAll = {.inputs = {kFor0 | kFor1, kFor0 | kFor1}};
const Op kZeta(pairwise<BinaryFn::Zeta, Result::Floating>("special_zeta", "SpecialZetaBackward0", kAll,
                                                          zeta_derivative));
const Op kIgamma(pairwise<BinaryFn::Igamma, Result::Floating>("igamma", "IgammaBackward0", kAll,
                                                              incomplete_gamma_derivative<1>));
const Op kIgammac(pairwise<BinaryFn::Igammac, Result::Floating>("igammac", "IgammacBackward0", kAll,
                                                                incomplete_gamma_derivative<-1>));
constexpr Op::Row xlogy_row(const char* name, const char* node, std::uint8_t constants = 0) {
  return pairwise<BinaryFn::Xlogy, Result::Floating>(name, node, kAll, xlog_derivative<xlogy, 0>, constants);
}
constexpr Op::Row xlog1py_row(const char* name, const char* node, std::uint8_t constants = 0) {
  return pairwise<BinaryFn::Xlog1py, Result::Floating>(name, node, kAll, xlog_derivative<xlog1py, 1>, constants);
}
const Op kXlogy(xlogy_row("xlogy", "XlogyBackward0"));
const Op kNumberXlogy(xlogy_row("number_xlogy", "XlogyBackward1", kFor0));
const Op kXlogyNumber(xlogy_row("xlogy_number", "XlogyBackward2", kFor1));
const Op kXlog1py(xlog1py_row("special_xlog1py", "SpecialXlog1PyBackward0"));
const Op kNumberXlog1py(xlog1py_row("special_number_xlog1py", "SpecialXlog1PyBackward1", kFor0));
const Op kXlog1pyNumber(xlog1py_row("special_xlog1py_number", "SpecialXlog1PyBackward2", kFor1));

struct PolynomialAttributes {
  BinaryFn family;
};

const Op kPolynomial({.name = "special_polynomial",
                      .node = nullptr,
                      .forward =
                          [](Call& call) {
                            const DType compute = to_floating(result_type(call.in));
                            kernels::binary(call.attributes<PolynomialAttributes>().family, compute,
                                            call.elementwise_output(compute, broadcast_shape(call.in)),
                                            input(call.in[0]), input(call.in[1]));
                          },
                      .derivative = nullptr,
                      .category = Category::Binary,
                      .inputs = 2});

}  // namespace

Variable erf(const Operand& x) { return apply(kErf, {x}); }
Variable erfc(const Operand& x) { return apply(kErfc, {x}); }
Variable erfinv(const Operand& x) { return apply(kErfinv, {x}); }
Variable erfcx(const Operand& x) { return apply(kErfcx, {x}); }
Variable ndtr(const Operand& x) { return apply(kNdtr, {x}); }
Variable ndtri(const Operand& x) { return apply(kNdtri, {x}); }
Variable log_ndtr(const Operand& x) { return apply(kLogNdtr, {x}); }
Variable entr(const Operand& x) { return apply(kEntr, {x}); }
Variable lgamma(const Operand& x) { return apply(kLgamma, {x}); }
Variable digamma(const Operand& x) { return apply(kDigamma, {x}); }
Variable polygamma(Index n, const Operand& x) {
  if (n < 0) fail<Error>("polygamma(n, x) does not support negative n, and n is ", n);
  return apply(kPolygamma, {x}, OrderAttributes{n});
}
Variable mvlgamma(const Operand& x, Index p) {
  if (x.tensor().dtype() == DType::Bool) fail<Error>("mvlgamma: the input may not be a bool: convert it");
  if (p < 1) fail<Error>("p has to be greater than or equal to 1, and is ", p);
  const Variable steps =
      arange(Scalar(0.5 - 0.5 * static_cast<double>(p)), Scalar(0.5), Scalar(0.5), to_floating(x.tensor().dtype()));
  const auto count = static_cast<double>(p);
  const Variable terms = lgamma(unsqueeze(x.variable(), -1) + steps);
  return sum(terms, {-1}) + count * (count - 1) / 4 * std::log(kPi);
}
Variable i0(const Operand& x) { return apply(kI0, {x}); }
Variable i0e(const Operand& x) { return apply(kI0e, {x}); }
Variable i1(const Operand& x) { return apply(kI1, {x}); }
Variable i1e(const Operand& x) { return apply(kI1e, {x}); }
Variable bessel_j0(const Operand& x) { return apply(kBesselJ0, {x}); }
Variable bessel_j1(const Operand& x) { return apply(kBesselJ1, {x}); }
Variable bessel_y0(const Operand& x) { return apply(kBesselY0, {x}); }
Variable bessel_y1(const Operand& x) { return apply(kBesselY1, {x}); }
Variable zeta(const Operand& s, const Operand& q) { return apply_pair(kZeta, s, q); }
Variable igamma(const Operand& a, const Operand& x) { return apply_floating<NotImplementedError>(kIgamma, a, x); }
Variable igammac(const Operand& a, const Operand& x) { return apply_floating<NotImplementedError>(kIgammac, a, x); }
Variable xlogy(const Operand& x, const Operand& y) {
  return apply_pair(y.is_scalar() ? kXlogyNumber : x.is_scalar() ? kNumberXlogy : kXlogy, x, y);
}
Variable xlog1py(const Operand& x, const Operand& y) {
  return apply_pair(y.is_scalar() ? kXlog1pyNumber : x.is_scalar() ? kNumberXlog1py : kXlog1py, x, y);
}
Variable airy_ai(const Operand& x) { return apply(kAiryAi, {x}); }
Variable spherical_bessel_j0(const Operand& x) { return apply(kSphericalBesselJ0, {x}); }
Variable modified_bessel_k0(const Operand& x) { return apply(kBesselK0, {x}); }
Variable modified_bessel_k1(const Operand& x) { return apply(kBesselK1, {x}); }
Variable scaled_modified_bessel_k0(const Operand& x) { return apply(kBesselK0e, {x}); }
Variable scaled_modified_bessel_k1(const Operand& x) { return apply(kBesselK1e, {x}); }

Variable polynomial(BinaryFn family, const Operand& x, const Operand& n) {
  return apply_pair(kPolynomial, x, n, PolynomialAttributes{family});
}

}  // namespace tapegrad
