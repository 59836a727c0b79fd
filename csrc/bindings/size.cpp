// tapegrad.Size: a tuple that prints as what it is.

#include "bindings/dtype.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

PyTypeObject* size_type = nullptr;

PyObject* size_repr(PyObject* self) {
  return guarded([&]() -> PyObject* {
    const py::object list = steal(PySequence_List(self));
    return checked(PyUnicode_FromFormat("tapegrad.Size(%R)", list.ptr()));
  });
}

PyObject* size_numel(PyObject* self, PyObject*) {
  return guarded([&]() -> PyObject* {
    py::object product = py::int_(1);
    for (const py::handle size : borrow(self)) product = product * size;
    return product.release().ptr();
  });
}

PyMethodDef methods[] = {
    {"numel", size_numel, METH_NOARGS, "numel()\n--\n\nNumber of elements of an array of this size."},
    {nullptr, nullptr, 0, nullptr}};
PyType_Slot slots[] = {{Py_tp_repr, reinterpret_cast<void*>(size_repr)},
                       {Py_tp_methods, methods},
                       {Py_tp_doc, const_cast<char*>("Sizes of the dimensions of a Variable: a tuple of ints.")},
                       {0, nullptr}};
PyType_Spec spec = {"tapegrad.Size", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

}  // namespace

PyObject* size_object(const Dims& dims) {
  PyObject* size = checked(size_type->tp_alloc(size_type, static_cast<Py_ssize_t>(dims.size())));
  for (std::size_t i = 0; i < dims.size(); ++i)
    PyTuple_SET_ITEM(size, static_cast<Py_ssize_t>(i), PyLong_FromLongLong(dims[i]));
  return size;
}

bool is_size(PyObject* object) { return Py_TYPE(object) == size_type; }

void register_size(py::object& m) {
  const py::tuple bases = py::make_tuple(borrow(reinterpret_cast<PyObject*>(&PyTuple_Type)));
  size_type = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpecWithBases(&spec, bases.ptr())));
  m.attr("Size") = borrow(reinterpret_cast<PyObject*>(size_type));
}

}  // namespace tapegrad::bindings
