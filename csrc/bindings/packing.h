#pragma once
// Hooks of saved values.

#include "bindings/python.h"
#include "graph/saved_value.h"

namespace tapegrad::bindings {

/// Puts a pair of hooks between the graph and one value that it has saved already.
void pack_with(SavedValue& value, const py::object& pack, const py::object& unpack);

}  // namespace tapegrad::bindings
