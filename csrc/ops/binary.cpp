// Elementwise functions of two operands.

#include <cmath>
#include <functional>
#include <utility>

#include "graph/grad_mode.h"
#include "ops/elementwise.h"
#include "ops/gradients.h"
#include "ops/math.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

using kernels::BinaryFn;

// The gradient of each factor names the other one.
constexpr Saves kOther = {.inputs = {kFor1, kFor0}};
constexpr Saves kBoth = {.inputs = {kFor0 | kFor1, kFor0 | kFor1}};

constexpr auto times = [](const auto& g, const auto& x) { return g * x; };

/// What add and sub multiply their second operand by; none where that is 1.
struct AlphaAttributes {
  Scalar alpha;
  std::vector<Field> fields() const { return {{"alpha", alpha}}; }
};

/// fn(a, alpha b) of the operands a and b, which are `other` and `scaled`.
template <BinaryFn fn, std::size_t scaled = 1>
[[gnu::noinline]] void scaled_forward(Call& call) {
  constexpr std::size_t other = 1 - scaled;
  const Scalar alpha = call.attributes<AlphaAttributes>().alpha;
  const DType dtype = result_type(call.in);
  auto product = new_tensor(dtype, call.in[scaled].is_scalar() ? Dims{} : call.tensor(scaled).shape());
  kernels::binary(BinaryFn::Mul, dtype, *product, input(call.in[scaled]), alpha);
  Tensor& out = call.elementwise_output(dtype, broadcast_shape(call.in));
  kernels::binary(fn, dtype, out, input(call.in[other]), *product);
}

template <BinaryFn fn>
void alpha_forward(Call& call) {
  return call.has_attributes() ? scaled_forward<fn>(call) : binary_forward<fn>(call);
}

/// The gradient of what was multiplied by alpha, and perhaps taken away.
template <int sign>
void set_scaled(Backward& b, std::size_t i) {
  const bool scaled = b.node().has_attributes();
  const Scalar alpha = scaled ? b.attributes<AlphaAttributes>().alpha : Scalar(1);
  if constexpr (sign > 0) {
    if (scaled) set_pointwise<times>(b, i, b.take_as_is(), alpha);
    else b.set(i, b.take_as_is());
  } else {
    if (scaled) set_pointwise<[](const auto& g, const auto& a) { return -g * a; }>(b, i, b.take_as_is(), alpha);
    else set_pointwise<[](const auto& g) { return -g; }>(b, i, b.take_as_is());
  }
}

const Op kAdd({.name = "add",
               .node = "AddBackward0",
               .forward = alpha_forward<BinaryFn::Add>,
               .derivative =
                   [](Backward& b) {
                     if (b.needs(0)) b.set(0, b.grad_as_is());
                     if (b.needs(1)) set_scaled<1>(b, 1);
                   },
               .category = Category::Binary,
               .inputs = 2});

template <int sign0>
void sub_derivative(Backward& b) {
  const std::size_t plus = sign0 > 0 ? 0 : 1;
  if (b.needs(plus)) b.set(plus, b.grad_as_is());
  if (b.needs(1 - plus)) set_scaled<-1>(b, 1 - plus);
}

const Op kSub({.name = "sub",
               .node = "SubBackward0",
               .forward = alpha_forward<BinaryFn::Sub>,
               .derivative = sub_derivative<1>,
               .category = Category::Binary,
               .inputs = 2});

// rsub(a, b) = b - alpha a: what a number minus a tensor is recorded as, and the function of that name.
void rsub_forward(Call& call) {
  if (call.has_attributes()) return scaled_forward<BinaryFn::Sub, 0>(call);
  compute_binary<BinaryFn::Sub>(call, call.in[1], call.in[0]);
}
constexpr Op::Row rsub_row(const char* name, const char* node, std::uint8_t constants) {
  return {.name = name,
          .node = node,
          .forward = rsub_forward,
          .derivative = sub_derivative<-1>,
          .category = Category::Binary,
          .inputs = 2,
          .constants = constants};
}
const Op kRsub(rsub_row("rsub", "RsubBackward1", kFor1));
const Op kRsubTensors(rsub_row("rsub_tensors", "RsubBackward0", 0));

