// copy, deepcopy and pickle: what is copied lives in Python, tapegrad._copying.

#include "bindings/function_table.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

PyObject* type_of_results(const std::string& name, const py::object& fields) {
  std::vector<std::string> texts;
  for (const py::handle field : fields) texts.push_back(text_of(field.ptr()));
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
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
