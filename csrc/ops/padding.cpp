// Arrays enlarged, or cut, at their edges.

#include <array>

#include "kernels/edges.h"
#include "kernels/rows.h"
#include "ops/arranging.h"
#include "ops/layouts.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

struct PadAttributes {
  Dims shape;    // of x
  Dims amounts;  // before and after the last dimension, the one before it, ...
  Scalar value;

  std::size_t padded() const { return amounts.size() / 2; }
  /// The dimension of the i-th pair of amounts.
  std::size_t dim(std::size_t i) const { return shape.size() - 1 - i; }
  Dims result_shape() const {
    Dims result = shape;
    for (std::size_t i = 0; i < padded(); ++i) result[dim(i)] += amounts[2 * i] + amounts[2 * i + 1];
    return result;
  }
};

/// Where what is kept of x lies in an array as `at`, which begins `before` places ahead of x: x itself, or the result.
Layout kept(const Layout& at, const PadAttributes& a, bool of_result) {
  Layout part = at;
  for (std::size_t i = 0; i < a.padded(); ++i) {
    const std::size_t dim = a.dim(i);
    const Index before = a.amounts[2 * i], after = a.amounts[2 * i + 1];
    part.offset += (of_result ? std::max<Index>(before, 0) : std::max<Index>(-before, 0)) * part.strides[dim];
    part.shape[dim] = a.shape[dim] + std::min<Index>(before, 0) + std::min<Index>(after, 0);
  }
  return part;
}

Variable pad_constant(const Variable& x, const Dims& amounts, const Scalar& value);

const Op kConstantPad({.name = "constant_pad",
                       .node = "ConstantPadNdBackward0",
                       .forward =
                           [](Call& call) {
                             const auto& a = call.attributes<PadAttributes>();
                             const Tensor& x = call.tensor(0);
                             Tensor& out = call.new_output(x.dtype(), a.result_shape());
                             kernels::copy(out, a.value);
                             kernels::copy(*out.view(kept(out.layout(), a, true)), *x.view(kept(x.layout(), a, false)));
                           },
                       .derivative =
                           [](Backward& b) {
                             Dims back = b.attributes<PadAttributes>().amounts;
                             for (Index& amount : back) amount = -amount;
                             b.set(0, pad_constant(b.take(), back, 0));
                           },
                       .category = Category::Shape});

Variable pad_constant(const Variable& x, const Dims& amounts, const Scalar& value) {
  const PadAttributes a{x.shape(), amounts, value};
  for (std::size_t i = 0; i < a.padded(); ++i) {
    const std::size_t dim = a.dim(i);
    const Index before = amounts[2 * i], after = amounts[2 * i + 1];
    if (x.shape()[dim] + std::min<Index>(before, 0) + std::min<Index>(after, 0) < 0 ||
        x.shape()[dim] + before + after < 0)
      fail<Error>("pad(): padding (", before, ", ", after, ") cuts off more than the ", x.shape()[dim],
                  " elements of dimension ", dim, ": length must be non-negative");
  }
  check_fits(value, x.dtype());
  return apply(kConstantPad, {x}, a);
}

// --- padding with the array's own elements

enum class Filling : std::uint8_t { Reflect, Replicate, Circular };

/// Which elements the places of a dimension of the result have.
std::vector<kernels::Run> runs(Filling filling, Index size, Index before, Index after) {
  const Index end = size + after;
  // What goes round is what is left after cutting.
  const Index first = std::max<Index>(-before, 0), left = std::min(size, end) - first;
  std::vector<kernels::Run> all;
  for (Index i = -before; i < end;) {
    kernels::Run run{i + before, i, (i < 0 ? std::min<Index>(0, end) : i < size ? std::min(size, end) : end) - i, 1};
    if (filling == Filling::Circular) {
      run.from = first + ((i - first) % left + left) % left;
      run.count = std::min(end - i, first + left - run.from);
    } else if (i < 0 || i >= size) {
      const bool reflects = filling == Filling::Reflect;
      run.from = i < 0 ? (reflects ? -i : 0) : (reflects ? 2 * (size - 1) - i : size - 1);
      run.step = reflects ? -1 : 0;
    }
    all.push_back(run);
    i += run.count;
  }
  return all;
}

/// The same of all dimensions that are padded, outermost first.
std::vector<std::vector<kernels::Run>> runs(Filling filling, const PadAttributes& a) {
  std::vector<std::vector<kernels::Run>> all;
  for (std::size_t i = a.padded(); i-- > 0;)
    all.push_back(runs(filling, a.shape[a.dim(i)], a.amounts[2 * i], a.amounts[2 * i + 1]));
  return all;
}

template <Filling filling>
void edge_forward(Call& call) {
  const auto& a = call.attributes<PadAttributes>();
  const TensorRef x = kernels::row_major(call.tensor(0));
  kernels::fill_edges(call.new_output(x->dtype(), a.result_shape()), *x, runs(filling, a));
}

template <Filling filling>
void edge_gradient_forward(Call& call) {
  const auto& a = call.attributes<PadAttributes>();
  const TensorRef gradient = kernels::row_major(call.tensor(0));
  kernels::fold_edges(call.new_output(gradient->dtype(), a.shape), *gradient, runs(filling, a));
}

/// A padding and its gradient, each of which is the other's derivative.
struct EdgeRows {
  Op pad, gradient;
};
const EdgeRows& edge_rows_of(Filling filling, const PadAttributes& a);

