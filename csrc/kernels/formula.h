#pragma once
// Formulas: functions of several operands made of the elementwise functions, computed block by block, so that what lies
// between stays in the first-level cache.
//
// A formula is written once, as a generic lambda without captures. Called with variables it is ops, which the tape can
// record; called with terms (formula_terms.h) it is a kernel. Both round alike.

#include <span>
#include <type_traits>

#include "core/dtype.h"
#include "kernels/elementwise.h"
#include "kernels/formula_blocks.h"
#include "kernels/vector_table.h"

namespace tapegrad::kernels {

/// A formula of some operands, and the sum of a first operand and it: their block functions for a floating dtype.
struct Formula {
  BlockFn (*plain)(DType);
  BlockFn (*added)(DType);
  bool costly;
  bool product;  // of the operands, which are two
};

template <auto f, std::size_t N>
inline constexpr Formula kFormula = [] {
  constexpr auto added = [](auto sum, auto... operands) { return sum + f(operands...); };
  using E = std::remove_const_t<decltype(formula::expression<f, N>)>;
  using Product = formula::Binary<BinaryFn::Mul, formula::Argument<0>, formula::Argument<1>>;
  return Formula{formula::Blocks<f, N>::of, formula::Blocks<added, N + 1>::of, formula::costly<E>,
                 std::is_same_v<E, Product>};
}();

/// out = function(in...), of at most kMostOperands that broadcast to out's shape. All tensors have out's dtype. `out`
/// may be one of them, but must not overlap one otherwise, nor itself.
void compute(BlockFn function, bool costly, Tensor& out, std::span<const Input> in);

/// The same of numbers, one value of dtype t.
void compute_one(BlockFn function, DType t, void* out, std::span<const Input> in);

}  // namespace tapegrad::kernels
