// The table of functions that put elements in another order, repeat them, join and cut arrays.

#include "ops/arranging.h"
#include "bindings/define.h"

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/scatter.h"

namespace tapegrad::bindings {
namespace {

using Variables = std::vector<Variable>;

Variable movedim_any(const Variable& x, const Dims& source, const Dims& destination) {
  return movedim(x, source, destination);
}

Variable repeat_interleave_any(const Variable& x, PyObject* repeats, std::optional<Index> dim,
                               std::optional<Index> output_size) {
  if (repeats == Py_None) return repeat_interleave(x);
  Variable result;
  if (PyIndex_Check(repeats) && !is_variable(repeats) && !is_ndarray(repeats)) {
    result = repeat_interleave(x, to_index(repeats), dim);
  } else {
    const Variable counts = as_variable(repeats, {});
    const Variable from = dim ? x : reshape(x, {x.numel()});
    const Index along = dim.value_or(0);
    if (counts.numel() == 1) {
      result = repeat_interleave(from, number_of(counts).to<std::int64_t>(), along);
    } else {
      const Index size = from.ndim() ? from.shape()[wrap_dim(along, from.ndim())] : 1;
      if (counts.numel() != size)
        fail<Error>("repeats must have the same size as input along dim, but got repeats.size(0) = ", counts.numel(),
                    " and input.size(", along, ") = ", size);
      const Variable positions[] = {repeat_interleave(counts)};
      result = index_select(from, along, positions[0]);
    }
  }
  const Index got = result.ndim() ? result.shape()[dim ? wrap_dim(*dim, result.ndim()) : 0] : 1;
  if (output_size && *output_size != got)
    fail<Error>("repeat_interleave: allocated size does not match required size: output_size=", *output_size,
                ", but the repeats give ", got);
  return result;
}

Variable narrow_any(const Variable& x, Index dim, PyObject* start, Index length) {
  if (is_variable(start)) {
    const Variable& v = variable_of(start);
    if (v.ndim() != 0 || is_floating(v.dtype()) || v.dtype() == DType::Bool)
      fail<Error>("narrow(): start must be an 0-dim integral Tensor, or an int.");
  }
  return narrow(x, dim, to_index(start), length);
}

Variables split_any(const Variable& x, PyObject* sizes, Index dim) {
  return PyIndex_Check(sizes) ? split(x, to_index(sizes), dim) : split(x, to_dims(sizes), dim);
}

Variables tensor_split_any(const Variable& x, PyObject* where, Index dim) {
  if (is_variable(where)) {
    const Variable& v = variable_of(where);
    if (v.ndim() == 0) return tensor_split(x, to_index(where), dim);
    return tensor_split(x, to_dims(steal(PySequence_List(where)).ptr()), dim);
  }
  return PyIndex_Check(where) ? tensor_split(x, to_index(where), dim) : tensor_split(x, to_dims(where), dim);
}

/// hsplit, vsplit and dsplit: of at least `least` dimensions; a number must divide the size.
Variables split_along(const char* function, const Variable& x, PyObject* where, Index dim, std::size_t least) {
  if (x.ndim() < least)
    fail<Error>(function, " requires a tensor with at least ", least, " dimension", least > 1 ? "s" : "",
                ", but got a tensor with ", x.ndim(), " dimensions!");
  const Index size = x.shape()[static_cast<std::size_t>(dim)];
  if (PyIndex_Check(where)) {
    const Index sections = to_index(where);
    if (sections < 1 || size % sections)
      fail<Error>(function, " attempted to split along dimension ", dim, ", but the size of the dimension ", size,
                  " is not divisible by the split_size ", sections, "!");
  }
  return tensor_split_any(x, where, dim);
}

Variables each(const Variables& tensors, Variable (*f)(const Variable&)) {
  Variables results;
  for (const Variable& x : tensors) results.push_back(f(x));
  return results;
}

Variable at_least_1d(const Variable& x) { return x.ndim() ? x : reshape(x, {1}); }
Variable at_least_2d(const Variable& x) {
  return x.ndim() == 0 ? reshape(x, {1, 1}) : x.ndim() == 1 ? unsqueeze(x, 0) : x;
}
Variable at_least_3d(const Variable& x) {
  if (x.ndim() == 0) return reshape(x, {1, 1, 1});
  return x.ndim() == 1 ? unsqueeze(unsqueeze(x, 0), -1) : x.ndim() == 2 ? unsqueeze(x, -1) : x;
}

/// One Variable gives one, several or a sequence give a tuple.
template <Variable (*f)(const Variable&)>
PyObject* at_least(PyObject* tensors) {
  PyObject* const first =
      PyTuple_Check(tensors) && PyTuple_GET_SIZE(tensors) == 1 ? PyTuple_GET_ITEM(tensors, 0) : tensors;
  if (is_variable(first) || is_ndarray(first)) return wrap(f(as_variable(first, {})));
  return to_python(each(to_variables(first), f));
}

void check_some(const char* function, const Variables& tensors) {
  if (tensors.empty()) fail<Error>(function, " expects a non-empty TensorList");
}

Variable hstack(const Variables& tensors) {
  check_some("hstack", tensors);
  const Variables parts = each(tensors, at_least_1d);
  return cat(parts, parts[0].ndim() > 1 ? 1 : 0);
}
Variable vstack(const Variables& tensors) {
  check_some("vstack", tensors);
  return cat(each(tensors, at_least_2d), 0);
}
Variable dstack(const Variables& tensors) {
  check_some("dstack", tensors);
  return cat(each(tensors, at_least_3d), 2);
}
Variable column_stack(const Variables& tensors) {
  check_some("column_stack", tensors);
  return cat(each(tensors, [](const Variable& x) { return x.ndim() <= 1 ? reshape(x, {x.numel(), 1}) : x; }), 1);
}

Dims common_shape(const Variables& tensors) {
  Dims shape;
  for (const Variable& x : tensors) shape = broadcast(shape, x.shape());
  return shape;
}

Variables broadcast_tensors(const Variables& tensors) {
  const Dims shape = common_shape(tensors);
  Variables results;
  for (const Variable& x : tensors) results.push_back(x.shape() == shape ? x : expand(x, shape));
  return results;
}

Variables meshgrid(const Variables& tensors, const std::string& indexing) {
  check_some("meshgrid", tensors);
  if (indexing != "ij" && indexing != "xy")
    fail<Error>(R"(meshgrid: indexing must be one of "xy" or "ij", but received: )", indexing);
  const auto place = [&](std::size_t i) { return indexing == "xy" && tensors.size() > 1 && i < 2 ? 1 - i : i; };
  Dims shape(tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].ndim() > 1)
      fail<Error>("meshgrid: Expected 0D or 1D tensor in the tensor list but got: ", tensors[i].ndim(), "D");
    shape[place(i)] = tensors[i].numel();
  }
  Variables grids;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    Dims own(tensors.size(), 1);
    own[place(i)] = tensors[i].numel();
    grids.push_back(expand(view(tensors[i], own), shape));
  }
  return grids;
}

