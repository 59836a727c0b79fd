// Least squares, min |A X - B|, by the drivers of LAPACK.

#include "graph/backward.h"
#include "graph/grad_mode.h"
#include "ops/matrices.h"
#include "ops/products.h"

namespace tapegrad {
namespace {

using kernels::LeastSquares;

struct LeastSquaresAttributes {
  LeastSquares driver;
  double rcond;
  bool vector;
};

bool all_full(const Tensor& rank, Index n) {
  const auto* const found = rank.data_as<std::int64_t>();
  return std::all_of(found, found + rank.numel(), [n](std::int64_t r) { return r == n; });
}

// Outputs: the solution, residuals, ranks, singular values, what LAPACK says. An output that the driver does not have
// is empty, and so are the residuals but of more rows than columns, all of full rank.
void least_squares_forward(Call& call) {
  const auto& [driver, rcond, vector] = call.attributes<LeastSquaresAttributes>();
  const Tensor& a = call.tensor(0);
  const Variable b = vector ? unsqueeze(detach(call.in[1].variable()), -1) : call.in[1].variable();
  const Index m = a.shape()[a.ndim() - 2], n = a.shape().back(), sides = columns_of(b);
  const bool has_rank = driver != LeastSquares::Gels;
  const bool has_values = driver == LeastSquares::Gelsd || driver == LeastSquares::Gelss;
  // LAPACK does not take a B without columns.
  const auto x = kernels::new_columns(a.dtype(), with_last(a.shape(), 2, {std::max(m, n), std::max<Index>(1, sides)}));
  if (sides == 0) kernels::copy(*x, Scalar(0));
  kernels::copy(*corner(*x, m, sides), b.tensor());
  Tensor& rank = call.new_output(DType::Int64, has_rank ? with_last(a.shape(), 2) : Dims{0}, 2);
  Tensor& values = call.new_output(a.dtype(), has_values ? with_last(a.shape(), 2, {std::min(m, n)}) : Dims{0}, 3);
  kernels::least_squares(*kernels::columns(a), *x, driver, rcond, has_rank ? &rank : nullptr,
                         has_values ? &values : nullptr, call.new_output(DType::Int32, with_last(a.shape(), 2), 4));
  const Variable solution = Variable(corner(*x, n, sides));
  call.out[0] = (vector ? squeeze(solution, -1) : solution).tensor_ref();
  if (m > n && driver != LeastSquares::Gelsy && all_full(rank, n))
    call.out[1] = sum(square(rest(Variable(corner(*x, m, sides)), -2, n)), {-2}).tensor_ref();
  else call.new_output(a.dtype(), {0}, 1);
}

// X = A^+ B. The residuals are least in X, so that their gradient is that for a fixed X.
void least_squares_derivative(Backward& b) {
  const bool vector = b.attributes<LeastSquaresAttributes>().vector;
  const auto matrix = [vector](const Variable& v) { return vector ? unsqueeze(v, -1) : v; };
  const Variable a = b.input(0).variable, y = matrix(b.input(1).variable);
  Variable ga, gy;
  if (b.grad(0).defined()) {
    const Variable p = pinv(a, {}, {}, false), g = matrix(b.grad(0));
    if (b.needs(0)) ga = pinv_gradient(a, p, matmul(g, mt(y)));
    if (b.needs(1)) gy = matmul(mt(p), g);
  }
  if (b.grad(1).defined() && b.grad(1).numel() > 0) {
    const Variable x = matrix(b.result());
    const Variable g = (matmul(a, x) - y) * unsqueeze(b.grad(1) * 2.0, -2);
    if (b.needs(0)) ga = ga.defined() ? ga + matmul(g, mt(x)) : matmul(g, mt(x));
    if (b.needs(1)) gy = gy.defined() ? gy - g : -g;
  }
  if (ga.defined()) b.set(0, ga);
  if (gy.defined()) b.set(1, vector ? squeeze(gy, -1) : gy);
}

const Op kLeastSquares({.name = "linalg_lstsq",
                        .node = "LinalgLstsqBackward0",
                        .forward =
                            [](Call& call) {
                              const GradModeGuard no_grad(false);
                              least_squares_forward(call);
                            },
                        .derivative = least_squares_derivative,
                        .category = Category::Matrix,
                        .inputs = 2,
                        .outputs = 5,
                        .saves = {.inputs = {kForAny, kForAny}, .result = 1}});

LeastSquares driver_of(const std::optional<std::string>& text) {
  if (!text || *text == "gelsy") return LeastSquares::Gelsy;
  if (*text == "gels") return LeastSquares::Gels;
  if (*text == "gelsd") return LeastSquares::Gelsd;
  if (*text == "gelss") return LeastSquares::Gelss;
  fail<Error>("linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), but is '", *text, "'");
}

}  // namespace

std::array<Variable, 4> lstsq(const Variable& a, const Variable& b, std::optional<double> rcond,
                              const std::optional<std::string>& driver_name) {
  constexpr const char* kName = "linalg.lstsq";
  if (a.ndim() < 2) fail<Error>(kName, ": input must have at least 2 dimensions.");
  check_matrices(kName, a);
  if (b.ndim() == 0) fail<Error>(kName, ": other must have at least 1 dimension.");
  const LeastSquares driver = driver_of(driver_name);
  if (a.dtype() != b.dtype())
    fail<Error>(kName, ": Expected input and other to have the same dtype, but got input's dtype ", name(a.dtype()),
                " and other's dtype ", name(b.dtype()));
  if (b.ndim() > a.ndim() || b.ndim() + 1 < a.ndim())
    fail<Error>(kName, ": input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1");
  const bool vector = b.ndim() + 1 == a.ndim();
  const Variable sides = vector ? unsqueeze(b, -1) : b;
  if (rows_of(a) != rows_of(sides)) fail<Error>(kName, ": input.size(-2) should match other.size(-2)");
  const auto [x, y] = same_batch(a, sides);
  const double cut = rcond.value_or(epsilon(a.dtype()) * static_cast<double>(std::max(rows_of(a), columns_of(a))));
  auto out = apply_all<5>(kLeastSquares, {x, vector ? squeeze(y, -1) : y}, LeastSquaresAttributes{driver, cut, vector});
  const bool svd = driver == LeastSquares::Gelsd || driver == LeastSquares::Gelss;
  check_info(kName, out[4],
             svd ? "The algorithm failed to converge (error code: "
                 : "The least squares solution could not be computed because the input matrix does not have full rank "
                   "(error code: ",
             ").");
  return {out[0], out[1], out[2], detach(out[3])};
}

}  // namespace tapegrad
