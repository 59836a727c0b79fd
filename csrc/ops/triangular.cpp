// Solutions with triangular matrices, and with the factors of Cholesky.

#include "graph/backward.h"
#include "ops/matrices.h"
#include "ops/products.h"

namespace tapegrad {
namespace {

Variable triangle(const Variable& x, bool upper, bool unit) { return upper ? triu(x, unit) : tril(x, unit ? -1 : 0); }

struct TriangularAttributes {
  bool upper, left, unit;
};

void triangular_forward(Call& call) {
  const auto& t = call.attributes<TriangularAttributes>();
  const auto x = kernels::columns(call.tensor(1));
  kernels::triangular_solve(*x, *kernels::columns(call.tensor(0)), t.left, t.upper, t.unit);
  call.out[0] = x;
}

void triangular_derivative(Backward& b) {
  const auto& t = b.attributes<TriangularAttributes>();
  const Variable g = solve_triangular(mt(b.input(0).variable), b.grad(), !t.upper, t.left, t.unit);
  if (b.needs(0)) {
    const Variable x = mt(b.result());
    b.set(0, -triangle(t.left ? matmul(g, x) : matmul(x, g), t.upper, t.unit));
  }
  if (b.needs(1)) b.set(1, g);
}

const Op kTriangular({.name = "linalg_solve_triangular",
                      .node = "LinalgSolveTriangularBackward0",
                      .forward = triangular_forward,
                      .derivative = triangular_derivative,
                      .category = Category::Matrix,
                      .inputs = 2,
                      .saves = {.inputs = {kFor0 | kFor1}, .result = 1}});

/// The older function's, which solves with the transposed matrix, too, and gives a copy of it.
struct OlderAttributes {
  bool upper, transpose, unit;
};

const Op kOlder({.name = "triangular_solve",
                 .node = "TriangularSolveBackward0",
                 .forward =
                     [](Call& call) {
                       const auto& t = call.attributes<OlderAttributes>();
                       const Tensor& a = call.tensor(1);
                       const auto x = kernels::columns(call.tensor(0));
                       const auto packed = kernels::columns(t.transpose ? *transposed(a) : a);
                       kernels::triangular_solve(*x, *packed, true, t.upper != t.transpose, t.unit);
                       call.out[0] = x;
                       call.out[1] = kernels::columns(a);
                     },
                 .derivative =
                     [](Backward& b) {
                       const auto& t = b.attributes<OlderAttributes>();
                       if (b.needs(1) && b.grad(1).defined()) b.set(1, b.grad(1));
                       if (!b.grad(0).defined()) return;
                       const Variable a = b.input(1).variable;
                       const Variable g =
                           solve_triangular(t.transpose ? a : mt(a), b.grad(0), t.upper == t.transpose, true, t.unit);
                       if (b.needs(0)) b.set(0, g);
                       if (!b.needs(1)) return;
                       const Variable x = b.result();
                       const Variable ga =
                           -triangle(t.transpose ? matmul(x, mt(g)) : matmul(g, mt(x)), t.upper, t.unit);
                       b.set(1, b.grad(1).defined() ? ga + b.grad(1) : ga);
                     },
                 .category = Category::Matrix,
                 .inputs = 2,
                 .outputs = 2,
                 .saves = {.inputs = {0, kFor0 | kFor1}, .result = 1}});

struct CholeskyAttributes {
  bool upper;
};

/// The gradient of L from that of A = L L^T (or of U^T U): as PyTorch's, of the other triangle too, which is not read.
Variable factor_gradient(const Variable& l, const Variable& ga, bool upper) {
  const Variable both = ga + mt(ga);
  return upper ? matmul(l, both) : matmul(both, l);
}

const Op kCholeskySolve({.name = "cholesky_solve",
                         .node = "CholeskySolveBackward0",
                         .forward =
                             [](Call& call) {
                               call.out[0] = kernels::columns(call.tensor(0));
                               kernels::cholesky_solve(*call.out[0], *kernels::columns(call.tensor(1)),
                                                       call.attributes<CholeskyAttributes>().upper);
                             },
                         .derivative =
                             [](Backward& b) {
                               const bool is_upper = b.attributes<CholeskyAttributes>().upper;
                               const Variable l = b.input(1).variable, g = cholesky_solve(b.grad(), l, is_upper);
                               if (b.needs(0)) b.set(0, g);
                               if (b.needs(1)) b.set(1, -factor_gradient(l, matmul(g, mt(b.result())), is_upper));
                             },
                         .category = Category::Matrix,
                         .inputs = 2,
                         .saves = {.inputs = {0, kFor0 | kFor1}, .result = 1}});

const Op kCholeskyInverse({.name = "cholesky_inverse",
                           .node = "CholeskyInverseBackward0",
                           .forward =
                               [](Call& call) {
                                 const Tensor& l = call.tensor(0);
                                 call.out[0] = kernels::new_columns(l.dtype(), l.shape());
                                 kernels::copy(*call.out[0], eye(l.shape().back(), {}, l.dtype()).tensor());
                                 kernels::cholesky_solve(*call.out[0], *kernels::columns(l),
                                                         call.attributes<CholeskyAttributes>().upper);
                               },
                           .derivative =
                               [](Backward& b) {
                                 const Variable l = b.input(0).variable, x = b.result();
                                 b.set(0, -factor_gradient(l, matmul(matmul(x, b.grad()), x),
                                                           b.attributes<CholeskyAttributes>().upper));
                               },
                           .category = Category::Matrix,
                           .saves = {.inputs = {kFor0}, .result = 1}});

/// The first zero on each diagonal, from 1; 0 where there is none.
Variable first_zero(const Variable& l) {
  const Variable on = contiguous(detach(diagonal(detach(l), 0, -2, -1)));
  const Index n = on.shape().back();
  const Variable found = full(with_last(on.shape(), 1), 0.0, DType::Int32);
  const Variable zero = eq(on, 0);
  for (Index i = n * found.numel(); i-- > 0;)
    if (zero.tensor().data_as<bool>()[i])
      found.tensor().data_as<std::int32_t>()[i / n] = static_cast<std::int32_t>(i % n + 1);
  return found;
}

/// Checks of the older functions, which take b first.
void check_older(const char* function, const Variable& b, const Variable& a) {
  for (const auto& [x, what] : {std::pair(&b, "b"), std::pair(&a, "A")})
    if (x->ndim() < 2)
      fail<Error>(function, ": Expected ", what, " to have at least 2 dimensions (", what,
                  " should have at least 2 dimensions), but it has ", x->ndim(), " dimensions instead");
  check_square(function, a);
  if (b.dtype() != a.dtype())
    fail<Error>(function, ": Expected b and A to have the same dtype, but found b of type ", name(b.dtype()),
                " and A of type ", name(a.dtype()), " instead.");
  if (rows_of(a) != rows_of(b))
    fail<Error>("Incompatible matrix sizes for ", function, ": each A matrix is ", rows_of(a), " by ", rows_of(a),
                " but each b matrix is ", rows_of(b), " by ", columns_of(b));
}

}  // namespace

void check_sides(const char* function, const Variable& a, const Variable& b, bool left) {
  const Operand operands[] = {a, b};
  check_same_dtype(function, operands);
  if (b.ndim() < 2) fail<Error>(function, ": The input tensor B must have at least 2 dimensions.");
  if ((left ? rows_of(b) : columns_of(b)) != rows_of(a))
    fail<Error>(function, ": Incompatible shapes of A and B for the equation ", left ? "AX = B" : "XA = B", ": ",
                to_string(a.shape()), " and ", to_string(b.shape()));
}

Variable solve_triangular(const Variable& a, const Variable& b, bool upper, bool left, bool unit) {
  check_square("linalg.solve_triangular", a);
  check_sides("linalg.solve_triangular", a, b, left);
  const auto [x, y] = same_batch(a, b);
  return apply(kTriangular, {x, y}, TriangularAttributes{upper, left, unit});
}

std::array<Variable, 2> triangular_solve(const Variable& b, const Variable& a, bool upper, bool transpose, bool unit) {
  check_older("triangular_solve", b, a);
  const auto [x, y] = same_batch(b, a);
  return apply_all<2>(kOlder, {x, y}, OlderAttributes{upper, transpose, unit});
}

Variable cholesky_solve(const Variable& b, const Variable& l, bool upper) {
  check_older("cholesky_solve", b, l);
  const auto [x, y] = same_batch(b, l);
  return apply(kCholeskySolve, {x, y}, CholeskyAttributes{upper});
}

Variable cholesky_inverse(const Variable& l, bool upper) {
  check_square("cholesky_inverse", l);
  check_info("cholesky_inverse", first_zero(l), "The diagonal element ",
             " is zero, the inversion could not be completed because the input matrix is singular.");
  return apply(kCholeskyInverse, {l}, CholeskyAttributes{upper});
}

}  // namespace tapegrad
