// Elementwise functions of three operands, and what replaces some elements.

#include <limits>

#include "ops/elementwise.h"
#include "ops/math.h"

namespace tapegrad {
namespace {

using kernels::BinaryFn;

struct ValueAttributes {
  Scalar value;
  std::vector<Field> fields() const { return {{"value", value}}; }
};

/// x + value * fn(a, b)
template <BinaryFn fn>
void add_forward(Call& call) {
  const DType dtype = result_type(call.in);
  const Dims inner = broadcast_shape(call.in.subspan(1));
  auto term = new_tensor(dtype, inner);
  const Scalar value = call.attributes<ValueAttributes>().value;
  Tensor& out = call.elementwise_output(dtype, broadcast_shape(call.in));
  if (value == Scalar(1)) {
    kernels::binary(fn, dtype, *term, input(call.in[1]), input(call.in[2]));
  } else {
    kernels::binary(BinaryFn::Mul, dtype, *term, input(call.in[1]), value);
    kernels::binary(fn, dtype, *term, *term, input(call.in[2]));
  }
  kernels::binary(BinaryFn::Add, dtype, out, input(call.in[0]), *term);
}

template <BinaryFn fn>
constexpr Op::Row added(const char* name, const char* node, const Saves& saves, void (*derivative)(Backward&)) {
  return {.name = name,
          .node = node,
          .forward = add_forward<fn>,
          .derivative = derivative,
          .category = Category::Ternary,
          .inputs = 3,
          .saves = saves};
}
const Op kAddcmul(added<BinaryFn::Mul>("addcmul", "AddcmulBackward0", {.inputs = {0, kFor2, kFor1}}, [](Backward& b) {
  const Scalar value = b.attributes<ValueAttributes>().value;
  if (b.needs(0)) b.set(0, b.grad());
  if (b.needs(1)) b.set(1, b.grad() * (b.input(2) * value));
  if (b.needs(2)) b.set(2, b.grad() * (b.input(1) * value));
}));
const Op kAddcdiv(added<BinaryFn::Div>("addcdiv", "AddcdivBackward0", {.inputs = {0, kFor2, kFor1 | kFor2}},
                                       [](Backward& b) {
                                         const Scalar value = b.attributes<ValueAttributes>().value;
                                         const Value divisor = b.input(2);
                                         if (b.needs(0)) b.set(0, b.grad());
                                         if (b.needs(1)) b.set(1, b.grad() * (value / divisor));
                                         if (b.needs(2))
                                           b.set(2, -(b.grad() * (b.input(1) * value / (divisor * divisor))));
                                       }));

/// start + weight (end - start), from the nearer end, so that weight 1 gives `end` exactly.
void lerp_between(Call& call, const kernels::Input& weight) {
  const DType dtype = result_type(call.in);
  const Dims shape = broadcast_shape(call.in);
  const auto temporary = [&] { return new_tensor(dtype, shape); };
  const auto difference = temporary(), from_start = temporary(), from_end = temporary(), rest = temporary();
  const auto near_start = new_tensor(DType::Bool, shape);
  const kernels::Input start = input(call.in[0]), end = input(call.in[1]);
  kernels::binary(BinaryFn::Sub, dtype, *difference, end, start);
  kernels::binary(BinaryFn::Mul, dtype, *from_start, *difference, weight);
  kernels::binary(BinaryFn::Add, dtype, *from_start, start, *from_start);
  kernels::binary(BinaryFn::Sub, dtype, *rest, Scalar(1), weight);
  kernels::binary(BinaryFn::Mul, dtype, *from_end, *difference, *rest);
  kernels::binary(BinaryFn::Sub, dtype, *from_end, end, *from_end);
  kernels::binary(BinaryFn::Lt, dtype, *near_start, weight, Scalar(0.5));
  kernels::where(dtype, call.elementwise_output(dtype, shape), *near_start, *from_start, *from_end);
}

struct WeightAttributes {
  Scalar weight;
  std::vector<Field> fields() const { return {{"weight", weight}}; }
};
const Op kLerpNumber({.name = "lerp_number",
                      .node = "LerpBackward0",
                      .forward = [](Call& call) { lerp_between(call, call.attributes<WeightAttributes>().weight); },
                      .derivative =
                          [](Backward& b) {
                            const auto weight = b.attributes<WeightAttributes>().weight.to<double>();
                            if (b.needs(0)) b.set(0, b.grad() * (1.0 - weight));
                            if (b.needs(1)) b.set(1, b.grad() * weight);
                          },
                      .category = Category::Ternary,
                      .inputs = 2});
const Op kLerp({.name = "lerp",
                .node = "LerpBackward1",
                .forward = [](Call& call) { lerp_between(call, input(call.in[2])); },
                .derivative =
                    [](Backward& b) {
                      const Value weight = b.input(2);
                      if (b.needs(0)) b.set(0, b.grad() * (1.0 - weight.variable));
                      if (b.needs(1)) b.set(1, b.grad() * weight);
                      if (b.needs(2)) b.set(2, b.grad() * (b.input(1) - b.input(0)));
                    },
                .category = Category::Ternary,
                .inputs = 3,
                .saves = {.inputs = {kFor2, kFor2, kFor0 | kFor1}}});

struct Replacements {
  double nan, posinf, neginf;
};
const Op kNanToNum({.name = "nan_to_num",
                    .node = "NanToNumBackward0",
                    .forward =
                        [](Call& call) {
                          const Tensor& x = call.tensor(0);
                          const DType dtype = x.dtype();
                          Tensor& out = call.elementwise_output(dtype, x);
                          if (!is_floating(dtype)) return kernels::copy(out, x);
                          const auto& with = call.attributes<Replacements>();
                          constexpr double inf = std::numeric_limits<double>::infinity();
                          const auto mask = new_tensor(DType::Bool, x.shape());
                          kernels::binary(BinaryFn::Eq, dtype, *mask, x, Scalar(inf));
                          const auto clean = new_tensor(dtype, x.shape());
                          kernels::where(dtype, *clean, *mask, Scalar(with.posinf), x);
                          kernels::binary(BinaryFn::Eq, dtype, *mask, x, Scalar(-inf));
                          kernels::where(dtype, *clean, *mask, Scalar(with.neginf), *clean);
                          kernels::unary(kernels::UnaryFn::IsNan, dtype, *mask, x);
                          kernels::where(dtype, out, *mask, Scalar(with.nan), *clean);
                        },
                    .derivative = [](Backward& b) { b.set(0, b.take() * isfinite(b.input(0))); },
                    .category = Category::Unary,
                    .saves = kSelf});

}  // namespace

Variable lerp(const Operand& start, const Operand& end, const Operand& weight) {
  const DType dtype = start.tensor().dtype();
  const bool fits = weight.is_scalar() || weight.tensor().dtype() == dtype ||
                    (weight.tensor().ndim() == 0 && is_floating(weight.tensor().dtype()));
  const bool alike = dtype == end.tensor().dtype() && fits;
  if (!alike) fail<Error>("lerp: expected dtype ", name(dtype), " for `end` and `weight`");
  if (!is_floating(dtype)) fail<Error>("lerp is not implemented for ", name(dtype));
  if (!weight.is_scalar() && weight.tensor().dtype() != dtype) return lerp(start, end, to(weight.variable(), dtype));
  if (weight.is_scalar()) return apply(kLerpNumber, {start, end}, WeightAttributes{weight.scalar()});
  return apply(kLerp, {start, end, weight});
}
Variable addcmul(const Operand& x, const Operand& a, const Operand& b, const Scalar& value) {
  const Operand all[] = {x, a, b};
  if (result_type(all) == DType::Bool) fail<Error>("addcmul is not implemented for bool: use logical_and() and |");
  return apply(kAddcmul, {x, a, b}, ValueAttributes{value});
}
Variable addcdiv(const Operand& x, const Operand& a, const Operand& b, const Scalar& value) {
  const Operand quotient[] = {a, b};
  if (!is_floating(result_type(quotient)))
    fail<Error>("Integer division with addcdiv is no longer supported: make an operand floating");
  return apply(kAddcdiv, {x, a, b}, ValueAttributes{value});
}
Variable nan_to_num(const Operand& x, double nan, std::optional<double> posinf, std::optional<double> neginf) {
  const bool narrow = x.tensor().dtype() == DType::Float32;
  const double most = narrow ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  return apply(kNanToNum, {x}, Replacements{nan, posinf.value_or(most), neginf.value_or(-most)});
}

}  // namespace tapegrad
