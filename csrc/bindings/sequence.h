#pragma once
// Numbers and nested sequences of them, as arrays; and back.

#include <optional>

#include "bindings/variable.h"

namespace tapegrad::bindings {

/// An array of a number or of nested lists and tuples. The dtype is that of all elements together: bool, int64,
/// float32. Raises ValueError for ragged nesting, TypeError for elements that are not numbers.
Variable from_sequence(PyObject* object, std::optional<DType> dtype);

/// A number, or nested lists of numbers.
py::object to_list(const Variable& v);

}  // namespace tapegrad::bindings
