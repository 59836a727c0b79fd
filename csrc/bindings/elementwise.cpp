// The table of the elementwise functions in ops/math.h, and of tapegrad.special; and other names for functions.

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/math.h"

namespace tapegrad::bindings {
namespace {

using kernels::BinaryFn;

/// A function whose operands may be numbers too.
template <Variable (*f)(const Operand&, const Operand&)>
Variable numbers(const Number& a, const Number& b) {
  return f(a, b);
}
template <BinaryFn family>
Variable polynomial_of(const Number& x, const Number& n) {
  return polynomial(family, x, n);
}

constexpr Function kTable[] = {
    function<sgn>("sgn(input)", "The sign: -1, 0 or 1; its gradient is zero.", As::AllOut),
    function<rsqrt>("rsqrt(input)", "1 / sqrt(input).", As::AllOut),
    function<exp2>("exp2(input)", "2 ** input.", As::AllOut),
    function<expm1>("expm1(input)", "exp(input) - 1, exact near 0.", As::AllOut),
    function<log2>("log2(input)", "Logarithm to the base 2.", As::AllOut),
    function<log10>("log10(input)", "Logarithm to the base 10.", As::AllOut),
    function<log1p>("log1p(input)", "log(1 + input), exact near 0.", As::AllOut),
    function<tan>("tan(input)", "Tangent, of radians.", As::AllOut),
    function<asin>("asin(input)", "The angle with this sine, in radians.", As::AllOut),
    function<acos>("acos(input)", "The angle with this cosine, in radians.", As::AllOut),
    function<atan>("atan(input)", "The angle with this tangent, in radians.", As::AllOut),
    function<sinh>("sinh(input)", "Hyperbolic sine.", As::AllOut),
    function<cosh>("cosh(input)", "Hyperbolic cosine.", As::AllOut),
    function<asinh>("asinh(input)", "Inverse hyperbolic sine.", As::AllOut),
    function<acosh>("acosh(input)", "Inverse hyperbolic cosine.", As::AllOut),
    function<atanh>("atanh(input)", "Inverse hyperbolic tangent.", As::AllOut),
    function<sinc>("sinc(input)", "sin(pi input) / (pi input), and 1 at 0.", As::AllOut),
    function<deg2rad>("deg2rad(input)", "Degrees as radians.", As::AllOut),
    function<rad2deg>("rad2deg(input)", "Radians as degrees.", As::AllOut),
    function<logit>("logit(input, eps=None)", "log(input / (1 - input)); input is first moved into [eps, 1 - eps].",
                    As::AllOut),
    function<erf>("erf(input)", "Error function.", As::AllOut),
    function<erfc>("erfc(input)", "1 - erf(input), without cancellation.", As::AllOut),
    function<erfinv>("erfinv(input)", "The inverse of erf.", As::AllOut),
    function<lgamma>("lgamma(input)", "Logarithm of |gamma(input)|.", As::AllOut),
    function<digamma>("digamma(input)", "Derivative of lgamma.", As::AllOut),
    function<polygamma>("polygamma(n, input)", "The n-th derivative of digamma.", As::FunctionOut),
    function<[](const Operand& x, Index n) { return polygamma(n, x); }>(
        "polygamma(input, n)", "The n-th derivative of digamma.", static_cast<As>(2 | 4)),
    function<mvlgamma>("mvlgamma(input, p)", "Logarithm of the multivariate gamma function of dimension p.",
                       As::AllCopiedOut),
    function<i0>("i0(input)", "Modified Bessel function of the first kind, of order 0.", As::AllOut),

    function<floor>("floor(input)", "The greatest whole number that is not greater; its gradient is zero.", As::AllOut),
    function<ceil>("ceil(input)", "The least whole number that is not less; its gradient is zero.", As::AllOut),
    function<trunc>("trunc(input)", "The whole part; its gradient is zero.", As::AllOut),
    function<round>("round(input, *, decimals=0)", "The nearest number of so many decimals, half to even.", As::AllOut),
    function<frac>("frac(input)", "input - trunc(input).", As::AllOut),
    function<numbers<floor_divide>>("floor_divide(input, other)", "floor(input / other), also of integers.",
                                    As::AllOut),
    function<numbers<fmod>>("fmod(input, other)", "What a division leaves, with the sign of `input`.", As::AllOut),
    function<numbers<remainder>>("remainder(input, other)", "What a division leaves, with the sign of `other`.",
                                 As::AllOut),

    function<[](const Number& a, const Number& b, const Scalar& alpha) { return rsub(a, b, alpha); }>(
        "rsub(input, other, *, alpha=1)", "other - alpha * input.", As::Function),
    function<numbers<float_power>>("float_power(input, exponent)", "input ** exponent in float64.", As::AllOut),
    function<numbers<fmax>>("fmax(input, other)", "The greater of each pair; the other one where one is NaN.",
                            As::BothOut),
    function<numbers<fmin>>("fmin(input, other)", "The less of each pair; the other one where one is NaN.",
                            As::BothOut),
    function<numbers<atan2>>("atan2(input, other)", "The angle of the point (other, input), in radians.", As::AllOut),
    function<numbers<hypot>>("hypot(input, other)", "sqrt(input ** 2 + other ** 2), without overflow.", As::AllOut),
    function<numbers<copysign>>("copysign(input, other)", "|input| with the sign of `other`.", As::AllOut),
    function<numbers<nextafter>>("nextafter(input, other)", "The next number after `input` towards `other`.",
                                 As::AllOut),
    function<numbers<heaviside>>("heaviside(input, values)", "0 below 0, 1 above, and `values` at 0.", As::AllOut),
    function<numbers<ldexp>>("ldexp(input, other)", "input * 2 ** other.", As::AllOut),
    function<numbers<logaddexp>>("logaddexp(input, other)", "log(exp(input) + exp(other)), without overflow.",
                                 As::BothOut),
    function<numbers<logaddexp2>>("logaddexp2(input, other)", "log2(2 ** input + 2 ** other), without overflow.",
                                  As::BothOut),
    function<numbers<xlogy>>("xlogy(input, other)", "input * log(other), and 0 where input is.", As::AllOut),
    function<numbers<bitwise_left_shift>>("bitwise_left_shift(input, other)", "input << other, of integers.",
                                          As::AllOut),
    function<numbers<bitwise_right_shift>>("bitwise_right_shift(input, other)", "input >> other, of integers.",
                                           As::AllOut),
    function<numbers<gcd>>("gcd(input, other)", "The greatest common divisor, of integers.", As::AllOut),
    function<numbers<lcm>>("lcm(input, other)", "The least common multiple, of integers.", As::AllOut),
    function<numbers<igamma>>("igamma(input, other)",
                              "Regularised lower incomplete gamma function P(input, other); differentiable by `other`.",
                              As::AllOut),
    function<numbers<igammac>>("igammac(input, other)",
                               "Regularised upper incomplete gamma function, 1 - igamma(input, other).", As::AllOut),
    function<[](const Operand& x) {
      MantissaExponent parts = frexp(x);
      return named_tuple<2>({"frexp", {"mantissa", "exponent"}},
                            {std::move(parts.mantissa), std::move(parts.exponent)});
    }>("frexp(input)", "(mantissa, exponent): input is mantissa * 2 ** exponent, and |mantissa| in [0.5, 1).",
       As::BothOut),

    function<isnan>("isnan(input)", "Which elements are NaN.", As::Both),
    function<isinf>("isinf(input)", "Which elements are infinite.", As::Both),
    function<isposinf>("isposinf(input)", "Which elements are inf.", As::BothOut),
    function<isneginf>("isneginf(input)", "Which elements are -inf.", As::BothOut),
    function<isfinite>("isfinite(input)", "Which elements are neither infinite nor NaN.", As::Both),
    function<signbit>("signbit(input)", "Which elements have a minus sign, -0.0 too.", As::BothOut),
    function<isreal>("isreal(input)", "Which elements are real numbers: all.", As::Both),
    function<isclose>("isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)",
                      "Where |input - other| <= atol + rtol * |other|."),
    function<allclose>("allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False)",
                       "Whether isclose() holds everywhere: a bool."),
    function<equal>("equal(input, other)", "Whether shapes and all elements are equal: a bool."),

    function<[](const Operand& start, const Operand& end, const Number& weight) { return lerp(start, end, weight); }>(
        "lerp(input, end, weight)", "input + weight * (end - input).", As::AllOut),
    function<[](const Operand& x, const Operand& a, const Operand& b, const Scalar& value) {
      return addcmul(x, a, b, value);
    }>("addcmul(input, tensor1, tensor2, *, value=1)", "input + value * tensor1 * tensor2.", As::AllOut),
    function<[](const Operand& x, const Operand& a, const Operand& b, const Scalar& value) {
      return addcdiv(x, a, b, value);
    }>("addcdiv(input, tensor1, tensor2, *, value=1)", "input + value * tensor1 / tensor2.", As::AllOut),
    function<[](const Operand& x, std::optional<double> nan, std::optional<double> posinf,
                std::optional<double> neginf) { return nan_to_num(x, nan.value_or(0), posinf, neginf); }>(
        "nan_to_num(input, nan=0.0, posinf=None, neginf=None)",
        "input with other numbers for NaN and the infinities: 0, and the greatest and least there are.", As::AllOut),
    function<numbers<clamp_min>>("clamp_min(input, min)", "input, but at least `min`.", As::AllOut),
    function<numbers<clamp_max>>("clamp_max(input, max)", "input, but at most `max`.", As::AllOut),
};

constexpr Function kSpecial[] = {
    function<entr>("entr(input)", "-input * log(input), 0 at 0, -inf below.", As::FunctionOut),
    function<erfcx>("erfcx(input)", "exp(input ** 2) * erfc(input).", As::FunctionOut),
    function<ndtr>("ndtr(input)", "The normal distribution function.", As::FunctionOut),
    function<ndtri>("ndtri(input)", "The inverse of ndtr.", As::FunctionOut),
    function<log_ndtr>("log_ndtr(input)", "log(ndtr(input)), also far below 0.", As::FunctionOut),
    function<i0e>("i0e(input)", "exp(-|input|) * i0(input).", As::FunctionOut),
    function<i1>("i1(input)", "Modified Bessel function of the first kind, of order 1.", As::FunctionOut),
    function<i1e>("i1e(input)", "exp(-|input|) * i1(input).", As::FunctionOut),
    function<bessel_j0>("bessel_j0(input)", "Bessel function of the first kind, of order 0.", As::FunctionOut),
    function<bessel_j1>("bessel_j1(input)", "Bessel function of the first kind, of order 1.", As::FunctionOut),
    function<bessel_y0>("bessel_y0(input)", "Bessel function of the second kind, of order 0.", As::FunctionOut),
    function<bessel_y1>("bessel_y1(input)", "Bessel function of the second kind, of order 1.", As::FunctionOut),
    function<numbers<xlog1py>>("xlog1py(input, other)", "input * log1p(other), and 0 where input is.", As::FunctionOut),
    function<numbers<zeta>>("zeta(input, other)", "Hurwitz's zeta function: the sum of (other + k) ** -input.",
                            As::FunctionOut),

    function<i0>("modified_bessel_i0(input)", "i0().", As::FunctionOut),
    function<i1>("modified_bessel_i1(input)", "i1().", As::FunctionOut),
    function<modified_bessel_k0>("modified_bessel_k0(input)",
                                 "Modified Bessel function of the second kind, of order 0.", As::FunctionOut),
    function<modified_bessel_k1>("modified_bessel_k1(input)",
                                 "Modified Bessel function of the second kind, of order 1.", As::FunctionOut),
    function<scaled_modified_bessel_k0>("scaled_modified_bessel_k0(x)", "exp(x) * modified_bessel_k0(x).",
                                        As::FunctionOut),
    function<scaled_modified_bessel_k1>("scaled_modified_bessel_k1(x)", "exp(x) * modified_bessel_k1(x).",
                                        As::FunctionOut),
    function<spherical_bessel_j0>("spherical_bessel_j0(x)", "sin(x) / x, and 1 at 0.", As::FunctionOut),
    function<airy_ai>("airy_ai(x)", "Airy's function Ai.", As::FunctionOut),
    function<polynomial_of<BinaryFn::ChebyshevT>>(
        "chebyshev_polynomial_t(x, n)", "Chebyshev's polynomial of the first kind and degree n at x.", As::FunctionOut),
    function<polynomial_of<BinaryFn::ChebyshevU>>("chebyshev_polynomial_u(x, n)",
                                                  "Chebyshev's polynomial of the second kind and degree n at x.",
                                                  As::FunctionOut),
    function<polynomial_of<BinaryFn::ChebyshevV>>(
        "chebyshev_polynomial_v(x, n)", "Chebyshev's polynomial of the third kind and degree n at x.", As::FunctionOut),
    function<polynomial_of<BinaryFn::ChebyshevW>>("chebyshev_polynomial_w(x, n)",
                                                  "Chebyshev's polynomial of the fourth kind and degree n at x.",
                                                  As::FunctionOut),
    function<polynomial_of<BinaryFn::ShiftedChebyshevT>>(
        "shifted_chebyshev_polynomial_t(x, n)", "Chebyshev's polynomial of the first kind and degree n at 2 x - 1.",
        As::FunctionOut),
    function<polynomial_of<BinaryFn::ShiftedChebyshevU>>(
        "shifted_chebyshev_polynomial_u(x, n)", "Chebyshev's polynomial of the second kind and degree n at 2 x - 1.",
        As::FunctionOut),
    function<polynomial_of<BinaryFn::ShiftedChebyshevV>>(
        "shifted_chebyshev_polynomial_v(x, n)", "Chebyshev's polynomial of the third kind and degree n at 2 x - 1.",
        As::FunctionOut),
    function<polynomial_of<BinaryFn::ShiftedChebyshevW>>(
        "shifted_chebyshev_polynomial_w(x, n)", "Chebyshev's polynomial of the fourth kind and degree n at 2 x - 1.",
        As::FunctionOut),
    function<polynomial_of<BinaryFn::HermiteH>>(
        "hermite_polynomial_h(x, n)", "Hermite's polynomial of degree n at x, as physicists have it.", As::FunctionOut),
    function<polynomial_of<BinaryFn::HermiteHe>>("hermite_polynomial_he(x, n)",
                                                 "Hermite's polynomial of degree n at x, as probabilists have it.",
                                                 As::FunctionOut),
    function<polynomial_of<BinaryFn::LaguerreL>>(
        "laguerre_polynomial_l(x, n)", "Laguerre's polynomial of degree n, a million at most, at x.", As::FunctionOut),
    function<polynomial_of<BinaryFn::LegendreP>>(
        "legendre_polynomial_p(x, n)", "Legendre's polynomial of degree n, a million at most, at x.", As::FunctionOut),
};

/// Other names for functions, and for the methods of those names. In special they are names of the module's own.
struct Alias {
  const char *name, *of;
};
constexpr Alias kAliases[] = {{"absolute", "abs"},     {"negative", "neg"},  {"arccos", "acos"},   {"arcsin", "asin"},
                              {"arctan", "atan"},      {"arctan2", "atan2"}, {"arccosh", "acosh"}, {"arcsinh", "asinh"},
                              {"arctanh", "atanh"},    {"fix", "trunc"},     {"clip", "clamp"},    {"divide", "div"},
                              {"true_divide", "div"},  {"multiply", "mul"},  {"subtract", "sub"},  {"greater", "gt"},
                              {"greater_equal", "ge"}, {"less", "lt"},       {"less_equal", "le"}, {"not_equal", "ne"}};
constexpr Alias kSpecialAliases[] = {{"erf", "erf"},
                                     {"erfc", "erfc"},
                                     {"erfinv", "erfinv"},
                                     {"expit", "sigmoid"},
                                     {"expm1", "expm1"},
                                     {"exp2", "exp2"},
                                     {"gammaln", "lgamma"},
                                     {"digamma", "digamma"},
                                     {"psi", "digamma"},
                                     {"gammainc", "igamma"},
                                     {"gammaincc", "igammac"},
                                     {"polygamma", "polygamma"},
                                     {"multigammaln", "mvlgamma"},
                                     {"i0", "i0"},
                                     {"log1p", "log1p"},
                                     {"log_softmax", "log_softmax"},
                                     {"softmax", "softmax"},
                                     {"logsumexp", "logsumexp"},
                                     {"logit", "logit"},
                                     {"round", "round"},
                                     {"sinc", "sinc"},
                                     {"xlogy", "xlogy"}};

}  // namespace

void register_elementwise(py::object& m) {
  register_table<kTable>(m);
  const py::object type = borrow(reinterpret_cast<PyObject*>(variable_type));
  for (const auto& [name, of] : kAliases) {
    m.attr(name) = m.attr(of);
    for (const char* const ending : {"", "_"}) {
      const std::string method = std::string(of) + ending;
      if (py::hasattr(type, method.c_str()))
        type.attr((std::string(name) + ending).c_str()) = type.attr(method.c_str());
    }
  }
  py::object special = add_submodule(m, "_special", "Functions of tapegrad.special.");
  register_table<kSpecial>(special);
  for (const auto& [name, of] : kSpecialAliases) special.attr(name) = m.attr(of);
}

}  // namespace tapegrad::bindings