const Op kMul({.name = "mul",
               .node = "MulBackward0",
               .forward = binary_forward<BinaryFn::Mul>,
               .derivative =
                   [](Backward& b) {
                     if (b.needs(0) && b.needs(1)) set_pointwise<times>(b, 0, b.grad_as_is(), b.input(1));
                     else if (b.needs(0)) set_pointwise<times>(b, 0, b.take_as_is(), b.input(1));
                     if (b.needs(1)) set_pointwise<times>(b, 1, b.take_as_is(), b.input(0));
                   },
               .category = Category::Binary,
               .inputs = 2,
               .saves = kOther});

const Op kDiv({.name = "div",
               .node = "DivBackward0",
               .forward = binary_forward<BinaryFn::Div, Result::Floating>,
               .derivative =
                   [](Backward& b) {
                     const Value divisor = b.input(1);
                     if (b.needs(1)) {
                       set_pointwise<[](const auto& g, const auto& x, const auto& y) { return -(g * (x / y / y)); }>(
                           b, 1, b.grad_as_is(), b.input(0), divisor);
                     }
                     if (b.needs(0))
                       set_pointwise<[](const auto& g, const auto& y) { return g / y; }>(b, 0, b.take_as_is(), divisor);
                   },
               .category = Category::Binary,
               .inputs = 2,
               .saves = {.inputs = {kFor1, kFor0 | kFor1}}});

void pow_forward(Call& call) {
  const DType dtype = result_type(call.in);
  kernels::binary(BinaryFn::Pow, dtype, call.elementwise_output(dtype, broadcast_shape(call.in)), input(call.in[0]),
                  input(call.in[1]));
}

/// d(x ** n)/dx = n x ** (n - 1), and 0 for n = 0 wherever x is.
Variable pow_base_gradient(Variable g, const Variable& x, const Scalar& n) {
  const auto exponent = n.to<double>();
  if (exponent == 0) return full(g.shape(), 0.0, g.dtype());
  if (exponent == 1 && !GradMode::enabled()) return g;
  return std::move(g) * (pow(x, n.is_float() ? Scalar(exponent - 1) : Scalar(n.to<std::int64_t>() - 1)) * n);
}

/// d(x ** y)/dy = x ** y log x; at x = 0: 0 for y >= 0, else -inf.
Variable pow_exponent_gradient(Variable g, const Value& x, const Variable& y, const Variable& result) {
  const Variable dead = x.variable.defined() ? logical_and(eq(x, 0), ge(y, 0)) : ge(y, 0);
  if (!x.variable.defined()) {
    const auto base = x.scalar.to<double>();
    if (base == 0) return std::move(g) * (result * where(dead, 0.0, std::log(base)));
    return std::move(g) * (result * std::log(base));
  }
  // What is chosen away must not be infinite, or its own derivative is NaN. (At y = 1 that by x is, and there is no 0.)
  const Variable base = GradMode::enabled() ? where(logical_and(dead, ne(y, 1)), 1.0, x) : x.variable;
  return where(dead, 0.0, std::move(g) * (result * log(base)));
}

struct ExponentAttributes {
  Scalar exponent;
  std::vector<Field> fields() const { return {{"exponent", exponent}}; }
};

