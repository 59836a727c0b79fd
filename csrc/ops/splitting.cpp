// Arrays cut into several views: one node with several outputs.

#include "ops/arranging.h"
#include "ops/layouts.h"

namespace tapegrad {
namespace {

/// Parts along a dimension, `sizes` each; parts of one element whose dimension goes, where there are no sizes.
struct SplitAttributes {
  Dims shape;
  std::size_t dim;
  std::vector<Index> sizes;
};

void split_forward(Call& call) {
  const auto& a = call.attributes<SplitAttributes>();
  Index start = 0;
  for (std::size_t i = 0; i < call.out.size(); ++i) {
    const Index size = a.sizes.empty() ? 1 : a.sizes[i];
    call.out[i] = call.tensor(0).view(cut(call.tensor(0).layout(), {{}, a.dim, start, size, 1, a.sizes.empty()}));
    start += size;
  }
}

/// An output that nobody used sends zeros.
std::vector<Variable> gradients(const Backward& b, std::size_t count) {
  std::vector<Variable> parts;
  parts.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    parts.push_back(b.grad(i).defined() ? b.grad(i) : full(b.output(i).shape(), 0.0, b.output(i).dtype));
  return parts;
}

void split_derivative(Backward& b) {
  const auto& a = b.attributes<SplitAttributes>();
  b.set(0, cat(gradients(b, a.sizes.size()), static_cast<Index>(a.dim)));
}

constexpr Op::Row split_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = split_forward,
          .derivative = split_derivative,
          .category = Category::Shape,
          .outputs = kManyOutputs,
          .view = true};
}
const Op kSplit(split_row("split", "SplitBackward0"));
const Op kSplitWithSizes(split_row("split_with_sizes", "SplitWithSizesBackward0"));

/// The parts as arrays of their own, with version counters of their own, though on one memory: whoever writes one of
/// them takes care himself.
void unsafe_split_forward(Call& call) {
  split_forward(call);
  for (TensorRef& part : call.out) part = part->with_counter(nullptr);
}

constexpr Op::Row unsafe_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = unsafe_split_forward,
          .derivative = split_derivative,
          .category = Category::Shape,
          .outputs = kManyOutputs};
}
const Op kUnsafeSplit(unsafe_row("unsafe_split", "UnsafeSplitBackward0"));
const Op kUnsafeSplitWithSizes(unsafe_row("unsafe_split_with_sizes", "UnsafeSplitWithSizesBackward0"));
const Op kUnbind({.name = "unbind",
                  .node = "UnbindBackward0",
                  .forward = split_forward,
                  .derivative =
                      [](Backward& b) {
                        const auto& a = b.attributes<SplitAttributes>();
                        const auto parts = gradients(b, static_cast<std::size_t>(a.shape[a.dim]));
                        b.set(0, stack(parts, static_cast<Index>(a.dim)));
                      },
                  .category = Category::Shape,
                  .outputs = kManyOutputs,
                  .view = true});

std::vector<Variable> cut_into(const Op& op, const Variable& x, const SplitAttributes& a, std::size_t count) {
  std::vector<Variable> parts(count);
  const Operand in = x;
  if (count) apply(op, {&in, 1}, a, parts);
  return parts;
}

std::size_t split_dim(const char* function, const Variable& x, Index dim) {
  if (x.ndim() == 0) fail<Error>(function, "() expects at least a 1-dimensional tensor: use reshape(1) first");
  return wrap_dim(dim, x.ndim());
}

std::vector<Variable> in_equal_parts(const Op& op, const Variable& x, Index size, std::size_t dim) {
  const Index length = x.shape()[dim];
  SplitAttributes a{x.shape(), dim, {}};
  for (Index start = 0; start < std::max<Index>(length, 1); start += std::max<Index>(size, 1))
    a.sizes.push_back(std::min(size, length - start));
  const std::size_t count = a.sizes.size();
  return cut_into(op, x, a, count);
}

}  // namespace

