// Elementary functions of one operand that ops/unary.cpp does not have.

#include <limits>
#include <numbers>

#include "ops/elementwise.h"
#include "ops/gradients.h"
#include "ops/math.h"

namespace tapegrad {
namespace {

using kernels::BinaryFn;
using kernels::UnaryFn;

constexpr double kPi = std::numbers::pi, kLn2 = std::numbers::ln2, kLn10 = std::numbers::ln10;

const Op kSgn({.name = "sgn",
               .node = "SgnBackward0",
               .forward = unary_forward<UnaryFn::Sign>,
               .derivative = [](Backward& b) { set_zeros(b); },
               .category = Category::Unary});
const Op kRsqrt(real<UnaryFn::Rsqrt>("rsqrt", "RsqrtBackward0", kResult,
                                     [](Backward& b) { b.set(0, b.take() * (pow(b.result(), 3) * -0.5)); }));
const Op kExp2(real<UnaryFn::Exp2>("exp2", "Exp2Backward0", kResult,
                                   from_result<[](const auto& g, const auto& y) { return g * (y * kLn2); }>));
const Op kExpm1(real<UnaryFn::Expm1>("expm1", "Expm1Backward0", kResult,
                                     from_result<[](const auto& g, const auto& y) { return g * (y + 1.0); }>));
const Op kLog2(real<UnaryFn::Log2>("log2", "Log2Backward0", kSelf,
                                   from_self<[](const auto& g, const auto& x) { return g / (x * kLn2); }>));
const Op kLog10(real<UnaryFn::Log10>("log10", "Log10Backward0", kSelf,
                                     from_self<[](const auto& g, const auto& x) { return g / (x * kLn10); }>));
const Op kLog1p(real<UnaryFn::Log1p>("log1p", "Log1PBackward0", kSelf,
                                     from_self<[](const auto& g, const auto& x) { return g / (x + 1.0); }>));
const Op kTan(real<UnaryFn::Tan>("tan", "TanBackward0", kResult,
                                 from_result<[](const auto& g, const auto& y) { return g * (square(y) + 1.0); }>));
const Op kAsin(real<UnaryFn::Asin>("asin", "AsinBackward0", kSelf,
                                   from_self<[](const auto& g, const auto& x) { return g * rsqrt(1.0 - square(x)); }>));
const Op kAcos(
    real<UnaryFn::Acos>("acos", "AcosBackward0", kSelf,
                        from_self<[](const auto& g, const auto& x) { return g * -rsqrt(1.0 - square(x)); }>));
const Op kAtan(real<UnaryFn::Atan>("atan", "AtanBackward0", kSelf,
                                   from_self<[](const auto& g, const auto& x) { return g / (square(x) + 1.0); }>));
const Op kSinh(real<UnaryFn::Sinh>("sinh", "SinhBackward0", kSelf,
                                   from_self<[](const auto& g, const auto& x) { return g * cosh(x); }>));
const Op kCosh(real<UnaryFn::Cosh>("cosh", "CoshBackward0", kSelf,
                                   from_self<[](const auto& g, const auto& x) { return g * sinh(x); }>));
const Op kAsinh(
    real<UnaryFn::Asinh>("asinh", "AsinhBackward0", kSelf,
                         from_self<[](const auto& g, const auto& x) { return g * rsqrt(square(x) + 1.0); }>));
const Op kAcosh(
    real<UnaryFn::Acosh>("acosh", "AcoshBackward0", kSelf,
                         from_self<[](const auto& g, const auto& x) { return g * rsqrt(square(x) - 1.0); }>));
const Op kAtanh(real<UnaryFn::Atanh>("atanh", "AtanhBackward0", kSelf,
                                     from_self<[](const auto& g, const auto& x) { return g / (1.0 - square(x)); }>));

/// -pi * j1(pi * x), with the spherical Bessel function j1; near 0 by its series (DLMF 10.53.1), where the terms of the
/// formula cancel, and have no derivatives of their own.
Variable sinc_slope(const Variable& x) {
  constexpr double kSmall = 0.15;  // the 7th term there is 1e-17 of the first
  const Variable small = le(abs(x), kSmall), far = where(small, 1.0, x), angle = far * kPi;
  const Variable near = where(small, x, 0.0) * kPi, square_of = square(near);
  Variable series = square_of * (-1.0 / 180) + 1.0;
  for (const double divisor : {130.0, 88.0, 54.0, 28.0, 10.0}) series = series * square_of * (-1 / divisor) + 1.0;
  return where(small, near * series * (-kPi / 3), (angle * cos(angle) - sin(angle)) / (far * angle));
}
const Op kSinc(real<UnaryFn::Sinc>("sinc", "SincBackward0", kSelf,
                                   [](Backward& b) { b.set(0, b.take() * sinc_slope(b.input(0).variable)); }));

template <bool to_radians>
constexpr double kFactor = to_radians ? kPi / 180 : 180 / kPi;
template <bool to_radians>
void angle_forward(Call& call) {
  const DType compute = to_floating(call.tensor(0).dtype());
  kernels::binary(BinaryFn::Mul, compute, call.elementwise_output(compute, call.tensor(0)), call.tensor(0),
                  Scalar(kFactor<to_radians>));
}
const Op kDeg2rad({.name = "deg2rad",
                   .node = "Deg2RadBackward0",
                   .forward = angle_forward<true>,
                   .derivative = [](Backward& b) { b.set(0, b.take() * kFactor<true>); },
                   .category = Category::Unary});
const Op kRad2deg({.name = "rad2deg",
                   .node = "Rad2DegBackward0",
                   .forward = angle_forward<false>,
                   .derivative = [](Backward& b) { b.set(0, b.take() * kFactor<false>); },
                   .category = Category::Unary});

struct EpsAttributes {
  std::optional<double> eps;
  std::vector<Field> fields() const { return {eps ? Field{"eps", Scalar(*eps)} : Field{"eps", {}}}; }
};

// Without eps NaN outside of [0, 1]; with it 0 outside of [eps, 1 - eps].
const Op kLogit({.name = "logit",
                 .node = "LogitBackward0",
                 .forward =
                     [](Call& call) {
                       const std::optional<double> given = call.attributes<EpsAttributes>().eps;
                       if (!given) return float_forward<UnaryFn::Logit>(call);
                       const double eps = *given;
                       const DType compute = to_floating(call.tensor(0).dtype());
                       Tensor& out = call.elementwise_output(compute, call.tensor(0));
                       kernels::binary(BinaryFn::Maximum, compute, out, call.tensor(0), Scalar(eps));
                       kernels::binary(BinaryFn::Minimum, compute, out, out, Scalar(1 - eps));
                       kernels::unary(UnaryFn::Logit, compute, out, out);
                     },
                 .derivative =
                     [](Backward& b) {
                       const Variable x = b.input(0).variable;
                       const std::optional<double> given = b.attributes<EpsAttributes>().eps;
                       const bool bounded = given.has_value();
                       const double eps = given.value_or(0);
                       const Variable outside = logical_or(lt(x, eps), gt(x, 1 - eps));
                       const double there = bounded ? 0.0 : std::numeric_limits<double>::quiet_NaN();
                       b.set(0, where(outside, there, b.take() / (x * (1.0 - x))));
                     },
                 .category = Category::Unary,
                 .saves = kSelf});

}  // namespace

Variable sgn(const Operand& x) { return apply(kSgn, {x}); }
Variable rsqrt(const Operand& x) { return apply(kRsqrt, {x}); }
Variable exp2(const Operand& x) { return apply(kExp2, {x}); }
Variable expm1(const Operand& x) { return apply(kExpm1, {x}); }
Variable log2(const Operand& x) { return apply(kLog2, {x}); }
Variable log10(const Operand& x) { return apply(kLog10, {x}); }
Variable log1p(const Operand& x) { return apply(kLog1p, {x}); }
Variable tan(const Operand& x) { return apply(kTan, {x}); }
Variable asin(const Operand& x) { return apply(kAsin, {x}); }
Variable acos(const Operand& x) { return apply(kAcos, {x}); }
Variable atan(const Operand& x) { return apply(kAtan, {x}); }
Variable sinh(const Operand& x) { return apply(kSinh, {x}); }
Variable cosh(const Operand& x) { return apply(kCosh, {x}); }
Variable asinh(const Operand& x) { return apply(kAsinh, {x}); }
Variable acosh(const Operand& x) { return apply(kAcosh, {x}); }
Variable atanh(const Operand& x) { return apply(kAtanh, {x}); }
Variable sinc(const Operand& x) { return apply(kSinc, {x}); }
Variable deg2rad(const Operand& x) { return apply(kDeg2rad, {x}); }
Variable rad2deg(const Operand& x) { return apply(kRad2deg, {x}); }
Variable logit(const Operand& x, std::optional<double> eps) { return apply(kLogit, {x}, EpsAttributes{eps}); }

}  // namespace tapegrad
