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

/// What a tuple's own function gave, as a Size if it is a tuple.
PyObject* as_size(PyObject* tuple) {
  if (!tuple || !PyTuple_CheckExact(tuple)) return tuple;
  const Py_ssize_t count = PyTuple_GET_SIZE(tuple);
  PyObject* const size = size_type->tp_alloc(size_type, count);
  for (Py_ssize_t i = 0; size && i < count; ++i) PyTuple_SET_ITEM(size, i, Py_NewRef(PyTuple_GET_ITEM(tuple, i)));
  Py_DECREF(tuple);
  return size;
}

PyObject* size_item(PyObject* self, PyObject* key) {
  return as_size(PyTuple_Type.tp_as_mapping->mp_subscript(self, key));
}
/// One of them is a Size.
PyObject* size_add(PyObject* left, PyObject* right) {
  if (!PyTuple_Check(left) || !PyTuple_Check(right)) Py_RETURN_NOTIMPLEMENTED;
  return as_size(PyTuple_Type.tp_as_sequence->sq_concat(left, right));
}
PyObject* size_repeat(PyObject* self, Py_ssize_t count) {
  return as_size(PyTuple_Type.tp_as_sequence->sq_repeat(self, count));
}

PyMethodDef methods[] = {
    {"numel", size_numel, METH_NOARGS, "numel()\n--\n\nNumber of elements of an array of this size."},
    {nullptr, nullptr, 0, nullptr}};
PyType_Slot slots[] = {{Py_tp_repr, reinterpret_cast<void*>(size_repr)},
                       {Py_mp_subscript, reinterpret_cast<void*>(size_item)},
                       {Py_nb_add, reinterpret_cast<void*>(size_add)},
                       {Py_sq_repeat, reinterpret_cast<void*>(size_repeat)},
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