Variable narrow(const Variable& x, Index dim, Index start, Index length) {
  if (x.ndim() == 0) fail<Error>("narrow() cannot be applied to a 0-dim tensor.");
  const Index size = x.shape()[wrap_dim(dim, x.ndim())];
  if (length < 0) fail<Error>("narrow(): length must be non-negative, but is ", length);
  if (start < -size || start > size)
    fail<IndexError>("start out of range (expected to be in range of [", -size, ", ", size, "], but got ", start, ")");
  const Index first = start < 0 ? start + size : start;
  if (first > size - length)
    fail<Error>("start (", first, ") + length (", length, ") exceeds dimension size (", size, ").");
  return slice(x, dim, first, first + length, 1);
}

std::vector<Variable> unbind(const Variable& x, Index dim) {
  if (x.ndim() == 0) fail<IndexError>("Dimension specified as ", dim, " but tensor has no dimensions");
  const std::size_t at = wrap_dim(dim, x.ndim());
  return cut_into(kUnbind, x, {x.shape(), at, {}}, static_cast<std::size_t>(x.shape()[at]));
}

std::vector<Variable> split(const Variable& x, Index size, Index dim, bool unsafe) {
  const std::size_t at = split_dim("split", x, dim);
  if (size < 0) fail<Error>("split expects split_size be non-negative, but got split_size=", size);
  if (size == 0 && x.shape()[at] != 0)
    fail<Error>("split_size can only be 0 if dimension size is 0, but got dimension size of ", x.shape()[at]);
  return in_equal_parts(unsafe ? kUnsafeSplit : kSplit, x, size, at);
}

std::vector<Variable> split(const Variable& x, const Dims& sizes, Index dim, bool unsafe) {
  const std::size_t at = split_dim("split_with_sizes", x, dim);
  Index total = 0;
  for (const Index size : sizes) {
    if (size < 0)
      fail<Error>("split_with_sizes expects split_sizes have only non-negative entries, but got ", to_string(sizes));
    total += size;
  }
  if (total != x.shape()[at])
    fail<Error>("split_with_sizes expects split_sizes to sum exactly to ", x.shape()[at],
                " (input tensor's size at dimension ", at, "), but got split_sizes=", to_string(sizes));
  return cut_into(unsafe ? kUnsafeSplitWithSizes : kSplitWithSizes, x, {x.shape(), at, {sizes.begin(), sizes.end()}},
                  sizes.size());
}

std::vector<Variable> chunk(const Variable& x, Index chunks, Index dim, bool unsafe) {
  const std::size_t at = split_dim("chunk", x, dim);
  if (chunks < 1) fail<Error>("chunk expects `chunks` to be greater than 0, got: ", chunks);
  const Index length = x.shape()[at], size = (length + chunks - 1) / chunks;
  if (size == 0) return split(x, Dims(static_cast<std::size_t>(chunks)), dim, unsafe);
  return in_equal_parts(unsafe ? kUnsafeSplit : kSplit, x, size, at);
}

std::vector<Variable> tensor_split(const Variable& x, Index sections, Index dim) {
  const std::size_t at = split_dim("tensor_split", x, dim);
  if (sections < 1) fail<Error>("number of sections must be larger than 0, got ", sections);
  const Index length = x.shape()[at];
  std::vector<Variable> parts;
  for (Index i = 0, start = 0; i < sections; ++i) {
    const Index end = start + length / sections + (i < length % sections);
    parts.push_back(slice(x, dim, start, end, 1));
    start = end;
  }
  return parts;
}

std::vector<Variable> tensor_split(const Variable& x, const Dims& indices, Index dim) {
  const std::size_t at = split_dim("tensor_split", x, dim);
  const Index length = x.shape()[at];
  std::vector<Variable> parts;
  Index start = 0;
  for (std::size_t i = 0; i <= indices.size(); ++i) {
    Index end = i < indices.size() ? indices[i] : length;
    if (end < 0) end += length;
    end = std::clamp<Index>(end, 0, length);
    parts.push_back(slice(x, dim, std::min(start, length), std::max(end, start), 1));
    start = end;
  }
  return parts;
}

}  // namespace tapegrad
