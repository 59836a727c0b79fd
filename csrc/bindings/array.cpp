#include "bindings/array.h"

#include <pybind11/numpy.h>

#include <array>

#include "bindings/arguments.h"
#include "bindings/define.h"
#include "bindings/dtype.h"
#include "bindings/register.h"
#include "ops/ops.h"

namespace tapegrad::bindings {
namespace {

/// NumPy's dtype for ours.
py::dtype numpy_dtype(DType dtype) {
  static constinit std::array<Kept, kDTypes> dtypes;
  PyObject* found = dtypes[static_cast<std::size_t>(dtype)].get([&] { return py::dtype(std::string(name(dtype))); });
  return py::reinterpret_borrow<py::dtype>(found);
}

DType dtype_of_array(const py::array& array) {
  const char kind = array.dtype().kind();
  const auto bytes = array.itemsize();
  for (std::size_t i = 0; i < kDTypes; ++i) {
    const auto dtype = static_cast<DType>(i);
    const char own = dtype == DType::Bool ? 'b' : is_unsigned(dtype) ? 'u' : is_floating(dtype) ? 'f' : 'i';
    if (own == kind && static_cast<py::ssize_t>(itemsize(dtype)) == bytes) return dtype;
  }
  fail<TypeError>(
      "can't convert np.ndarray of type ", py::str(array.dtype()).cast<std::string>(),
      ". The only supported types are: float64, float32, int64, int32, int16, int8, uint64, uint32, uint16, "
      "uint8, and bool.");
}

bool usable_as_is(const py::array& array) {
  const auto native = array.dtype().attr("isnative").cast<bool>();
  if (!native || !array.attr("flags").attr("aligned").cast<bool>()) return false;
  for (py::ssize_t i = 0; i < array.ndim(); ++i)
    if (array.strides(i) % array.itemsize() != 0) return false;
  return true;
}

/// Raises TypeError for a masked array some of whose elements are masked.
void check_unmasked(PyObject* array) {
  if (!PyObject_HasAttrString(array, "mask") || !PyObject_HasAttrString(array, "filled")) return;
  const py::object masked = import_attribute("numpy", "any")(borrow(array).attr("mask"));
  if (is_true(masked.ptr()))
    fail<TypeError>(
        "a masked array has elements that are not there, and a Variable cannot say so: give a.filled(value), or "
        "a.compressed(), or keep the mask apart, as by tapegrad.where(mask, ...)");
}

}  // namespace

Variable from_array(PyObject* object) {
  static constinit Imported ndarray{"numpy", "ndarray"};
  if (Py_TYPE(object) != ndarray.type()) check_unmasked(object);
  auto array = py::reinterpret_borrow<py::array>(object);
  const DType dtype = dtype_of_array(array);
  if (!usable_as_is(array)) array = array.attr("astype")(numpy_dtype(dtype)).attr("copy")();
  Layout layout;
  for (py::ssize_t i = 0; i < array.ndim(); ++i) {
    layout.shape.push_back(array.shape(i));
    layout.strides.push_back(array.strides(i) / array.itemsize());
  }
  // The storage begins at the lowest address that the strides reach.
  const auto [low, high] = extent(layout.shape, layout.strides);
  layout.offset = -low;
  auto* lowest =
      static_cast<unsigned char*>(const_cast<void*>(array.data())) + low * static_cast<Index>(array.itemsize());
  const auto bytes = static_cast<std::size_t>(high - low + 1) * itemsize(dtype);
  const bool read_only = !array.writeable();
  auto storage = Storage::make(lowest, bytes, read_only, array.release().ptr());
  return Variable(make_ref<Tensor>(dtype, std::move(layout), std::move(storage), nullptr));
}

py::object to_array(const Variable& v) {
  const Tensor& tensor = v.tensor();
  std::vector<py::ssize_t> shape(tensor.shape().begin(), tensor.shape().end()), strides;
  for (const Index stride : tensor.strides()) strides.push_back(stride * static_cast<Index>(itemsize(v.dtype())));
  tensor.storage().set_foreign();
  py::array array(numpy_dtype(v.dtype()), shape, strides, tensor.data(), steal(wrap(detach(v))));
  if (tensor.storage().read_only()) array.attr("flags").attr("writeable") = false;
  return array;
}

int get_buffer(PyObject* self, Py_buffer* view, int flags) {
  view->obj = nullptr;
  return guarded([&] {
    const Variable& v = variable_of(self);
    if (v.requires_grad()) {
      PyErr_SetString(PyExc_BufferError, "Can't export tensors that require gradient: use tensor.detach()");
      throw PythonError{};
    }
    return PyObject_GetBuffer(to_array(v).ptr(), view, flags);  // which also holds the array
  });
}

bool has_array_interface(PyObject* object) {
  return PyObject_CheckBuffer(object)
             ? !PyBytes_Check(object) && !PyByteArray_Check(object)
             : PyObject_HasAttrString(object, "__array__") || PyObject_HasAttrString(object, "__array_interface__");
}

py::object as_array(PyObject* object) { return import_attribute("numpy", "asarray")(borrow(object)); }

void register_numpy(py::object& module) {
  auto& m = module_of(module);
  m.def(
      "from_numpy",
      [](const py::object& array) {
        if (!is_ndarray(array.ptr()))
          fail<TypeError>("from_numpy() expects a numpy.ndarray, not ", type_name(array.ptr()));
        return from_array(array.ptr());
      },
      py::arg("array").none(false),
      "A Variable on the memory of a numpy.ndarray, of its shape and dtype: writes to one are seen in the other. A "
      "read-only array "
      "gives a read-only Variable; negative strides are taken. Raises TypeError for another type or an unsupported "
      "dtype.");
}

}  // namespace tapegrad::bindings
