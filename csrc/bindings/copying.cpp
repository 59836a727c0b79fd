// copy, deepcopy and pickle: what is copied lives in Python, tapegrad._copying.

#include "bindings/function_table.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

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
};

}  // namespace

void register_copying(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