const Op kPowNumber({.name = "pow_number",
                     .node = "PowBackward0",
                     .forward =
                         [](Call& call) {
                           const Tensor& x = call.tensor(0);
                           const Operand operands[] = {call.in[0], call.attributes<ExponentAttributes>().exponent};
                           const DType dtype = is_floating(x.dtype()) ? x.dtype() : result_type(operands);
                           kernels::binary(BinaryFn::Pow, dtype, call.elementwise_output(dtype, x), x,
                                           operands[1].scalar());
                         },
                     .derivative =
                         [](Backward& b) {
                           const Scalar& n = b.attributes<ExponentAttributes>().exponent;
                           // Shorter, but without the powers that a further derivative hangs on.
                           if (n == Scalar(2) && !GradMode::enabled())
                             return from_self<[](const auto& g, const auto& x) { return g * (x * 2.0); }>(b);
                           b.set(0, pow_base_gradient(b.take(), b.input(0).variable, n));
                         },
                     .category = Category::Binary,
                     .saves = {.inputs = {kFor0}}});

const Op kPow({.name = "pow",
               .node = "PowBackward1",
               .forward = pow_forward,
               .derivative =
                   [](Backward& b) {
                     const Variable x = b.input(0).variable, y = b.input(1).variable;
                     if (b.needs(1)) b.set(1, pow_exponent_gradient(b.grad(), b.input(0), y, b.result()));
                     if (b.needs(0)) b.set(0, b.take() * where(eq(y, 0), 0.0, y * pow(x, y - 1)));
                   },
               .category = Category::Binary,
               .inputs = 2,
               .saves = {.inputs = {kForAny, kForAny}, .result = true}});

const Op kNumberPow({.name = "number_pow",
                     .node = "PowBackward2",
                     .forward = pow_forward,
                     .derivative =
                         [](Backward& b) {
                           b.set(1, pow_exponent_gradient(b.take(), b.input(0), b.input(1).variable, b.result()));
                         },
                     .category = Category::Binary,
                     .inputs = 2,
                     .saves = {.inputs = {kForAny, kForAny}, .result = true},
                     .constants = kFor0});

/// Half to each side of a tie; a NaN gives each side all of it.
template <Variable (*loses)(const Operand&, const Operand&)>
void extremum_derivative(Backward& b) {
  const Value x = b.input(0), y = b.input(1);
  const Variable tie = eq(x, y);
  for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    if (!b.needs(i)) continue;
    const Variable lost = i == 0 ? loses(x, y) : loses(y, x);
    b.set(i, where(lost, 0.0, where(tie, b.grad() / 2.0, b.grad())));
  }
}

const Op kMaximum({.name = "maximum",
                   .node = "MaximumBackward0",
                   .forward = binary_forward<BinaryFn::Maximum>,
                   .derivative = extremum_derivative<lt>,
                   .category = Category::Binary,
                   .inputs = 2,
                   .saves = kBoth});
const Op kMinimum({.name = "minimum",
                   .node = "MinimumBackward0",
                   .forward = binary_forward<BinaryFn::Minimum>,
                   .derivative = extremum_derivative<gt>,
                   .category = Category::Binary,
                   .inputs = 2,
                   .saves = kBoth});

/// A row whose results are bools or integers, without a derivative.
template <BinaryFn fn>
constexpr Op::Row discrete(const char* name, void (*forward)(Call&) = binary_forward<fn>) {
  return {.name = name,
          .node = nullptr,
          .forward = forward,
          .derivative = nullptr,
          .category = Category::Binary,
          .inputs = 2};
}

/// A comparison. With a number that its integers do not hold, all of an array compare alike; else it would wrap.
template <BinaryFn fn, auto compare>
void compare_forward(Call& call) {
  const int left = side_of(call.in[0], call.in[1]), right = side_of(call.in[1], call.in[0]);
  if (left == right) return binary_forward<fn>(call);  // 0
  kernels::copy(call.elementwise_output(DType::Bool, call.tensor(left ? 1 : 0)), Scalar(compare(left, right)));
}
template <BinaryFn fn, auto compare>
constexpr Op::Row comparison(const char* name) {
  return discrete<fn>(name, compare_forward<fn, compare>);
}

