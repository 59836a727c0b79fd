// Views of the whole: other shapes, other orders of the dimensions. Views of a part are in parts.cpp.

#include "ops/layouts.h"

namespace tapegrad {
namespace {

void reshape_derivative(Backward& b) { b.set(0, reshape(b.take(), b.attributes<ViewAttributes>().shape)); }

const Op kView(view_row("view", "ViewBackward0", reshape_derivative));
const Op kReshapeAlias(view_row("reshape_alias", "ReshapeAliasBackward0", reshape_derivative));
const ViewRows kSqueeze{Op(view_row("squeeze", "SqueezeBackward0", reshape_derivative)),
                        Op(view_row("squeeze_", "SqueezeBackward3", reshape_derivative))};
const ViewRows kSqueezeDim{Op(view_row("squeeze_dim", "SqueezeBackward1", reshape_derivative)),
                           Op(view_row("squeeze_dim_", "SqueezeBackward4", reshape_derivative))};
const ViewRows kSqueezeDims{Op(view_row("squeeze_dims", "SqueezeBackward2", reshape_derivative)),
                            Op(view_row("squeeze_dims_", "SqueezeBackward5", reshape_derivative))};
const ViewRows kUnsqueeze{Op(view_row("unsqueeze", "UnsqueezeBackward0", reshape_derivative)),
                          Op(view_row("unsqueeze_", "UnsqueezeBackward1", reshape_derivative))};
const Op kAlias(view_row("alias", "AliasBackward0", reshape_derivative));
// The engine sums what was expanded.
const Op kExpand(view_row("expand", "ExpandBackward0", [](Backward& b) { b.set(0, b.take()); }));

struct PermuteAttributes {
  Dims dims;
  std::vector<Field> fields() const { return {{"dims", dims}}; }
};

Layout permuted(const Layout& from, const Dims& dims) {
  Layout to{Dims(dims.size()), Dims(dims.size()), from.offset};
  for (std::size_t i = 0; i < dims.size(); ++i) {
    to.shape[i] = from.shape[static_cast<std::size_t>(dims[i])];
    to.strides[i] = from.strides[static_cast<std::size_t>(dims[i])];
  }
  return to;
}

void permute_forward(Call& call) {
  const Tensor& x = call.tensor(0);
  const Dims& dims = call.attributes<PermuteAttributes>().dims;
  call.out[0] =
      x.view(dims.size() == 2 && dims[0] == 1 ? x.layout_ref()->transposed()
                                              : make_ref<SharedLayout>(permuted(x.layout(), dims), x.numel()));
}

void permute_derivative(Backward& b) {
  const Dims& dims = b.attributes<PermuteAttributes>().dims;
  Dims inverse(dims.size());
  for (std::size_t i = 0; i < dims.size(); ++i) inverse[static_cast<std::size_t>(dims[i])] = static_cast<Index>(i);
  b.set(0, permute(b.take(), inverse));
}

struct TransposeAttributes {
  std::size_t dim0, dim1;
  std::vector<Field> fields() const { return {{"dim0", static_cast<Index>(dim0)}, {"dim1", static_cast<Index>(dim1)}}; }
};

Layout exchanged(Layout layout, std::size_t dim0, std::size_t dim1) {
  if (!layout.shape.empty()) {
    std::swap(layout.shape[dim0], layout.shape[dim1]);
    std::swap(layout.strides[dim0], layout.strides[dim1]);
  }
  return layout;
}

void transpose_forward(Call& call) {
  const auto& a = call.attributes<TransposeAttributes>();
  const Tensor& x = call.tensor(0);
  call.out[0] = x.view(x.ndim() == 2 && a.dim0 != a.dim1
                           ? x.layout_ref()->transposed()
                           : make_ref<SharedLayout>(exchanged(x.layout(), a.dim0, a.dim1), x.numel()));
}

void transpose_derivative(Backward& b) {
  const auto& a = b.attributes<TransposeAttributes>();
  b.set(0, transpose(b.take(), static_cast<Index>(a.dim0), static_cast<Index>(a.dim1)));
}

constexpr Op::Row transpose_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = transpose_forward,
          .derivative = transpose_derivative,
          .category = Category::Shape,
          .view = true};
}

