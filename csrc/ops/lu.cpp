// The factorisation A = P L U, and what is solved with it.

#include "graph/backward.h"
#include "kernels/rows.h"
#include "ops/matrices.h"
#include "ops/products.h"

namespace tapegrad {
namespace {

void check_factored(const char* function, const Variable& a, bool pivot) {
  if (a.ndim() < 2)
    fail<Error>(function, ": Expected tensor with 2 or more dimensions. Got size: ", to_string(a.shape()), " instead");
  check_matrices(function, a);
  if (!pivot) fail<Error>(function, ": LU without pivoting is not implemented on the CPU");
}

/// Raises Error unless these are pivots of as many rows.
void check_pivots(const char* function, const Variable& pivots, Index rows) {
  if (pivots.dtype() != DType::Int32 || pivots.ndim() == 0)
    fail<Error>(function,
                ": pivots should be a Tensor of scalar type torch.int32 (LU_pivots is expected to be a contiguous "
                "tensor of torch.int32 dtype), as linalg.lu_factor() gives it");
  const Variable flat = contiguous(pivots);
  const auto* const row = flat.tensor().data_as<std::int32_t>();
  for (Index i = 0; i < flat.numel(); ++i) {
    if (row[i] < 1)
      fail<Error>("Pivots given to ", function, " must all be greater or equal to 1, but one is ", row[i]);
    if (row[i] > rows)
      fail<Error>("Pivots given to ", function, " must all be smaller or equal to LU.size(-2), but one is ", row[i]);
  }
}

/// Changes every element of row-major matrices: f(element, row, column).
template <class F>
void edit(Tensor& x, const F& f) {
  const Index m = x.shape()[x.ndim() - 2], n = x.shape().back();
  const auto all = [&]<class T>(T* element) {
    for (Index i = 0; i < x.numel(); i += n)
      for (Index j = 0; j < n; ++j) f(*element++, i / n % m, j);
  };
  visit(x.dtype(), [&]<class T>() { all(x.data_as<T>()); });
}

/// Outputs 0 and 1 of a call: L and U of the packed factors.
void unpack(Call& call, const Tensor& lu) {
  const Index m = lu.shape()[lu.ndim() - 2], n = lu.shape().back(), k = std::min(m, n);
  call.out[0] = kernels::dense_copy(*corner(lu, m, k));
  call.out[1] = kernels::dense_copy(*corner(lu, k, n));
  edit(*call.out[0], [](auto& element, Index row, Index column) {
    if (row <= column) element = row == column ? 1 : 0;
  });
  edit(*call.out[1], [](auto& element, Index row, Index column) {
    if (row > column) element = 0;
  });
}

struct Triangles {
  Variable l, u;
};

Triangles triangles(const Variable& lu) {
  const Index m = rows_of(lu), n = columns_of(lu), k = std::min(m, n);
  return {tril(first(lu, -1, k), -1) + eye(m, k, lu.dtype()), triu(first(lu, -2, k))};
}

/// The gradient of A = P L U from those of L and U, either of which may be undefined. With A1 the square part of P^T A
/// and A2 what is to its right (then U2 = L^-1 A2) or below it (then L2 = A2 U^-1):
/// dA1 = L^-T [tril(L^T dL - dU2 U2^T, -1) + triu(dU U^T - L2^T dL2)] U^-T, dA2 = L^-T dU2 or dL2 U^-T.
/// Source: S. Walter and L. Lehmann (2010), for square matrices.
Variable lu_gradient(const Variable& p, const Triangles& factors, const Variable& gl, const Variable& gu) {
  const auto& [l, u] = factors;
  const Index m = rows_of(l), n = columns_of(u), k = columns_of(l);
  const Variable l1t = mt(first(l, -2, k)), u1t = mt(first(u, -1, k));
  const auto by_l = [&](const Variable& g) { return solve_triangular(l1t, g, true, true, true); };
  const auto by_u = [&](const Variable& g) { return solve_triangular(u1t, g, false, false); };
  Variable lower = zeros_like_batch(l, k, k), upper = lower;
  if (gl.defined()) {
    lower = matmul(l1t, first(gl, -2, k));
    if (m > k) upper = upper - matmul(mt(rest(l, -2, k)), rest(gl, -2, k));
  }
  if (gu.defined()) {
    upper = upper + matmul(first(gu, -1, k), u1t);
    if (n > k) lower = lower - matmul(rest(gu, -1, k), mt(rest(u, -1, k)));
  }
  Variable g = by_u(by_l(tril(lower, -1) + triu(upper)));
  if (m > k) g = joined(g, gl.defined() ? by_u(rest(gl, -2, k)) : zeros_like_batch(l, m - k, n), -2);
  if (n > k) g = joined(g, gu.defined() ? by_l(rest(gu, -1, k)) : zeros_like_batch(l, m, n - k), -1);
  return matmul(p, g);
}

const Op kLuFactor({.name = "linalg_lu_factor_ex",
                    .node = "LinalgLuFactorExBackward0",
                    .forward =
                        [](Call& call) {
                          const Tensor& a = call.tensor(0);
                          const Index k = std::min(a.shape()[a.ndim() - 2], a.shape().back());
                          call.out[0] = kernels::columns(a);
                          Tensor& pivots = call.new_output(DType::Int32, with_last(a.shape(), 2, {k}), 1);
                          kernels::lu_factor(*call.out[0], pivots,
                                             call.new_output(DType::Int32, with_last(a.shape(), 2), 2));
                        },
                    .derivative =
                        [](Backward& b) {
                          const Variable lu = b.result(0), &g = b.grad(0);
                          if (!g.defined()) return;
                          const Index k = std::min(rows_of(lu), columns_of(lu));
                          b.set(0, lu_gradient(permutation(b.result(1), rows_of(lu), lu.dtype()), triangles(lu),
                                               first(g, -1, k), first(g, -2, k)));
                        },
                    .category = Category::Matrix,
                    .outputs = 3,
                    .saves = {.result = 3}});

void lu_forward(Call& call) {
  const Tensor& a = call.tensor(0);
  const auto factors = kernels::columns(a);
  const auto info = new_tensor(DType::Int32, with_last(a.shape(), 2));
  const Index k = std::min(a.shape()[a.ndim() - 2], a.shape().back());
  kernels::lu_factor(*factors, call.new_output(DType::Int32, with_last(a.shape(), 2, {k}), 2), *info);
  unpack(call, *factors);
}

const Op kLu({.name = "linalg_lu",
              .node = "LinalgLuBackward0",
              .forward = lu_forward,
              .derivative =
                  [](Backward& b) {
                    if (!b.grad(0).defined() && !b.grad(1).defined()) return;
                    const Variable l = b.result(0);
                    b.set(0, lu_gradient(permutation(b.result(2), rows_of(l), l.dtype()), {l, b.result(1)}, b.grad(0),
                                         b.grad(1)));
                  },
              .category = Category::Matrix,
              .outputs = 3,
              .saves = {.result = 7}});

void unpack_derivative(Backward& b) {
  const Dims &l = b.output(0).shape(), &u = b.output(1).shape();
  const Index m = l[l.size() - 2], n = u.back(), k = l.back();
  Variable total;
  if (b.grad(0).defined()) {
    total = tril(b.grad(0), -1);
    if (n > k) total = joined(total, zeros_like_batch(total, m, n - k), -1);
  }
  if (b.grad(1).defined()) {
    Variable part = triu(b.grad(1));
    if (m > k) part = joined(part, zeros_like_batch(part, m - k, n), -2);
    total = total.defined() ? total + part : part;
  }
  b.set(0, total);
}

const Op kUnpack({.name = "lu_unpack",
                  .node = "LuUnpackBackward0",
                  .forward = [](Call& call) { unpack(call, call.tensor(0)); },
                  .derivative = unpack_derivative,
                  .category = Category::Matrix,
                  .outputs = 2});

struct LuSolveAttributes {
  bool left, adjoint;
};

void lu_solve_forward(Call& call) {
  const auto& [left, adjoint] = call.attributes<LuSolveAttributes>();
  const Tensor& b = call.tensor(2);
  const auto x = kernels::columns(left ? b : *transposed(b));
  kernels::lu_solve(*x, *kernels::columns(call.tensor(0)), *kernels::row_major(call.tensor(1)), left == adjoint);
  call.out[0] = left ? x : transposed(*x);
}

// A X = B: dB = A^-T dX, dA = -dB X^T; from there to L and U as A = P L U says.
void lu_solve_derivative(Backward& b) {
  const auto& [left, adjoint] = b.attributes<LuSolveAttributes>();
  const Variable lu = b.input(0).variable, pivots = b.input(1).variable;
  const Variable g = lu_solve(lu, pivots, b.grad(), left, !adjoint);
  if (b.needs(2)) b.set(2, g);
  if (!b.needs(0)) return;
  const Variable x = b.result();
  Variable whole = left ? matmul(g, mt(x)) : matmul(mt(x), g);
  if (adjoint) whole = mt(whole);
  const auto [l, u] = triangles(lu);
  whole = matmul(mt(permutation(pivots, rows_of(lu), lu.dtype())), whole);
  b.set(0, -(tril(matmul(whole, mt(u)), -1) + triu(matmul(mt(l), whole))));
}

const Op kLuSolve({.name = "linalg_lu_solve",
                   .node = "LinalgLuSolveBackward0",
                   .forward = lu_solve_forward,
                   .derivative = lu_solve_derivative,
                   .category = Category::Matrix,
                   .inputs = 3,
                   .saves = {.inputs = {kFor0 | kFor2, kFor0 | kFor2}, .result = 1},
                   .constants = kFor1});

}  // namespace

Variable permutation(const Variable& pivots, Index rows, DType dtype) {
  const Index k = pivots.shape().back();
  const Dims shape = with_last(pivots.shape(), 1, {rows, rows});
  const Variable result = full(shape, 0.0, dtype), swaps = contiguous(pivots);
  if (rows == 0) return result;
  std::vector<Index> order(static_cast<std::size_t>(rows));
  const auto fill = [&]<class T>(T* p) {
    for (Index i = 0; i < result.numel() / (rows * rows); ++i, p += rows * rows) {
      for (Index row = 0; row < rows; ++row) order[static_cast<std::size_t>(row)] = row;
      const auto* const swap = swaps.tensor().data_as<std::int32_t>() + i * k;
      for (Index row = 0; row < k; ++row)
        std::swap(order[static_cast<std::size_t>(row)], order[static_cast<std::size_t>(swap[row] - 1)]);
      for (Index row = 0; row < rows; ++row) p[order[static_cast<std::size_t>(row)] * rows + row] = 1;
    }
  };
  visit(dtype, [&]<class T>() { fill(result.tensor().data_as<T>()); });
  return result;
}

LuFactors lu_factor_ex(const char* function, const Variable& a, bool pivot) {
  check_factored(function, a, pivot);
  auto out = apply_all<3>(kLuFactor, {a});
  return {out[0], out[1], out[2]};
}

LuFactors lu_factor(const char* function, const Variable& a, bool pivot) {
  LuFactors found = lu_factor_ex(function, a, pivot);
  check_info(function, found.info, "U[k,k] is zero for k = ",
             " and using it on lu_solve would result in a division by zero. If you still want to perform the "
             "factorization, consider calling linalg.lu(A) or linalg.lu_factor_ex(A)");
  return found;
}

std::array<Variable, 3> lu(const Variable& a, bool pivot) {
  check_factored("linalg.lu", a, pivot);
  const auto [l, u, pivots] = apply_all<3>(kLu, {a});
  return {permutation(pivots, rows_of(a), a.dtype()), l, u};
}

std::array<Variable, 3> lu_unpack(const Variable& lu, const Variable& pivots, bool data, bool with_pivots) {
  if (lu.ndim() < 2) fail<Error>("lu_unpack: LU_data must have at least 2 dimensions, but it has ", lu.ndim());
  std::array<Variable, 3> out;
  for (Variable& part : out) part = full({0}, 0.0, lu.dtype());
  if (with_pivots) {
    check_pivots("lu_unpack", pivots, rows_of(lu));
    if (pivots.shape().back() > rows_of(lu) || with_last(pivots.shape(), 1) != with_last(lu.shape(), 2))
      fail<Error>("lu_unpack: LU_pivots of the shape ", to_string(pivots.shape()), " do not fit LU_data of the shape ",
                  to_string(lu.shape()));
    out[0] = permutation(pivots, rows_of(lu), lu.dtype());
  }
  if (data) {
    auto [l, u] = apply_all<2>(kUnpack, {lu});
    out[1] = std::move(l);
    out[2] = std::move(u);
  }
  return out;
}

Variable lu_solve(const Variable& lu, const Variable& pivots, const Variable& b, bool left, bool adjoint) {
  constexpr const char* kName = "linalg.lu_solve";
  check_square(kName, lu);
  check_sides(kName, lu, b, left);
  const Index n = rows_of(lu);
  if (pivots.ndim() == 0 || pivots.shape().back() != n)
    fail<Error>(kName, ": Number of pivots per batch should be same as the dimension of the matrix: ", n,
                ", but the pivots have the shape ", to_string(pivots.shape()));
  if (with_last(pivots.shape(), 1) != with_last(lu.shape(), 2))
    fail<Error>(kName, ": Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape ",
                to_string(pivots.shape()), " instead");
  check_pivots("lu_solve", pivots, n);
  const auto [factors, sides] = same_batch(lu, b);
  const Dims swaps = with_last(factors.shape(), 1);
  return apply(kLuSolve, {factors, swaps == pivots.shape() ? pivots : expand(pivots, swaps), sides},
               LuSolveAttributes{left, adjoint});
}

}  // namespace tapegrad
