#include "bindings/dtype.h"

#include <algorithm>
#include <array>
#include <string>

#include "bindings/define.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

/// What Python sees of a dtype; one object for each, compared by identity.
struct DTypeObject : Zeroed {
  DType value;
};

std::array<PyObject*, kDTypes> objects{};

std::string qualified(DType dtype) { return std::string("tapegrad.") + name(dtype); }

/// NumPy's name of the dtype that `object` stands for ("float64"), or "" where NumPy does not know it.
std::string numpy_name(PyObject* object) {
  if (!PyType_Check(object) && !py::hasattr(object, "kind") && !PyUnicode_Check(object)) return "";
  try {
    return import_attribute("numpy", "dtype")(borrow(object)).attr("name").cast<std::string>();
  } catch (py::error_already_set&) {
    return "";
  }
}

}  // namespace

PyObject* dtype_object(DType dtype) { return objects[static_cast<std::size_t>(dtype)]; }

bool is_dtype(PyObject* object) { return std::find(objects.begin(), objects.end(), object) != objects.end(); }

std::optional<DType> find_dtype(PyObject* object) {
  for (std::size_t i = 0; i < kDTypes; ++i)
    if (objects[i] == object) return static_cast<DType>(i);
  // Python's own types are the defaults of their kind, as in PyTorch.
  if (object == reinterpret_cast<PyObject*>(&PyBool_Type)) return DType::Bool;
  if (object == reinterpret_cast<PyObject*>(&PyLong_Type)) return DType::Int64;
  if (object == reinterpret_cast<PyObject*>(&PyFloat_Type)) return DType::Float64;
  const std::string wanted = numpy_name(object);
  for (std::size_t i = 0; i < kDTypes; ++i)
    if (wanted == name(static_cast<DType>(i))) return static_cast<DType>(i);
  return {};
}

DType to_dtype(PyObject* object) {
  if (const auto dtype = find_dtype(object)) return *dtype;
  const std::string wanted = numpy_name(object);
  fail<TypeError>(kDTypeNames, " is expected, not ", wanted.empty() ? std::string(type_name(object)) : wanted);
}

void register_dtype(py::object& module) {
  auto& m = module_of(module);
  py::class_<DTypeObject>(
      m, "dtype", "Type of the elements of a Variable. Use the instances: tapegrad.float32, tapegrad.int64, ...")
      .def_property_readonly(
          "itemsize", [](const DTypeObject& d) { return itemsize(d.value); }, "Bytes of an element.")
      .def_property_readonly(
          "is_floating_point", [](const DTypeObject& d) { return is_floating(d.value); },
          "Whether its elements are floating-point numbers.")
      .def_property_readonly(
          "is_complex", [](const DTypeObject&) { return false; }, "False: there are no complex dtypes.")
      .def_property_readonly(
          "is_signed", [](const DTypeObject& d) { return is_signed(d.value); }, "Whether its elements may be negative.")
      .def("__repr__", [](const DTypeObject& d) { return qualified(d.value); })
      .def("__reduce__", [](const DTypeObject& d) { return std::string(name(d.value)); });
  for (std::size_t i = 0; i < kDTypes; ++i) {
    const auto dtype = static_cast<DType>(i);
    py::object object = py::cast(DTypeObject{{}, dtype});
    m.attr(name(dtype)) = object;
    objects[i] = object.release().ptr();
  }
}

}  // namespace tapegrad::bindings
