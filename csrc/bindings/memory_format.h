#pragma once
// tapegrad.memory_format.

#include <optional>

#include "bindings/python.h"
#include "core/memory_format.h"

namespace tapegrad::bindings {

/// The format that the object stands for, if it does.
std::optional<MemoryFormat> find_memory_format(PyObject* object);

}  // namespace tapegrad::bindings
