#pragma once
// NumPy arrays in and out, on the same memory.

#include "bindings/variable.h"

namespace tapegrad::bindings {

/// A variable on an ndarray's memory, of its shape, strides and dtype; read-only where the array is. An array in
/// another byte order, or not aligned, is copied. Raises TypeError for a dtype that there is none for.
Variable from_array(PyObject* object);

/// An ndarray on the variable's memory, which it keeps alive.
py::object to_array(const Variable& v);

/// The buffer protocol's slot, by way of such an ndarray. BufferError for what requires grad.
int get_buffer(PyObject* self, Py_buffer* view, int flags);

/// Whether numpy.asarray has something to take hold of: __array__, __array_interface__, or a buffer.
bool has_array_interface(PyObject* object);
py::object as_array(PyObject* object);

}  // namespace tapegrad::bindings
