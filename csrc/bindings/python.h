#pragma once
// What every file of the bindings needs: Python, pybind11's objects, and C++ exceptions turned into Python's.
//
// Note [Half of pybind11]: <pybind11/pybind11.h>, which functions and classes are defined with, costs every file that
// includes it some five seconds of the compiler's, most of them for code that it then throws away. It is included where
// something is defined with it (define.h).

#include <pybind11/cast.h>

#include <atomic>
#include <exception>

#include "core/error.h"

namespace tapegrad::bindings {

namespace py = pybind11;

/// A Python exception has been set; unwinds to the next `guarded`.
struct PythonError {};

/// Sets the Python exception that belongs to the C++ one being handled.
void set_python_error() noexcept;

/// Runs `body` for a slot or method: its result, or null (-1 for an int) with the Python exception set.
template <class F>
auto guarded(F&& body) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (...) {
    set_python_error();
    if constexpr (std::is_pointer_v<decltype(body())>) return nullptr;
    else return -1;
  }
}

/// A new reference that must not be null.
inline PyObject* checked(PyObject* object) {
  if (!object) throw PythonError{};
  return object;
}
/// What bool() gives of it.
inline bool is_true(PyObject* object) {
  const int truth = PyObject_IsTrue(object);
  if (truth < 0) throw PythonError{};
  return truth == 1;
}
inline py::object steal(PyObject* object) { return py::reinterpret_steal<py::object>(checked(object)); }
inline py::object borrow(PyObject* object) { return py::reinterpret_borrow<py::object>(object); }

/// An attribute of a Python module.
inline py::object import_attribute(const char* module, const char* name) {
  return steal(PyImport_ImportModule(module)).attr(name);
}

/// A Python object that is made at its first use and then kept for good. Threads that come at once may each make one,
/// of which the first is kept. (The initialiser of a local static must not run Python code: that may give up the
/// interpreter's lock while the static's own is held, and another thread then waits for each with the other.)
class Kept {
 public:
  /// The object, borrowed; `make()` gives it, as a py::object, the first time.
  template <class F>
  PyObject* get(F&& make) {
    PyObject* object = object_.load(std::memory_order_acquire);
    if (object) [[likely]]
      return object;
    py::object made = make();
    if (!object_.compare_exchange_strong(object, made.ptr(), std::memory_order_acq_rel)) return object;
    return made.release().ptr();
  }

 private:
  std::atomic<PyObject*> object_ = nullptr;
};

/// An attribute of a Python module, looked up at its first use.
class Imported {
 public:
  constexpr Imported(const char* module, const char* name) : module_(module), name_(name) {}
  PyObject* get() {
    return object_.get([this] { return import_attribute(module_, name_); });
  }
  PyTypeObject* type() { return reinterpret_cast<PyTypeObject*>(get()); }

 private:
  const char* module_;
  const char* name_;
  Kept object_;
};

/// A UserWarning (or the category given) at the caller's line.
void warn(const char* message, PyObject* category = PyExc_UserWarning);

/// "int", "numpy.ndarray": a type as messages name it.
inline const char* type_name(PyObject* object) { return Py_TYPE(object)->tp_name; }

}  // namespace tapegrad::bindings
