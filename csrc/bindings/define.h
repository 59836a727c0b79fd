#pragma once
// For the files that define functions and classes with pybind11 itself: Note [Half of pybind11].

#include <pybind11/pybind11.h>

#include <cstring>
#include <new>

namespace tapegrad::bindings {

/// The module that the register functions are given, as what pybind11 defines with.
inline pybind11::module_& module_of(pybind11::object& m) { return static_cast<pybind11::module_&>(m); }

/// A base of what pybind11 makes objects of. To an object from __new__ alone it gives memory that no constructor saw:
/// here that is zeros.
struct Zeroed {
  static void* operator new(std::size_t size) { return std::memset(::operator new(size), 0, size); }
  static void operator delete(void* memory) { ::operator delete(memory); }
};

}  // namespace tapegrad::bindings
