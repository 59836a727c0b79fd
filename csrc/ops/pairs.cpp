// Elementwise functions of two operands that ops/binary.cpp does not have.

#include <numbers>

#include "ops/elementwise.h"
#include "ops/math.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

using kernels::BinaryFn;
using kernels::UnaryFn;

constexpr double kLn2 = std::numbers::ln2;
constexpr Saves kBoth = {.inputs = {kFor0 | kFor1, kFor0 | kFor1}};

/// All of the gradient goes to one side: the first where it won, or the second is NaN.
template <Variable (*wins)(const Operand&, const Operand&)>
void choice_derivative(Backward& b) {
  const Value x = b.input(0), y = b.input(1);
  const Variable first = logical_or(wins(x, y), ne(y, y));
  if (b.needs(0)) b.set(0, where(first, b.grad(), 0.0));
  if (b.needs(1)) b.set(1, where(first, 0.0, b.grad()));
}
const Op kFmax(pairwise<BinaryFn::Fmax>("fmax", "FmaxBackward0", kBoth, choice_derivative<ge>));
const Op kFmin(pairwise<BinaryFn::Fmin>("fmin", "FminBackward0", kBoth, choice_derivative<le>));

// At the origin 0.
const Op kAtan2(pairwise<BinaryFn::Atan2, Result::Floating>("atan2", "Atan2Backward0", kBoth, [](Backward& b) {
  const Value y = b.input(0), x = b.input(1);
  const auto squared = [](const auto& v) { return v * v; };
  const Variable square_sum = add(transformed(y, squared), transformed(x, squared));
  const Variable slope = b.take() * where(eq(square_sum, 0), 0.0, reciprocal(square_sum));
  if (b.needs(0)) b.set(0, slope * x);
  if (b.needs(1)) b.set(1, -(slope * y));
}));
const Op kHypot(pairwise<BinaryFn::Hypot>("hypot", "HypotBackward0", {.inputs = {kFor0, kFor1}, .result = true},
                                          [](Backward& b) {
                                            const Variable length = b.result();
                                            for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
                                              if (b.needs(i)) b.set(i, b.grad() * (b.input(i) / length));
                                          }));
void copysign_derivative(Backward& b) {
  const Value x = b.input(0);
  if (b.needs(0)) b.set(0, b.grad() * where(eq(x, 0), 0.0, b.result() / x));
  if (b.needs(1)) set_zeros(b, 1);
}
constexpr Saves kCopysignSaves = {.inputs = {kFor0}, .result = true};
const Op kCopysign(pairwise<BinaryFn::Copysign, Result::Floating>("copysign", "CopysignBackward0", kCopysignSaves,
                                                                  copysign_derivative));
const Op kCopysignNumber(pairwise<BinaryFn::Copysign, Result::Floating>("copysign_number", "CopysignBackward1",
                                                                        kCopysignSaves, copysign_derivative, kFor1));
// The step to the next number has no slope.
const Op kNextafter(pairwise<BinaryFn::Nextafter>("nextafter", "NextafterBackward0", {.inputs = {kFor0, kFor0}},
                                                  [](Backward& b) {
                                                    if (b.needs(0))
                                                      b.set(0, where(eq(b.input(0), b.input(1)), 0.0, b.grad()));
                                                    if (b.needs(1)) set_zeros(b, 1);
                                                  }));
const Op kHeaviside(pairwise<BinaryFn::Heaviside>("heaviside", "NotImplemented", {}, [](Backward&) {
  fail<Error>("derivative for heaviside is not implemented: it is zero wherever there is one");
}));
const Op kLdexp(pairwise<BinaryFn::Ldexp, Result::Floating>("ldexp", "LdexpBackward0",
                                                            {.inputs = {0, kFor0}, .result = true}, [](Backward& b) {
                                                              if (b.needs(0)) b.set(0, ldexp(b.grad(), b.input(1)));
                                                              if (b.needs(1)) b.set(1, b.grad() * (b.result() * kLn2));
                                                            }));

/// The slope by each operand is the share that it has in the sum, whose own slope vanishes with it.
void logaddexp_derivative(Backward& b, double log_base) {
  const Variable lead = (b.input(0) - b.input(1)) * log_base;
  if (b.needs(0)) b.set(0, b.grad() * sigmoid(lead));
  if (b.needs(1)) b.set(1, b.grad() * sigmoid(-lead));
}
const Op kLogaddexp(pairwise<BinaryFn::Logaddexp>("logaddexp", "LogaddexpBackward0", kBoth,
                                                  [](Backward& b) { logaddexp_derivative(b, 1.0); }));
const Op kLogaddexp2(pairwise<BinaryFn::Logaddexp2>("logaddexp2", "Logaddexp2Backward0", kBoth,
                                                    [](Backward& b) { logaddexp_derivative(b, kLn2); }));

const Op kLeftShift(pairwise<BinaryFn::ShiftLeft>("bitwise_left_shift", nullptr, {}, nullptr));
const Op kRightShift(pairwise<BinaryFn::ShiftRight>("bitwise_right_shift", nullptr, {}, nullptr));

const Op kGcd(pairwise<BinaryFn::Gcd>("gcd", nullptr, {}, nullptr));
const Op kLcm(pairwise<BinaryFn::Lcm>("lcm", nullptr, {}, nullptr));

