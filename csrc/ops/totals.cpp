// Products, sums without NaNs, counts, and both extremes at once.

#include "graph/grad_mode.h"
#include "ops/math.h"
#include "ops/reduce.h"
#include "ops/scan.h"
#include "ops/statistics.h"

namespace tapegrad {
namespace {

using kernels::MapFn;
using kernels::ReduceFn;

/// By division where no factor is zero, else by the products of the others: right to every order. Of several zeros
/// among all elements nothing is left but for further derivatives.
Variable prod_gradient(const Variable& g, const Variable& x, const Variable& result, std::optional<std::size_t> dim) {
  if (x.ndim() == 0) return g;
  const Index zeros = x.numel() - *count_nonzero(detach(x)).tensor().data_as<Index>();
  if (zeros == 0) return g * (result / x);
  if (dim) return g * products_of_others(x, *dim);
  if (zeros > 1 && !GradMode::enabled()) return full(x.shape(), 0, x.dtype());
  return reshape(g * products_of_others(flatten(x), 0), x.shape());
}

constexpr Saves kSelfAndResult = {.inputs = {kFor0}, .result = true};

const Op kProd({.name = "prod",
                .node = "ProdBackward0",
                .forward = reduce_forward<ReduceFn::Prod>,
                .derivative =
                    [](Backward& b) {
                      const Variable x = to(b.input(0), b.output().dtype);
                      b.set(0, prod_gradient(b.take(), x, b.result(), {}));
                    },
                .category = Category::Reduction,
                .saves = kSelfAndResult});
const Op kProdDim({.name = "prod_dim",
                   .node = "ProdBackward1",
                   .forward = reduce_forward<ReduceFn::Prod>,
                   .derivative =
                       [](Backward& b) {
                         const auto& a = b.attributes<ReduceAttributes>();
                         const Variable x = to(b.input(0), b.output().dtype);
                         const auto dim = static_cast<std::size_t>(std::countr_zero(a.mask));
                         b.set(0, prod_gradient(aligned(b.take(), a), x, aligned(b.result(), a), dim));
                       },
                   .category = Category::Reduction,
                   .saves = kSelfAndResult});

const Op kNansum({.name = "nansum",
                  .node = "NansumBackward0",
                  .forward =
                      [](Call& call) {
                        const auto& a = call.attributes<ReduceAttributes>();
                        Tensor& out = call.new_output(a.dtype, result_shape(a));
                        kernels::reduce(ReduceFn::Sum, out, call.tensor(0), a.mask, {.fn = MapFn::NanToZero});
                      },
                  .derivative =
                      [](Backward& b) {
                        const auto& a = b.attributes<ReduceAttributes>();
                        b.set(0, spread(b.take(), a) * logical_not(isnan(b.input(0))));
                      },
                  .category = Category::Reduction,
                  .saves = kSelf});

const Op kCountNonzero({.name = "count_nonzero",
                        .node = nullptr,
                        .forward =
                            [](Call& call) {
                              const auto& a = call.attributes<ReduceAttributes>();
                              Tensor& out = call.new_output(DType::Int64, result_shape(a));
                              kernels::reduce(ReduceFn::Sum, out, call.tensor(0), a.mask, {.fn = MapFn::NonZero});
                            },
                        .derivative = nullptr,
                        .category = Category::Reduction});

const Op kAminmax({.name = "aminmax",
                   .node = "AminmaxBackward0",
                   .forward =
                       [](Call& call) {
                         const auto& a = call.attributes<ReduceAttributes>();
                         const Tensor& x = call.tensor(0);
                         kernels::reduce(ReduceFn::Min, call.new_output(x.dtype(), result_shape(a), 0), x, a.mask);
                         kernels::reduce(ReduceFn::Max, call.new_output(x.dtype(), result_shape(a), 1), x, a.mask);
                       },
                   .derivative =
                       [](Backward& b) {
                         const auto& a = b.attributes<ReduceAttributes>();
                         Variable total;
                         for (const std::size_t i : {0, 1}) {
                           if (!b.grad(i).defined()) continue;
                           Variable part = share(b.take(i), eq(b.input(0), aligned(b.result(i), a)), a);
                           total = total.defined() ? total + part : part;
                         }
                         b.set(0, total);
                       },
                   .category = Category::Reduction,
                   .outputs = 2,
                   .saves = {.inputs = {kFor0}, .result = 3}});

}  // namespace

Variable prod(const Operand& x, std::optional<Index> dim, bool keepdim, std::optional<DType> dtype) {
  const DType wanted = dtype.value_or(summed_in(x.tensor().dtype()));
  if (!dim) return apply(kProd, {x}, reduction(x, {}, keepdim, wanted));
  return apply(kProdDim, {x}, reduction(x, {*dim}, keepdim, wanted));
}

Variable nansum(const Operand& x, const Dims& dims, bool keepdim, std::optional<DType> dtype) {
  const DType given = x.tensor().dtype(), wanted = dtype.value_or(summed_in(given));
  if (!is_floating(given)) return sum(x, dims, keepdim, wanted);
  if (!is_floating(wanted)) return sum(where(isnan(x), 0.0, x), dims, keepdim, wanted);
  return apply(kNansum, {x}, reduction(x, dims, keepdim, wanted));
}

Variable nanmean(const Operand& x, const Dims& dims, bool keepdim, std::optional<DType> dtype) {
  if (!is_floating(x.tensor().dtype()))
    fail<Error>("nanmean(): expected input to have floating point dtype but got ", name(x.tensor().dtype()),
                ": convert the input");
  if (dtype && !is_floating(*dtype))
    fail<Error>("nanmean(): could not infer output dtype. Optional dtype must be a floating point dtype, not ",
                name(*dtype));
  return nansum(x, dims, keepdim, dtype) / sum(logical_not(isnan(detach(x.variable()))), dims, keepdim);
}

Variable count_nonzero(const Operand& x, const Dims& dims) {
  return apply(kCountNonzero, {x}, reduction(x, dims, false));
}

std::array<Variable, 2> aminmax(const Operand& x, std::optional<Index> dim, bool keepdim) {
  const ReduceAttributes a = reduction(x, dim ? Dims{*dim} : Dims{}, keepdim);
  dim ? check_not_empty<IndexError>(a, "aminmax") : check_not_empty<Error>(a, "aminmax");
  std::array<Variable, 2> out;
  apply(kAminmax, {&x, 1}, a, out);
  return out;
}

}  // namespace tapegrad