constexpr Op::Row permute_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = permute_forward,
          .derivative = permute_derivative,
          .category = Category::Shape,
          .view = true};
}

const Op kPermute(permute_row("permute", "PermuteBackward0"));
const ViewRows kTranspose{Op(transpose_row("transpose", "TransposeBackward0")),
                          Op(transpose_row("transpose_", "TransposeBackward1"))};
const ViewRows kT{Op(transpose_row("t", "TBackward0")), Op(transpose_row("t_", "TBackward1"))};

// Rows of the same name elsewhere: reshape where a copy was needed, and what a batched product is brought to its shape
// by. No view: the memory is its own.
const Op kUnsafeView({.name = "unsafe_view",
                      .node = "UnsafeViewBackward0",
                      .forward = view_forward,
                      .derivative = reshape_derivative,
                      .category = Category::Shape});

/// A shape with its -1 worked out. Raises Error where the counts do not fit.
Dims inferred(const Dims& shape, Index numel) {
  Dims result = shape;
  std::size_t unknown = shape.size();
  Index known = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == -1) {
      if (unknown != shape.size())
        fail<Error>("only one dimension can be inferred, but the shape ", to_string(shape), " has several -1");
      unknown = i;
    } else if (shape[i] < 0) {
      fail<Error>("invalid shape dimension ", shape[i], " in ", to_string(shape));
    } else if (__builtin_mul_overflow(known, shape[i], &known)) {
      fail<Error>("shape '", to_string(shape), "' is invalid for input of size ", numel);
    }
  }
  if (unknown != shape.size()) {
    if (known == 0 && numel == 0)
      fail<Error>("cannot reshape tensor of 0 elements into shape ", to_string(shape),
                  " because the unspecified dimension size -1 can be any value and is ambiguous");
    if (known != 0 && numel % known == 0) result[unknown] = numel / known;
    else fail<Error>("shape '", to_string(shape), "' is invalid for input of size ", numel);
  } else if (known != numel) {
    fail<Error>("shape '", to_string(shape), "' is invalid for input of size ", numel);
  }
  return result;
}

/// Strides with which `from` can be seen in another shape of as many elements, if there are any. Runs of old dimensions
/// that lie without gaps are cut into the new ones.
std::optional<Dims> viewed_strides(const Layout& from, const Dims& shape) {
  if (from.shape.empty() || count_elements(from.shape) == 0) return contiguous_strides(shape);
  Dims strides(shape.size(), 1);
  std::size_t next = shape.size();  // new dimensions left of it are still to be found
  Index run = 1, covered = 1, step = from.strides.empty() ? 1 : from.strides.back();
  for (std::size_t i = from.shape.size(); i-- > 0;) {
    run *= from.shape[i];
    const bool run_ends = i == 0 || (from.shape[i - 1] != 1 && from.strides[i - 1] != run * step);
    if (!run_ends) continue;
    while (next > 0 && (covered < run || shape[next - 1] == 1)) {
      strides[next - 1] = covered * step;
      covered *= shape[--next];
    }
    if (covered != run) return {};
    if (i > 0) {
      step = from.strides[i - 1];
      run = covered = 1;
    }
  }
  return next == 0 ? std::optional(strides) : std::nullopt;
}

/// Squeezes the dimensions in `mask` that have size 1.
Variable squeezed(const Op& op, const Variable& x, std::uint64_t mask) {
  const Layout& from = x.tensor().layout();
  Layout to{{}, {}, from.offset};
  for (std::size_t i = 0; i < from.shape.size(); ++i) {
    if (from.shape[i] == 1 && (mask >> i & 1)) continue;
    to.shape.push_back(from.shape[i]);
    to.strides.push_back(from.strides[i]);
  }
  return make_view(op, x, std::move(to));
}

