// Running sums and their like. Derivatives that would divide (by a factor that may be zero, by an exponential that may
// overflow) are linear recurrences instead, which are their own derivatives' kind: right to every order.

#include "ops/scan.h"

#include "kernels/scan.h"
#include "ops/elementwise.h"
#include "ops/scatter.h"

namespace tapegrad {
namespace {

using kernels::ScanFn;

struct ScanAttributes {
  std::size_t dim;
  bool reverse = false;
  std::vector<Field> fields() const { return {{"dim", static_cast<Index>(dim)}}; }
};

template <ScanFn fn>
void scan_forward(Call& call) {
  const auto& a = call.attributes<ScanAttributes>();
  const Tensor& x = call.tensor(0);
  kernels::scan(fn, call.new_output(x.dtype(), x.shape()), x, a.dim, a.reverse);
}

Variable part(const Variable& x, std::size_t dim, Index begin, Index end) {
  return slice(x, static_cast<Index>(dim), begin, end, 1);
}

extern const Op kCumsum;

const Op kCumsum({.name = "cumsum",
                  .node = "CumsumBackward0",
                  .forward = scan_forward<ScanFn::Sum>,
                  .derivative =
                      [](Backward& b) {
                        const auto& a = b.attributes<ScanAttributes>();
                        b.set(0, apply(kCumsum, {b.take()}, ScanAttributes{a.dim, !a.reverse}));
                      },
                  .category = Category::Reduction});

// dL/dx[i] = (x[0] .. x[i - 1]) * s[i], where s[i] = g[i] + x[i + 1] s[i + 1].
const Op kCumprod({.name = "cumprod",
                   .node = "CumprodBackward0",
                   .forward = scan_forward<ScanFn::Prod>,
                   .derivative =
                       [](Backward& b) {
                         const auto [dim, reverse] = b.attributes<ScanAttributes>();
                         const Variable x = b.input(0).variable;
                         if (x.ndim() == 0 || x.numel() == 0) return b.set(0, b.take());
                         const Variable later =
                             linear_recurrence(shifted(x, dim, !reverse, 0), b.take(), dim, !reverse);
                         b.set(0, shifted(b.result(), dim, reverse, 1) * later);
                       },
                   .category = Category::Reduction,
                   .saves = {.inputs = {kFor0}, .result = true}});

// dL/dx[i] = exp(x[i] - y[i]) s[i], where s[i] = g[i] + exp(y[i] - y[i + 1]) s[i + 1]: no exponent is positive.
const Op kLogcumsumexp({.name = "logcumsumexp",
                        .node = "LogcumsumexpBackward0",
                        .forward = scan_forward<ScanFn::LogSumExp>,
                        .derivative =
                            [](Backward& b) {
                              const std::size_t dim = b.attributes<ScanAttributes>().dim;
                              const Variable x = b.input(0).variable, y = b.result();
                              if (x.ndim() == 0 || x.numel() == 0) return b.set(0, b.take());
                              const Index n = x.shape()[dim];
                              Dims end = x.shape();
                              end[dim] = 1;
                              const Variable factors[] = {exp(part(y, dim, 0, n - 1) - part(y, dim, 1, n)),
                                                          full(end, 0, x.dtype())};
                              const Variable later =
                                  linear_recurrence(cat(factors, static_cast<Index>(dim)), b.take(), dim, true);
                              b.set(0, exp(x - y) * later);
                            },
                        .category = Category::Reduction,
                        .saves = {.inputs = {kFor0}, .result = true}});

const Op kLinearRecurrence({.name = "linear_recurrence",
                            .node = "LinearRecurrenceBackward0",
                            .forward =
                                [](Call& call) {
                                  const auto& a = call.attributes<ScanAttributes>();
                                  const Tensor& terms = call.tensor(1);
                                  Tensor& out = call.new_output(terms.dtype(), terms.shape());
                                  kernels::linear_recurrence(out, call.tensor(0), terms, a.dim, a.reverse);
                                },
                            .derivative =
                                [](Backward& b) {
                                  const auto& a = b.attributes<ScanAttributes>();
                                  const Variable moved = shifted(b.input(0).variable, a.dim, !a.reverse, 0);
                                  Variable terms = linear_recurrence(moved, b.take(), a.dim, !a.reverse);
                                  if (b.needs(0)) b.set(0, terms * shifted(b.result(), a.dim, a.reverse, 0));
                                  if (b.needs(1)) b.set(1, std::move(terms));
                                },
                            .category = Category::Reduction,
                            .inputs = 2,
                            .saves = {.inputs = {kForAny}, .result = true}});

struct ExtremeAttributes {
  Dims shape;
  std::size_t dim;
  std::vector<Field> fields() const { return {{"dim", static_cast<Index>(dim)}}; }
};

template <bool greatest>
void extreme_forward(Call& call) {
  const auto& a = call.attributes<ExtremeAttributes>();
  const Tensor& x = call.tensor(0);
  call.new_output(x.dtype(), x.shape());
  call.new_output(DType::Int64, x.shape(), 1);
  kernels::extreme_scan(greatest, *call.out[0], *call.out[1], x, a.dim);
}

void extreme_derivative(Backward& b) {
  const auto& a = b.attributes<ExtremeAttributes>();
  const auto dim = static_cast<Index>(a.dim);
  b.set(0, scatter_add(full(a.shape, 0, b.output().dtype), dim, b.result(), b.take()));
}

constexpr Saves kIndices = {.result = 2};  // output 1

const Op kCummax({.name = "cummax",
                  .node = "CummaxBackward0",
                  .forward = extreme_forward<true>,
                  .derivative = extreme_derivative,
                  .category = Category::Reduction,
                  .outputs = 2,
                  .saves = kIndices});
const Op kCummin({.name = "cummin",
                  .node = "CumminBackward0",
                  .forward = extreme_forward<false>,
                  .derivative = extreme_derivative,
                  .category = Category::Reduction,
                  .outputs = 2,
                  .saves = kIndices});

Variable accumulate(const Op& op, const Operand& x, Index dim, std::optional<DType> dtype) {
  const DType given = x.tensor().dtype(), wanted = dtype.value_or(is_integral(given) ? DType::Int64 : given);
  if (wanted != given) return accumulate(op, to(x, wanted), dim, wanted);
  return apply(op, {x}, ScanAttributes{wrap_dim(dim, x.tensor().ndim())});
}

ValuesIndices extreme(const Op& op, const Operand& x, Index dim) {
  Variable out[2];
  apply(op, {&x, 1}, ExtremeAttributes{x.tensor().shape(), wrap_dim(dim, x.tensor().ndim())}, out);
  return {std::move(out[0]), std::move(out[1])};
}

}  // namespace

Variable cumsum(const Operand& x, Index dim, std::optional<DType> dtype) { return accumulate(kCumsum, x, dim, dtype); }
Variable cumprod(const Operand& x, Index dim, std::optional<DType> dtype) {
  return accumulate(kCumprod, x, dim, dtype);
}

Variable products_of_others(const Variable& x, std::size_t dim) {
  if (x.numel() == 0) return x;
  const Variable before = apply(kCumprod, {x}, ScanAttributes{dim, false});
  const Variable after = apply(kCumprod, {x}, ScanAttributes{dim, true});
  return shifted(before, dim, false, 1) * shifted(after, dim, true, 1);
}

Variable logcumsumexp(const Operand& x, Index dim) {
  if (!is_floating(x.tensor().dtype()))
    fail<Error>("logcumsumexp is not implemented for ", name(x.tensor().dtype()), ": convert the input to a float");
  return apply(kLogcumsumexp, {x}, ScanAttributes{wrap_dim(dim, x.tensor().ndim())});
}

ValuesIndices cummax(const Operand& x, Index dim) { return extreme(kCummax, x, dim); }
ValuesIndices cummin(const Operand& x, Index dim) { return extreme(kCummin, x, dim); }

Variable linear_recurrence(const Variable& factors, const Variable& terms, std::size_t dim, bool reverse) {
  return apply(kLinearRecurrence, {factors, terms}, ScanAttributes{dim, reverse});
}

Variable shifted(const Variable& x, std::size_t dim, bool back, const Scalar& first) {
  const Index n = x.shape()[dim];
  Dims end = x.shape();
  end[dim] = 1;
  const Variable free = full(end, first, x.dtype());
  const Variable parts[] = {back ? part(x, dim, 1, n) : free, back ? free : part(x, dim, 0, n - 1)};
  return cat(parts, static_cast<Index>(dim));
}

}  // namespace tapegrad
