// The table of constructors.

#include "bindings/define.h"
#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/written.h"

namespace tapegrad::bindings {
namespace {

using OptionalDType = std::optional<DType>;
constexpr DType kDefault = DType::Float32;

/// A number that elements of the dtype hold. Raises Error for another.
const Scalar& fitting(const Scalar& value, DType dtype) {
  check_fits(value, dtype);
  return value;
}

template <int value>
Variable constant(const Dims& size, OptionalDType dtype, PyObject* device, bool requires_grad) {
  return constructed(full(size, value, dtype.value_or(kDefault)), device, requires_grad);
}

Variable new_full(const Variable& x, const Dims& size, const Scalar& value, OptionalDType dtype, PyObject* device,
                  bool requires_grad) {
  const DType made = dtype.value_or(x.dtype());
  return constructed(full(size, fitting(value, made), made), device, requires_grad);
}

template <int value>
Variable new_constant(const Variable& x, const Dims& size, OptionalDType dtype, PyObject* device, bool requires_grad) {
  return new_full(x, size, value, dtype, device, requires_grad);
}

Variable filled_like(const Variable& x, const Scalar& value, OptionalDType dtype, PyObject* device, bool requires_grad,
                     MemoryFormat format) {
  const DType made = dtype.value_or(x.dtype());
  return constructed(full_like(x, fitting(value, made), made, format), device, requires_grad);
}

template <int value>
Variable constant_like(const Variable& x, OptionalDType dtype, PyObject* device, bool requires_grad,
                       MemoryFormat format) {
  return filled_like(x, value, dtype, device, requires_grad, format);
}

Variable make_tensor(PyObject* data, OptionalDType dtype, PyObject* device, bool requires_grad) {
  return constructed(copy_variable(data, dtype), device, requires_grad);
}

Variable as_tensor(PyObject* data, OptionalDType dtype, PyObject* device) {
  check_device(device);
  return as_variable(data, dtype);
}

/// arange(end), arange(start, end), arange(start, end, step).
Variable make_arange(const std::optional<Scalar>& start, const std::optional<Scalar>& end, const Scalar& step,
                     OptionalDType dtype, PyObject* device, bool requires_grad) {
  if (!start && !end) fail<TypeError>("arange() missing required argument 'end'");
  return constructed(end ? arange(start.value_or(0), *end, step, dtype) : arange(0, *start, step, dtype), device,
                     requires_grad);
}

Variable make_full(const Dims& size, const Scalar& value, OptionalDType dtype, PyObject* device, bool requires_grad) {
  const DType made = dtype.value_or(value.dtype());
  return constructed(full(size, fitting(value, made), made), device, requires_grad);
}

PyObject* common_dtype(const Number& a, const Number& b) {
  const Operand operands[] = {a, b};
  return Py_NewRef(dtype_object(result_type(operands)));
}

constexpr Function kTable[] = {
    function<make_tensor>("tensor(data, *, dtype=None, device=None, requires_grad=False)",
                          "A leaf with a copy of `data`: a number, nested sequences, an ndarray or a Variable. Arrays "
                          "keep their dtype; Python's "
                          "numbers give bool, int64 or float32. Raises ValueError for ragged sequences, TypeError for "
                          "what is not a number.",
                          As::Function),
    function<as_tensor>(
        "as_tensor(data, dtype=None, device=None)",
        "`data` itself if it is a Variable of that dtype; on an ndarray's memory where dtype allows; else a copy.",
        As::Function),
    function<constant<0>>("zeros(*size, dtype=None, device=None, requires_grad=False)", "Zeros; float32 by default.",
                          As::FunctionOut),
    function<constant<1>>("ones(*size, dtype=None, device=None, requires_grad=False)", "Ones; float32 by default.",
                          As::FunctionOut),
    function<constant<0>>("empty(*size, dtype=None, device=None, requires_grad=False)",
                          "The same as zeros(): memory is never handed out uninitialised.", As::FunctionOut),
    function<make_full>("full(size, fill_value, *, dtype=None, device=None, requires_grad=False)",
                        "One number everywhere, of its own dtype by default.", As::FunctionOut),
    function<[](const Scalar& s, OptionalDType dtype, PyObject* device, bool requires_grad) {
      const DType made = dtype.value_or(kDefault);
      return constructed(full({}, fitting(s, made), made), device, requires_grad);
    }>("scalar_tensor(s, *, dtype=None, device=None, requires_grad=False)",
       "One number, without dimensions; float32 by default.", As::Function),
    function<constant_like<0>>("zeros_like(input, *, dtype=None, device=None, requires_grad=False, memory_format=None)",
                               "Zeros of input's shape and dtype.", As::Function),
    function<constant_like<1>>("ones_like(input, *, dtype=None, device=None, requires_grad=False, memory_format=None)",
                               "Ones of input's shape and dtype.", As::Function),
    function<constant_like<0>>("empty_like(input, *, dtype=None, device=None, requires_grad=False, memory_format=None)",
                               "Zeros of input's shape and dtype.", As::Function),
    function<filled_like>(
        "full_like(input, fill_value, *, dtype=None, device=None, requires_grad=False, memory_format=None)",
        "One number, of input's shape and dtype.", As::Function),
    function<[](Index n, std::optional<Index> m, OptionalDType dtype, PyObject* device, bool requires_grad) {
      return constructed(eye(n, m, dtype.value_or(kDefault)), device, requires_grad);
    }>("eye(n, m=None, *, dtype=None, device=None, requires_grad=False)", "Ones on the diagonal of n by m zeros.",
       As::FunctionOut),
    function<make_arange>(
        "arange(start=None, end=None, step=1, *, dtype=None, device=None, requires_grad=False)",
        "start, start + step, ... below `end`; int64 if all three are ints, else float32. arange(n) counts from 0.",
        As::FunctionOut),
    function<[](const Scalar& start, const Scalar& end, Index steps, OptionalDType dtype, PyObject* device,
                bool requires_grad) {
      return constructed(linspace(start.to<double>(), end.to<double>(), steps, dtype.value_or(kDefault)), device,
                         requires_grad);
    }>("linspace(start, end, steps, *, dtype=None, device=None, requires_grad=False)",
       "`steps` values from start to end, both included.", As::FunctionOut),
    function<[](const Scalar& start, const Scalar& end, Index steps, double base, OptionalDType dtype, PyObject* device,
                bool requires_grad) {
      return constructed(logspace(start.to<double>(), end.to<double>(), steps, base, dtype.value_or(kDefault)), device,
                         requires_grad);
    }>("logspace(start, end, steps, base=10.0, *, dtype=None, device=None, requires_grad=False)",
       "base ** x for x of linspace().", As::FunctionOut),

    function<new_constant<0>>("new_zeros(input, *size, dtype=None, device=None, requires_grad=False)",
                              "zeros() of input's dtype.", As::Method),
    function<new_constant<1>>("new_ones(input, *size, dtype=None, device=None, requires_grad=False)",
                              "ones() of input's dtype.", As::Method),
    function<new_constant<0>>("new_empty(input, *size, dtype=None, device=None, requires_grad=False)",
                              "empty() of input's dtype.", As::Method),
    function<new_full>("new_full(input, size, fill_value, *, dtype=None, device=None, requires_grad=False)",
                       "full() of input's dtype.", As::Method),
    function<[](const Variable& x, PyObject* data, OptionalDType dtype, PyObject* device, bool requires_grad) {
      return make_tensor(data, dtype.value_or(x.dtype()), device, requires_grad);
    }>("new_tensor(input, data, *, dtype=None, device=None, requires_grad=False)", "tensor() of input's dtype.",
       As::Method),
    function<[](const Variable& x, PyObject* args) {
      return legacy_tensor(PyTuple_CheckExact(args) ? args : py::make_tuple(borrow(args)).ptr(), x.dtype());
    }>("new(input, *args)", "Tensor(*args) of input's dtype.", As::Method),
    function<common_dtype>("result_type(tensor, other)", "The dtype that arrays and numbers are computed in together.",
                           As::Function),
};

/// Tensor(3, 4), Tensor(size) and Tensor([1, 2]) of one dtype.
template <DType dtype>
Variable legacy(const py::args& args) {
  return legacy_tensor(args.ptr(), dtype);
}

}  // namespace

Variable legacy_tensor(PyObject* args, DType dtype) {
  const Py_ssize_t count = PyTuple_GET_SIZE(args);
  PyObject* first = count ? PyTuple_GET_ITEM(args, 0) : nullptr;
  if (count == 0) return full({0}, 0, dtype);
  const bool sizes = (PyIndex_Check(first) && !is_variable(first) && !is_ndarray(first)) || is_size(first);
  if (sizes) return full(is_size(first) ? to_dims(first) : to_dims(args), 0, dtype);
  if (count > 1)
    fail<TypeError>("sizes must be ints, or one sequence of numbers must be given; got ", type_name(first), " first");
  return as_variable(first, dtype);
}

void register_create(py::object& module) {
  auto& m = module_of(module);
  register_table<kTable>(m);
  m.def("FloatTensor", legacy<DType::Float32>,
        "FloatTensor(3, 4): float32 zeros of that size; FloatTensor([1, 2]): of these numbers.");
  m.def("DoubleTensor", legacy<DType::Float64>, "As FloatTensor, of float64.");
  m.def("LongTensor", legacy<DType::Int64>, "As FloatTensor, of int64.");
  m.def("IntTensor", legacy<DType::Int32>, "As FloatTensor, of int32.");
  m.def("ShortTensor", legacy<DType::Int16>, "As FloatTensor, of int16.");
  m.def("CharTensor", legacy<DType::Int8>, "As FloatTensor, of int8.");
  m.def("ByteTensor", legacy<DType::UInt8>, "As FloatTensor, of uint8.");
  m.def("BoolTensor", legacy<DType::Bool>, "As FloatTensor, of bool.");
  m.def(
      "promote_types",
      [](const py::object& a, const py::object& b) {
        return borrow(dtype_object(promote(to_dtype(a.ptr()), to_dtype(b.ptr()))));
      },
      py::arg("type1"), py::arg("type2"), "The smallest dtype that both convert to.");
  m.def(
      "can_cast",
      [](const py::object& from, const py::object& to) {
        return info(to_dtype(from.ptr())).kind <= info(to_dtype(to.ptr())).kind;
      },
      py::arg("from_"), py::arg("to"),
      "Whether promotion may give the dtype `to` where there is `from_`: if it is of no lower kind.");
}

}  // namespace tapegrad::bindings
