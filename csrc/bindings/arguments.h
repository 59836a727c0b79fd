#pragma once
// Python arguments as the library takes them. A converter throws Refused for what it does not take; the function table
// makes a TypeError of it that names the function and the argument.

#include <optional>
#include <string>
#include <vector>

#include "bindings/variable.h"
#include "core/dtype.h"
#include "graph/operand.h"

namespace tapegrad::bindings {

/// An argument of a type that is not taken, or an element `within` one, and what would be ("a number").
struct Refused {
  PyObject* object;
  const char* allowed;
  PyObject* within = nullptr;
};

/// A Python or NumPy number; none where `object` is neither. Raises Error for an int that needs more than 64 bits.
std::optional<Scalar> to_scalar(PyObject* object);

/// Whether the object is one of Python's own numbers, which to look at as anything else would take long.
inline bool is_plain_number(PyObject* object) {
  return PyFloat_CheckExact(object) || PyLong_CheckExact(object) || PyBool_Check(object);
}

/// Whether the object is a numpy.ndarray.
bool is_ndarray(PyObject* object);

/// A Variable, a number, or an ndarray, which becomes a constant Variable on its memory. False for anything else.
class OperandArgument {
 public:
  explicit OperandArgument(PyObject* object) : operand_(variable_of(object)) {
    if (Py_TYPE(object) != variable_type) convert(object);
  }
  /// The operand of an array points into this.
  OperandArgument(OperandArgument&& other) noexcept
      : operand_(other.operand_), usable_(other.usable_), owned_(std::move(other.owned_)) {
    if (owned_.defined()) operand_ = static_cast<const Variable&>(owned_);
  }
  OperandArgument(const OperandArgument&) = delete;
  OperandArgument& operator=(const OperandArgument&) = delete;
  OperandArgument& operator=(OperandArgument&&) = delete;
  ~OperandArgument() = default;

  explicit operator bool() const { return usable_; }
  const Operand& get() const { return operand_; }

 private:
  void convert(PyObject* object);
  Operand operand_;
  bool usable_ = true;
  Variable owned_;
};

/// A Variable of a list, or of an array of a dtype that Variables lack, as np.add() and its like make one. Raises
/// TypeError for what does not hold numbers.
py::object as_numpys_functions_take_it(PyObject* object);

/// A Variable from one, from an ndarray (on its memory), or from numbers and nested sequences. Raises TypeError for
/// what is none of these, ValueError for ragged sequences.
Variable as_variable(PyObject* object, std::optional<DType> dtype);
/// The same, but never on the object's memory.
Variable copy_variable(PyObject* object, std::optional<DType> dtype);

/// The document's constructor: Tensor(3, 4) or Tensor(size) zeros, Tensor([1, 2]) numbers, all of `dtype`.
Variable legacy_tensor(PyObject* args, DType dtype);

/// The one element of a variable. Raises Error where there is not just one.
Scalar number_of(const Variable& v);
/// What bool() gives of it. Raises Error likewise.
bool truth_of(const Variable& v);
/// The same for float() and int(): ValueError, and a warning where the number leaves the tape.
Scalar convertible_number(const Variable& v);
PyObject* scalar_object(const Scalar& scalar);
/// An int of a number that is no float.
PyObject* int_object(const Scalar& number);

Index to_index(PyObject* object);
/// The text of a str. Raises UnicodeEncodeError for one with a lone surrogate, which UTF-8 has no bytes for.
std::string text_of(PyObject* object);
/// Which of ndim dimensions size(dim) and stride(dim) mean. Raises IndexError for one that there is not.
std::size_t size_dim(Index dim, std::size_t ndim);
/// An int, or a sequence of ints.
Dims to_dims(PyObject* object);
/// Calls f with each item of a tuple or list. Python code that f runs may change a list: an item is held while it is
/// used. Raises ValueError where there are more items or fewer than at first.
template <class F>
void each_item(PyObject* sequence, F&& f) try {
  const Py_ssize_t size = PySequence_Fast_GET_SIZE(sequence);
  for (Py_ssize_t i = 0; i < size; ++i) {
    if (PySequence_Fast_GET_SIZE(sequence) != size) fail<ValueError>("the sequence changed while it was read");
    f(borrow(PySequence_Fast_GET_ITEM(sequence, i)).ptr());
  }
} catch (Refused& refused) {
  refused.within = sequence;
  throw;
}
/// A tuple or list of Variables (or arrays).
std::vector<Variable> to_variables(PyObject* object);
/// Raises unless the object names the only device there is: 'cpu', or an object that prints so.
void check_device(PyObject* object);
/// What every constructor ends with: the device checked, inference mode heeded, and requires_grad set.
Variable constructed(Variable v, PyObject* device, bool requires_grad);

}  // namespace tapegrad::bindings
