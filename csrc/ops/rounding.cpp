// Rounding to whole numbers, quotients so rounded, and what they leave.

#include <cmath>
#include <cstring>

#include "ops/elementwise.h"
#include "ops/math.h"

namespace tapegrad {
namespace {

using kernels::BinaryFn;
using kernels::UnaryFn;

template <UnaryFn fn>
constexpr Op::Row step(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = unary_forward<fn>,
          .derivative = [](Backward& b) { set_zeros(b); },
          .category = Category::Unary};
}
const Op kFloor(step<UnaryFn::Floor>("floor", "FloorBackward0"));
const Op kCeil(step<UnaryFn::Ceil>("ceil", "CeilBackward0"));
const Op kTrunc(step<UnaryFn::Trunc>("trunc", "TruncBackward0"));
const Op kRound(step<UnaryFn::Round>("round", "RoundBackward0"));
const Op kFrac({.name = "frac",
                .node = "FracBackward0",
                .forward = unary_forward<UnaryFn::Frac>,
                .derivative = [](Backward& b) { b.set(0, b.take()); },
                .category = Category::Unary});

struct DecimalsAttributes {
  Index decimals;
};
const Op kRoundDecimals({.name = "round_decimals",
                         .node = "RoundBackward1",
                         .forward =
                             [](Call& call) {
                               const Tensor& x = call.tensor(0);
                               const Index decimals = call.attributes<DecimalsAttributes>().decimals;
                               const Scalar scale(std::pow(10.0, static_cast<double>(std::abs(decimals))));
                               const BinaryFn up = decimals > 0 ? BinaryFn::Mul : BinaryFn::Div;
                               const BinaryFn down = decimals > 0 ? BinaryFn::Div : BinaryFn::Mul;
                               Tensor& out = call.elementwise_output(x.dtype(), x);
                               kernels::binary(up, x.dtype(), out, x, scale);
                               kernels::unary(UnaryFn::Round, x.dtype(), out, out);
                               kernels::binary(down, x.dtype(), out, out, scale);
                             },
                         .derivative = [](Backward& b) { set_zeros(b); },
                         .category = Category::Unary});

/// Raises Error where integers are to be divided by 0.
void refuse_zero(const Operand& divisor, DType compute) {
  if (is_floating(compute)) return;
  bool any = false;
  if (divisor.is_scalar()) {
    any = divisor.scalar() == Scalar(0);
  } else {
    const Tensor& tensor = divisor.tensor();
    const auto zero = new_tensor(DType::Bool, tensor.shape());
    kernels::unary(UnaryFn::LogicalNot, tensor.dtype(), *zero, tensor);
    any = std::memchr(zero->data(), 1, static_cast<std::size_t>(zero->numel())) != nullptr;
  }
  if (any) fail<Error>("ZeroDivisionError: integer division or remainder by zero");
}

template <BinaryFn fn>
void division_forward(Call& call) {
  const DType compute = result_type(call.in);
  if (compute == DType::Bool) fail<Error>(call.op->name, " is not defined for bool: convert an operand to integers");
  refuse_zero(call.in[1], compute);
  binary_forward<fn>(call);
}
template <BinaryFn fn>
constexpr Op::Row division(const char* name, const char* node, const Saves& saves, void (*derivative)(Backward&),
                           std::uint8_t constants = 0) {
  Op::Row row = pairwise<fn>(name, node, saves, derivative, constants);
  row.forward = division_forward<fn>;
  return row;
}

void both_zeros(Backward& b) {
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}})
    if (b.needs(i)) set_zeros(b, i);
}
struct RoundingAttributes {
  const char* mode;
  std::vector<Field> fields() const { return {{"rounding_mode", mode}}; }
};
const Op kDivFloor(division<BinaryFn::FloorDivide>("div_floor", "DivBackward2", {}, both_zeros));
const Op kDivTrunc(division<BinaryFn::TruncDivide>("div_trunc", "DivBackward2", {}, both_zeros));
const Op kFloorDivide(division<BinaryFn::FloorDivide>("floor_divide", "NotImplemented", {}, [](Backward&) {
  fail<Error>(
      "derivative for floor_divide (//) is not implemented: div(x, y, rounding_mode='floor') has one, of zeros");
}));

// d(a - b q)/db is -q, the rounded quotient.
template <Variable (*quotient)(const Operand&, const Operand&)>
void remainder_derivative(Backward& b) {
  if (b.needs(0)) b.set(0, b.grad());
  if (b.needs(1)) b.set(1, -(b.grad() * quotient(b.input(0), b.input(1))));
}
constexpr Saves kForDivisor = {.inputs = {kFor1, kFor1}};
const Op kFmodNumber(division<BinaryFn::Fmod>("fmod_number", "FmodBackward0", {}, remainder_derivative<div_trunc>,
                                              kFor1));
const Op kFmod(division<BinaryFn::Fmod>("fmod", "FmodBackward1", kForDivisor, remainder_derivative<div_trunc>));
const Op kRemainderNumber(division<BinaryFn::Remainder>("remainder_number", "RemainderBackward0", {},
                                                        remainder_derivative<div_floor>, kFor1));
const Op kRemainder(division<BinaryFn::Remainder>("remainder", "RemainderBackward1", kForDivisor,
                                                  remainder_derivative<div_floor>));

const Operand& number(const Operand& x, const char* op) {
  if (!x.is_scalar() && x.tensor().dtype() == DType::Bool)
    fail<Error>(op, " is not implemented for 'Bool': convert the input to a number's dtype");
  return x;
}

}  // namespace

Variable floor(const Operand& x) { return apply(kFloor, {number(x, "floor")}); }
Variable ceil(const Operand& x) { return apply(kCeil, {number(x, "ceil")}); }
Variable trunc(const Operand& x) { return apply(kTrunc, {number(x, "trunc")}); }
Variable frac(const Operand& x) {
  if (!is_floating(x.tensor().dtype())) fail<Error>("frac is not implemented for ", name(x.tensor().dtype()));
  return apply(kFrac, {x});
}
Variable round(const Operand& x, Index decimals) {
  number(x, "round");
  if (decimals == 0 || !is_floating(x.tensor().dtype())) {
    if (decimals != 0) fail<Error>("round with decimals is not implemented for ", name(x.tensor().dtype()));
    return apply(kRound, {x});
  }
  return apply(kRoundDecimals, {x}, DecimalsAttributes{decimals});
}
Variable div_floor(const Operand& a, const Operand& b) {
  return apply_pair(kDivFloor, a, b, RoundingAttributes{"floor"});
}
Variable div_trunc(const Operand& a, const Operand& b) {
  return apply_pair(kDivTrunc, a, b, RoundingAttributes{"trunc"});
}
Variable floor_divide(const Operand& a, const Operand& b) { return apply_pair(kFloorDivide, a, b); }
Variable fmod(const Operand& a, const Operand& b) { return apply_pair(b.is_scalar() ? kFmodNumber : kFmod, a, b); }
Variable remainder(const Operand& a, const Operand& b) {
  return apply_pair(b.is_scalar() ? kRemainderNumber : kRemainder, a, b);
}

}  // namespace tapegrad
