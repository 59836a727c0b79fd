#pragma once
// The Python object of a variable: tapegrad.Variable.
//
// Note [Wrapper and meta] A wrapper is made when Python first sees a variable, and found again by the pointer in its
// meta. It owns the meta. When the last Python reference goes while C++ still holds the meta (as another variable's
// .grad, say), a wrapper that could be told apart from a new one (attributes, weak references, a subclass) is kept:
// then the meta owns the wrapper instead, until Python sees it again.

#include "bindings/python.h"
#include "graph/node.h"  // a variable owns its node: whoever makes one needs the whole of it
#include "graph/variable.h"

namespace tapegrad::bindings {

struct VariableObject {
  PyObject ob_base;
  Variable variable;
  PyObject* dict;
  PyObject* weak_references;
};

/// The heap type; set by register_variable.
extern PyTypeObject* variable_type;

inline bool is_variable(PyObject* object) {
  return Py_TYPE(object) == variable_type || PyType_IsSubtype(Py_TYPE(object), variable_type);
}
inline const Variable& variable_of(PyObject* object) { return reinterpret_cast<VariableObject*>(object)->variable; }

/// Whether a class was ever derived from Variable: else nobody need look at the types of operands.
extern bool subclasses_exist;
/// A result as PyTorch gives it: of the subclass of Variable that an operand has. Takes `result` over.
PyObject* keep_subclass(PyObject* result, PyObject* const* operands, std::size_t count);

/// The variable's Python object: a new reference; None for an undefined variable.
PyObject* wrap(Variable v);
/// The same as an object of a subclass, for one that has no wrapper yet.
PyObject* wrap_as(PyTypeObject* type, Variable v);

}  // namespace tapegrad::bindings

namespace pybind11::detail {

template <>
struct type_caster<tapegrad::Variable> {
  PYBIND11_TYPE_CASTER(tapegrad::Variable, const_name("Variable"));
  bool load(handle source, bool) {
    if (!tapegrad::bindings::is_variable(source.ptr())) return false;
    value = tapegrad::bindings::variable_of(source.ptr());
    return true;
  }
  static handle cast(const tapegrad::Variable& v, return_value_policy, handle) { return tapegrad::bindings::wrap(v); }
};

}  // namespace pybind11::detail
