// The table of one instruction set.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {

void fill(VectorTable& table) {
  fill_unary(table);
  fill_math(table);
  fill_composed(table);
  fill_gamma(table);
  fill_arithmetic(table);
  fill_division(table);  // takes loops of fill_arithmetic
  fill_predicates(table);
  fill_convert(table);
  fill_reduce(table);
  fill_arg_reduce(table);
  fill_sort(table);
  fill_matmul(table);
  fill_random(table);
  fill_stream(table);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
