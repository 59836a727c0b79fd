#pragma once
// Planes of memory turned over.

#include "core/shape.h"

namespace tapegrad::kernels {

/// to[row][column] = from[column][row] for elements of `item` bytes. The rows of `to`, and the columns of `from`, are
/// contiguous; `to_step` is the way from row to row of the one, `from_step` from column to column of the other, in
/// bytes.
struct Plane {
  unsigned char* to;
  const unsigned char* from;
  Index item, rows, columns, to_step, from_step;
};

/// Rows that make good use of a cache line of `from`: work is best cut into multiples of it.
inline constexpr Index kTransposeRows = 16;

/// Transposes the rows [first, last).
void transpose(const Plane& plane, Index first, Index last);

}  // namespace tapegrad::kernels
