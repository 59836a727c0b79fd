// Subclasses of Variable: results keep the subclass, as PyTorch's do.

#include "bindings/register.h"
#include "bindings/variable.h"
#include "ops/ops.h"

namespace tapegrad::bindings {
namespace {

/// A class says with `_plain_results = True` that what is computed from its objects is of type Variable.
bool has_plain_results(PyTypeObject* type) {
  const py::object flag = py::getattr(borrow(reinterpret_cast<PyObject*>(type)), "_plain_results", py::none());
  return flag.ptr() == Py_True;
}

/// The most derived subclass of the operands: the first, unless a later one derives from it.
void find_subclass(PyObject* operand, PyTypeObject*& found) {
  if (PyTuple_Check(operand) || PyList_Check(operand)) {
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(operand); ++i) {
      PyObject* item = PySequence_Fast_GET_ITEM(operand, i);
      if (!PyTuple_Check(item) && !PyList_Check(item)) find_subclass(item, found);
    }
    return;
  }
  PyTypeObject* type = Py_TYPE(operand);
  if (type == variable_type || !is_variable(operand) || has_plain_results(type)) return;
  if (!found || PyType_IsSubtype(type, found)) found = type;
}

/// The same variable as an object of the type; nothing where others hold the object already.
PyObject* converted(PyObject* object, PyTypeObject* type) {
  if (Py_TYPE(object) != variable_type || Py_REFCNT(object) != 1) return object;
  Variable v = variable_of(object);
  Py_DECREF(object);
  return wrap_as(type, std::move(v));
}

// No row of a function table: its result is of the type asked for, whatever the operand's.
PyObject* as_subclass(PyObject* self, PyObject* cls) {
  return guarded([&]() -> PyObject* {
    if (!PyType_Check(cls) || !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(cls), variable_type))
      fail<TypeError>("as_subclass() takes a subclass of Variable, not ", type_name(cls));
    return wrap_as(reinterpret_cast<PyTypeObject*>(cls), alias(variable_of(self)));
  });
}
PyMethodDef method = {"as_subclass", as_subclass, METH_O,
                      "as_subclass($self, cls, /)\n--\n\nThe same values, and history, as an object of a subclass of "
                      "Variable."};

}  // namespace

PyObject* keep_subclass(PyObject* result, PyObject* const* operands, std::size_t count) {
  PyTypeObject* type = nullptr;
  for (std::size_t i = 0; i < count; ++i) find_subclass(operands[i], type);
  if (!type) return result;
  if (!PyTuple_Check(result) || Py_REFCNT(result) != 1) return converted(result, type);
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(result); ++i)
    PyTuple_SET_ITEM(result, i, converted(PyTuple_GET_ITEM(result, i), type));
  return result;
}

void register_subclass() {
  py::setattr(borrow(reinterpret_cast<PyObject*>(variable_type)), method.ml_name,
              steal(PyDescr_NewMethod(variable_type, &method)));
}

}  // namespace tapegrad::bindings
