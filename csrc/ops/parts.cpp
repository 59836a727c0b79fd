// Views of a part of an array.

#include <algorithm>

#include "ops/arranging.h"
#include "ops/gradients.h"
#include "ops/layouts.h"

namespace tapegrad {

Layout cut(const Layout& whole, const PartAttributes& a) {
  const std::size_t ndim = whole.shape.size() - a.drop;
  Layout part{Dims(ndim), Dims(ndim), whole.offset + a.start * whole.strides[a.dim]};
  for (std::size_t i = 0; i < ndim; ++i) {
    const std::size_t from = i + (a.drop && i >= a.dim);
    part.shape[i] = whole.shape[from];
    part.strides[i] = whole.strides[from];
  }
  if (!a.drop) {
    part.shape[a.dim] = a.size;
    part.strides[a.dim] *= a.step;
  }
  return part;
}

namespace {

void part_forward(Call& call) {
  const auto& a = call.attributes<PartAttributes>();
  const Tensor& x = call.tensor(0);
  call.out[0] = x.view(make_ref<SharedLayout>(cut(x.layout(), a)));
}

/// The gradient of a part of an array: zeros, but for the part.
void part_derivative(Backward& b) {
  const auto& a = b.attributes<PartAttributes>();
  set_part(b, 0, a.shape(), [&](Variable whole, bool zero) {
    add_part(as_strided(whole, cut(whole.tensor().layout(), a)), b.take(), zero);
    return whole;
  });
}

const Op kSelect({.name = "select",
                  .node = "SelectBackward0",
                  .forward = part_forward,
                  .derivative = part_derivative,
                  .category = Category::Shape,
                  .view = true});
const Op kSlice({.name = "slice",
                 .node = "SliceBackward0",
                 .forward = part_forward,
                 .derivative = part_derivative,
                 .category = Category::Shape,
                 .view = true});

/// One index of a dimension, which goes.
Layout at_index(const Layout& layout, std::size_t dim, Index index) {
  return cut(layout, {nullptr, dim, index, 1, 1, true});
}

/// Of a layout that names elements more than once: the shortest dimension without which it does not, if there is one,
/// else the shortest.
std::size_t repeating_dim(const Layout& layout) {
  std::size_t shortest = 0, best = layout.shape.size();
  for (std::size_t i = 0; i < layout.shape.size(); ++i) {
    const Index size = layout.shape[i];
    if (layout.shape[shortest] == 1 || (size > 1 && size < layout.shape[shortest])) shortest = i;
    const Layout rest = at_index(layout, i, 0);
    if (non_overlapping(rest.shape, rest.strides) && (best == layout.shape.size() || size < layout.shape[best]))
      best = i;
  }
  return best < layout.shape.size() ? best : shortest;
}

/// How many elements add_spread adds at a time.
Index spread_at_once(Layout layout) {
  while (!non_overlapping(layout.shape, layout.strides)) layout = at_index(layout, repeating_dim(layout), 0);
  return count_elements(layout.shape);
}

/// Adds values that lie as `from` to the places of a layout: all of them where it names an element more than once.
void add_spread(const Tensor& room, const Layout& at, const Tensor& values, const Layout& from) {
  if (non_overlapping(at.shape, at.strides)) {
    const TensorRef part = room.view(Layout(at));
    return kernels::binary(kernels::BinaryFn::Add, room.dtype(), *part, *part, *values.view(Layout(from)));
  }
  const std::size_t dim = repeating_dim(at);  // its indices one after another
  for (Index i = 0; i < at.shape[dim]; ++i) add_spread(room, at_index(at, dim, i), values, at_index(from, dim, i));
}

}  // namespace

Variable spread_out(Index count, const Layout& at, Variable values) {
  constexpr Index kWorthwhile = 64;
  Variable room = full({count}, 0.0, values.dtype());
  if (non_overlapping(at.shape, at.strides)) {
    copy_(as_strided(room, at), std::move(values));
  } else if (!GradMode::enabled() && spread_at_once(at) >= kWorthwhile) {
    add_spread(room.tensor(), at, values.tensor(), values.tensor().layout());
  } else {
    const Variable places = as_strided(arange(0, count, 1, DType::Int64), at);
    index_put_(room, {&places, 1}, std::move(values), true);
  }
  return room;
}

namespace {

void as_strided_forward(Call& call) {
  call.out[0] = call.tensor(0).view(Layout(call.attributes<AsStridedAttributes>().to));
}

/// The layouts of input and result are in one storage: the gradient goes through a storage of the same extent. Elements
/// that the input itself has more than once share what comes back for their memory.
void as_strided_derivative(Backward& b) {
  AsStridedAttributes a = b.attributes<AsStridedAttributes>();
  Index least = a.from.offset, greatest = a.from.offset;
  for (const Layout* layout : {&a.from, &a.to}) {
    const auto [low, high] = extent(layout->shape, layout->strides);
    least = std::min(least, layout->offset + low);
    greatest = std::max(greatest, layout->offset + high);
  }
  a.from.offset -= least;
  a.to.offset -= least;
  const Index count = greatest - least + 1;
  Variable room = spread_out(count, a.to, b.take());
  if (!non_overlapping(a.from.shape, a.from.strides))
    room = room / maximum(spread_out(count, a.from, full(a.from.shape, 1.0, room.dtype())), 1.0);
  b.set(0, as_strided(room, a.from));
}

constexpr Op::Row as_strided_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = as_strided_forward,
          .derivative = as_strided_derivative,
          .category = Category::Shape,
          .view = true};
}

}  // namespace

