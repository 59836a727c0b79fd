// The table of views made as copies (transpose_copy, ...), which are row-major.

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/arranging.h"
#include "ops/layouts.h"

namespace tapegrad::bindings {
namespace {

using Variables = std::vector<Variable>;

Variable copy_of(const Variable& view) { return clone(view, MemoryFormat::Contiguous); }
Variables copies_of(const Variables& views) {
  Variables copies;
  for (const Variable& view : views) copies.push_back(copy_of(view));
  return copies;
}

/// f, whose view is copied.
template <auto f, class = decltype(f)>
struct Copied;
template <auto f, class... Args>
struct Copied<f, Variable (*)(Args...)> {
  static Variable call(Args... args) { return copy_of(f(args...)); }
};

template <auto f>
constexpr Function copied(const char* signature, const char* doc) {
  return function<Copied<f>::call>(signature, doc, As::FunctionOut);
}

Variable squeezed(const Variable& x, PyObject* dim) {
  return dim == Py_None ? squeeze(x) : squeeze(x, PyIndex_Check(dim) ? Dims{to_index(dim)} : to_dims(dim));
}

Variable viewed(const Variable& x, PyObject* size) {
  return is_dtype(size) ? view(x, to_dtype(size)) : view(x, to_dims(size));
}

Variable expanded(const Variable& x, const Dims& size, bool) { return expand(x, size); }

Variable sliced(const Variable& x, Index dim, std::optional<Index> start, std::optional<Index> end, Index step) {
  if (step < 1) fail<Error>("slice step must be positive, but is ", step);
  if (x.ndim() == 0) fail<IndexError>("slice_copy() cannot be applied to a 0-dim tensor.");
  const auto [first, last] = clipped(start.value_or(0), end.value_or(INT64_MAX), x.shape()[wrap_dim(dim, x.ndim())]);
  return slice(x, dim, first, last, step);
}

constexpr Function kTable[] = {
    copied<alias>("alias_copy(input)", "A copy."),
    copied<detach>("detach_copy(input)", "A copy without history."),
    copied<diagonal>("diagonal_copy(input, offset=0, dim1=0, dim2=1)", "A copy of diagonal()."),
    copied<expanded>("expand_copy(input, size, *, implicit=False)", "A copy of expand()."),
    copied<permute>("permute_copy(input, dims)", "A copy of permute()."),
    copied<select>("select_copy(input, dim, index)", "A copy of select()."),
    copied<sliced>("slice_copy(input, dim=0, start=None, end=None, step=1)", "A copy of a slice of a dimension."),
    copied<squeezed>("squeeze_copy(input, dim=None)", "A copy of squeeze()."),
    copied<t>("t_copy(input)", "A copy of t()."),
    copied<transpose>("transpose_copy(input, dim0, dim1)", "A copy of transpose()."),
    copied<unfold>("unfold_copy(input, dimension, size, step)", "A copy of unfold()."),
    copied<unsqueeze>("unsqueeze_copy(input, dim)", "A copy of unsqueeze()."),
    copied<viewed>("view_copy(input, size)", "A copy of view(), in another shape or of another dtype."),

    function<[](const Variable& x, Index dim) { return copies_of(unbind(x, dim)); }>(
        "unbind_copy(input, dim=0)", "Copies of unbind(): a tuple.", As::FunctionOut),
    function<[](const Variable& x, Index size, Index dim) { return copies_of(split(x, size, dim)); }>(
        "split_copy(input, split_size, dim=0)", "Copies of split(): a tuple.", As::FunctionOut),
    function<[](const Variable& x, const Dims& sizes, Index dim) { return copies_of(split(x, sizes, dim)); }>(
        "split_with_sizes_copy(input, split_sizes, dim=0)", "Copies of split_with_sizes(): a tuple.", As::FunctionOut),
};

}  // namespace

void register_view_copies(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
