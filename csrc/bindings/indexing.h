#pragma once
// x[key] and x[key] = value.

#include "bindings/variable.h"

namespace tapegrad::bindings {

/// Ints, slices, None, Ellipsis, boolean masks, integer arrays and sequences, and tuples of these, as NumPy reads them.
/// Raises IndexError for what is out of bounds or too many, ValueError for a step below 1.
Variable get_item(const Variable& x, PyObject* key);

/// Raises IndexError where a boolean mask does not have the sizes of the dimensions of `shape` from `dim` on.
void check_mask(const Variable& mask, const Dims& shape, std::size_t dim);

/// Writes `value` (a number, Variable or array that broadcasts to x[key]) in place. Raises as get_item does, and Error
/// where x may not be written.
void set_item(const Variable& x, PyObject* key, PyObject* value);

}  // namespace tapegrad::bindings
