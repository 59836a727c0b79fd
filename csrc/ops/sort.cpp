#include "ops/sort.h"

#include <limits>

#include "kernels/sort.h"
#include "ops/elementwise.h"
#include "ops/scatter.h"

namespace tapegrad {
namespace {

using kernels::Rank;

struct OrderAttributes {
  Dims shape;
  std::size_t dim;
  bool reverse = false;  // descending, or the greatest
  Index k = 0;
  bool keepdim = true;
  std::vector<Field> fields() const {
    return {{"dim", static_cast<Index>(dim)}, {"keepdim", keepdim}, {"self_sym_sizes", shape}};
  }
};

/// Values and indices of the operand's shape, but for `size` at the ordered dimension.
void new_outputs(Call& call, const OrderAttributes& a, Index size) {
  Dims shape = a.shape;
  if (!shape.empty()) shape[a.dim] = size;
  call.new_output(call.tensor(0).dtype(), shape);
  call.new_output(DType::Int64, shape, 1);
}

void put_back(Backward& b) {
  const auto& a = b.attributes<OrderAttributes>();
  Variable gradient = b.take(), chosen = b.result();
  if (!a.keepdim && !a.shape.empty()) {
    gradient = unsqueeze(gradient, static_cast<Index>(a.dim));
    chosen = unsqueeze(chosen, static_cast<Index>(a.dim));
  }
  b.set(0, scatter_add(full(a.shape, 0, b.output().dtype), static_cast<Index>(a.dim), chosen, gradient));
}

constexpr Saves kIndices = {.result = 2};  // output 1

void sort_forward(Call& call) {
  const auto& a = call.attributes<OrderAttributes>();
  new_outputs(call, a, a.shape.empty() ? 1 : a.shape[a.dim]);
  if (a.shape.empty()) {
    kernels::copy(*call.out[0], call.tensor(0));
    return kernels::copy(*call.out[1], Scalar(0));
  }
  kernels::sort(a.reverse, call.out[0].get(), *call.out[1], call.tensor(0), a.dim);
}

const Op kSort({.name = "sort",
                .node = "SortBackward0",
                .forward = sort_forward,
                .derivative = put_back,
                .category = Category::Reduction,
                .outputs = 2,
                .saves = kIndices});
const Op kStableSort({.name = "sort_stable",
                      .node = "SortBackward1",
                      .forward = sort_forward,
                      .derivative = put_back,
                      .category = Category::Reduction,
                      .outputs = 2,
                      .saves = kIndices});

const Op kArgsort({.name = "argsort",
                   .node = nullptr,
                   .forward =
                       [](Call& call) {
                         const auto& a = call.attributes<OrderAttributes>();
                         kernels::sort(a.reverse, nullptr, call.new_output(DType::Int64, a.shape), call.tensor(0),
                                       a.dim);
                       },
                   .derivative = nullptr,
                   .category = Category::Reduction});

const Op kTopk({.name = "topk",
                .node = "TopkBackward0",
                .forward =
                    [](Call& call) {
                      const auto& a = call.attributes<OrderAttributes>();
                      new_outputs(call, a, a.k);
                      kernels::topk(a.reverse, a.k, *call.out[0], *call.out[1], call.tensor(0), a.dim);
                    },
                .derivative = put_back,
                .category = Category::Reduction,
                .outputs = 2,
                .saves = kIndices});

template <Rank rank>
void rank_forward(Call& call) {
  const auto& a = call.attributes<OrderAttributes>();
  new_outputs(call, a, 1);
  kernels::select_rank(rank, a.k, *call.out[0], *call.out[1], call.tensor(0), a.dim);
  if (a.keepdim || a.shape.empty()) return;
  const Dims shape = reduced_shape(a.shape, std::uint64_t{1} << a.dim, false);
  for (TensorRef& out : call.out) out = out->view({shape, contiguous_strides(shape)});
}

const Op kKthvalue({.name = "kthvalue",
                    .node = "KthvalueBackward0",
                    .forward = rank_forward<Rank::Kth>,
                    .derivative = put_back,
                    .category = Category::Reduction,
                    .outputs = 2,
                    .saves = kIndices});
const Op kMode({.name = "mode",
                .node = "ModeBackward0",
                .forward = rank_forward<Rank::Mode>,
                .derivative = put_back,
                .category = Category::Reduction,
                .outputs = 2,
                .saves = kIndices});
const Op kMedianDim({.name = "median_dim",
                     .node = "MedianBackward1",
                     .forward = rank_forward<Rank::Median>,
                     .derivative = put_back,
                     .category = Category::Reduction,
                     .outputs = 2,
                     .saves = kIndices});
const Op kNanmedianDim({.name = "nanmedian_dim",
                        .node = "NanmedianBackward1",
                        .forward = rank_forward<Rank::NanMedian>,
                        .derivative = put_back,
                        .category = Category::Reduction,
                        .outputs = 2,
                        .saves = kIndices});

/// Of all elements: NaN over nothing (the least integer, where there is no NaN).
template <Rank rank>
void median_forward(Call& call) {
  const Tensor& x = call.tensor(0);
  Tensor& out = call.new_output(x.dtype(), {});
  if (x.numel() == 0) return kernels::copy(out, Scalar(std::numeric_limits<double>::quiet_NaN()));
  const auto flat = new_tensor(x.dtype(), {x.numel()});
  kernels::copy(*flat->view({x.shape(), contiguous_strides(x.shape())}), x);
  const auto value = out.view({{1}, {1}}), place = new_tensor(DType::Int64, {1});
  kernels::select_rank(rank, 0, *value, *place, *flat, 0);
}

// Equal elements share, and so do NaNs.
void median_derivative(Backward& b) {
  const Variable x = b.input(0).variable, result = b.result();
  const Variable chosen = logical_or(eq(x, result), logical_and(ne(x, x), ne(result, result)));
  const Variable weights = to(chosen, x.dtype());
  b.set(0, b.take() * weights / sum(weights));
}

constexpr Saves kSelfAndResult = {.inputs = {kFor0}, .result = true};

const Op kMedian({.name = "median",
                  .node = "MedianBackward0",
                  .forward = median_forward<Rank::Median>,
                  .derivative = median_derivative,
                  .category = Category::Reduction,
                  .saves = kSelfAndResult});
const Op kNanmedian({.name = "nanmedian",
                     .node = "NanmedianBackward0",
                     .forward = median_forward<Rank::NanMedian>,
                     .derivative = median_derivative,
                     .category = Category::Reduction,
                     .saves = kSelfAndResult});

ValuesIndices order(const Op& op, const Operand& x, const OrderAttributes& a) {
  Variable out[2];
  apply(op, {&x, 1}, a, out);
  return {std::move(out[0]), std::move(out[1])};
}

OrderAttributes along(const Operand& x, Index dim) { return {x.tensor().shape(), wrap_dim(dim, x.tensor().ndim())}; }

Index length(const OrderAttributes& a) { return a.shape.empty() ? 1 : a.shape[a.dim]; }

ValuesIndices ranked(const Op& op, const Operand& x, Index dim, bool keepdim, Index k = 0) {
  OrderAttributes a = along(x, dim);
  a.keepdim = keepdim;
  a.k = k;
  if (length(a) == 0)
    fail<IndexError>(op->name, "(): Expected reduction dim ", a.dim, " to have non-zero size: the shape is ",
                     to_string(a.shape));
  return order(op, x, a);
}

void check_ordered(const Operand& x, const char* op) {
  if (x.tensor().dtype() == DType::Bool)
    fail<Error>(op, " is not implemented for bool: convert the input with .to(tapegrad.uint8)");
}

}  // namespace

ValuesIndices sort(const Operand& x, Index dim, bool descending, bool stable) {
  OrderAttributes a = along(x, dim);
  a.reverse = descending;
  return order(stable ? kStableSort : kSort, x, a);
}

Variable argsort(const Operand& x, Index dim, bool descending) {
  OrderAttributes a = along(x, dim);
  a.reverse = descending;
  return a.shape.empty() ? full({}, 0, DType::Int64) : apply(kArgsort, {x}, a);
}

ValuesIndices topk(const Operand& x, Index k, Index dim, bool largest) {
  check_ordered(x, "topk");
  OrderAttributes a = along(x, dim);
  if (k < 0 || k > length(a))
    fail<Error>("topk(): selected index k out of range: k is ", k, ", and dimension ", a.dim, " has size ", length(a));
  a.reverse = largest;
  a.k = k;
  if (a.shape.empty() && k == 0) fail<Error>("topk(): k must be 1 for a 0-d tensor");
  return order(kTopk, x, a);
}

ValuesIndices kthvalue(const Operand& x, Index k, Index dim, bool keepdim) {
  check_ordered(x, "kthvalue");
  const OrderAttributes a = along(x, dim);
  if (length(a) > 0 && (k < 1 || k > length(a)))
    fail<Error>("kthvalue(): selected number k out of range for dimension ", a.dim, ": k is ", k, ", the size ",
                length(a));
  return ranked(kKthvalue, x, dim, keepdim, k - 1);
}

Variable median(const Operand& x) {
  check_ordered(x, "median");
  return apply(kMedian, {x});
}
Variable nanmedian(const Operand& x) {
  check_ordered(x, "nanmedian");
  return apply(kNanmedian, {x});
}
ValuesIndices median(const Operand& x, Index dim, bool keepdim) {
  check_ordered(x, "median");
  return ranked(kMedianDim, x, dim, keepdim);
}
ValuesIndices nanmedian(const Operand& x, Index dim, bool keepdim) {
  check_ordered(x, "nanmedian");
  return ranked(kNanmedianDim, x, dim, keepdim);
}
ValuesIndices mode(const Operand& x, Index dim, bool keepdim) { return ranked(kMode, x, dim, keepdim); }

}  // namespace tapegrad
