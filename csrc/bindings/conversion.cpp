// The table of conversions: other dtypes, and what PyTorch asks of complex numbers and devices.

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/math.h"

namespace tapegrad::bindings {
namespace {

bool is_device(PyObject* object) {
  return object == Py_None || PyUnicode_Check(object) ||
         (!is_variable(object) && PyObject_HasAttrString(object, "index") && PyObject_HasAttrString(object, "type"));
}

/// x.to(dtype), x.to(other), x.to(device), x.to(device, dtype); then perhaps non_blocking and copy.
Variable convert(const Variable& x, PyObject* args, std::optional<DType> dtype, PyObject* device, bool, bool copy,
                 MemoryFormat format) {
  check_device(device);
  const py::tuple given = PyTuple_Check(args) ? borrow(args) : py::object(py::make_tuple(borrow(args)));
  std::size_t next = 0;
  const auto flag_next = [&] { return next < given.size() && PyBool_Check(given[next].ptr()); };
  if (next < given.size() && is_variable(given[next].ptr())) {
    dtype = variable_of(given[next++].ptr()).dtype();
  } else {
    if (next < given.size() && is_device(given[next].ptr())) check_device(given[next++].ptr());
    if (next < given.size() && !flag_next()) {
      PyObject* const wanted = given[next++].ptr();
      if (wanted != Py_None) dtype = to_dtype(wanted);
    }
  }
  if (flag_next()) ++next;  // non_blocking, which is no matter here
  if (flag_next()) copy = given[next++].ptr() == Py_True;
  if (next < given.size())
    fail<TypeError>("to() takes (dtype), (other) or (device, dtype), then non_blocking and copy, which are bools; got ",
                    type_name(given[next].ptr()), " as number ", next + 1);
  const DType wanted = dtype.value_or(x.dtype());
  return wanted == x.dtype() && copy ? clone(x, format) : to(x, wanted, format);
}

constexpr const char* kLegacyNames[kDTypes] = {"Bool",  "Byte", "UInt16", "UInt32", "UInt64", "Char",
                                               "Short", "Int",  "Long",   "Float",  "Double"};

/// "tapegrad.FloatTensor", also as PyTorch's, or the constructor of that name; else a dtype.
DType to_type(PyObject* object) {
  std::string wanted;
  if (PyUnicode_Check(object)) {
    wanted = text_of(object);
    const std::size_t dot = wanted.find('.');
    if (dot == std::string::npos || (wanted.substr(0, dot) != "tapegrad" && wanted.substr(0, dot) != "torch"))
      fail<ValueError>("invalid type: '", wanted, "': a name as 'tapegrad.FloatTensor' is expected");
    wanted = wanted.substr(dot + 1);
  } else if (PyObject_HasAttrString(object, "make") || (PyCallable_Check(object) && !PyType_Check(object))) {
    wanted = text_of(py::str(borrow(object).attr("__name__")).ptr());
  } else {
    return to_dtype(object);
  }
  for (std::size_t i = 0; i < kDTypes; ++i)
    if (wanted == std::string(kLegacyNames[i]) + "Tensor") return static_cast<DType>(i);
  fail<ValueError>("invalid type: '", wanted, "'");
}

PyObject* type_or_convert(const Variable& x, PyObject* dtype, bool) {
  if (dtype != Py_None) return wrap(to(x, to_type(dtype)));
  const std::string text = std::string("tapegrad.") + kLegacyNames[static_cast<std::size_t>(x.dtype())] + "Tensor";
  return checked(PyUnicode_FromString(text.c_str()));
}

template <DType dtype>
Variable cast_to(const Variable& x, MemoryFormat format) {
  return to(x, dtype, format);
}

Variable itself(const Variable& x) { return x; }

constexpr Function kTable[] = {
    function<convert>("to(input, *args, dtype=None, device=None, non_blocking=False, copy=False, memory_format=None)",
                      "In another dtype, given as such or as another Variable's: itself where nothing changes, unless "
                      "`copy`. to(dtype), to(other), to(device), to(device, dtype), with or without the names.",
                      As::Method),
    function<type_or_convert>("type(input, dtype=None, non_blocking=False)",
                              "Name of its type, 'tapegrad.FloatTensor'; with such a name or a dtype, to(dtype).",
                              As::Method),
    function<[](const Variable& x, const Variable& other) { return to(x, other.dtype()); }>(
        "type_as(input, other)", "to(other.dtype).", As::Method),
    function<cast_to<DType::Float32>>("float(input, memory_format=None)", "to(tapegrad.float32).", As::Method),
    function<cast_to<DType::Float64>>("double(input, memory_format=None)", "to(tapegrad.float64).", As::Method),
    function<cast_to<DType::Int64>>("long(input, memory_format=None)", "to(tapegrad.int64).", As::Method),
    function<cast_to<DType::Int32>>("int(input, memory_format=None)", "to(tapegrad.int32).", As::Method),
    function<cast_to<DType::Int16>>("short(input, memory_format=None)", "to(tapegrad.int16).", As::Method),
    function<cast_to<DType::Int8>>("char(input, memory_format=None)", "to(tapegrad.int8).", As::Method),
    function<cast_to<DType::UInt8>>("byte(input, memory_format=None)", "to(tapegrad.uint8).", As::Method),
    function<cast_to<DType::Bool>>("bool(input, memory_format=None)",
                                   "to(tapegrad.bool): whether each element is non-zero.", As::Method),
    function<itself>("cpu(input)", "Itself: there is no other device.", As::Method),

    function<itself>("real(input)", "Itself: all numbers are real here.", As::Function),
    function<itself>("conj(input)", "Itself: all numbers are real here."),
    function<itself>("conj_physical(input)", "Itself: all numbers are real here.", As::BothOut),
    function<[](const Variable&) {}>("conj_physical_(input)", "Itself: all numbers are real here."),
    function<itself>("resolve_conj(input)", "Itself: all numbers are real here."),
    function<itself>("resolve_neg(input)", "Itself."),
    function<[](const Variable&) -> Variable {
      fail<Error>("imag is not implemented for tensors with non-complex dtypes.");
    }>("imag(input)", "Raises RuntimeError: all numbers are real here.", As::Function),
    function<[](const Variable&) { return false; }>("is_conj(input)", "False."),
    function<[](const Variable&) { return false; }>("is_neg(input)", "False."),
    function<[](const Variable&) { return false; }>("is_complex(input)", "False: all numbers are real here."),
    function<[](const Variable& x) {
      if (x.ndim() < 2)
        fail<Error>("tensor.adjoint() is only supported on matrices or batches of matrices. Got ", x.ndim(),
                    "-D tensor.");
      return matrix_transpose(x);
    }>("adjoint(input)", "mT: all numbers are real here."),
    function<angle>("angle(input)", "pi for negative numbers, else 0; integers give float32.", As::BothOut),
};

}  // namespace

void register_conversion(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
