#pragma once
// How derivatives give their gradients without memory for what lies between: elementwise formulas of the cotangent and
// the saved values are computed at one go, and what has arrived for the same input is added to, not made anew.

#include <array>

#include "graph/backward.h"
#include "graph/grad_mode.h"
#include "kernels/formula.h"
#include "ops/ops.h"

namespace tapegrad {

namespace detail {
/// Sets or adds to the gradient of input i, now or later. False, with nothing done, where the operands are not all of
/// the dtype of the first: then ops must promote them.
bool set_at_once(Backward& b, std::size_t i, const kernels::Formula& formula, std::span<const Operand> operands);
}  // namespace detail

/// The formula of x kept within bounds: NaN where any of them is.
inline constexpr auto kept_within = [](const auto& x, const auto& low, const auto& high) {
  return minimum(maximum(x, low), high);
};

/// What formula::let is for terms: f(v).
template <class F>
Variable let(const Variable& v, F f) {
  return f(v);
}

/// sum += gradient, of one shape, where at least one is deferred; so is the sum then, where they lie alike.
void add_deferred(Deferred& deferred, Variable& sum, Variable&& gradient);

/// b.set(i, formula(operands...)) of at most five operands, variables or numbers, that broadcast together; the first,
/// the cotangent, may be deferred. Where grad mode is on the ops of the formula are recorded; else it is a kernel of
/// its own (kernels/formula.h). An rvalue may be computed in place.
template <auto formula, class... Operands>
void set_pointwise(Backward& b, std::size_t i, Operands&&... operands) {
  const Operand in[] = {Operand(std::forward<Operands>(operands))...};
  if (!GradMode::enabled() && detail::set_at_once(b, i, kernels::kFormula<formula, sizeof...(Operands)>, in)) return;
  b.compute(in[0].variable());
  b.set(i, formula(operands...));  // NOLINT(bugprone-use-after-move): an Operand only refers to them
}

/// Forward of a formula of the first N inputs of a call, floating arrays of one dtype and shape, and of numbers.
template <auto formula, std::size_t N, std::size_t M>
void pointwise_forward(Call& call, const std::array<double, M>& numbers) {
  const kernels::Formula& function = kernels::kFormula<formula, N + M>;
  kernels::Input operands[N + M];
  for (std::size_t i = 0; i < N; ++i) operands[i] = call.tensor(i);
  for (std::size_t i = 0; i < M; ++i) operands[N + i] = Scalar(numbers[i]);
  Tensor& out = call.elementwise_output(call.tensor(0).dtype(), call.tensor(0));
  kernels::compute(function.plain(out.dtype()), function.costly, out, operands);
}

/// The gradient of input i, of that shape, where the op took a part of it: `add(whole, zero)` adds to an rvalue, which
/// is what has arrived so far, or zeros, and gives it back.
template <class F>
void set_part(Backward& b, std::size_t i, const Dims& shape, F add) {
  const DType dtype = b.output().dtype;
  Variable* const sum = GradMode::enabled() ? nullptr : b.sum_for(i, dtype, shape);
  if (sum) b.compute(*sum);
  if (sum && sum->exclusively_owned() && sum->tensor().contiguous()) *sum = add(std::move(*sum), false);
  else b.set(i, add(full(shape, 0.0, dtype), true));
}

/// part += values, of a part that is `zero` as yet.
inline void add_part(const Variable& part, const Operand& values, bool zero) {
  if (zero) copy_(part, values);
  else add_(part, values);
}

/// The derivative of a function of one operand, from its cotangent and its operand, or result.
template <auto formula>
void from_self(Backward& b) {
  set_pointwise<formula>(b, 0, b.take_as_is(), b.input(0));
}
template <auto formula>
void from_result(Backward& b) {
  set_pointwise<formula>(b, 0, b.take_as_is(), b.result());
}

}  // namespace tapegrad