const Op kAsStrided(as_strided_row("as_strided", "AsStridedBackward0"));

namespace {

const Op kAsStridedInPlace(as_strided_row("as_strided_", "AsStridedBackward1"));

/// Windows of `size` along a dimension, each `step` from the last, as a last dimension more.
struct UnfoldAttributes {
  Dims shape;
  std::size_t dim;
  Index size, step;
};

Layout windows(const Layout& whole, const UnfoldAttributes& a) {
  Layout to = whole;
  Index step = 1;
  if (!whole.shape.empty()) {
    step = whole.strides[a.dim];
    to.shape[a.dim] = (whole.shape[a.dim] - a.size) / a.step + 1;
    to.strides[a.dim] *= a.step;
  }
  to.shape.push_back(a.size);
  to.strides.push_back(step);
  return to;
}

const Op kUnfold({.name = "unfold",
                  .node = "UnfoldBackward0",
                  .forward =
                      [](Call& call) {
                        call.out[0] =
                            call.tensor(0).view(windows(call.tensor(0).layout(), call.attributes<UnfoldAttributes>()));
                      },
                  .derivative =
                      [](Backward& b) {
                        const auto& a = b.attributes<UnfoldAttributes>();
                        const Layout whole(a.shape, contiguous_strides(a.shape));
                        b.set(0, view(spread_out(count_elements(a.shape), windows(whole, a), b.take()), a.shape));
                      },
                  .category = Category::Shape,
                  .view = true});

}  // namespace

Variable unfold(const Variable& x, Index dim, Index size, Index step) {
  const std::size_t at = wrap_dim(dim, x.ndim());
  const Index most = x.ndim() ? x.shape()[at] : 1;
  if (size < 0) fail<Error>("unfold(): size is ", size, " but must be >= 0");
  if (size > most)
    fail<Error>("unfold(): maximum size for tensor at dimension ", at, " is ", most, " but size is ", size);
  if (step <= 0) fail<Error>("unfold(): step is ", step, " but must be > 0");
  return apply(kUnfold, {x}, UnfoldAttributes{x.shape(), at, size, step});
}

Variable as_strided(const Variable& x, const Layout& to, bool with_offset) {
  const auto [low, high] = extent(to.shape, to.strides);
  const Index elements = x.tensor().room();
  if (to.shape.size() != to.strides.size() || (high >= low && (to.offset + low < 0 || to.offset + high >= elements)))
    fail<Error>("as_strided: the layout with shape ", to_string(to.shape), ", strides ", to_string(to.strides),
                " and offset ", to.offset, " is out of bounds for storage of ", elements, " elements");
  return apply(InPlace::pending() ? kAsStridedInPlace : kAsStrided, {x},
               AsStridedAttributes{x.tensor().layout(), to, with_offset});
}

namespace {

Index wrap_index(Index index, std::size_t dim, Index size) {
  if (index < -size || index >= size)
    fail<IndexError>("index ", index, " is out of bounds for dimension ", dim, " with size ", size);
  return index < 0 ? index + size : index;
}

}  // namespace

Variable select(const Variable& x, Index dim, Index index) {
  if (x.ndim() == 0) fail<IndexError>("select() cannot be applied to a 0-dim tensor.");
  const std::size_t at = wrap_dim(dim, x.ndim());
  const Index size = x.shape()[at];
  return apply(kSelect, {x}, PartAttributes{x.tensor().layout_ref(), at, wrap_index(index, at, size), 1, 1, true});
}

Variable select_leading(const Variable& x, std::span<const Index> indices) {
  const bool recording = GradMode::enabled() && x.requires_grad();
  Edge edge = recording ? x.edge() : Edge();
  Ref<SharedLayout> layout = x.tensor().layout_ref();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const PartAttributes a{layout, 0, wrap_index(indices[i], i, layout->layout.shape[0]), 1, 1, true};
    layout = make_ref<SharedLayout>(cut(layout->layout, a));
    if (recording) edge = {view_node(kSelect, std::move(edge), a, layout, x.dtype()), 0};
  }
  Variable part(x.tensor().view(std::move(layout)));
  mark_view(part, x);
  if (recording) set_history(part, std::move(edge.node), 0);
  return part;
}

Variable slice(const Variable& x, Index dim, Index start, Index end, Index step) {
  const std::size_t at = wrap_dim(dim, x.ndim());
  if (step < 1) fail<ValueError>("step must be greater than zero, but is ", step, ": use flip() to reverse");
  const Index size = std::max<Index>(0, (end - start + step - 1) / step);
  return apply(kSlice, {x}, PartAttributes{x.tensor().layout_ref(), at, start, size, step, false});
}

void fill_diagonal_(const Variable& x, const Operand& value, bool wrap) {
  const Dims& shape = x.shape();
  if (shape.size() < 2)
    fail<Error>("fill_diagonal_: dimensions must be larger than 1, but the input has ", shape.size());
  if (shape.size() > 2) {
    Layout diagonal{{shape[0]}, {0}, x.tensor().offset()};
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] != shape[0])
        fail<Error>("fill_diagonal_: all dimensions of input must be of equal length, but its shape is ",
                    to_string(shape));
      diagonal.strides[0] += x.tensor().strides()[i];
    }
    return fill_(as_strided(x, diagonal), value);
  }
  const Index rows = shape[0], columns = shape[1];
  if (!wrap) return fill_(diagonal(x), value);
  for (Index row = 0; row < rows; row += columns + 1)
    fill_(diagonal(slice(x, 0, row, std::min(row + columns, rows), 1)), value);
}

}  // namespace tapegrad
