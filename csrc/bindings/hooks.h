#pragma once
// Hooks: registering what Python wants called, see Note [Hooks] in graph/hooks.h.

#include "bindings/python.h"
#include "core/host.h"

namespace tapegrad::bindings {

/// Adds `hook` to a table, made when it is the first: a RemovableHandle. Raises TypeError for what cannot be called.
PyObject* add_hook(HostObject& table, PyObject* hook);

}  // namespace tapegrad::bindings
