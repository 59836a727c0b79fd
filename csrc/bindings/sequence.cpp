#include "bindings/sequence.h"

#include "bindings/arguments.h"
#include "bindings/array.h"
#include "ops/ops.h"
#include "ops/written.h"

namespace tapegrad::bindings {
namespace {

bool is_nested(PyObject* object) {
  if (is_plain_number(object)) return false;
  if (PyList_Check(object) || PyTuple_Check(object) || PyRange_Check(object)) return true;
  if (is_ndarray(object)) return py::reinterpret_borrow<py::object>(object).attr("ndim").cast<int>() > 0;
  return is_variable(object) && variable_of(object).ndim() > 0;
}

/// Walks nested sequences twice: once for shape and dtype, once for the numbers.
class Nest {
 public:
  /// `infers`: whether the numbers' own dtype is asked for.
  Nest(PyObject* object, bool infers) : infers_(infers) { measure(object, 0); }
  const Dims& shape() const { return shape_; }
  DType dtype() const { return any_ ? dtype_ : DType::Float32; }

  /// Raises ValueError where the object is no longer of that shape.
  template <class T>
  T* read(PyObject* object, T* out, std::size_t depth = 0) const {
    if (is_nested(object) != (depth < shape_.size())) fail<ValueError>("the sequence changed while it was read");
    if (depth == shape_.size()) return put(object, out);
    const py::object items = steal(PySequence_Fast(object, "a sequence is expected"));
    if (PySequence_Fast_GET_SIZE(items.ptr()) != shape_[depth])
      fail<ValueError>("the sequence changed while it was read");
    const bool last = depth + 1 == shape_.size();
    each_item(items.ptr(), [&](PyObject* item) {
      out = last && is_plain_number(item) ? put(item, out) : read(item, out, depth + 1);
    });
    return out;
  }

 private:
  template <class T>
  static T* put(PyObject* object, T* out) {
    const Scalar number = element(object);
    if constexpr (!std::is_floating_point_v<T>) check_fits(number, dtype_of<T>);
    *out = number.template to<T>();
    return out + 1;
  }

  static Scalar element(PyObject* object) {
    if (PyFloat_CheckExact(object)) return Scalar(PyFloat_AS_DOUBLE(object));  // most are: no call
    if (const auto scalar = to_scalar(object)) return *scalar;
    if (is_variable(object)) return number_of(variable_of(object));
    if (is_ndarray(object)) return number_of(from_array(object));
    fail<TypeError>("new(): a Variable is made of numbers, but an element is of type '", type_name(object), "'");
  }

  static DType element_dtype(PyObject* object) {
    if (is_plain_number(object)) return element(object).dtype();
    if (is_variable(object)) return variable_of(object).dtype();
    if (is_ndarray(object)) return from_array(object).dtype();
    if (PyObject_HasAttrString(object, "dtype")) return from_array(as_array(object).ptr()).dtype();
    return element(object).dtype();
  }

  void measure(PyObject* object, std::size_t depth) {
    if (!is_nested(object)) {
      if (depth != shape_.size())
        fail<ValueError>("expected a sequence at dim ", depth, ", but got a number: the nested sequences are ragged");
      if (infers_) {
        const DType dtype = element_dtype(object);
        dtype_ = any_ ? promote(dtype_, dtype) : dtype;
      }
      any_ = true;
      return;
    }
    const py::object items = steal(PySequence_Fast(object, "a sequence is expected"));
    const Py_ssize_t size = PySequence_Fast_GET_SIZE(items.ptr());
    if (depth == shape_.size()) {
      if (any_ || closed_)
        fail<ValueError>("expected a number at dim ", depth, ", but got a sequence: the nested sequences are ragged");
      shape_.push_back(size);  // raises where nesting is deeper than any array
    } else if (shape_[depth] != size) {
      fail<ValueError>("expected sequence of length ", shape_[depth], " at dim ", depth, " (got ", size, ")");
    }
    if (size == 0) closed_ = true;
    each_item(items.ptr(), [&](PyObject* item) { measure(item, depth + 1); });
  }

  Dims shape_;
  DType dtype_ = DType::Bool;
  bool infers_;
  bool any_ = false;
  bool closed_ = false;
};

PyObject* listed(const Tensor& tensor, std::size_t dim, const unsigned char* data) {
  if (dim == tensor.ndim()) {
    return visit(tensor.dtype(),
                 [&]<class T>() -> PyObject* { return scalar_object(number_in(*reinterpret_cast<const T*>(data))); });
  }
  const py::object list = steal(PyList_New(tensor.shape()[dim]));
  const Index step = tensor.strides()[dim] * static_cast<Index>(itemsize(tensor.dtype()));
  for (Index i = 0; i < tensor.shape()[dim]; ++i)
    PyList_SET_ITEM(list.ptr(), i, listed(tensor, dim + 1, data + i * step));
  return py::object(list).release().ptr();
}

}  // namespace

Variable from_sequence(PyObject* object, std::optional<DType> dtype) {
  if (PyUnicode_Check(object) || PyBytes_Check(object) || PyDict_Check(object) || PySet_Check(object) ||
      object == Py_None)
    fail<TypeError>("a Variable cannot be made of an object of type '", type_name(object),
                    "': pass a number, an array, or nested lists of numbers");
  const Nest nest(object, !dtype);
  auto result = new_tensor(dtype.value_or(nest.dtype()), nest.shape());
  visit(result->dtype(), [&]<class T>() { nest.read(object, result->data_as<T>()); });
  return Variable(std::move(result));
}

py::object to_list(const Variable& v) {
  return steal(listed(v.tensor(), 0, static_cast<const unsigned char*>(v.tensor().data())));
}

}  // namespace tapegrad::bindings