template <Filling filling, void (*forward)(Call&), Op EdgeRows::* other>
constexpr Op::Row edge_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = forward,
          .derivative =
              [](Backward& b) {
                const auto& a = b.attributes<PadAttributes>();
                b.set(0, apply(edge_rows_of(filling, a).*other, {b.take()}, a));
              },
          .category = Category::Shape};
}

template <Filling filling>
EdgeRows edge_rows(const char* name, const char* node, const char* gradient, const char* gradient_node) {
  return {Op(edge_row<filling, edge_forward<filling>, &EdgeRows::gradient>(name, node)),
          Op(edge_row<filling, edge_gradient_forward<filling>, &EdgeRows::pad>(gradient, gradient_node))};
}

const EdgeRows kReflect[] = {
    edge_rows<Filling::Reflect>("reflection_pad1d", "ReflectionPad1DBackward0", "reflection_pad1d_gradient",
                                "ReflectionPad1DBackwardBackward0"),
    edge_rows<Filling::Reflect>("reflection_pad2d", "ReflectionPad2DBackward0", "reflection_pad2d_gradient",
                                "ReflectionPad2DBackwardBackward0"),
    edge_rows<Filling::Reflect>("reflection_pad3d", "ReflectionPad3DBackward0", "reflection_pad3d_gradient",
                                "ReflectionPad3DBackwardBackward0")};
const EdgeRows kReplicate[] = {
    edge_rows<Filling::Replicate>("replication_pad1d", "ReplicationPad1DBackward0", "replication_pad1d_gradient",
                                  "ReplicationPad1DBackwardBackward0"),
    edge_rows<Filling::Replicate>("replication_pad2d", "ReplicationPad2DBackward0", "replication_pad2d_gradient",
                                  "ReplicationPad2DBackwardBackward0"),
    edge_rows<Filling::Replicate>("replication_pad3d", "ReplicationPad3DBackward0", "replication_pad3d_gradient",
                                  "ReplicationPad3DBackwardBackward0")};
const EdgeRows kCircular = edge_rows<Filling::Circular>("circular_pad", "CircularPadBackward0", "circular_pad_gradient",
                                                        "CircularPadBackwardBackward0");

const EdgeRows& edge_rows_of(Filling filling, const PadAttributes& a) {
  if (filling == Filling::Circular) return kCircular;
  return (filling == Filling::Reflect ? kReflect : kReplicate)[a.padded() - 1];
}

void check_edges(Filling filling, const PadAttributes& a) {
  for (std::size_t i = 0; i < a.padded(); ++i) {
    const Index size = a.shape[a.dim(i)], before = a.amounts[2 * i], after = a.amounts[2 * i + 1];
    if (filling != Filling::Circular && size == 0)
      fail<Error>("pad(): Expected a tensor with possibly 0 batch size and other non-zero dimensions, but got: ",
                  to_string(a.shape));
    if (filling == Filling::Circular && (before > size || after > size))
      fail<Error>("Padding value causes wrapping around more than once: padding (", before, ", ", after,
                  ") of a dimension of size ", size);
    if (filling == Filling::Reflect && (before >= size || after >= size))
      fail<Error>("Padding size should be less than the corresponding input dimension, but got: padding (", before,
                  ", ", after, ") at dimension ", a.dim(i), " of input ", to_string(a.shape));
    // What is left after cutting goes round; an edge or a mirror's other side may be what was cut off.
    const Index left = size + std::min<Index>(before, 0) + std::min<Index>(after, 0), wanted = size + before + after;
    if (filling == Filling::Circular ? wanted < 0 || (wanted > 0 && left <= 0) : wanted < 1)
      fail<Error>("pad(): input of size ", size, " at dimension ", a.dim(i), " is too small for padding (", before,
                  ", ", after, ")");
  }
}

}  // namespace

Variable pad(const Variable& x, const Dims& amounts, const std::string& mode, std::optional<Scalar> value) {
  if (amounts.size() % 2) fail<Error>("Padding length must be divisible by 2, but is ", amounts.size());
  if (amounts.size() > 2 * x.ndim())
    fail<Error>("Padding length should be less than or equal to two times the input dimension but got padding length ",
                amounts.size(), " and input of dimension ", x.ndim());
  if (mode == "constant") return pad_constant(x, amounts, value.value_or(0));
  static constexpr std::array kModes = {"reflect", "replicate", "circular"};
  const auto found = std::find(kModes.begin(), kModes.end(), mode);
  if (found == kModes.end())
    fail<Error>("Unrecognised padding mode ", mode, ": it is constant, reflect, replicate or circular");
  if (value && *value != Scalar(0)) fail<Error>("Padding mode \"", mode, "\" doesn't take in value argument");
  const PadAttributes a{x.shape(), amounts, 0};
  if (a.padded() < 1 || a.padded() > 3 || (x.ndim() != a.padded() + 1 && x.ndim() != a.padded() + 2))
    fail<Error>("Padding size ", amounts.size(), " is not supported for ", x.ndim(), "D input tensor: ", mode,
                " pads the last one, two or three dimensions of arrays with one or two dimensions more");
  const auto filling = static_cast<Filling>(found - kModes.begin());
  if (x.dtype() == DType::Bool && filling != Filling::Circular)
    fail<Error>("pad(): ", mode, " is not implemented for bool: convert the input with .to()");
  check_edges(filling, a);
  return apply(edge_rows_of(filling, a).pad, {x}, a);
}

}  // namespace tapegrad
