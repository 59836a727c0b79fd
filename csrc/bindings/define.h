#pragma once
// For the files that define functions and classes with pybind11 itself: Note [Half of pybind11].

#include <pybind11/pybind11.h>

namespace tapegrad::bindings {

/// The module that the register functions are given, as what pybind11 defines with.
inline pybind11::module_& module_of(pybind11::object& m) { return static_cast<pybind11::module_&>(m); }

}  // namespace tapegrad::bindings
