#include "bindings/arguments.h"

#include "bindings/array.h"
#include "bindings/sequence.h"
#include "graph/grad_mode.h"
#include "ops/ops.h"

namespace tapegrad::bindings {

bool is_ndarray(PyObject* object) {
  static constinit Imported type{"numpy", "ndarray"};
  return PyObject_TypeCheck(object, type.type());
}

namespace {

bool is_numpy_scalar(PyObject* object) {
  static constinit Imported type{"numpy", "generic"};
  return PyObject_TypeCheck(object, type.type());
}

Scalar from_int(PyObject* object) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (overflow > 0) {
    const unsigned long long large = PyLong_AsUnsignedLongLong(object);
    if (!PyErr_Occurred()) return Scalar(static_cast<std::uint64_t>(large));
    PyErr_Clear();
  }
  if (overflow) fail<Error>("Overflow: a Python int that does not fit 64 bits cannot be an operand: make it a float");
  if (value == -1 && PyErr_Occurred()) throw PythonError{};
  return Scalar(static_cast<std::int64_t>(value));
}

}  // namespace

std::optional<Scalar> to_scalar(PyObject* object) {
  if (PyFloat_Check(object)) return Scalar(PyFloat_AS_DOUBLE(object));
  if (PyBool_Check(object)) return Scalar(object == Py_True);
  if (PyLong_Check(object)) return from_int(object);
  if (!is_numpy_scalar(object)) return {};
  const char kind = borrow(object).attr("dtype").attr("kind").cast<char>();
  if (kind == 'b') return Scalar(is_true(object));
  if (kind == 'i' || kind == 'u') return from_int(steal(PyNumber_Index(object)).ptr());
  if (kind == 'f') return Scalar(PyFloat_AsDouble(object));
  return {};
}

py::object as_numpys_functions_take_it(PyObject* object) {
  return import_attribute("tapegrad._numpy.convert", "as_variable")(borrow(object));
}

namespace {

/// Raises TypeError for a numpy.matrix, whose `*` and `**` are not those of arrays.
void check_no_matrix(PyObject* array) {
  static constinit Imported matrix{"numpy", "matrix"};
  if (PyObject_TypeCheck(array, matrix.type()))
    fail<TypeError>(
        "a numpy.matrix multiplies as matrices do and a Variable element by element: take "
        "numpy.asarray() of it first, and @ for the matrix product");
}

}  // namespace

void OperandArgument::convert(PyObject* object) {
  if (const auto scalar = to_scalar(object)) {
    operand_ = *scalar;
  } else if (is_ndarray(object)) {
    check_no_matrix(object);
    try {
      owned_ = from_array(object);
    } catch (const TypeError&) {  // of a dtype that is none of ours, which another one may hold all values of
      owned_ = variable_of(as_numpys_functions_take_it(object).ptr());
    }
    operand_ = static_cast<const Variable&>(owned_);
  } else if (is_variable(object)) {
    usable_ = true;
  } else if (has_array_interface(object) && PyObject_HasAttrString(object, "__pandas_priority__")) {
    // A column or table of pandas, which leaves its operators to us.
    owned_ = from_array(as_array(object).ptr());
    operand_ = static_cast<const Variable&>(owned_);
  } else {
    usable_ = false;
  }
}

Variable as_variable(PyObject* object, std::optional<DType> dtype) {
  // A number of NumPy's that is to be of another dtype has to fit it, as those in lists have.
  const auto is_number = [&] { return is_plain_number(object) || (dtype && is_numpy_scalar(object)); };
  Variable v;
  if (is_variable(object)) v = variable_of(object);
  else if (is_ndarray(object)) v = from_array(object);
  else if (is_number() || PyList_Check(object) || PyTuple_Check(object) || !has_array_interface(object))
    return from_sequence(object, dtype);
  else v = from_array(as_array(object).ptr());
  return dtype ? to(v, *dtype) : v;
}

Variable copy_variable(PyObject* object, std::optional<DType> dtype) {
  const Variable v = as_variable(object, dtype);
  const bool fresh = v.exclusively_owned();
  const GradModeGuard no_grad(false);
  return fresh ? v : contiguous(clone(detach(v)));
}

Scalar number_of(const Variable& v) {
  if (v.numel() != 1) fail<Error>("a Tensor with ", v.numel(), " elements cannot be converted to Scalar");
  const Tensor& tensor = v.tensor();
  return visit(v.dtype(), [&]<class T>() { return number_in(*tensor.data_as<T>()); });
}

