// Reductions, and softmax, which has a reduction inside.

#include "ops/reduce.h"

#include "ops/gradients.h"
#include "ops/math.h"

namespace tapegrad {
namespace {

using kernels::ReduceFn;

void sum_derivative(Backward& b) { b.set(0, spread(b.take(), b.attributes<ReduceAttributes>())); }

const Op kSum({.name = "sum",
               .node = "SumBackward0",
               .forward = reduce_forward<ReduceFn::Sum>,
               .derivative = sum_derivative,
               .category = Category::Reduction});
const Op kSumDim({.name = "sum_dim",
                  .node = "SumBackward1",
                  .forward = reduce_forward<ReduceFn::Sum>,
                  .derivative = sum_derivative,
                  .category = Category::Reduction});

void mean_forward(Call& call) {
  reduce_forward<ReduceFn::Sum>(call);
  const auto count = static_cast<double>(count_reduced(call.attributes<ReduceAttributes>()));
  kernels::binary(kernels::BinaryFn::Div, call.out[0]->dtype(), *call.out[0], *call.out[0], Scalar(count));
}

void mean_derivative(Backward& b) {
  const auto& a = b.attributes<ReduceAttributes>();
  // Over nothing there is nothing to divide for.
  b.set(0, spread(b.take() / static_cast<double>(std::max<Index>(count_reduced(a), 1)), a));
}

const Op kMean({.name = "mean",
                .node = "MeanBackward0",
                .forward = mean_forward,
                .derivative = mean_derivative,
                .category = Category::Reduction});
const Op kMeanDim({.name = "mean_dim",
                   .node = "MeanBackward1",
                   .forward = mean_forward,
                   .derivative = mean_derivative,
                   .category = Category::Reduction});

// Over everything: ties share, and so do NaNs.
void extremum_derivative(Backward& b) {
  const auto& a = b.attributes<ReduceAttributes>();
  const Variable x = b.input(0).variable, result = b.result();
  b.set(0, share(b.take(), logical_or(eq(x, result), logical_and(isnan(x), isnan(result))), a));
}

// Over dimensions: ties share; beside a NaN everything is NaN.
void amax_derivative(Backward& b) {
  const auto& a = b.attributes<ReduceAttributes>();
  b.set(0, share(b.take(), eq(b.input(0), aligned(b.result(), a)), a));
}

constexpr Saves kSelfAndResult = {.inputs = {kFor0}, .result = true};

const Op kMax({.name = "max",
               .node = "MaxBackward1",
               .forward = reduce_forward<ReduceFn::Max>,
               .derivative = extremum_derivative,
               .category = Category::Reduction,
               .saves = kSelfAndResult});
const Op kMin({.name = "min",
               .node = "MinBackward1",
               .forward = reduce_forward<ReduceFn::Min>,
               .derivative = extremum_derivative,
               .category = Category::Reduction,
               .saves = kSelfAndResult});
const Op kAmax({.name = "amax",
                .node = "AmaxBackward0",
                .forward = reduce_forward<ReduceFn::Max>,
                .derivative = amax_derivative,
                .category = Category::Reduction,
                .saves = kSelfAndResult});
const Op kAmin({.name = "amin",
                .node = "AminBackward0",
                .forward = reduce_forward<ReduceFn::Min>,
                .derivative = amax_derivative,
                .category = Category::Reduction,
                .saves = kSelfAndResult});
const Op kAll({.name = "all",
               .node = nullptr,
               .forward = reduce_forward<ReduceFn::All>,
               .derivative = nullptr,
               .category = Category::Reduction});
const Op kAny({.name = "any",
               .node = nullptr,
               .forward = reduce_forward<ReduceFn::Any>,
               .derivative = nullptr,
               .category = Category::Reduction});

struct AlongAttributes {
  Dims shape;
  std::size_t dim;
  bool keepdim;
  std::vector<Field> fields() const {
    return {{"dim", static_cast<Index>(dim)}, {"keepdim", keepdim}, {"self_sym_sizes", shape}};
  }
};

Dims without(const AlongAttributes& a) {
  return a.shape.empty() ? Dims{} : reduced_shape(a.shape, std::uint64_t{1} << a.dim, a.keepdim);
}

template <bool greatest>
void along_forward(Call& call) {
  const auto& a = call.attributes<AlongAttributes>();
  const Dims shape = without(a);
  const Tensor& x = call.tensor(0);
  call.new_output(x.dtype(), shape);
  call.new_output(DType::Int64, shape, 1);
  kernels::arg_reduce(greatest, call.out[0].get(), *call.out[1], x, a.dim);
}

// The gradient goes to the one element whose index was returned.
void along_derivative(Backward& b) {
  const auto& a = b.attributes<AlongAttributes>();
  if (a.shape.empty()) return b.set(0, b.take());
  const auto dim = static_cast<Index>(a.dim);
  Variable gradient = b.take(), chosen = b.result();
  if (!a.keepdim) {
    gradient = unsqueeze(gradient, dim);
    chosen = unsqueeze(chosen, dim);
  }
  Dims along(a.shape.size(), 1);
  along[a.dim] = a.shape[a.dim];
  const Variable positions = reshape(arange(0, a.shape[a.dim], 1, DType::Int64), along);
  b.set(0, where(eq(chosen, positions), gradient, 0.0));
}

constexpr Saves kIndices = {.result = 2};  // output 1

const Op kMaxDim({.name = "max_dim",
                  .node = "MaxBackward0",
                  .forward = along_forward<true>,
                  .derivative = along_derivative,
                  .category = Category::Reduction,
                  .outputs = 2,
                  .saves = kIndices});
const Op kMinDim({.name = "min_dim",
                  .node = "MinBackward0",
                  .forward = along_forward<false>,
                  .derivative = along_derivative,
                  .category = Category::Reduction,
                  .outputs = 2,
                  .saves = kIndices});

template <bool greatest>
void arg_forward(Call& call) {
  const auto& a = call.attributes<AlongAttributes>();
  kernels::arg_reduce(greatest, nullptr, call.new_output(DType::Int64, without(a)), call.tensor(0), a.dim);
}

const Op kArgmax({.name = "argmax",
                  .node = nullptr,
                  .forward = arg_forward<true>,
                  .derivative = nullptr,
                  .category = Category::Reduction});
const Op kArgmin({.name = "argmin",
                  .node = nullptr,
                  .forward = arg_forward<false>,
                  .derivative = nullptr,
                  .category = Category::Reduction});

const Op kLogsumexp({.name = "logsumexp",
                     .node = "LogsumexpBackward0",
                     .forward =
                         [](Call& call) {
                           const auto& a = call.attributes<ReduceAttributes>();
                           Tensor& out =
                               call.new_output(call.tensor(0).dtype(), reduced_shape(a.shape, a.mask, a.keepdim));
                           kernels::logsumexp(out, call.tensor(0), a.mask);
                         },
                     .derivative =
                         [](Backward& b) {
                           const auto& a = b.attributes<ReduceAttributes>();
                           set_pointwise<[](const auto& g, const auto& x, const auto& y) { return exp(x - y) * g; }>(
                               b, 0, aligned(b.take(), a), b.input(0), aligned(b.result(), a));
                         },
                     .category = Category::Reduction,
                     .saves = kSelfAndResult});

struct SoftmaxAttributes {
  std::size_t dim;
  std::vector<Field> fields() const { return {{"dim", static_cast<Index>(dim)}}; }
};

template <bool logarithm>
void softmax_forward(Call& call) {
  const Tensor& x = call.tensor(0);
  kernels::softmax(logarithm, call.new_output(x.dtype(), x.shape()), x, call.attributes<SoftmaxAttributes>().dim);
}

Dims softmax_dim(const Backward& b) { return {static_cast<Index>(b.attributes<SoftmaxAttributes>().dim)}; }

const Op kSoftmax({.name = "softmax",
                   .node = "SoftmaxBackward0",
                   .forward = softmax_forward<false>,
                   .derivative =
                       [](Backward& b) {
                         const Variable y = b.result();
                         const Variable along = sum(b.grad() * y, softmax_dim(b), true);
                         set_pointwise<[](const auto& g, const auto& mean, const auto& p) { return (g - mean) * p; }>(
                             b, 0, b.take(), along, y);
                       },
                   .category = Category::Reduction,
                   .saves = {.result = true}});

const Op kLogSoftmax(
    {.name = "log_softmax",
     .node = "LogSoftmaxBackward0",
     .forward = softmax_forward<true>,
     .derivative =
         [](Backward& b) {
           const Variable along = sum(b.grad(), softmax_dim(b), true);
           set_pointwise<[](const auto& g, const auto& y, const auto& total) { return g - exp(y) * total; }>(
               b, 0, b.take(), b.result(), along);
         },
     .category = Category::Reduction,
     .saves = {.result = true}});

Variable extremum(const Op& op, const Operand& x, const Dims& dims, bool keepdim) {
  const ReduceAttributes a = reduction(x, dims, keepdim);
  dims.empty() ? check_not_empty<Error>(a, op->name) : check_not_empty<IndexError>(a, op->name);
  return apply(op, {x}, a);
}

AlongAttributes along(const Operand& x, Index dim, bool keepdim, const char* op) {
  const Dims& shape = x.tensor().shape();
  const std::size_t wrapped = wrap_dim(dim, shape.size());
  if (!shape.empty() && shape[wrapped] == 0)
    fail<IndexError>(op, "(): Expected reduction dim ", wrapped, " to have non-zero size: the shape is ",
                     to_string(shape));
  return {shape, wrapped, keepdim};
}

ValuesIndices extremum_along(const Op& op, const Operand& x, Index dim, bool keepdim) {
  Variable out[2];
  apply(op, {&x, 1}, along(x, dim, keepdim, op->name), out);
  return {std::move(out[0]), std::move(out[1])};
}

Variable arg(const Op& op, const Operand& x, std::optional<Index> dim, bool keepdim) {
  if (x.tensor().dtype() == DType::Bool)
    fail<Error>(op->name, " is not defined for bool: convert the input with .to(tapegrad.uint8)");
  if (dim) return apply(op, {x}, along(x, *dim, keepdim, op->name));
  const Dims shape = x.tensor().shape();
  if (x.tensor().numel() == 0)
    fail<IndexError>(op->name,
                     "(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim "
                     "with the 'dim' argument.");
  const Variable flat = flatten(x.variable());
  const Variable result = apply(op, {flat}, along(flat, 0, false, op->name));
  return keepdim ? reshape(result, Dims(shape.size(), 1)) : result;
}

/// PyTorch's masks were once of uint8, and what is said of such a mask still is.
Variable logical(const Op& op, const Operand& x, const Dims& dims, bool keepdim) {
  const Variable result = apply(op, {x}, reduction(x, dims, keepdim));
  return x.tensor().dtype() == DType::UInt8 ? to(result, DType::UInt8) : result;
}

Variable floating_softmax(const Op& op, const Operand& x, Index dim, std::optional<DType> dtype) {
  const DType wanted = dtype.value_or(x.tensor().dtype());
  if (!is_floating(wanted))
    fail<Error>(op->name, " is not defined for ", name(wanted), ": pass dtype=tapegrad.float32, or convert the input");
  if (wanted != x.tensor().dtype()) return floating_softmax(op, to(x, wanted), dim, {});
  return apply(op, {x}, SoftmaxAttributes{wrap_dim(dim, x.tensor().ndim())});
}

}  // namespace

Variable aligned(Variable result, const ReduceAttributes& a) {
  return a.keepdim ? std::move(result) : reshape(result, reduced_shape(a.shape, a.mask, true));
}

Variable spread(Variable gradient, const ReduceAttributes& a) {
  if (gradient.ndim() > 0) gradient = aligned(std::move(gradient), a);
  return expand(gradient, a.shape);
}

Variable sum_reduced(const Variable& x, const ReduceAttributes& a) {
  return a.shape.empty() ? x : sum(x, a.dims(), true);
}

Variable share(Variable gradient, const Variable& chosen, const ReduceAttributes& a) {
  const Variable weights = to(chosen, gradient.dtype());
  return aligned(std::move(gradient), a) * weights / sum_reduced(weights, a);
}

Variable sum(const Operand& x, const Dims& dims, bool keepdim, std::optional<DType> dtype) {
  const DType wanted = dtype.value_or(summed_in(x.tensor().dtype()));
  return apply(dims.empty() && !keepdim ? kSum : kSumDim, {x}, reduction(x, dims, keepdim, wanted));
}

Variable mean(const Operand& x, const Dims& dims, bool keepdim, std::optional<DType> dtype) {
  const DType wanted = dtype.value_or(x.tensor().dtype());
  if (!is_floating(wanted))
    fail<Error>("mean(): could not infer output dtype. Input dtype must be a floating point dtype, but is ",
                name(wanted), ": pass dtype=tapegrad.float32, or convert the input");
  return apply(dims.empty() && !keepdim ? kMean : kMeanDim, {x}, reduction(x, dims, keepdim, wanted));
}

Variable max(const Operand& x) { return extremum(kMax, x, {}, false); }
Variable min(const Operand& x) { return extremum(kMin, x, {}, false); }
ValuesIndices max(const Operand& x, Index dim, bool keepdim) { return extremum_along(kMaxDim, x, dim, keepdim); }
ValuesIndices min(const Operand& x, Index dim, bool keepdim) { return extremum_along(kMinDim, x, dim, keepdim); }
Variable amax(const Operand& x, const Dims& dims, bool keepdim) { return extremum(kAmax, x, dims, keepdim); }
Variable amin(const Operand& x, const Dims& dims, bool keepdim) { return extremum(kAmin, x, dims, keepdim); }
Variable argmax(const Operand& x, std::optional<Index> dim, bool keepdim) { return arg(kArgmax, x, dim, keepdim); }
Variable argmin(const Operand& x, std::optional<Index> dim, bool keepdim) { return arg(kArgmin, x, dim, keepdim); }
Variable all(const Operand& x, const Dims& dims, bool keepdim) { return logical(kAll, x, dims, keepdim); }
Variable any(const Operand& x, const Dims& dims, bool keepdim) { return logical(kAny, x, dims, keepdim); }

Variable logsumexp(const Operand& x, const Dims& dims, bool keepdim) {
  if (!is_floating(x.tensor().dtype())) return logsumexp(to(x, DType::Float32), dims, keepdim);
  return apply(kLogsumexp, {x}, reduction(x, dims, keepdim));
}

Variable softmax(const Operand& x, Index dim, std::optional<DType> dtype) {
  return floating_softmax(kSoftmax, x, dim, dtype);
}
Variable log_softmax(const Operand& x, Index dim, std::optional<DType> dtype) {
  return floating_softmax(kLogSoftmax, x, dim, dtype);
}

Variable sum_to_size(const Operand& x, const Dims& shape) {
  const Dims& from = x.tensor().shape();
  if (!is_expandable(shape, from))
    fail<Error>("size ", to_string(shape), " is not expandable to size ", to_string(from),
                ", so nothing can be summed to it");
  const std::size_t extra = from.size() - shape.size();
  Dims dims;
  for (std::size_t i = 0; i < from.size(); ++i)
    if (i < extra || (shape[i - extra] == 1 && from[i] != 1)) dims.push_back(static_cast<Index>(i));
  if (dims.empty()) return x.variable();
  Variable result = sum(x, dims, true);
  return extra ? reshape(result, shape) : result;
}

}  // namespace tapegrad
