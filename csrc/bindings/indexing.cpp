#include "bindings/indexing.h"

#include <vector>

#include "bindings/arguments.h"
#include "bindings/array.h"
#include "bindings/sequence.h"
#include "ops/arranging.h"
#include "ops/ops.h"
#include "ops/written.h"

namespace tapegrad::bindings {
namespace {

/// A number without a sign of being a bool.
bool is_int(PyObject* key) {
  return PyLong_Check(key) ? !PyBool_Check(key)
                           : !is_variable(key) && !is_ndarray(key) && !PyBool_Check(key) && PyIndex_Check(key);
}

/// An ndarray as one that indices are made of: signed integers of any width are int64, as is what has no elements.
py::object integers_of(const py::object& array) {
  const auto kind = array.attr("dtype").attr("kind").cast<char>();
  const bool nothing = kind == 'f' && array.attr("size").cast<Py_ssize_t>() == 0;
  return kind == 'i' || nothing ? array.attr("astype")("int64", py::arg("copy") = false) : array;
}

/// Whether a sequence that is no tuple is read as one: if an item of it is no number. PyTorch's rule, once NumPy's.
bool is_read_as_tuple(PyObject* key) {
  if (PyTuple_Check(key) || is_variable(key) || is_ndarray(key) || !PySequence_Check(key)) return false;
  const Py_ssize_t size = PySequence_Size(key);
  if (size < 0) throw PythonError{};
  constexpr Py_ssize_t kMost = 32;
  for (Py_ssize_t i = 0; i < size && size < kMost; ++i) {
    const py::object item = steal(PySequence_GetItem(key, i));
    if (item.is_none() || item.ptr() == Py_Ellipsis || PySlice_Check(item.ptr()) || is_variable(item.ptr()) ||
        PySequence_Check(item.ptr()))
      return true;
  }
  return false;
}

/// What an item of the key is, if it indexes by its elements: a mask or integers.
Variable to_index_array(PyObject* key) {
  if (is_variable(key)) return variable_of(key);
  if (PyBool_Check(key)) return full({}, Scalar(key == Py_True), DType::Bool);
  if (PyUnicode_Check(key)) fail<TypeError>("a Variable is indexed by numbers, slices and arrays, not by str");
  if (PyFloat_Check(key) || PyDict_Check(key) || (!PySequence_Check(key) && !has_array_interface(key))) {
    fail<IndexError>(
        "only integers, slices (`:`), ellipsis (`...`), None and long or bool Variables are valid indices (got ",
        type_name(key), ")");
  }
  const py::object numbers = is_ndarray(key) ? integers_of(borrow(key)) : borrow(key);
  const Variable array = as_variable(numbers.ptr(), {});
  // An empty list is of no dtype; small integers are indices for NumPy.
  const bool empty = array.numel() == 0 && PyList_Check(key);
  const bool small = array.dtype() == DType::Int8 || array.dtype() == DType::Int16;
  return empty || small ? to(array, DType::Int64) : array;
}

bool is_mask(const Variable& v) { return v.dtype() == DType::Bool || v.dtype() == DType::UInt8; }

/// How many dimensions of the array an item of the key takes.
std::size_t dims_taken(PyObject* key) {
  if (key == Py_None || key == Py_Ellipsis || PyBool_Check(key)) return 0;
  if (is_int(key) || PySlice_Check(key)) return 1;
  const Variable array = to_index_array(key);
  return is_mask(array) ? array.ndim() : 1;
}

/// Applies views as it goes, and collects the index arrays that are left for the end.
class Indexing {
 public:
  explicit Indexing(const Variable& x) : x_(x), original_ndim_(x.ndim()) {}

