// The table of shape functions, indexing and copies.

#include "bindings/function_table.h"
#include "bindings/indexing.h"
#include "bindings/register.h"
#include "ops/math.h"

namespace tapegrad::bindings {
namespace {

Variable squeeze_any(const Variable& x, PyObject* dim) {
  if (dim == Py_None) return squeeze(x);
  if (PyIndex_Check(dim)) return squeeze(x, to_index(dim));
  return squeeze(x, to_dims(dim));
}

/// view(2, 3), view((2, 3)), view(dtype).
Variable view_any(const Variable& x, PyObject* shape, std::optional<DType> dtype) {
  if (dtype) return view(x, *dtype);
  PyObject* const only = PyTuple_Check(shape) && PyTuple_GET_SIZE(shape) == 1 ? PyTuple_GET_ITEM(shape, 0) : nullptr;
  if (only && is_dtype(only)) return view(x, to_dtype(only));
  return view(x, to_dims(shape));
}

/// The indices of index_put: masks stand for those of their set elements, one for each of their dimensions.
std::vector<Variable> put_indices(const Variable& x, const std::vector<Variable>& indices) {
  std::vector<Variable> all;
  for (const Variable& index : indices) {
    if (index.dtype() != DType::Bool && index.dtype() != DType::UInt8) {
      all.push_back(index);
      continue;
    }
    check_mask(index, x.shape(), all.size());
    for (Variable& place : mask_indices(index)) all.push_back(std::move(place));
  }
  return all;
}

PyObject* nonzero_any(const Variable& x, bool as_tuple) {
  if (!as_tuple) return wrap(nonzero(x));
  return to_python(mask_indices(x.ndim() ? x : unsqueeze(x, 0)));
}

/// The first `size` rows of nonzero(), or as many more of `fill`.
Variable nonzero_static(const Variable& x, Index size, Index fill) {
  if (size < 0) fail<Error>("nonzero_static: 'size' must be an non-negative integer, but is ", size);
  const Variable found = nonzero(x);
  const Index count = found.shape()[0];
  if (count >= size) return clone(slice(found, 0, 0, size, 1));
  const Variable parts[] = {found, full({size - count, found.shape()[1]}, fill, DType::Int64)};
  return cat(parts);
}

/// The positions in an array of this shape that flat indices stand for, one array a dimension.
std::vector<Variable> unravel_index(const Variable& indices, const Dims& shape) {
  if (is_floating(indices.dtype()) || indices.dtype() == DType::Bool)
    fail<TypeError>("unravel_index(): expected 'indices' to be integer dtype, but got ", name(indices.dtype()));
  for (const Index size : shape)
    if (size < 0) fail<ValueError>("unravel_index(): 'shape' cannot have negative values, but got ", to_string(shape));
  const Dims strides = contiguous_strides(shape);
  std::vector<Variable> positions;
  positions.reserve(shape.size());
  for (std::size_t i = 0; i < shape.size(); ++i)
    positions.push_back(
        remainder(floor_divide(to(indices, DType::Int64), Scalar(strides[i])), Scalar(std::max<Index>(shape[i], 1))));
  return positions;
}

constexpr Function kTable[] = {
    function<view_any>("view(input, *size, dtype=None)",
                       "The same memory in another shape; -1 stands for what is left. Raises RuntimeError where the "
                       "strides forbid it. view(dtype): the same bytes as other elements, without history.",
                       As::Method),
    function<reshape>("reshape(input, *shape)",
                      "Another shape of as many elements: a view where the strides allow it, else a copy. -1 stands "
                      "for what is left."),
    function<flatten>("flatten(input, start_dim=0, end_dim=-1)", "Dimensions start_dim to end_dim made one."),
    function<[](const Variable& x) { return reshape(x, {-1}); }>("ravel(input)", "One dimension."),
    function<transpose>("transpose(input, dim0, dim1)", "Two dimensions swapped: a view.", As::All),
    function<t>("t(input)", "A matrix transposed: a view; a vector as it is.", As::All),
    function<permute>("permute(input, *dims)", "The dimensions in another order: a view."),
    function<expand>("expand(input, *size)", "Sizes of 1 repeated without copying; -1 keeps a size.", As::Method),
    function<expand>("broadcast_to(input, *size)", "Sizes of 1 repeated without copying, as NumPy's."),
    function<[](const Variable& x, const Variable& other) { return expand(x, other.shape()); }>(
        "expand_as(input, other)", "expand(other.shape).", As::Method),
    function<[](const Variable& x, const Variable& other) { return view(x, other.shape()); }>(
        "view_as(input, other)", "view(other.shape).", As::Method),
    function<squeeze_any>("squeeze(input, dim=None)",
                          "Without dimensions of size 1, or without those of them in `dim`: a view.", As::All),
    function<unsqueeze>("unsqueeze(input, dim)", "With a dimension of size 1 more: a view.", As::All),
    function<select>("select(input, dim, index)", "The part at `index` of a dimension: a view."),
    function<[](const std::vector<Variable>& tensors, Index dim) { return cat(tensors, dim); }>(
        "cat(tensors, dim=0)", "Arrays joined along a dimension.", As::FunctionOut),
    function<[](const std::vector<Variable>& tensors, Index dim) { return cat(tensors, dim); }>(
        "concatenate(tensors, dim=0)", "cat(), by NumPy's name.", As::FunctionOut),
    function<[](const std::vector<Variable>& tensors, Index dim) { return stack(tensors, dim); }>(
        "stack(tensors, dim=0)", "Arrays of one shape joined along a new dimension.", As::FunctionOut),

    function<clone>("clone(input, *, memory_format=None)",
                    "A copy, through which gradients flow; it keeps the strides of a dense array."),
    function<[](const Variable& x, std::optional<MemoryFormat> format) {
      if (format == MemoryFormat::Preserve) fail<Error>("preserve memory format is unsupported by contiguous()");
      return contiguous(x, format.value_or(MemoryFormat::Contiguous));
    }>("contiguous(input, *, memory_format=None)", "Row-major, or in another format: itself, or a copy.", As::Method),

    function<[](const Variable& x, const Number& source, bool) { copy_(x, source); }>(
        "copy_(input, src, non_blocking=False)", "Writes `src`, broadcast and converted, in place.", As::Method),
    function<[](const Variable& x, const Number& value) { fill_(x, value); }>(
        "fill_(input, value)", "Writes one number everywhere, in place."),
    function<[](const Variable& x, const Number& value) { return fill(x, value); }>(
        "fill(input, value)", "An array as input with one number everywhere.", As::Function),
    function<zero_>("zero_(input)", "Writes zeros, in place."),
    function<[](const Variable& x, const std::vector<Variable>& indices, const Number& values, bool accumulate) {
      return index_put(x, put_indices(x, indices), values, accumulate);
    }>("index_put(input, indices, values, accumulate=False)",
       "A copy with x[indices] = values, or += with `accumulate`, which counts repeated indices."),
    function<[](const Variable& x, const std::vector<Variable>& indices, const Number& values, bool accumulate) {
      index_put_(x, put_indices(x, indices), values, accumulate);
    }>("index_put_(input, indices, values, accumulate=False)", "index_put(), in place."),
    function<nonzero_any>("nonzero(input, *, as_tuple=False)",
                          "Indices of the non-zero elements: int64 of shape (count, ndim), or a vector a dimension.",
                          As::BothOut),
    function<nonzero>("argwhere(input)", "nonzero()."),
    function<nonzero_static>("nonzero_static(input, *, size, fill_value=-1)",
                             "So many rows of nonzero(), the missing ones filled with one number.", As::BothOut),
    function<unravel_index>("unravel_index(indices, shape)",
                            "The positions that indices of the flattened array stand for: a tuple, one array a "
                            "dimension.",
                            As::Function),
};

}  // namespace

void register_shape(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
