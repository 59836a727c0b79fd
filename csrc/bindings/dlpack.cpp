// DLPack: a Variable's memory for other array libraries. NumPy's array on that memory does the work.

#include "bindings/array.h"
#include "bindings/function_table.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

py::object dlpack(const Variable& x, PyObject* stream, PyObject* max_version, PyObject* device, PyObject* copy) {
  if (x.requires_grad()) {
    PyErr_SetString(PyExc_BufferError,
                    "Can't export tensors that require gradient: use tensor.detach(), which leaves the tape");
    throw PythonError{};
  }
  // What the consumer did not ask for is not passed on: older versions of NumPy do not know all of it.
  py::dict asked;
  for (const auto& [name, value] :
       {std::pair{"stream", stream}, {"max_version", max_version}, {"dl_device", device}, {"copy", copy}})
    if (value != Py_None) asked[name] = borrow(value);
  return to_array(x).attr("__dlpack__")(**asked);
}

constexpr Function kTable[] = {
    function<dlpack>("__dlpack__(input, *, stream=None, max_version=None, dl_device=None, copy=None)",
                     "A DLPack capsule of its memory. Raises BufferError for what requires grad.", As::Method),
    function<[](const Variable& x) { return to_array(x).attr("__dlpack_device__")(); }>(
        "__dlpack_device__(input)", "The CPU, as DLPack numbers devices.", As::Method),
};

}  // namespace

void register_dlpack(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