bool truth_of(const Variable& v) {
  if (v.numel() != 1) {
    fail<Error>("Boolean value of Tensor with ", v.numel() == 0 ? "no" : "more than one", " value",
                v.numel() == 0 ? "" : "s", " is ambiguous: use .any() or .all()");
  }
  return number_of(v).to<bool>();
}

Scalar convertible_number(const Variable& v) {
  if (v.numel() != 1)
    fail<ValueError>("only one element tensors can be converted to Python scalars, not ", v.numel(), " elements");
  if (v.requires_grad() && GradMode::enabled()) {
    static bool warned = false;
    if (!warned) {
      warned = true;
      warn(
          "Converting a tensor with requires_grad=True to a scalar leaves the tape: no gradient will flow through the "
          "number. "
          "Use .item(), or .detach() first, to say that this is meant.");
    }
  }
  return number_of(v);
}

PyObject* int_object(const Scalar& number) {
  return checked(number.is_large() ? PyLong_FromUnsignedLongLong(number.to<std::uint64_t>())
                                   : PyLong_FromLongLong(number.to<std::int64_t>()));
}

PyObject* scalar_object(const Scalar& scalar) {
  switch (scalar.kind()) {
    case Kind::Bool: return Py_NewRef(scalar.to<bool>() ? Py_True : Py_False);
    case Kind::Integer: return int_object(scalar);
    case Kind::Float: return checked(PyFloat_FromDouble(scalar.to<double>()));
  }
  __builtin_unreachable();
}

Index to_index(PyObject* object) {
  const bool exact = PyLong_CheckExact(object);
  if (!exact && (PyFloat_Check(object) || PyBool_Check(object) || !PyIndex_Check(object)))
    throw Refused{object, "an int"};
  const Py_ssize_t value = exact ? PyLong_AsSsize_t(object) : PyNumber_AsSsize_t(object, PyExc_OverflowError);
  if (value == -1 && PyErr_Occurred()) throw PythonError{};
  return value;
}

std::string text_of(PyObject* object) {
  Py_ssize_t size = 0;
  const char* const text = PyUnicode_AsUTF8AndSize(object, &size);
  if (!text) throw PythonError{};
  return {text, static_cast<std::size_t>(size)};
}

std::size_t size_dim(Index dim, std::size_t ndim) {
  if (ndim == 0) fail<IndexError>("Dimension specified as ", dim, " but tensor has no dimensions");
  return wrap_dim(dim, ndim);
}

Dims to_dims(PyObject* object) {
  if (!PyTuple_Check(object) && !PyList_Check(object)) {
    if (PyIndex_Check(object) && !is_ndarray(object)) return {to_index(object)};
    if (!PySequence_Check(object) || PyUnicode_Check(object)) throw Refused{object, "an int or a tuple of ints"};
  }
  const py::object items = steal(PySequence_Fast(object, "a sequence of ints is expected"));
  Dims dims;
  each_item(items.ptr(), [&](PyObject* item) { dims.push_back(to_index(item)); });
  return dims;
}

std::vector<Variable> to_variables(PyObject* object) {
  if (is_variable(object) || !PySequence_Check(object) || PyUnicode_Check(object))
    throw Refused{object, "a tuple or list of Variables"};
  const py::object items = steal(PySequence_Fast(object, "a sequence of Variables is expected"));
  std::vector<Variable> variables;
  each_item(items.ptr(), [&](PyObject* item) {
    if (is_variable(item)) variables.push_back(variable_of(item));
    else if (is_ndarray(item)) variables.push_back(from_array(item));
    else throw Refused{item, "a Variable or an ndarray"};
  });
  return variables;
}

void check_device(PyObject* object) {
  if (object == Py_None) return;
  const std::string text = text_of(py::str(borrow(object)).ptr());
  if (text == "cpu" || text == "cpu:0") return;
  fail<Error>("tapegrad computes on the CPU only: device must be 'cpu', not '", text, "'");
}

Variable constructed(Variable v, PyObject* device, bool requires_grad) {
  check_device(device);
  if (GradMode::inference()) v.tensor().mark_inference();
  if (requires_grad) v.set_requires_grad(true);
  return v;
}

}  // namespace tapegrad::bindings
