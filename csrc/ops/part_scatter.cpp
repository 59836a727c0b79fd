// Copies of an array in which a part is replaced: what a view of the part shows, but with memory of its own.

#include "ops/arranging.h"
#include "ops/layouts.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

/// The row of a copy with src in the part that `place` finds. `part` is the view of the same part.
template <class Attributes, Layout (*place)(const Layout&, const Attributes&),
          Variable (*part)(const Variable&, const Attributes&)>
constexpr Op::Row part_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward =
              [](Call& call) {
                const Tensor& out = written(call);
                kernels::copy(*out.view(place(out.layout(), call.attributes<Attributes>())), input(call.in[1]));
              },
          .derivative =
              [](Backward& b) {
                const auto& a = b.attributes<Attributes>();
                if (b.needs(1)) b.set(1, part(b.grad(), a));
                if (b.needs(0)) b.set(0, apply(b.node().op(), {b.take(), Operand(0)}, a));
              },
          .category = Category::Shape,
          .inputs = 2};
}

Variable selected(const Variable& x, const PartAttributes& a) { return select(x, static_cast<Index>(a.dim), a.start); }
Variable sliced(const Variable& x, const PartAttributes& a) {
  return slice(x, static_cast<Index>(a.dim), a.start, a.start + a.size * a.step, a.step);
}
Variable diagonal_part(const Variable& x, const DiagonalAttributes& a) {
  return diagonal(x, a.offset, static_cast<Index>(a.dim1), static_cast<Index>(a.dim2));
}

const Op kSelectScatter(part_row<PartAttributes, cut, selected>("select_scatter", "SelectScatterBackward0"));
const Op kSliceScatter(part_row<PartAttributes, cut, sliced>("slice_scatter", "SliceScatterBackward0"));
const Op kDiagonalScatter(part_row<DiagonalAttributes, diagonal_of, diagonal_part>("diagonal_scatter",
                                                                                   "DiagonalScatterBackward0"));

/// A copy of all memory up to the last element of x, seen as x sees its own.
TensorRef copy_of_memory(const Tensor& x) {
  const Index count = x.offset() + extent(x.shape(), x.strides()).second + 1;
  const TensorRef memory = new_tensor(x.dtype(), {count});
  kernels::copy(*memory, *x.view({{count}, {1}, 0}));
  return memory->view(Layout(x.layout()));
}

/// A gradient as x lies, in a memory of zeros that holds both layouts.
Variable in_memory(const Variable& gradient, const AsStridedAttributes& a) {
  Index count = 1;
  for (const Layout* layout : {&a.from, &a.to})
    count = std::max(count, layout->offset + extent(layout->shape, layout->strides).second + 1);
  return spread_out(count, a.from, gradient);
}

const Op kAsStridedScatter({.name = "as_strided_scatter",
                            .node = "AsStridedScatterBackward0",
                            .forward =
                                [](Call& call) {
                                  call.out[0] = copy_of_memory(call.tensor(0));
                                  const Layout& to = call.attributes<AsStridedAttributes>().to;
                                  kernels::copy(*call.out[0]->view(Layout(to)), input(call.in[1]));
                                },
                            .derivative =
                                [](Backward& b) {
                                  const auto& a = b.attributes<AsStridedAttributes>();
                                  const Variable memory = in_memory(b.take(), a);
                                  if (b.needs(1)) b.set(1, clone(as_strided(memory, a.to)));
                                  if (!b.needs(0)) return;
                                  zero_(as_strided(memory, a.to));
                                  b.set(0, as_strided(memory, a.from));
                                },
                            .category = Category::Shape,
                            .inputs = 2});

void check_source(const char* function, const Operand& src, const Dims& part) {
  if (src.tensor().shape() != part)
    fail<Error>(function, "(): expected src to have a size equal to the slice of self. src size = ",
                to_string(src.tensor().shape()), ", slice size = ", to_string(part));
}

}  // namespace

Variable select_scatter(const Operand& x, const Operand& src, Index dim, Index index) {
  const Layout& whole = x.tensor().layout();
  if (whole.shape.empty()) fail<IndexError>("select_scatter() cannot be applied to a 0-dim tensor.");
  const std::size_t at = wrap_dim(dim, whole.shape.size());
  const Index size = whole.shape[at];
  if (index < -size || index >= size)
    fail<IndexError>("select_scatter(): index ", index, " out of range for tensor of size ", to_string(whole.shape),
                     " at dimension ", at);
  const PartAttributes a{x.tensor().layout_ref(), at, index < 0 ? index + size : index, 1, 1, true};
  check_source("select_scatter", src, cut(whole, a).shape);
  return apply(kSelectScatter, {x, src}, a);
}

Variable slice_scatter(const Operand& x, const Operand& src, Index dim, Index start, Index end, Index step) {
  const Layout& whole = x.tensor().layout();
  if (whole.shape.empty()) fail<Error>("slice_scatter() cannot be applied to a 0-dim tensor.");
  const std::size_t at = wrap_dim(dim, whole.shape.size());
  if (step < 1) fail<Error>("slice step must be positive, but is ", step);
  const auto [first, last] = clipped(start, end, whole.shape[at]);
  const PartAttributes a{x.tensor().layout_ref(), at, first, (last - first + step - 1) / step, step, false};
  check_source("slice_scatter", src, cut(whole, a).shape);
  return apply(kSliceScatter, {x, src}, a);
}

Variable diagonal_scatter(const Operand& x, const Operand& src, Index offset, Index dim1, Index dim2) {
  const DiagonalAttributes a = diagonal_call(x.tensor().shape(), offset, dim1, dim2);
  check_source("diagonal_scatter", src, diagonal_of(x.tensor().layout(), a).shape);
  return apply(kDiagonalScatter, {x, src}, a);
}

Variable as_strided_scatter(const Variable& x, const Operand& src, const Layout& to) {
  const Tensor& from = x.tensor();
  const auto [low, high] = extent(from.shape(), from.strides());
  if (low < 0 || !non_overlapping(from)) return as_strided_scatter(clone(x), src, to);
  as_strided(detach(x), to);  // whether that is inside the memory
  const Index end = to.offset + extent(to.shape, to.strides).second;
  if (end > from.offset() + high)
    fail<Error>("as_strided_scatter(): the layout of the part is out of bounds for storage up to the last element of ",
                "the input, ", from.offset() + high + 1, " elements");
  check_source("as_strided_scatter", src, to.shape);
  return apply(kAsStridedScatter, {x, src}, AsStridedAttributes{from.layout(), to});
}

}  // namespace tapegrad
