// The table of functions of parts: other layouts, copies with a part replaced, blocks, choices.

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/arranging.h"

namespace tapegrad::bindings {
namespace {

/// Raises Error where there is no such layout.
Layout layout_of(const Dims& size, const Dims& stride, Index first) {
  if (size.size() != stride.size())
    fail<Error>("mismatch in length of strides and shape: ", to_string(size), " and ", to_string(stride));
  for (std::size_t i = 0; i < size.size(); ++i) {
    if (size[i] < 0) fail<Error>("as_strided(): sizes must be non-negative, got ", to_string(size));
    if (stride[i] < 0) fail<Error>("as_strided: Negative strides are not supported, got strides: ", to_string(stride));
  }
  if (first < 0) fail<Error>("as_strided(): invalid storage offset ", first);
  return {size, stride, first};
}

Variable strided(const Variable& x, const Dims& size, const Dims& stride, std::optional<Index> offset) {
  return as_strided(x, layout_of(size, stride, offset.value_or(x.tensor().offset())), offset.has_value());
}

/// Zeros with these strides, on memory of their own.
Variable strided_zeros(const Dims& size, const Dims& stride, DType dtype, PyObject* device, bool requires_grad) {
  Layout layout = layout_of(size, stride, 0);
  count_elements(size);  // raises where there are too many
  const Variable memory = full({extent(size, stride).second + 1}, 0, dtype);
  return constructed(Variable(memory.tensor().view(std::move(layout))), device, requires_grad);
}

/// Zeros whose dimensions lie in the order of `physical`, the slowest first.
Variable permuted_zeros(const Dims& size, const Dims& physical, std::optional<DType> dtype, PyObject* device,
                        bool requires_grad) {
  if (physical.size() != size.size())
    fail<Error>("Number of dimensions in size does not match the length of the physical_layout; i.e. len(size) = ",
                size.size(), " is not equal to len(physical_layout) = ", physical.size());
  if (!physical.empty()) dim_mask(physical, size.size());
  Dims stride = size;
  Index step = 1;
  for (std::size_t i = size.size(); i-- > 0;) {
    const std::size_t dim = wrap_dim(physical[i], size.size());
    stride[dim] = step;
    step *= std::max<Index>(size[dim], 1);
  }
  return strided_zeros(size, stride, dtype.value_or(DType::Float32), device, requires_grad);
}

/// One Variable, several, or none.
std::vector<Variable> separate(PyObject* tensors) {
  if (is_variable(tensors)) return {variable_of(tensors)};
  return to_variables(tensors);
}

Variable triangle(bool upper, Index row, Index col, Index offset, std::optional<DType> dtype, PyObject* device) {
  check_device(device);
  const DType wanted = dtype.value_or(DType::Int64);
  if (wanted != DType::Int64 && wanted != DType::Int32)
    fail<Error>(upper ? "triu" : "tril", "_indices() is not implemented for ", name(wanted),
                ": indices are int64 or int32");
  return to(triangle_indices(upper, row, col, offset), wanted);
}

constexpr Function kTable[] = {
    function<strided>("as_strided(input, size, stride, storage_offset=None)",
                      "A view of input's memory with this shape, these steps and this first element, all in elements. "
                      "What it shows more than once gets the sum of its gradients.",
                      As::All),
    function<[](const Variable& x, const Dims& size, const Dims& stride, std::optional<Index> offset) {
      return clone(strided(x, size, stride, offset), MemoryFormat::Contiguous);
    }>("as_strided_copy(input, size, stride, storage_offset=None)", "A copy of as_strided(), row-major.",
       As::FunctionOut),
    function<[](const Dims& size, const Dims& stride, std::optional<DType> dtype, PyObject* device,
                bool requires_grad) {
      return strided_zeros(size, stride, dtype.value_or(DType::Float32), device, requires_grad);
    }>("empty_strided(size, stride, *, dtype=None, device=None, requires_grad=False)",
       "Zeros that lie in memory with these steps, in elements.", As::Function),
    function<[](const Variable& x, const Dims& size, const Dims& stride, std::optional<DType> dtype, PyObject* device,
                bool requires_grad) {
      return strided_zeros(size, stride, dtype.value_or(x.dtype()), device, requires_grad);
    }>("new_empty_strided(input, size, stride, *, dtype=None, device=None, requires_grad=False)",
       "empty_strided() of input's dtype.", As::Method),
    function<permuted_zeros>("empty_permuted(size, physical_layout, *, dtype=None, device=None, requires_grad=False)",
                             "Zeros whose dimensions lie in memory in this order, the slowest first.", As::Function),
    function<[](const Variable& x, const Dims& size, const Dims& stride, std::optional<Index> offset) {
      const InPlace scope(x);
      strided(x, size, stride, offset);
    }>("as_strided_(input, size, stride, storage_offset=None)", "input.as_strided_().", As::Function),
    function<[](const Variable& x, const Operand& src, const Dims& size, const Dims& stride,
                std::optional<Index> offset) {
      return as_strided_scatter(x, src, layout_of(size, stride, offset.value_or(x.tensor().offset())));
    }>("as_strided_scatter(input, src, size, stride, storage_offset=None)",
       "A copy with `src` where as_strided() finds it."),
    function<select_scatter>("select_scatter(input, src, dim, index)", "A copy with `src` at `index` of a dimension."),
    function<[](const Operand& x, const Operand& src, Index dim, std::optional<Index> start, std::optional<Index> end,
                Index step) { return slice_scatter(x, src, dim, start.value_or(0), end.value_or(INT64_MAX), step); }>(
        "slice_scatter(input, src, dim=0, start=None, end=None, step=1)",
        "A copy with `src` in a slice of a dimension.", As::BothOut),
    function<diagonal_scatter>("diagonal_scatter(input, src, offset=0, dim1=0, dim2=1)",
                               "A copy with `src` on a diagonal."),
    function<[](const Variable& x, const Number& value, bool wrap) { fill_diagonal_(x, value, wrap); }>(
        "fill_diagonal_(input, fill_value, wrap=False)",
        "Writes one number on the main diagonal, in place; `wrap`: in a tall matrix again below it.", As::Method),
    function<unfold>("unfold(input, dimension, size, step)",
                     "Windows of `size` along a dimension, each `step` from the last, as a last dimension more: a "
                     "view.",
                     As::Method),
    function<[](const Variable& x, const Dims& amounts, const Scalar& value) {
      return pad(x, amounts, "constant", value);
    }>("constant_pad_nd(input, pad, value=0)", "nn.functional.pad() with one number.", As::Function),
    function<[](PyObject* tensors) { return block_diag(separate(tensors)); }>(
        "block_diag(*tensors)", "Matrices along a diagonal, zeros elsewhere; vectors count as rows.", As::Function),
    function<combinations>("combinations(input, r=2, with_replacement=False)",
                           "All choices of `r` elements of a vector, as rows.", As::Function),
    function<[](Index row, Index col, Index offset, std::optional<DType> dtype, PyObject* device) {
      return triangle(false, row, col, offset, dtype, device);
    }>("tril_indices(row, col, offset=0, *, dtype=None, device=None)",
       "Rows and columns of the places on and below a diagonal: int64 of shape (2, count).", As::Function),
    function<[](Index row, Index col, Index offset, std::optional<DType> dtype, PyObject* device) {
      return triangle(true, row, col, offset, dtype, device);
    }>("triu_indices(row, col, offset=0, *, dtype=None, device=None)",
       "Rows and columns of the places on and above a diagonal: int64 of shape (2, count).", As::Function),
};

}  // namespace

void register_parts(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
