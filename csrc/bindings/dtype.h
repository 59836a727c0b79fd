#pragma once
// tapegrad.dtype, tapegrad.Size, and the named tuples that reductions return.

#include <optional>

#include "bindings/python.h"
#include "core/dtype.h"
#include "core/shape.h"

namespace tapegrad::bindings {

/// The one object that stands for a dtype; borrowed.
PyObject* dtype_object(DType dtype);

/// Whether the object is one of these.
bool is_dtype(PyObject* object);

/// What to_dtype takes, in words.
inline constexpr const char* kDTypeNames =
    "a dtype (tapegrad.float32, float64, int8 to int64, uint8 to uint64 or bool, or NumPy's of the same name)";

/// The dtype that the object stands for, if it does.
std::optional<DType> find_dtype(PyObject* object);

/// Accepts a tapegrad dtype, a NumPy dtype or scalar type, or Python's bool, int and float. Raises TypeError.
DType to_dtype(PyObject* object);

/// A new tapegrad.Size.
PyObject* size_object(const Dims& dims);
bool is_size(PyObject* object);

}  // namespace tapegrad::bindings
