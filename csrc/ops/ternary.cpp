// Elementwise functions of three operands: where and clamp.

#include <limits>

#include "ops/elementwise.h"
#include "ops/gradients.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

// A dead branch's gradient is a true zero, whatever is upstream.
const Op kWhere({.name = "where",
                 .node = "WhereBackward0",
                 .forward =
                     [](Call& call) {
                       const DType dtype = result_type(call.in.subspan(1));
                       Tensor& out = call.elementwise_output(dtype, broadcast_shape(call.in));
                       kernels::where(dtype, out, input(call.in[0]), input(call.in[1]), input(call.in[2]));
                     },
                 .derivative =
                     [](Backward& b) {
                       const Value condition = b.input(0);
                       if (b.needs(1)) b.set(1, where(condition, b.grad(), 0.0));
                       if (b.needs(2)) b.set(2, where(condition, 0.0, b.take()));
                     },
                 .category = Category::Ternary,
                 .inputs = 3,
                 .saves = {.inputs = {kFor1 | kFor2}},
                 .constants = kFor0});

struct ClampAttributes {
  std::optional<Scalar> low, high;
  std::vector<Field> fields() const {
    Field min{"min", {}}, max{"max", {}};
    if (low) min.value = *low;
    if (high) max.value = *high;
    return {min, max};
  }
};

/// Between two numbers, of floats: each block is bounded from both sides while it is in the cache.
void clamp_at_once(Tensor& out, const Tensor& x, const Scalar& low, const Scalar& high) {
  const kernels::Formula& formula = kernels::kFormula<kept_within, 3>;
  const kernels::Input in[] = {x, low, high};
  kernels::compute(formula.plain(out.dtype()), formula.costly, out, in);
}

const Op kClampNumber({.name = "clamp_number",
                       .node = "ClampBackward1",
                       .forward =
                           [](Call& call) {
                             const auto& [low, high] = call.attributes<ClampAttributes>();
                             std::vector<Operand> operands{call.in[0]};
                             if (low) operands.emplace_back(*low);
                             if (high) operands.emplace_back(*high);
                             const DType dtype = result_type(operands);
                             Tensor& out = call.elementwise_output(dtype, call.tensor(0).shape());
                             if (low && high && is_floating(dtype) && call.tensor(0).dtype() == dtype)
                               return clamp_at_once(out, call.tensor(0), *low, *high);
                             if (low) kernels::binary(kernels::BinaryFn::Maximum, dtype, out, call.tensor(0), *low);
                             if (high)
                               kernels::binary(kernels::BinaryFn::Minimum, dtype, out, low ? out : call.tensor(0),
                                               *high);
                           },
                       // 1 at the bounds themselves, 0 at a NaN.
                       .derivative =
                           [](Backward& b) {
                             const auto& [low, high] = b.attributes<ClampAttributes>();
                             const Variable x = b.input(0).variable;
                             Variable inside = low ? ge(x, *low) : le(x, *high);
                             if (low && high) inside = logical_and(std::move(inside), le(x, *high));
                             b.set(0, where(inside, b.take(), 0.0));
                           },
                       .category = Category::Ternary,
                       .saves = {.inputs = {kFor0}}});

const Op kClamp({.name = "clamp",
                 .node = "ClampBackward0",
                 .forward =
                     [](Call& call) {
                       const DType dtype = result_type(call.in);
                       const Dims shape = broadcast_shape(call.in);
                       auto raised = new_tensor(dtype, shape);
                       kernels::binary(kernels::BinaryFn::Maximum, dtype, *raised, call.tensor(0), input(call.in[1]));
                       kernels::binary(kernels::BinaryFn::Minimum, dtype, call.elementwise_output(dtype, shape),
                                       *raised, input(call.in[2]));
                     },
                 // A bound gets the gradient where it is the result; where low > high, that is high.
                 .derivative =
                     [](Backward& b) {
                       const Variable x = b.input(0).variable;
                       const Value low = b.input(1), high = b.input(2);
                       if (b.needs(0)) b.set(0, where(logical_and(ge(x, low), le(x, high)), b.grad(), 0.0));
                       if (b.needs(1)) {
                         Variable raised = lt(x, low);
                         if (high.variable.defined()) raised = logical_and(std::move(raised), lt(low, high));
                         b.set(1, where(std::move(raised), b.grad(), 0.0));
                       }
                       if (b.needs(2)) b.set(2, where(logical_or(gt(x, high), lt(high, low)), b.grad(), 0.0));
                     },
                 .category = Category::Ternary,
                 .inputs = 3,
                 .saves = {.inputs = {kForAny, kForAny, kForAny}}});

}  // namespace

Variable where(const Operand& condition, const Operand& a, const Operand& b) {
  if (condition.tensor().dtype() != DType::Bool && condition.tensor().dtype() != DType::UInt8)
    fail<Error>("where expected condition to be a boolean tensor, but got a tensor with dtype ",
                name(condition.tensor().dtype()));
  if (condition.tensor().dtype() == DType::UInt8) return where(to(condition, DType::Bool), a, b);
  return apply(kWhere, {condition, a, b});
}

Variable clamp(const Operand& x, std::optional<Operand> low, std::optional<Operand> high) {
  if (!low && !high) fail<Error>("clamp: at least one of 'min' or 'max' must not be None");
  if (low && high && low->is_scalar() != high->is_scalar())
    fail<TypeError>("clamp: 'min' and 'max' must both be numbers or both Variables");
  std::vector<Operand> operands{x};
  for (const auto& bound : {low, high})
    if (bound) operands.push_back(*bound);
  const DType dtype = result_type(operands);
  if (dtype == DType::Bool) fail<Error>("clamp is not defined for bool: convert the input with .to(tapegrad.uint8)");
  for (const Operand& bound : operands)
    if (bound.is_scalar()) check_fits(bound.scalar(), dtype);
  const bool numbers = (!low || low->is_scalar()) && (!high || high->is_scalar());
  if (numbers) {
    ClampAttributes bounds;
    if (low) bounds.low = low->scalar();
    if (high) bounds.high = high->scalar();
    return apply(kClampNumber, {x}, bounds);
  }
  // One tensor bound alone is a maximum or a minimum, but with clamp's gradient at ties and NaNs.
  constexpr double inf = std::numeric_limits<double>::infinity();
  const auto unbounded = [&](double side) {
    if (is_floating(dtype)) return Operand(side);
    return visit(dtype, [&]<class T>() {
      return Operand(number_in(side < 0 ? std::numeric_limits<T>::lowest() : std::numeric_limits<T>::max()));
    });
  };
  return apply(kClamp, {x, low ? *low : unbounded(-inf), high ? *high : unbounded(inf)});
}

}  // namespace tapegrad
