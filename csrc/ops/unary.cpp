// Elementwise functions of one operand.

#include "graph/grad_mode.h"
#include "ops/elementwise.h"
#include "ops/gradients.h"

namespace tapegrad {
namespace {

using kernels::UnaryFn;

void refuse_bool(const Operand& x, const char* op, const char* instead) {
  if (x.tensor().dtype() == DType::Bool) fail<Error>(op, " is not defined for bool: use ", instead);
}

const Op kNeg({.name = "neg",
               .node = "NegBackward0",
               .forward = unary_forward<UnaryFn::Neg>,
               .derivative = [](Backward& b) { set_pointwise<[](const auto& g) { return -g; }>(b, 0, b.take_as_is()); },
               .category = Category::Unary});

const Op kAbs({.name = "abs",
               .node = "AbsBackward0",
               .forward = unary_forward<UnaryFn::Abs>,
               .derivative = from_self<[](const auto& g, const auto& x) { return g * sign(x); }>,
               .category = Category::Unary,
               .saves = kSelf});

const Op kSign({.name = "sign",
                .node = "SignBackward0",
                .forward = unary_forward<UnaryFn::Sign>,
                .derivative = [](Backward& b) { b.set(0, full(b.output().shape(), 0.0, b.output().dtype)); },
                .category = Category::Unary});

const Op kReciprocal({.name = "reciprocal",
                      .node = "ReciprocalBackward0",
                      .forward = float_forward<UnaryFn::Reciprocal>,
                      .derivative = from_result<[](const auto& g, const auto& y) { return -(g * square(y)); }>,
                      .category = Category::Unary,
                      .saves = kResult});

const Op kSqrt({.name = "sqrt",
                .node = "SqrtBackward0",
                .forward = float_forward<UnaryFn::Sqrt>,
                .derivative = from_result<[](const auto& g, const auto& y) { return g / (y * 2.0); }>,
                .category = Category::Unary,
                .saves = kResult});

const Op kExp({.name = "exp",
               .node = "ExpBackward0",
               .forward = float_forward<UnaryFn::Exp>,
               .derivative = from_result<[](const auto& g, const auto& y) { return g * y; }>,
               .category = Category::Unary,
               .saves = kResult});

const Op kLog({.name = "log",
               .node = "LogBackward0",
               .forward = float_forward<UnaryFn::Log>,
               .derivative = from_self<[](const auto& g, const auto& x) { return g / x; }>,
               .category = Category::Unary,
               .saves = kSelf});

const Op kSin({.name = "sin",
               .node = "SinBackward0",
               .forward = float_forward<UnaryFn::Sin>,
               .derivative = from_self<[](const auto& g, const auto& x) { return g * cos(x); }>,
               .category = Category::Unary,
               .saves = kSelf});

const Op kCos({.name = "cos",
               .node = "CosBackward0",
               .forward = float_forward<UnaryFn::Cos>,
               .derivative = from_self<[](const auto& g, const auto& x) { return g * -sin(x); }>,
               .category = Category::Unary,
               .saves = kSelf});

const Op kTanh({.name = "tanh",
                .node = "TanhBackward0",
                .forward = float_forward<UnaryFn::Tanh>,
                .derivative = from_result<[](const auto& g, const auto& y) { return g * (1.0 - square(y)); }>,
                .category = Category::Unary,
                .saves = kResult});

const Op kSigmoid({.name = "sigmoid",
                   .node = "SigmoidBackward0",
                   .forward = float_forward<UnaryFn::Sigmoid>,
                   .derivative = from_result<[](const auto& g, const auto& y) { return g * ((1.0 - y) * y); }>,
                   .category = Category::Unary,
                   .saves = kResult});

/// What relu gives back of the gradient g at its result y. At a NaN the slope is 1.
constexpr auto relu_gradient = [](const auto& g, const auto& y) { return where(le(y, 0.0), 0.0, g); };

// The same for a further derivative, which is zero by y: what is asked for it gets zeros, not an error.
const Op kReluGradient({.name = "relu_gradient",
                        .node = "ThresholdBackwardBackward0",
                        .forward =
                            [](Call& call) {
                              const GradModeGuard off(false);
                              call.out[0] = relu_gradient(call.in[0].variable(), call.in[1].variable()).tensor_ref();
                            },
                        .derivative =
                            [](Backward& b) {
                              if (b.needs(0)) set_pointwise<relu_gradient>(b, 0, b.take_as_is(), b.input(1));
                              if (b.needs(1)) set_zeros(b, 1);
                            },
                        .category = Category::Binary,
                        .inputs = 2,
                        .saves = {.inputs = {0, kFor0}}});

const Op kRelu({.name = "relu",
                .node = "ReluBackward0",
                .forward = unary_forward<UnaryFn::Relu>,
                .derivative =
                    [](Backward& b) {
                      if (GradMode::enabled()) b.set(0, apply(kReluGradient, {b.grad(), b.result()}));
                      else from_result<relu_gradient>(b);
                    },
                .category = Category::Unary,
                .saves = kResult});

const Op kLogicalNot({.name = "logical_not",
                      .node = nullptr,
                      .forward = unary_forward<UnaryFn::LogicalNot>,
                      .derivative = nullptr,
                      .category = Category::Unary});

// ~x of a bool is its negation, which is the bit operation on the one bit it has.
const Op kBitwiseNot({.name = "bitwise_not",
                      .node = nullptr,
                      .forward = unary_forward<UnaryFn::BitwiseNot>,
                      .derivative = nullptr,
                      .category = Category::Unary});

}  // namespace

Variable neg(const Operand& x) {
  refuse_bool(x, "neg", "logical_not(), or ~x");
  return apply(kNeg, {x});
}
Variable abs(const Operand& x) {
  refuse_bool(x, "abs", "the input itself");
  return apply(kAbs, {x});
}
Variable sign(const Operand& x) { return apply(kSign, {x}); }
Variable square(const Operand& x) { return pow(x, 2); }
Variable reciprocal(const Operand& x) { return apply(kReciprocal, {x}); }
Variable sqrt(const Operand& x) { return apply(kSqrt, {x}); }
Variable exp(const Operand& x) { return apply(kExp, {x}); }
Variable log(const Operand& x) { return apply(kLog, {x}); }
Variable sin(const Operand& x) { return apply(kSin, {x}); }
Variable cos(const Operand& x) { return apply(kCos, {x}); }
Variable tanh(const Operand& x) { return apply(kTanh, {x}); }
Variable sigmoid(const Operand& x) { return apply(kSigmoid, {x}); }
Variable relu(const Operand& x) {
  refuse_bool(x, "relu", "a number's dtype, x.to(tapegrad.float32)");
  return apply(kRelu, {x});
}
Variable logical_not(const Operand& x) { return apply(kLogicalNot, {x}); }
Variable bitwise_not(const Operand& x) {
  if (is_floating(x.tensor().dtype()))
    fail<TypeError>("bitwise_not (~) is defined for integers and bools, not ", name(x.tensor().dtype()));
  return apply(kBitwiseNot, {x});
}

}  // namespace tapegrad