Dims identity(std::size_t n) {
  Dims dims(n);
  for (std::size_t i = 0; i < n; ++i) dims[i] = static_cast<Index>(i);
  return dims;
}

Variable swapped(const Op& op, const Variable& x, std::size_t i, std::size_t j) {
  return apply(op, {x}, TransposeAttributes{i, j});
}

}  // namespace

Variable view(const Variable& x, const Dims& shape) {
  Dims to = inferred(shape, x.numel());
  auto strides = viewed_strides(x.tensor().layout(), to);
  if (!strides) {
    fail<Error>(
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
        "contiguous subspaces): cannot view ",
        to_string(x.shape()), " with strides ", to_string(x.tensor().strides()), " as ", to_string(to),
        ". Use .reshape(...) instead.");
  }
  return make_view(kView, x, {std::move(to), *std::move(strides), x.tensor().offset()});
}

Variable view(const Variable& x, DType dtype) {
  const Tensor& from = x.tensor();
  const auto old_size = static_cast<Index>(itemsize(from.dtype())), new_size = static_cast<Index>(itemsize(dtype));
  if (dtype == DType::Bool && from.dtype() != dtype)
    fail<Error>("view(): ", name(from.dtype()),
                " cannot be viewed as bool, whose elements may be 0 and 1 only: use .to()");
  Layout to = from.layout();
  if (old_size != new_size) {
    const auto refuse = [&](const auto&... why) {
      fail<Error>(why..., " to view ", name(from.dtype()), " as ", name(dtype), " (different element sizes)");
    };
    if (from.ndim() == 0) refuse("self.dim() cannot be 0");
    const std::size_t last = from.ndim() - 1;
    const Index more = std::max<Index>(1, new_size / old_size), fewer = std::max<Index>(1, old_size / new_size);
    if (to.strides[last] != 1) refuse("self.stride(-1) must be 1");
    if (to.shape[last] % more) refuse("self.size(-1) must be divisible by ", more);
    if (to.offset % more) refuse("self.storage_offset() must be divisible by ", more);
    for (std::size_t i = 0; i < last; ++i) {
      if (to.strides[i] % more) refuse("self.stride(", i, ") must be divisible by ", more);
      to.strides[i] = to.strides[i] / more * fewer;
    }
    to.shape[last] = to.shape[last] / more * fewer;
    to.offset = to.offset / more * fewer;
  }
  return Variable(make_ref<Tensor>(dtype, std::move(to), from.storage_ref(), from.counter()));
}

Variable reshape(const Variable& x, const Dims& shape) {
  Dims to = inferred(shape, x.numel());
  if (auto strides = viewed_strides(x.tensor().layout(), to)) {
    const bool expanded = !non_overlapping(x.tensor());
    return make_view(expanded ? kReshapeAlias : kView, x, {std::move(to), *std::move(strides), x.tensor().offset()});
  }
  return unsafe_view(contiguous(x), to);
}

Variable unsafe_view(const Variable& x, const Dims& shape) {
  return make_view(kUnsafeView, x, {shape, contiguous_strides(shape), x.tensor().offset()});
}

Variable flatten(const Variable& x, Index start, Index end) {
  const std::size_t first = wrap_dim(start, x.ndim()), last = wrap_dim(end, x.ndim());
  if (first > last) fail<Error>("flatten() has invalid args: start_dim cannot come after end_dim");
  if (x.ndim() == 0) return reshape(x, {1});
  if (first == last) return x;
  Dims shape;
  for (std::size_t i = 0; i < x.ndim(); ++i) {
    if (i > first && i <= last) shape[shape.size() - 1] *= x.shape()[i];
    else shape.push_back(x.shape()[i]);
  }
  return reshape(x, shape);
}

Variable transpose(const Variable& x, Index dim0, Index dim1) {
  return swapped(kTranspose.row(), x, wrap_dim(dim0, x.ndim()), wrap_dim(dim1, x.ndim()));
}

