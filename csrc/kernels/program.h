#pragma once
// Programs: block functions one after another on operands of one length, computed block by block, so that what lies
// between stays in the first-level cache. A formula (kernels/formula.h) is put together when the library is compiled, a
// program when it runs.

#include <span>

#include "core/shape.h"
#include "kernels/vector_table.h"

namespace tapegrad::kernels {

struct Instruction {
  /// An array without gaps, one element for all, or the result of an earlier instruction.
  struct Operand {
    const void* data = nullptr;  // null: a result
    std::size_t result = 0;
    bool repeated = false;  // one element
  };
  BlockFn function = nullptr;
  bool costly = false;
  std::size_t count = 0;  // of operands
  Operand in[kMostOperands];
  /// Where the result is wanted, without gaps; null where only later instructions need it. For the last instruction it
  /// may be the memory of an array that instructions read; none may overlap one otherwise.
  void* out = nullptr;
};

inline constexpr std::size_t kLongestProgram = 16;

/// Runs 1 to kLongestProgram instructions, whose operands and results are `count` elements of dtype t.
void run(std::span<const Instruction> program, DType t, Index count);

}  // namespace tapegrad::kernels