// The gradient goes to what was taken: to x at the bound itself, and nowhere at a NaN.
template <Variable (*inside)(const Operand&, const Operand&), Variable (*outside)(const Operand&, const Operand&)>
void bound_derivative(Backward& b) {
  const Value x = b.input(0), bound = b.input(1);
  if (b.needs(0)) b.set(0, where(inside(x, bound), b.grad(), 0.0));
  if (b.needs(1)) b.set(1, where(outside(x, bound), b.grad(), 0.0));
}
const Op kClampMinNumber(pairwise<BinaryFn::Maximum>("clamp_min_number", "ClampMinBackward0", kBoth,
                                                     bound_derivative<ge, lt>));
const Op kClampMin(pairwise<BinaryFn::Maximum>("clamp_min", "ClampMinBackward1", kBoth, bound_derivative<ge, lt>));
const Op kClampMaxNumber(pairwise<BinaryFn::Minimum>("clamp_max_number", "ClampMaxBackward0", kBoth,
                                                     bound_derivative<le, gt>));
const Op kClampMax(pairwise<BinaryFn::Minimum>("clamp_max", "ClampMaxBackward1", kBoth, bound_derivative<le, gt>));

const Op kFrexp({.name = "frexp",
                 .node = "FrexpBackward0",
                 .forward =
                     [](Call& call) {
                       const Tensor& x = call.tensor(0);
                       kernels::unary(UnaryFn::Mantissa, x.dtype(), call.new_output(x.dtype(), x.shape(), 0), x);
                       kernels::unary(UnaryFn::Exponent, x.dtype(), call.new_output(DType::Int32, x.shape(), 1), x);
                     },
                 .derivative = [](Backward& b) { b.set(0, ldexp(b.take(), -b.result())); },
                 .category = Category::Unary,
                 .outputs = 2,
                 .saves = {.result = 2}});

Variable integers(const Op& op, const Operand& a, const Operand& b) {
  const Operand both[] = {a, b};
  if (const DType dtype = result_type(both); is_floating(dtype) || dtype == DType::Bool)
    fail<NotImplementedError>(op->name, " is not implemented for ", name(dtype), ": it is of integers");
  return apply_pair(op, a, b);
}

}  // namespace

Variable float_power(const Operand& base, const Operand& exponent) {
  const auto wide = [](const Operand& x) {
    return x.is_scalar() ? Value{{}, Scalar(x.scalar().to<double>())} : Value{to(x, DType::Float64), {}};
  };
  if (!InPlace::pending()) return pow(wide(base), wide(exponent));
  // Conversions come before the one op that works in place.
  const Variable& self = InPlace::take();
  if (self.dtype() != DType::Float64)
    fail<Error>("float_power_: result type float64 can't be cast to the desired output type ", name(self.dtype()));
  const Value power = wide(exponent);
  const InPlace scope(self);
  return pow(base, power);
}
Variable fmax(const Operand& a, const Operand& b) { return apply_pair(kFmax, a, b); }
Variable fmin(const Operand& a, const Operand& b) { return apply_pair(kFmin, a, b); }
Variable atan2(const Operand& y, const Operand& x) { return apply_pair(kAtan2, y, x); }
Variable hypot(const Operand& a, const Operand& b) { return apply_floating(kHypot, a, b); }
Variable copysign(const Operand& a, const Operand& b) {
  return apply_pair(b.is_scalar() ? kCopysignNumber : kCopysign, a, b);
}
Variable nextafter(const Operand& a, const Operand& b) { return apply_floating(kNextafter, a, b); }
Variable heaviside(const Operand& a, const Operand& b) { return apply_pair(kHeaviside, a, b); }
Variable ldexp(const Operand& a, const Operand& b) { return apply_pair(kLdexp, a, b); }
Variable logaddexp(const Operand& a, const Operand& b) { return apply_floating(kLogaddexp, a, b); }
Variable logaddexp2(const Operand& a, const Operand& b) { return apply_floating(kLogaddexp2, a, b); }
Variable bitwise_left_shift(const Operand& a, const Operand& b) { return integers(kLeftShift, a, b); }
Variable bitwise_right_shift(const Operand& a, const Operand& b) { return integers(kRightShift, a, b); }
Variable gcd(const Operand& a, const Operand& b) { return integers(kGcd, a, b); }
Variable lcm(const Operand& a, const Operand& b) { return integers(kLcm, a, b); }
Variable clamp_min(const Operand& x, const Operand& least) {
  check_fits(x, least);
  return apply_pair(least.is_scalar() ? kClampMinNumber : kClampMin, x, least);
}
Variable clamp_max(const Operand& x, const Operand& most) {
  check_fits(x, most);
  return apply_pair(most.is_scalar() ? kClampMaxNumber : kClampMax, x, most);
}
MantissaExponent frexp(const Operand& x) {
  if (!is_floating(x.tensor().dtype())) fail<Error>("frexp() only supports floating-point dtypes");
  Variable parts[2];
  apply(kFrexp, std::span(&x, 1), {}, parts);
  return {std::move(parts[0]), std::move(parts[1])};
}

}  // namespace tapegrad
