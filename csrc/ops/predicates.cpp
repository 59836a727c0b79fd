// What numbers are, and whether they are the same.

#include <cstring>

#include "ops/elementwise.h"
#include "ops/math.h"

namespace tapegrad {
namespace {

using kernels::UnaryFn;

template <UnaryFn fn>
constexpr Op::Row question(const char* name) {
  return {
      .name = name, .node = nullptr, .forward = unary_forward<fn>, .derivative = nullptr, .category = Category::Unary};
}
const Op kIsNan(question<UnaryFn::IsNan>("isnan"));
const Op kIsInf(question<UnaryFn::IsInf>("isinf"));
const Op kIsPosInf(question<UnaryFn::IsPosInf>("isposinf"));
const Op kIsNegInf(question<UnaryFn::IsNegInf>("isneginf"));
const Op kIsFinite(question<UnaryFn::IsFinite>("isfinite"));
const Op kSignBit(question<UnaryFn::SignBit>("signbit"));

bool all_of(const Variable& answers) {
  const Variable whole = all(answers);
  return *whole.tensor().data_as<bool>();
}

}  // namespace

Variable isnan(const Operand& x) { return apply(kIsNan, {x}); }
Variable isinf(const Operand& x) { return apply(kIsInf, {x}); }
Variable isposinf(const Operand& x) { return apply(kIsPosInf, {x}); }
Variable isneginf(const Operand& x) { return apply(kIsNegInf, {x}); }
Variable isfinite(const Operand& x) { return apply(kIsFinite, {x}); }
Variable signbit(const Operand& x) { return apply(kSignBit, {x}); }
Variable isreal(const Operand& x) { return full(x.tensor().shape(), Scalar(true), DType::Bool); }

Variable isclose(const Operand& a, const Operand& b, double rtol, double atol, bool equal_nan) {
  if (a.tensor().dtype() != b.tensor().dtype()) {
    fail<Error>(name(a.tensor().dtype()), " did not match ", name(b.tensor().dtype()),
                ": isclose() takes two arrays of one dtype");
  }
  if (!(rtol >= 0)) fail<Error>("rtol must be greater than or equal to zero, but got ", rtol);
  if (!(atol >= 0)) fail<Error>("atol must be greater than or equal to zero, but got ", atol);
  const Variable x = detach(a.variable()), y = detach(b.variable());
  Variable close = eq(x, y);
  if (equal_nan && is_floating(x.dtype())) close = logical_or(close, logical_and(isnan(x), isnan(y)));
  if (rtol == 0 && atol == 0) return close;
  const Variable expected = to(y, to_floating(y.dtype()));
  const Variable allowed = abs(mul(expected, rtol)) + atol;
  const Variable apart = abs(to(x, to_floating(x.dtype())) - expected);
  return logical_or(close, logical_and(isfinite(apart), le(apart, allowed)));
}
bool allclose(const Operand& a, const Operand& b, double rtol, double atol, bool equal_nan) {
  return all_of(isclose(a, b, rtol, atol, equal_nan));
}
bool equal(const Variable& a, const Variable& b) { return a.shape() == b.shape() && all_of(eq(detach(a), detach(b))); }

}  // namespace tapegrad