  void apply(PyObject* key) {
    py::object tuple;
    if (is_read_as_tuple(key)) {
      if (PyUnicode_Check(key)) to_index_array(key);  // refuses it
      warn(
          "Using a non-tuple sequence for multidimensional indexing is deprecated: use x[tuple(seq)] instead of "
          "x[seq], "
          "or x[tensor(seq)] for an array of indices");
      tuple = steal(PySequence_Tuple(key));
      key = tuple.ptr();
    }
    PyObject** items = &key;
    Py_ssize_t count = 1;
    if (PyTuple_Check(key)) {
      skips_whole_ = true;
      items = &PyTuple_GET_ITEM(key, 0);
      count = PyTuple_GET_SIZE(key);
    }
    std::size_t taken = 0;
    int ellipses = 0;
    for (Py_ssize_t i = 0; i < count; ++i) {
      taken += dims_taken(items[i]);
      ellipses += items[i] == Py_Ellipsis;
    }
    if (taken > original_ndim_) {
      if (original_ndim_ == 0)
        fail<IndexError>("invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number");
      fail<IndexError>("too many indices for tensor of dimension ", original_ndim_);
    }
    if (ellipses > 1) fail<IndexError>("an index can only have a single ellipsis ('...')");
    for (Py_ssize_t i = 0; i < count; ++i) {
      if (items[i] == Py_Ellipsis) dim_ += original_ndim_ - taken;
      else apply_item(items[i]);
    }
  }

  bool has_arrays() const { return !arrays_.empty(); }
  bool changed() const { return changed_; }
  const Variable& viewed() const { return x_; }
  std::vector<Variable>& arrays() { return arrays_; }
  /// For writing, where a slice from 0 to the end makes no node even alone, and what is written is turned round, not
  /// what is written to: a copy would not do.
  void to_write() { skips_whole_ = writes_ = true; }
  /// The dimensions of `viewed` that a slice went backwards through, in writing.
  const std::vector<Index>& turned() const { return turned_; }

 private:
  void apply_item(PyObject* item) {
    if (is_int(item)) {
      set(select(x_, static_cast<Index>(dim_), to_index(item)));
    } else if (PySlice_Check(item)) {
      apply_slice(item);
    } else if (item == Py_None) {
      set(unsqueeze(x_, static_cast<Index>(dim_++)));
    } else {
      apply_array(to_index_array(item));
    }
  }

  void apply_slice(PyObject* item) {
    Py_ssize_t start = 0, stop = 0, step = 0;
    if (PySlice_Unpack(item, &start, &stop, &step) < 0) throw PythonError{};
    const Index size = x_.shape()[dim_];
    if (step < 0) return apply_reversed(start, stop, step);
    // Among other items a slice from 0 to the end makes no node, as in PyTorch.
    if (skips_whole_ && start == 0 && stop >= size && step == 1) {
      ++dim_;
      return;
    }
    PySlice_AdjustIndices(size, &start, &stop, step);
    set(slice(x_, static_cast<Index>(dim_), start, stop, step));
    ++dim_;
  }

  /// A slice backwards: the same elements forwards, and the order of the dimension turned round, which makes a copy.
  void apply_reversed(Py_ssize_t start, Py_ssize_t stop, Py_ssize_t step) {
    const Py_ssize_t count = PySlice_AdjustIndices(x_.shape()[dim_], &start, &stop, step);
    const Index first = count == 0 ? 0 : start + (count - 1) * step;
    const Index end = count == 0 ? 0 : start + 1;
    const auto dim = static_cast<Index>(dim_++);
    set(slice(x_, dim, first, end, -step));
    if (writes_) turned_.push_back(dim);
    else set(flip(x_, {dim}));
  }

  void apply_array(const Variable& array) {
    if (!is_mask(array)) {
      // A 0-d integer array is a number.
      if (array.ndim() == 0 && is_integral(array.dtype())) {
        const Scalar at = number_of(array);
        if (at.is_large())
          fail<IndexError>("index ", at.to<std::uint64_t>(), " is out of bounds for dimension ", dim_, " with size ",
                           x_.shape()[dim_]);
        return set(select(x_, static_cast<Index>(dim_), at.to<std::int64_t>()));
      }
      return put(dim_++, array);
    }
    if (array.dtype() == DType::UInt8 && array.ndim() > 0)
      warn("indexing with dtype uint8 is now deprecated, please use a dtype bool instead: mask.bool()");
    if (array.ndim() == 0) {  // x[True] adds a dimension of size 1, x[False] one of size 0
      set(unsqueeze(x_, static_cast<Index>(dim_)));
      return put(dim_++, number_of(array).to<bool>() ? full({1}, 0, DType::Int64) : full({0}, 0, DType::Int64));
    }
    check_mask(array, x_.shape(), dim_);
    for (Variable& indices : mask_indices(array)) put(dim_++, std::move(indices));
  }