const Op kBitwiseAnd(discrete<BinaryFn::BitwiseAnd>("bitwise_and"));
const Op kBitwiseOr(discrete<BinaryFn::BitwiseOr>("bitwise_or"));
const Op kBitwiseXor(discrete<BinaryFn::BitwiseXor>("bitwise_xor"));
const Op kEq(comparison<BinaryFn::Eq, std::equal_to<int>{}>("eq"));
const Op kNe(comparison<BinaryFn::Ne, std::not_equal_to<int>{}>("ne"));
const Op kLt(comparison<BinaryFn::Lt, std::less<int>{}>("lt"));
const Op kLe(comparison<BinaryFn::Le, std::less_equal<int>{}>("le"));
const Op kGt(comparison<BinaryFn::Gt, std::greater<int>{}>("gt"));
const Op kGe(comparison<BinaryFn::Ge, std::greater_equal<int>{}>("ge"));
const Op kLogicalAnd(discrete<BinaryFn::LogicalAnd>("logical_and"));
const Op kLogicalOr(discrete<BinaryFn::LogicalOr>("logical_or"));
const Op kLogicalXor(discrete<BinaryFn::LogicalXor>("logical_xor"));

bool is_number_kind(const Operand& x, Kind kind) { return kind_of(x) == kind; }

void check_alpha(const Operand& a, const Operand& b, const Scalar& alpha, const char* op) {
  if (!alpha.is_float()) return;
  const Operand both[] = {a, b};
  if (!is_floating(result_type(both)))
    fail<Error>("For integral input tensors, argument alpha of ", op, "() must not be a floating point number.");
}

void check_subtraction(const Operand& a, const Operand& b, const Scalar& alpha, const char* op) {
  if (is_number_kind(a, Kind::Bool) && is_number_kind(b, Kind::Bool))
    fail<Error>("Subtraction, the `-` operator, is not supported with two bool tensors: use `^` or logical_xor()");
  if (is_number_kind(a, Kind::Bool) || is_number_kind(b, Kind::Bool))
    fail<Error>(
        "Subtraction, the `-` operator, with a bool tensor is not supported: use `~` or logical_not() to invert a "
        "mask");
  check_alpha(a, b, alpha, op);
}

Variable bitwise(const Op& op, const Operand& a, const Operand& b) {
  if (is_number_kind(a, Kind::Float) || is_number_kind(b, Kind::Float))
    fail<TypeError>(op->name, " is defined for integers and bools, not floating point numbers");
  return apply_pair(op, a, b);
}

}  // namespace

int side_of(const Operand& number, const Operand& array) {
  if (!number.is_scalar() || array.is_scalar() || is_floating(array.tensor().dtype())) return 0;
  if (number.scalar().kind() != Kind::Integer) return 0;
  return visit(array.tensor().dtype(), [&]<class Type>() {
    // Of bools and ints int64 is made.
    using T = std::conditional_t<std::is_same_v<Type, bool>, std::int64_t, Type>;
    const Scalar& n = number.scalar();
    if constexpr (std::is_floating_point_v<T>) return 0;
    else if (n.is_negative()) return std::in_range<T>(n.to<std::int64_t>()) ? 0 : -1;
    else return std::in_range<T>(n.to<std::uint64_t>()) ? 0 : 1;
  });
}

DType result_type(std::span<const Operand> operands) {
  Promotion promotion;
  for (const Operand& x : operands) {
    if (x.is_scalar()) promotion.add(x.scalar().dtype(), Tier::Number);
    else promotion.add(x.tensor().dtype(), x.tensor().ndim() == 0 ? Tier::ZeroDim : Tier::Dimensioned);
  }
  const DType result = promotion.result();
  for (const Operand& x : operands)
    if (x.is_scalar()) refuse_large(x.scalar(), result);
  return result;
}

// Of a sum and of a product the number is the second operand, as in PyTorch.
Variable add(const Operand& a, const Operand& b) {
  return a.is_scalar() ? apply_pair(kAdd, b, a) : apply_pair(kAdd, a, b);
}

Variable add(const Operand& a, const Operand& b, const Scalar& alpha) {
  check_alpha(a, b, alpha, "add");
  if (alpha == Scalar(1)) return add(a, b);
  return apply_pair(kAdd, a, b, AlphaAttributes{alpha});
}

