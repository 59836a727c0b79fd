#pragma once
// What the rows of reductions have in common: attributes, a forward, and how results lie beside what they are of.

#include "kernels/reduce.h"

#include "ops/elementwise.h"

namespace tapegrad {

/// Which dimensions go, whether they stay as sizes of 1, the shape they came from, and the dtype that is reduced in.
struct ReduceAttributes {
  Dims shape;
  std::uint64_t mask;
  bool keepdim;
  DType dtype;
  /// The dimensions that go.
  Dims dims() const {
    Dims reduced;
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (mask >> i & 1) reduced.push_back(static_cast<Index>(i));
    return reduced;
  }
  std::vector<Field> fields() const { return {{"dim", dims()}, {"keepdim", keepdim}, {"self_sym_sizes", shape}}; }
};

inline ReduceAttributes reduction(const Operand& x, const Dims& dims, bool keepdim, std::optional<DType> dtype = {}) {
  const Tensor& t = x.tensor();
  return {t.shape(), dim_mask(dims, t.ndim()), keepdim, dtype.value_or(t.dtype())};
}

/// Integers and bools are summed and multiplied in int64, unless a dtype is asked for.
constexpr DType summed_in(DType t) { return is_integral(t) ? DType::Int64 : t; }

inline Index count_reduced(const ReduceAttributes& a) {
  Index count = 1;
  for (std::size_t i = 0; i < a.shape.size(); ++i)
    if (a.mask >> i & 1) count *= a.shape[i];
  return count;
}

inline Dims result_shape(const ReduceAttributes& a) { return reduced_shape(a.shape, a.mask, a.keepdim); }

template <kernels::ReduceFn fn>
void reduce_forward(Call& call) {
  const auto& a = call.attributes<ReduceAttributes>();
  constexpr bool kLogical = fn == kernels::ReduceFn::All || fn == kernels::ReduceFn::Any;
  Tensor& out = call.new_output(kLogical ? DType::Bool : a.dtype, result_shape(a));
  kernels::reduce(fn, out, call.tensor(0), a.mask);
}

/// Max, min and their kind have no value over nothing.
template <class E>
void check_not_empty(const ReduceAttributes& a, const char* op) {
  if (count_reduced(a) > 0 || count_elements(reduced_shape(a.shape, a.mask, false)) == 0) return;
  fail<E>(op, "(): Expected reduction dim to have non-zero size: the shape is ", to_string(a.shape),
          "; specify a dim that is not empty");
}

/// A result put beside the operand again: the reduced dimensions come back with size 1.
Variable aligned(Variable result, const ReduceAttributes& a);
/// The same, repeated to the operand's shape.
Variable spread(Variable gradient, const ReduceAttributes& a);
/// The sum over the reduced dimensions of what has the operand's shape; they stay with size 1.
Variable sum_reduced(const Variable& x, const ReduceAttributes& a);
/// The gradient in equal parts to the elements in `chosen`.
Variable share(Variable gradient, const Variable& chosen, const ReduceAttributes& a);

}  // namespace tapegrad