  void set(Variable view) {
    x_ = std::move(view);
    changed_ = true;
  }

  void put(std::size_t dim, Variable array) {
    if (arrays_.size() <= dim) arrays_.resize(dim + 1);
    arrays_[dim] = std::move(array);
  }

  Variable x_;
  std::size_t original_ndim_;
  std::size_t dim_ = 0;
  bool changed_ = false;
  bool skips_whole_ = false;
  bool writes_ = false;
  std::vector<Index> turned_;
  std::vector<Variable> arrays_;
};

/// The most frequent keys, x[i] and x[i, j]: whether the key is such, of as many ints as there are dimensions or fewer.
bool is_plain(const Variable& x, PyObject* key) {
  if (PyLong_CheckExact(key)) return x.ndim() > 0;
  if (!PyTuple_CheckExact(key)) return false;
  const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(key));
  if (count == 0 || count > x.ndim()) return false;
  for (std::size_t i = 0; i < count; ++i)
    if (!PyLong_CheckExact(PyTuple_GET_ITEM(key, static_cast<Py_ssize_t>(i)))) return false;
  return true;
}

Variable get_plain(const Variable& x, PyObject* key) {
  Index indices[kMaxDims];
  std::size_t count = 0;
  if (PyTuple_CheckExact(key)) {
    const auto size = static_cast<std::size_t>(PyTuple_GET_SIZE(key));
    for (; count < size; ++count) indices[count] = to_index(PyTuple_GET_ITEM(key, static_cast<Py_ssize_t>(count)));
  } else {
    indices[count++] = to_index(key);
  }
  return select_leading(x, {indices, count});
}

}  // namespace

void check_mask(const Variable& mask, const Dims& shape, std::size_t dim) {
  if (dim + mask.ndim() > shape.size())
    fail<IndexError>("too many indices for tensor of dimension ", shape.size(), ": a mask at index ", dim, " has ",
                     mask.ndim());
  for (std::size_t i = 0; i < mask.ndim(); ++i) {
    // A size of 0 names no element, whatever there is to name, for NumPy and the array API standard.
    if (mask.shape()[i] == shape[dim + i] || mask.shape()[i] == 0) continue;
    fail<IndexError>("The shape of the mask ", to_string(mask.shape()), " at index ", i,
                     " does not match the shape of the indexed tensor ", to_string(shape), " at index ", dim + i);
  }
}

Variable get_item(const Variable& x, PyObject* key) {
  if (is_plain(x, key)) return get_plain(x, key);
  Indexing indexing(x);
  indexing.apply(key);
  if (indexing.has_arrays()) return index(indexing.viewed(), indexing.arrays());
  return indexing.changed() ? indexing.viewed() : alias(x);
}

void set_item(const Variable& x, PyObject* key, PyObject* value) {
  if (key == Py_False) return;  // names no element
  OperandArgument argument(value);
  Variable made;
  if (!argument) made = as_variable(value, {});
  Operand source = argument ? argument.get() : Operand(static_cast<const Variable&>(made));

  Indexing indexing(x);
  indexing.to_write();
  indexing.apply(key);
  const std::vector<Index>& turned = indexing.turned();
  if (indexing.has_arrays()) {
    if (!turned.empty())
      fail<ValueError>(
          "slice step must be positive beside arrays of indices in an assignment: turn the slice and the value round");
    return index_put_(indexing.viewed(), indexing.arrays(), source);
  }
  const Variable& target = indexing.viewed();
  if (source.is_scalar()) {
    check_fits(source.scalar(), target.dtype());
    const Variable number = full({}, source.scalar(), target.dtype());
    return fill_(target, number);
  }
  if (source.tensor().ndim() == 0) return fill_(target, source);
  // NumPy allows leading sizes of 1 that the target does not have.
  Variable trimmed = source.variable();
  while (trimmed.ndim() > target.ndim() && trimmed.shape()[0] == 1) trimmed = squeeze(trimmed, 0);
  copy_(target, turned.empty() ? trimmed : flip(expand(trimmed, target.shape()), Dims(turned)));
}

}  // namespace tapegrad::bindings