Variable sub(const Operand& a, const Operand& b, const Scalar& alpha) {
  check_subtraction(a, b, alpha, "sub");
  if (alpha != Scalar(1)) return apply_pair(kSub, a, b, AlphaAttributes{alpha});
  return a.is_scalar() && !b.is_scalar() ? apply_pair(kRsub, b, a) : apply_pair(kSub, a, b);
}

Variable rsub(const Operand& a, const Operand& b, const Scalar& alpha) {
  check_subtraction(a, b, alpha, "rsub");
  const Op& op = b.is_scalar() ? kRsub : kRsubTensors;
  return alpha == Scalar(1) ? apply_pair(op, a, b) : apply_pair(op, a, b, AlphaAttributes{alpha});
}

Variable mul(const Operand& a, const Operand& b) {
  return a.is_scalar() ? apply_pair(kMul, b, a) : apply_pair(kMul, a, b);
}

Variable div(const Operand& a, const Operand& b) {
  // As PyTorch records a number over a tensor: its reciprocal, times the number.
  if (a.is_scalar() && !b.is_scalar()) {
    const bool recorded = GradMode::enabled() && b.variable().requires_grad();
    return a.scalar() == Scalar(1) && !recorded ? reciprocal(b) : mul(reciprocal(b), a);
  }
  return apply_pair(kDiv, a, b);
}

Variable pow(const Operand& base, const Operand& exponent) {
  const bool integers = !is_number_kind(base, Kind::Float) && !is_number_kind(exponent, Kind::Float);
  if (integers && exponent.is_scalar() && exponent.scalar().is_negative())
    fail<Error>("Integers to negative integer powers are not allowed: make the base floating, x.to(tapegrad.float32)");
  if (is_number_kind(base, Kind::Bool) && is_number_kind(exponent, Kind::Bool))
    fail<Error>("pow is not defined for two bools: convert one with .to(tapegrad.int64)");
  if (!exponent.is_scalar())
    return base.is_scalar() ? apply_pair(kNumberPow, base, exponent) : apply_pair(kPow, base, exponent);
  if (base.is_scalar()) return apply_pair(kPow, base, exponent);
  return apply(kPowNumber, {base}, ExponentAttributes{exponent.scalar()});
}

Variable maximum(const Operand& a, const Operand& b) { return apply_pair(kMaximum, a, b); }
Variable minimum(const Operand& a, const Operand& b) { return apply_pair(kMinimum, a, b); }
Variable bitwise_and(const Operand& a, const Operand& b) { return bitwise(kBitwiseAnd, a, b); }
Variable bitwise_or(const Operand& a, const Operand& b) { return bitwise(kBitwiseOr, a, b); }
Variable bitwise_xor(const Operand& a, const Operand& b) { return bitwise(kBitwiseXor, a, b); }
Variable eq(const Operand& a, const Operand& b) { return apply_pair(kEq, a, b); }
Variable ne(const Operand& a, const Operand& b) { return apply_pair(kNe, a, b); }
Variable lt(const Operand& a, const Operand& b) { return apply_pair(kLt, a, b); }
Variable le(const Operand& a, const Operand& b) { return apply_pair(kLe, a, b); }
Variable gt(const Operand& a, const Operand& b) { return apply_pair(kGt, a, b); }
Variable ge(const Operand& a, const Operand& b) { return apply_pair(kGe, a, b); }
Variable logical_and(const Operand& a, const Operand& b) { return apply_pair(kLogicalAnd, a, b); }
Variable logical_or(const Operand& a, const Operand& b) { return apply_pair(kLogicalOr, a, b); }
Variable logical_xor(const Operand& a, const Operand& b) { return apply_pair(kLogicalXor, a, b); }

void add_(const Variable& self, const Operand& value) { apply_in_place(kAdd, self, {self, value}); }

}  // namespace tapegrad
