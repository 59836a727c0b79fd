#pragma once
// What the rows of elementwise ops have in common: how operands become the kernels' inputs, and their forwards.

#include "graph/backward.h"
#include "kernels/elementwise.h"
#include "ops/ops.h"

namespace tapegrad {

inline kernels::Input input(const Operand& operand) {
  if (operand.is_scalar()) return operand.scalar();
  return operand.tensor();
}

/// Shape and dtype of the elementwise combination of a call's operands.
inline Dims broadcast_shape(std::span<const Operand> in) {
  const Dims* first = nullptr;
  Dims shape;
  for (const Operand& operand : in) {
    if (operand.is_scalar()) continue;
    if (!first) {
      first = &operand.tensor().shape();
      shape = *first;
    } else {
      shape = broadcast(shape, operand.tensor().shape());
    }
  }
  return shape;
}

/// Integers and bools become float32, as every function with real values makes them.
constexpr DType to_floating(DType t) { return is_floating(t) ? t : DType::Float32; }

/// Forward of a function whose result has its operand's dtype.
template <kernels::UnaryFn fn>
void unary_forward(Call& call) {
  const Tensor& x = call.tensor(0);
  Tensor& out = call.elementwise_output(kernels::is_predicate(fn) ? DType::Bool : x.dtype(), x);
  kernels::unary(fn, x.dtype(), out, x);
}

/// Forward of a function whose result is floating.
template <kernels::UnaryFn fn>
void float_forward(Call& call) {
  const Tensor& x = call.tensor(0);
  const DType compute = to_floating(x.dtype());
  kernels::unary(fn, compute, call.elementwise_output(compute, x), x);
}

enum class Result : std::uint8_t { Promoted, Floating };

/// The operand that the result is like, where there is nothing to work out: of two arrays of one shape and dtype, or of
/// a floating array and a number. Else null.
inline const Tensor* plain_result(const Operand& a, const Operand& b) {
  const Tensor& x = a.is_scalar() ? b.tensor() : a.tensor();
  const bool plain = a.is_scalar() || b.is_scalar() ? is_floating(x.dtype())
                                                    : x.dtype() == b.tensor().dtype() && x.same_shape(b.tensor());
  return plain ? &x : nullptr;
}

/// fn(a, b) of the operands of a call; not both are numbers.
template <kernels::BinaryFn fn, Result result = Result::Promoted>
void compute_binary(Call& call, const Operand& a, const Operand& b) {
  constexpr auto floating = [](DType t) { return result == Result::Floating ? to_floating(t) : t; };
  constexpr auto output = [](DType t) { return kernels::is_predicate(fn) ? DType::Bool : t; };
  if (const Tensor* like = plain_result(a, b)) {
    const DType compute = floating(like->dtype());
    Tensor& out = call.elementwise_output(output(compute), *like);
    if (!a.is_scalar() && !b.is_scalar()) return kernels::binary(fn, compute, out, a.tensor(), b.tensor());
    return kernels::binary(fn, compute, out, input(a), input(b));
  }
  const DType compute = floating(result_type(call.in));
  kernels::binary(fn, compute, call.elementwise_output(output(compute), broadcast_shape(call.in)), input(a), input(b));
}

/// Forward of a function of two operands.
template <kernels::BinaryFn fn, Result result = Result::Promoted>
void binary_forward(Call& call) {
  compute_binary<fn, result>(call, call.in[0], call.in[1]);
}

// What rows save, by what their derivatives name.
inline constexpr Saves kSelf = {.inputs = {kFor0}}, kResult = {.result = true};

/// The row of a floating function of one operand.
template <kernels::UnaryFn fn>
constexpr Op::Row real(const char* name, const char* node, const Saves& saves, void (*derivative)(Backward&)) {
  return {.name = name,
          .node = node,
          .forward = float_forward<fn>,
          .derivative = derivative,
          .category = Category::Unary,
          .saves = saves};
}

/// The row of a function of two operands.
template <kernels::BinaryFn fn, Result result = Result::Promoted>
constexpr Op::Row pairwise(const char* name, const char* node, const Saves& saves, void (*derivative)(Backward&),
                           std::uint8_t constants = 0) {
  return {.name = name,
          .node = node,
          .forward = binary_forward<fn, result>,
          .derivative = derivative,
          .category = Category::Binary,
          .inputs = 2,
          .saves = saves,
          .constants = constants};
}

/// A gradient of zeros for input i.
inline void set_zeros(Backward& b, std::size_t i = 0) { b.set(i, full(b.output().shape(), 0.0, b.output().dtype)); }

/// Calls an op of two operands. Two plain numbers have no shape to give: they become a 0-d variable and a number.
inline Variable apply_pair(const Op& op, const Operand& a, const Operand& b, AttributesView attributes = {}) {
  if (!a.is_scalar() || !b.is_scalar()) return apply(op, {a, b}, attributes);
  const Variable lifted = full({}, a.scalar(), a.scalar().dtype());
  return apply(op, {lifted, b}, attributes);
}

/// The same of an op that takes floating numbers alone. Raises E for others.
template <class E = Error>
Variable apply_floating(const Op& op, const Operand& a, const Operand& b) {
  const Operand both[] = {a, b};
  if (const DType dtype = result_type(both); !is_floating(dtype))
    fail<E>(op->name, " is not implemented for ", name(dtype), ": convert an operand to a floating dtype");
  return apply_pair(op, a, b);
}

/// f of a saved value, whether that is a number or a variable: a formula of numbers alone stays one of doubles.
template <class F>
Value transformed(const Value& v, F f) {
  if (v.variable.defined()) return {f(v.variable), {}};
  return {{}, Scalar(f(v.scalar.to<double>()))};
}

inline Kind kind_of(const Operand& x) { return x.is_scalar() ? x.scalar().kind() : info(x.tensor().dtype()).kind; }

}  // namespace tapegrad