Variable t(const Variable& x) {
  if (x.ndim() > 2)
    fail<Error>("t() expects a tensor with <= 2 dimensions, but self is ", x.ndim(), "D: use .mT or transpose()");
  return swapped(kT.row(), x, 0, x.ndim() < 2 ? 0 : 1);
}

Variable permute(const Variable& x, const Dims& dims) {
  if (dims.size() != x.ndim()) {
    fail<Error>(
        "permute(dims): number of dimensions in the tensor input does not match the length of the desired ordering of "
        "dimensions i.e. input.dim() = ",
        x.ndim(), " is not equal to len(dims) = ", dims.size());
  }
  Dims wrapped(dims.size());
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const std::size_t dim = wrap_dim(dims[i], x.ndim());
    if (seen >> dim & 1) fail<Error>("permute(): duplicate dims are not allowed: ", to_string(dims));
    seen |= std::uint64_t{1} << dim;
    wrapped[i] = static_cast<Index>(dim);
  }
  return apply(kPermute, {x}, PermuteAttributes{std::move(wrapped)});
}

Variable reversed(const Variable& x) {
  Dims dims = identity(x.ndim());
  std::reverse(dims.begin(), dims.end());
  return apply(kPermute, {x}, PermuteAttributes{std::move(dims)});
}

Variable matrix_transpose(const Variable& x) {
  if (x.ndim() < 2)
    fail<Error>("tensor.mT is only supported on matrices or batches of matrices. Got ", x.ndim(), "-D tensor.");
  return swapped(kTranspose.row(), x, x.ndim() - 2, x.ndim() - 1);
}

Variable expand(const Variable& x, const Dims& shape) {
  const Layout& from = x.tensor().layout();
  if (shape.size() < from.shape.size()) {
    fail<Error>("expand(", to_string(from.shape), ", size=", to_string(shape), "): the number of sizes provided (",
                shape.size(), ") must be greater or equal to the number of dimensions in the tensor (",
                from.shape.size(), ")");
  }
  const std::size_t extra = shape.size() - from.shape.size();
  Layout to{shape, Dims(shape.size()), from.offset};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const Index old = i < extra ? 1 : from.shape[i - extra];
    if (shape[i] == -1 && i >= extra) to.shape[i] = old;
    else if (shape[i] < 0)
      fail<Error>("The expanded size of the tensor (", shape[i],
                  ") isn't allowed in a leading, non-existing dimension ", i);
    if (i >= extra && to.shape[i] == old) {
      to.strides[i] = from.strides[i - extra];
    } else if (old != 1) {
      fail<Error>("The expanded size of the tensor (", shape[i], ") must match the existing size (", old,
                  ") at non-singleton dimension ", i, ".  Target sizes: ", to_string(shape),
                  ".  Tensor sizes: ", to_string(from.shape));
    }
  }
  count_elements(to.shape, itemsize(x.dtype()));
  return make_view(kExpand, x, std::move(to));
}

Variable squeeze(const Variable& x) { return squeezed(kSqueeze.row(), x, ~std::uint64_t{0}); }
Variable squeeze(const Variable& x, Index dim) {
  return squeezed(kSqueezeDim.row(), x, std::uint64_t{1} << wrap_dim(dim, x.ndim()));
}
Variable squeeze(const Variable& x, const Dims& dims) {
  return squeezed(kSqueezeDims.row(), x, dims.empty() ? 0 : dim_mask(dims, x.ndim()));
}

Variable unsqueeze(const Variable& x, Index dim) {
  const std::size_t at = wrap_dim(dim, x.ndim() + 1);
  Layout to = x.tensor().layout();
  to.strides.insert(at, at < x.ndim() ? to.shape[at] * to.strides[at] : 1);
  to.shape.insert(at, 1);
  return make_view(kUnsqueeze.row(), x, std::move(to));
}

Variable alias(const Variable& x) { return make_view(kAlias, x, x.tensor().layout()); }

}  // namespace tapegrad
