// Variances and standard deviations.

#include <limits>

#include "ops/reduce.h"
#include "ops/scatter.h"
#include "ops/statistics.h"

namespace tapegrad {
namespace {

struct MomentAttributes {
  ReduceAttributes over;
  double correction;
  bool over_all;
};

template <bool root, bool with_mean>
void moment_forward(Call& call) {
  const auto& a = call.attributes<MomentAttributes>();
  const Tensor& x = call.tensor(0);
  Tensor& out = call.new_output(x.dtype(), result_shape(a.over));
  kernels::variance(out, x, a.over.mask, a.correction);
  if (root) kernels::unary(kernels::UnaryFn::Sqrt, out.dtype(), out, out);
  if (!with_mean) return;
  Tensor& mean = call.new_output(x.dtype(), out.shape(), 1);
  kernels::reduce(kernels::ReduceFn::Sum, mean, x, a.over.mask);
  const auto count = static_cast<double>(count_reduced(a.over));
  kernels::binary(kernels::BinaryFn::Div, mean.dtype(), mean, mean, Scalar(count));
}

/// Of the variance by its operand; `gradient` lies as the result. Where no degree of freedom is left, the variance of
/// all is infinite, and so is its slope.
Variable variance_gradient(Variable gradient, const Variable& x, const MomentAttributes& a) {
  const double freedom = static_cast<double>(count_reduced(a.over)) - a.correction;
  Variable g = aligned(std::move(gradient), a.over);
  if (a.over.shape.empty() || a.over_all) {
    const Variable center = mean(x);
    if (!(freedom <= 0)) return 2 / freedom * g * (x - center);
    const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    return g * where(eq(x, center), full({}, nan, x.dtype()), infinity);
  }
  return 2 / freedom * g * (x - sum_reduced(x, a.over) / static_cast<double>(count_reduced(a.over)));
}

/// Of the standard deviation; 0 where all elements are equal.
Variable deviation_gradient(const Variable& gradient, const Variable& x, const Variable& result,
                            const MomentAttributes& a) {
  return variance_gradient(masked_fill(gradient / (result * 2), eq(result, 0), 0), x, a);
}

template <bool root, bool with_mean>
void moment_derivative(Backward& b) {
  const auto& a = b.attributes<MomentAttributes>();
  const Variable x = b.input(0).variable;
  Variable total;
  if (b.grad(0).defined()) {
    if constexpr (root) total = deviation_gradient(b.take(), x, b.result(), a);
    else total = variance_gradient(b.take(), x, a);
  }
  if constexpr (with_mean) {
    if (b.grad(1).defined()) {
      const double count = static_cast<double>(std::max<Index>(count_reduced(a.over), 1));
      const Variable part = spread(b.take(1) / count, a.over);
      total = total.defined() ? total + part : part;
    }
  }
  b.set(0, total);
}

template <bool root, bool with_mean>
constexpr Op::Row moment(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = moment_forward<root, with_mean>,
          .derivative = moment_derivative<root, with_mean>,
          .category = Category::Reduction,
          .outputs = with_mean ? 2 : 1,
          .saves = {.inputs = {kFor0}, .result = root}};
}

const Op kVar(moment<false, false>("var", "VarBackward0"));
const Op kStd(moment<true, false>("std", "StdBackward0"));
const Op kVarMean(moment<false, true>("var_mean", "VarMeanBackward0"));
const Op kStdMean(moment<true, true>("std_mean", "StdMeanBackward0"));

MomentAttributes moment_of(const Operand& x, const Dims& dims, double correction, bool keepdim, const Op& op) {
  if (!is_floating(x.tensor().dtype()))
    fail<Error>(op->name, "(): std and var only support floating point dtypes, not ", name(x.tensor().dtype()),
                ": convert the input");
  return {reduction(x, dims, keepdim), correction, dims.empty()};
}

std::array<Variable, 2> with_mean(const Op& op, const Operand& x, const Dims& dims, double correction, bool keepdim) {
  std::array<Variable, 2> out;
  apply(op, {&x, 1}, moment_of(x, dims, correction, keepdim, op), out);
  return out;
}

}  // namespace

Variable variance(const Operand& x, const Dims& dims, double correction, bool keepdim) {
  return apply(kVar, {x}, moment_of(x, dims, correction, keepdim, kVar));
}
Variable standard_deviation(const Operand& x, const Dims& dims, double correction, bool keepdim) {
  return apply(kStd, {x}, moment_of(x, dims, correction, keepdim, kStd));
}
std::array<Variable, 2> var_mean(const Operand& x, const Dims& dims, double correction, bool keepdim) {
  return with_mean(kVarMean, x, dims, correction, keepdim);
}
std::array<Variable, 2> std_mean(const Operand& x, const Dims& dims, double correction, bool keepdim) {
  return with_mean(kStdMean, x, dims, correction, keepdim);
}

}  // namespace tapegrad
