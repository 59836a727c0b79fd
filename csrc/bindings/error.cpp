// C++ exceptions as Python's, and the host table that lets the library call back.

#include <new>

#include "bindings/arguments.h"
#include "bindings/call_site.h"
#include "bindings/define.h"
#include "bindings/register.h"
#include "core/host.h"

namespace tapegrad::bindings {

void set_python_error() noexcept {
  try {
    throw;
  } catch (const PythonError&) {
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const Refused& refused) {
    PyErr_Format(PyExc_TypeError, "%s is expected, not %s", refused.allowed, type_name(refused.object));
  } catch (const IndexError& error) {
    PyErr_SetString(PyExc_IndexError, error.what());
  } catch (const TypeError& error) {
    PyErr_SetString(PyExc_TypeError, error.what());
  } catch (const ValueError& error) {
    PyErr_SetString(PyExc_ValueError, error.what());
  } catch (const NotImplementedError& error) {
    PyErr_SetString(PyExc_NotImplementedError, error.what());
  } catch (const LinAlgError& error) {
    PyErr_SetString(import_attribute("tapegrad.linalg", "LinAlgError").ptr(), error.what());
  } catch (const MemoryError& error) {
    PyErr_SetString(PyExc_MemoryError, error.what());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (...) {
    PyErr_SetString(PyExc_SystemError, "unknown C++ exception");
  }
}

void warn(const char* message, PyObject* category) {
  if (PyErr_WarnEx(category, message, 1) < 0) throw PythonError{};
}

void register_host() {
  Host& table = host();
  table.holds_lock = [] { return PyGILState_Check() == 1; };
  table.release = []() -> void* { return PyEval_SaveThread(); };
  table.acquire = [](void* token) { PyEval_RestoreThread(static_cast<PyThreadState*>(token)); };
  table.poll_interrupt = [] {
    if (PyErr_CheckSignals() != 0) throw PythonError{};
  };
  table.drop = [](void* object) {
    const PyGILState_STATE state = PyGILState_Ensure();
    Py_DECREF(static_cast<PyObject*>(object));
    PyGILState_Release(state);
  };
  table.describe_site = describe_site;
  py::register_exception_translator([](std::exception_ptr pointer) {
    if (!pointer) return;
    try {
      std::rethrow_exception(pointer);
    } catch (const PythonError&) {
    } catch (const Refused&) {
      set_python_error();
    } catch (const Error&) {
      set_python_error();
    }
  });
}

}  // namespace tapegrad::bindings
