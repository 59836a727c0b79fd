#pragma once
// What the rows of views have in common: attributes with the layouts of input and result, and the layouts themselves.

#include <algorithm>
#include <utility>

#include "graph/record.h"
#include "graph/view.h"
#include "ops/elementwise.h"

namespace tapegrad {

/// A call of a view op: forward has the new layout ready.
struct ViewAttributes {
  Dims shape;
  Layout to;
  std::vector<Field> fields() const { return {{"self_sym_sizes", shape}}; }
};

inline void view_forward(Call& call) {
  call.out[0] = call.tensor(0).view(Layout(call.attributes<ViewAttributes>().to));
}

constexpr Op::Row view_row(const char* name, const char* node, void (*derivative)(Backward&)) {
  return {.name = name,
          .node = node,
          .forward = view_forward,
          .derivative = derivative,
          .category = Category::Shape,
          .view = true};
}

/// The rows of a view and of the same in place (name_), whose nodes have names of their own.
struct ViewRows {
  Op view, in_place;
  /// The one of the call that is being made.
  const Op& row() const { return InPlace::pending() ? in_place : view; }
};

inline Variable make_view(const Op& op, const Variable& x, Layout to) {
  return apply(op, {x}, ViewAttributes{x.shape(), std::move(to)});
}

/// `size` elements from `start` on, in steps, of dimension `dim`, which goes if `drop` is set.
struct PartAttributes {
  Ref<SharedLayout> whole;  // of the array that has the part
  std::size_t dim;
  Index start, size, step;
  bool drop;
  const Dims& shape() const { return whole->layout.shape; }
  std::vector<Field> fields() const {
    const Field along{"dim", static_cast<Index>(dim)};
    if (drop) return {along, {"index", start}, {"self_sym_sizes", shape()}};
    return {along, {"start", start}, {"end", start + size * step}, {"step", step}, {"self_sym_sizes", shape()}};
  }
};

/// The bounds of a Python slice of a dimension, made non-negative and clipped.
inline std::pair<Index, Index> clipped(Index start, Index end, Index length) {
  const Index first = std::clamp<Index>(start < 0 ? start + length : start, 0, length);
  return {first, std::clamp<Index>(end < 0 ? end + length : end, first, length)};
}

/// Where the part is in an array that lies as `whole`.
Layout cut(const Layout& whole, const PartAttributes& a);

/// A diagonal, which becomes the last dimension.
struct DiagonalAttributes {
  Dims shape;  // of the array that has the diagonal
  Index offset;
  std::size_t dim1, dim2;
  std::vector<Field> fields() const {
    return {{"offset", offset}, {"dim1", static_cast<Index>(dim1)}, {"dim2", static_cast<Index>(dim2)}};
  }
};

/// The attributes of a diagonal of an array of this shape. Raises Error and IndexError for wrong dimensions.
DiagonalAttributes diagonal_call(const Dims& shape, Index offset, Index dim1, Index dim2);

/// Where the diagonal is in an array that lies as `whole`.
Layout diagonal_of(const Layout& whole, const DiagonalAttributes& a);

/// A vector of `count` zeros but for `values` at the places of a layout: the sum of them where it names an element more
/// than once.
Variable spread_out(Index count, const Layout& at, Variable values);

}  // namespace tapegrad
