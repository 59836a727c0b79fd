// copy, deepcopy and pickle: what is copied lives in Python, tapegrad._copying.

#include "bindings/function_table.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

PyObject* type_of_results(const std::string& name, const py::object& fields) {
  std::vector<std::string> texts(py::len(fields));
  std::vector<const char*> pointers(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i] = text_of(py::object(fields[py::int_(i)]).ptr());
    pointers[i] = texts[i].c_str();
  }
  return Py_NewRef(reinterpret_cast<PyObject*>(named_type(name.c_str(), pointers)));
}

constexpr Function kTable[] = {
    function<[](const Variable& x) { return import_attribute("tapegrad._copying", "shallow_copy")(x); }>(
        "__copy__(input)", "A leaf on the same memory, with the same attributes.", As::Method),
    function<[](const Variable& x, PyObject* memo) {
      return import_attribute("tapegrad._copying", "deep_copy")(x, borrow(memo));
    }>("__deepcopy__(input, memo)", "A leaf with a copy of value, gradient and attributes; hooks stay behind.",
       As::Method),
    function<[](const Variable& x, PyObject* protocol) {
      return import_attribute("tapegrad._copying", "reduce")(x, borrow(protocol));
    }>("__reduce_ex__(input, protocol)", "For pickle: value, requires_grad and attributes.", As::Method),
    function<[](const std::string& name, PyObject* fields) { return type_of_results(name, borrow(fields)); }>(
        "_named_type(name, fields)", "The type of the results of the function of this name.", As::Function),
};

}  // namespace

void register_copying(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
