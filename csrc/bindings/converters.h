#pragma once
// Between Python objects and the C++ types of a function's parameters and result: what the function table
// (function_table.h) is made with. A type of parameter more is a Converter more.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bindings/arguments.h"
#include "bindings/dtype.h"
#include "bindings/memory_format.h"
#include "bindings/node.h"
#include "ops/ops.h"

namespace tapegrad::bindings {

// --- converters: from a slot to a C++ parameter
// ------------------------------------------------------------------------

template <class T>
struct Converter;

template <>
struct Converter<Operand> {
  explicit Converter(PyObject* object) : argument(object) {
    if (!argument || argument.get().is_scalar()) throw Refused{object, "a Variable or an ndarray"};
  }
  const Operand& get() const { return argument.get(); }
  OperandArgument argument;
};

/// An operand that may be a number too.
struct Number : Operand {
  Number(const Operand& o) : Operand(o) {}
};
template <>
struct Converter<Number> {
  explicit Converter(PyObject* object) : argument(object) {
    if (!argument) throw Refused{object, "a Variable, an ndarray or a number"};
  }
  Number get() const { return argument.get(); }
  OperandArgument argument;
};

template <>
struct Converter<Variable> {
  explicit Converter(PyObject* object) : argument(object) {}
  const Variable& get() const { return argument.get().variable(); }
  Converter<Operand> argument;
};

/// A Variable as a number that no gradient is to flow to: refused where one would be lost.
inline const Variable& without_gradient(PyObject* object) {
  const Variable& v = variable_of(object);
  if (v.requires_grad() && GradMode::enabled())
    throw Refused{object, "a number without a gradient (.detach() says that none is to flow back)"};
  return v;
}

template <>
struct Converter<Scalar> {
  explicit Converter(PyObject* object) {
    if (const auto scalar = to_scalar(object)) value = *scalar;
    else if (is_variable(object)) value = number_of(without_gradient(object));
    else throw Refused{object, "a number"};
  }
  Scalar get() const { return value; }
  Scalar value;
};

template <>
struct Converter<Index> {
  explicit Converter(PyObject* object) : value(to_index(object)) {}
  Index get() const { return value; }
  Index value;
};

template <>
struct Converter<bool> {
  explicit Converter(PyObject* object) {
    if (!PyBool_Check(object)) throw Refused{object, "a bool"};
    value = object == Py_True;
  }
  bool get() const { return value; }
  bool value;
};

/// None is an empty list of dimensions.
template <>
struct Converter<Dims> {
  explicit Converter(PyObject* object) : value(object == Py_None ? Dims{} : to_dims(object)) {}
  const Dims& get() const { return value; }
  Dims value;
};

template <>
struct Converter<double> {
  explicit Converter(PyObject* object) : number(object) {}
  double get() const { return number.value.to<double>(); }
  Converter<Scalar> number;
};

template <>
struct Converter<std::string> {
  explicit Converter(PyObject* object) {
    if (!PyUnicode_Check(object)) throw Refused{object, "a str"};
    value = text_of(object);
  }
  const std::string& get() const { return value; }
  std::string value;
};

template <>
struct Converter<DType> {
  explicit Converter(PyObject* object) {
    if (const auto found = find_dtype(object)) value = *found;
    else throw Refused{object, kDTypeNames};
  }
  DType get() const { return value; }
  DType value{};
};

/// None preserves.
template <>
struct Converter<MemoryFormat> {
  explicit Converter(PyObject* object) {
    if (object == Py_None) return;
    if (const auto found = find_memory_format(object)) value = *found;
    else throw Refused{object, "a memory_format (tapegrad.preserve_format, contiguous_format, channels_last, ...)"};
  }
  MemoryFormat get() const { return value; }
  MemoryFormat value = MemoryFormat::Preserve;
};

template <>
struct Converter<std::vector<Variable>> {
  explicit Converter(PyObject* object) : value(to_variables(object)) {}
  const std::vector<Variable>& get() const { return value; }
  std::vector<Variable> value;
};

template <>
struct Converter<PyObject*> {
  explicit Converter(PyObject* object) : value(object) {}
  PyObject* get() const { return value; }
  PyObject* value;
};

template <class T>
struct Converter<std::optional<T>> {
  explicit Converter(PyObject* object) {
    if (object != Py_None) inner.emplace(object);
  }
  std::optional<T> get() const { return inner ? std::optional<T>(inner->get()) : std::nullopt; }
  std::optional<Converter<T>> inner;
};

// --- results: from a C++ value to a new reference
// ------------------------------------------------------------------------

inline PyObject* to_python(Variable v) { return wrap(std::move(v)); }
inline PyObject* to_python(PyObject* object) { return object; }
inline PyObject* to_python(bool value) { return PyBool_FromLong(value); }
inline PyObject* to_python(Index value) { return checked(PyLong_FromLongLong(value)); }
inline PyObject* to_python(const Dims& dims) { return size_object(dims); }
inline PyObject* to_python(py::object object) { return object.release().ptr(); }
PyObject* to_python(std::span<const Variable> variables);  // a tuple
/// A plain tuple, where size_object() would be a Size.
PyObject* tuple_of(const Dims& dims);

/// A named tuple, of the type tapegrad.return_types.<name>, whose fields have these names.
template <std::size_t N>
struct Named {
  const char* name;
  std::array<const char*, N> fields;
};
PyTypeObject* named_type(const char* name, std::span<const char* const> fields);  // borrowed
PyObject* named_tuple(const char* name, std::span<const char* const> fields, std::span<const Variable> values);
template <std::size_t N>
PyObject* named_tuple(const Named<N>& names, const std::array<Variable, N>& values) {
  return named_tuple(names.name, names.fields, values);
}

}  // namespace tapegrad::bindings
