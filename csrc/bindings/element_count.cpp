// x.size: the number of elements, as NumPy has it, which called is PyTorch's method of that name.

#include <array>

#include "bindings/arguments.h"
#include "bindings/define.h"
#include "bindings/dtype.h"
#include "bindings/register.h"
#include "bindings/variable.h"

namespace tapegrad::bindings {
namespace {

/// What stands at `Variable.size`: gives a Variable's count, and of the class the method.
struct Descriptor {
  PyObject_HEAD PyObject* count_type;
  PyObject* method;
};

/// Counts by shape, since to make one costs more than all else; a shape has one place to be kept in.
struct Entry {
  Dims shape;
  PyObject* count = nullptr;
};

Entry& place_of(const Dims& shape) {
  static auto* const places = new std::array<Entry, 256>;
  std::size_t hash = shape.size();
  for (const Index size : shape) hash = hash * 31 + static_cast<std::size_t>(size);
  return (*places)[(hash ^ hash >> 8) % places->size()];
}

/// Where a count keeps its shape.
PyObject* shape_name() {
  static PyObject* const name = PyUnicode_InternFromString("shape");
  return name;
}

PyObject* count_of(const Descriptor& descriptor, const Variable& x) {
  const Dims& shape = x.shape();
  Entry& kept = place_of(shape);
  if (kept.count && kept.shape == shape) return Py_NewRef(kept.count);
  py::object count = borrow(descriptor.count_type)(x.numel());
  const py::object size = steal(size_object(shape));
  if (PyObject_GenericSetAttr(count.ptr(), shape_name(), size.ptr()) < 0) throw PythonError{};
  kept.shape = shape;
  Py_XDECREF(std::exchange(kept.count, count.inc_ref().ptr()));
  return count.release().ptr();
}

PyObject* get(PyObject* self, PyObject* object, PyObject*) {
  const auto& descriptor = *reinterpret_cast<Descriptor*>(self);
  if (!object || object == Py_None) return Py_NewRef(descriptor.method);
  return guarded([&] {
    if (!is_variable(object)) fail<TypeError>("size is of a Variable, not of ", type_name(object));
    return count_of(descriptor, variable_of(object));
  });
}

/// count(dim=None, *, axis=None): the shape, or one size of it.
PyObject* call(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return guarded([&]() -> PyObject* {
    const Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    if (count + named > 1) fail<TypeError>("size() takes one dimension, but was given ", count + named);
    for (Py_ssize_t i = 0; i < named; ++i) {
      PyObject* const name = PyTuple_GET_ITEM(names, i);
      if (PyUnicode_CompareWithASCIIString(name, "dim") != 0 && PyUnicode_CompareWithASCIIString(name, "axis") != 0)
        fail<TypeError>("size() got an unexpected keyword argument '", text_of(name), "'");
    }
    py::object shape = steal(PyObject_GetAttr(self, shape_name()));
    if (!PyTuple_Check(shape.ptr())) fail<TypeError>("the shape is a tuple, not ", type_name(shape.ptr()));
    if (count + named == 0 || args[0] == Py_None) return shape.release().ptr();
    if (!PyIndex_Check(args[0]) || PyBool_Check(args[0]))
      fail<TypeError>("size(): argument 'dim' must be an int, not ", type_name(args[0]));
    const Index dim = to_index(args[0]);
    const auto ndim = static_cast<std::size_t>(PyTuple_GET_SIZE(shape.ptr()));
    return Py_NewRef(PyTuple_GET_ITEM(shape.ptr(), static_cast<Py_ssize_t>(size_dim(dim, ndim))));
  });
}

PyMethodDef call_method = {"__call__", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(call)),
                           METH_FASTCALL | METH_KEYWORDS,
                           "__call__($self, dim=None, *, axis=None)\n--\n\n"
                           "The shape, or one size of it. Raises IndexError for a dimension that there is not."};

PyType_Slot slots[] = {{Py_tp_descr_get, reinterpret_cast<void*>(get)}, {0, nullptr}};
PyType_Spec spec = {"tapegrad._core._SizeDescriptor", sizeof(Descriptor), 0,
                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

/// Makes a subclass of int callable, and the descriptor that gives its instances.
py::object size_descriptor(const py::object& count_type, const py::object& method) {
  auto* const type = reinterpret_cast<PyTypeObject*>(count_type.ptr());
  count_type.attr("__call__") = steal(PyDescr_NewMethod(type, &call_method));
  static PyObject* const own_type = checked(PyType_FromSpec(&spec));
  auto* const descriptor = PyObject_New(Descriptor, reinterpret_cast<PyTypeObject*>(own_type));
  py::object result = steal(reinterpret_cast<PyObject*>(descriptor));
  descriptor->count_type = count_type.inc_ref().ptr();
  descriptor->method = method.inc_ref().ptr();
  return result;
}

}  // namespace

void register_element_count(py::object& module) {
  auto& m = module_of(module);
  m.def("_size_descriptor", size_descriptor, py::arg("count_type"), py::arg("method"),
        "What gives the counts of Variables, of that subclass of int; of the class Variable it gives the method.");
}

}  // namespace tapegrad::bindings