Variable cartesian_prod(const Variables& tensors) {
  for (const Variable& x : tensors)
    if (x.ndim() != 1) fail<Error>("cartesian_prod: Expect a 1D vector, but got shape ", to_string(x.shape()));
  if (tensors.size() == 1) return tensors[0];
  return stack(each(meshgrid(tensors, "ij"), [](const Variable& x) { return flatten(x); }), 1);
}

Variable flip_last(const Variable& x) {
  if (x.ndim() < 2) fail<Error>("Input must be >= 2-d.");
  return flip(x, {1});
}
Variable flip_first(const Variable& x) {
  if (x.ndim() < 1) fail<Error>("Input must be >= 1-d.");
  return flip(x, {0});
}

constexpr Function kTable[] = {
    function<flip>("flip(input, *dims)", "The elements in reverse order along these dimensions."),
    function<flip_last>("fliplr(input)", "flip(1)."),
    function<flip_first>("flipud(input)", "flip(0)."),
    function<roll>(
        "roll(input, shifts, dims=None)",
        "The elements moved on along `dims`, and those that leave at the end put in front; without `dims` as "
        "if flattened."),
    function<[](const Operand& x, Index k, const Dims& dims) { return rot90(x, k, dims.empty() ? Dims{0, 1} : dims); }>(
        "rot90(input, k=1, dims=None)",
        "Rotated by k quarter turns, from the first of two dimensions, which are 0 and 1 by default, to the other."),
    function<movedim_any>("movedim(input, source, destination)", "Dimensions moved to other places: a view."),
    function<movedim_any>("moveaxis(input, source, destination)", "movedim(), by NumPy's name."),
    function<transpose>("swapaxes(input, axis0, axis1)", "transpose(), by NumPy's name.", As::All),
    function<transpose>("swapdims(input, dim0, dim1)", "transpose().", As::All),
    function<unflatten>("unflatten(input, dim, sizes)",
                        "One dimension made several: a view; -1 stands for what is left."),
    function<[](const Variable& x, const Variable& other) { return reshape(x, other.shape()); }>(
        "reshape_as(input, other)", "reshape(other.shape).", As::Method),

    function<repeat>("repeat(input, *repeats)", "The whole repeated along each dimension, new ones in front.",
                     As::Method),
    function<tile>("tile(input, *dims)", "The whole repeated, as NumPy's: the last dimensions where there are fewer."),
    function<repeat_interleave_any>("repeat_interleave(input, repeats=None, dim=None, *, output_size=None)",
                                    "Each element repeated, or each part along `dim`; `repeats` is a number or one for "
                                    "each. With one argument, the "
                                    "positions 0, 1, ... each as often as it says."),

    function<diagonal>("diagonal(input, offset=0, dim1=0, dim2=1)", "A diagonal, as the last dimension: a view."),
    function<diag_embed>("diag_embed(input, offset=0, dim1=-2, dim2=-1)",
                         "Matrices with the last dimension on a diagonal."),
    function<diag>("diag(input, diagonal=0)", "Of a vector the diagonal matrix, of a matrix its diagonal.",
                   As::BothOut),
    function<[](const Variable& x, Index offset) { return diag_embed(reshape(x, {x.numel()}), offset); }>(
        "diagflat(input, offset=0)", "The matrix with the flattened input on a diagonal."),
    function<trace>("trace(input)", "Sum of the diagonal of a matrix."),
    function<tril>("tril(input, diagonal=0)", "The lower triangle; the rest is zero.", As::AllOut),
    function<triu>("triu(input, diagonal=0)", "The upper triangle; the rest is zero.", As::AllOut),

    function<hstack>("hstack(tensors)", "Arrays joined along the second dimension, vectors along the first.",
                     As::FunctionOut),
    function<vstack>("vstack(tensors)", "Arrays joined along the first dimension, vectors as rows.", As::FunctionOut),
    function<vstack>("row_stack(tensors)", "vstack().", As::FunctionOut),
    function<dstack>("dstack(tensors)", "Arrays joined along the third dimension.", As::FunctionOut),
    function<column_stack>("column_stack(tensors)", "Arrays joined as columns, vectors being one.", As::FunctionOut),
    function<[](const Variables& tensors, Index dim) { return cat(tensors, dim); }>("concat(tensors, dim=0)", "cat().",
                                                                                    As::FunctionOut),
    function<at_least<at_least_1d>>("atleast_1d(*tensors)", "With one dimension at least; of several a tuple.",
                                    As::Function),
    function<at_least<at_least_2d>>("atleast_2d(*tensors)", "With two dimensions at least; of several a tuple.",
                                    As::Function),
    function<at_least<at_least_3d>>("atleast_3d(*tensors)", "With three dimensions at least; of several a tuple.",
                                    As::Function),
    function<broadcast_tensors>("broadcast_tensors(*tensors)", "All expanded to the shape that they broadcast to.",
                                As::Function),
    function<meshgrid>("meshgrid(*tensors, indexing='ij')",
                       "Grids of coordinates, of the shape of all vectors together; with indexing='xy' the first two "
                       "dimensions are swapped.",
                       As::Function),
    function<cartesian_prod>("cartesian_prod(*tensors)", "All combinations of the vectors' elements, as rows.",
                             As::Function),

    function<narrow_any>("narrow(input, dim, start, length)", "`length` elements from `start` on along `dim`: a view."),
    function<[](const Variable& x, Index dim, PyObject* start, Index length) {
      return clone(narrow_any(x, dim, start, length), MemoryFormat::Contiguous);
    }>("narrow_copy(input, dim, start, length)", "A copy of narrow(), row-major.", As::BothOut),
    function<unbind>("unbind(input, dim=0)", "The parts along `dim`, without it: a tuple of views."),
    function<split_any>("split(input, split_size_or_sections, dim=0)",
                        "Parts of this size, the last one smaller, or of these sizes: a tuple of views."),
    function<[](const Variable& x, const Dims& sizes, Index dim) { return split(x, sizes, dim); }>(
        "split_with_sizes(input, split_sizes, dim=0)", "Parts of these sizes: a tuple of views."),
    function<[](const Variable& x, Index size, Index dim) { return split(x, size, dim, true); }>(
        "unsafe_split(input, split_size, dim=0)",
        "split() into arrays that are not views, though on one memory: to be written in place only where nothing else "
        "reads it."),
    function<[](const Variable& x, const Dims& sizes, Index dim) { return split(x, sizes, dim, true); }>(
        "unsafe_split_with_sizes(input, split_sizes, dim=0)", "split_with_sizes() as unsafe_split()."),
    function<[](const Variable& x, Index chunks, Index dim) { return chunk(x, chunks, dim, true); }>(
        "unsafe_chunk(input, chunks, dim=0)", "chunk() as unsafe_split()."),
    function<[](const Variable& x, Index chunks, Index dim) { return chunk(x, chunks, dim); }>(
        "chunk(input, chunks, dim=0)", "At most so many parts of one size, the last one smaller: views."),
    function<tensor_split_any>(
        "tensor_split(input, indices_or_sections, dim=0)",
        "Just so many parts, of sizes that differ by one at most, or cut at these positions: views."),
    function<[](const Variable& x, PyObject* where) {
      return split_along("hsplit", x, where, x.ndim() == 1 ? 0 : 1, 1);
    }>("hsplit(input, indices_or_sections)", "tensor_split() along the second dimension, of a vector the first."),
    function<[](const Variable& x, PyObject* where) { return split_along("vsplit", x, where, 0, 2); }>(
        "vsplit(input, indices_or_sections)", "tensor_split() along the first dimension."),
    function<[](const Variable& x, PyObject* where) { return split_along("dsplit", x, where, 2, 3); }>(
        "dsplit(input, indices_or_sections)", "tensor_split() along the third dimension."),
};

}  // namespace

void register_arranging(py::object& module) {
  auto& m = module_of(module);
  register_table<kTable>(m);
  m.def(
      "broadcast_shapes",
      [](const py::args& shapes) {
        Dims shape;
        for (const py::handle each : shapes) shape = broadcast(shape, to_dims(each.ptr()));
        return steal(size_object(shape));
      },
      "The shape that arrays of these shapes broadcast to.");
}

}  // namespace tapegrad::bindings
