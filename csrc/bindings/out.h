#pragma once
// The out= argument: where a function writes its results.

#include <span>
#include <string_view>

#include "bindings/python.h"
#include "graph/variable.h"

namespace tapegrad::bindings {

/// Writes `result` (a Variable, or a tuple of them) to `out` (the same number of Variables), converted to their dtypes,
/// and gives `out` back as the function would have given its result; takes over the reference to `result`. An `out`
/// without elements takes the result's shape. Raises, with nothing written: TypeError for an `out` of another kind,
/// Error for one of another shape, of a dtype that cannot hold the result, or where gradients would have to be
/// recorded, or where it partly overlaps one of the `arguments` of the call.
PyObject* write_out(const char* function, PyObject* result, PyObject* out, std::span<PyObject* const> arguments);

/// Whether the `out` of a function must have the dtype of its result, as PyTorch asks of it; `several`: of a tuple.
bool out_dtype_is_exact(std::string_view function, bool several);

/// Copies what `function` gave to `self`, its own operand, and records that. Raises Error, with nothing written, where
/// the shape is another or the dtype cannot hold the result.
void write_back(const char* function, const Variable& self, const Variable& result);

}  // namespace tapegrad::bindings
