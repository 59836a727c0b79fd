// Products of vectors and chains of matrices.

#include "ops/products.h"

#include <limits>

#include "ops/elementwise.h"

namespace tapegrad {
namespace {

using kernels::BinaryFn;

struct DimAttributes {
  std::size_t dim;
};

void cross_forward(Call& call) {
  const std::size_t dim = call.attributes<DimAttributes>().dim;
  const Tensor &a = call.tensor(0), &b = call.tensor(1);
  Tensor& out = call.new_output(a.dtype(), broadcast(a.shape(), b.shape()));
  const auto part = [dim](const Tensor& x, int i) {
    Layout to = x.layout();
    to.offset += i % 3 * to.strides[dim];
    to.shape.erase(dim);
    to.strides.erase(dim);
    return x.view(std::move(to));
  };
  for (int i = 0; i < 3; ++i) {
    const TensorRef place = part(out, i), other = new_tensor(a.dtype(), place->shape());
    kernels::binary(BinaryFn::Mul, a.dtype(), *place, *part(a, i + 1), *part(b, i + 2));
    kernels::binary(BinaryFn::Mul, a.dtype(), *other, *part(a, i + 2), *part(b, i + 1));
    kernels::binary(BinaryFn::Sub, a.dtype(), *place, *place, *other);
  }
}

const Op kCross({.name = "linalg_cross",
                 .node = "LinalgCrossBackward0",
                 .forward = cross_forward,
                 .derivative =
                     [](Backward& b) {
                       const auto dim = static_cast<Index>(b.attributes<DimAttributes>().dim);
                       if (b.needs(0)) b.set(0, linalg_cross(b.input(1).variable, b.grad(), dim));
                       if (b.needs(1)) b.set(1, linalg_cross(b.grad(), b.input(0).variable, dim));
                     },
                 .category = Category::Matrix,
                 .inputs = 2,
                 .saves = {.inputs = {kFor1, kFor0}}});

/// Where to cut each part of a chain of matrices, sizes[i] by sizes[i + 1], so that the fewest numbers are multiplied.
/// Source: Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms, section "Matrix-chain multiplication".
std::vector<std::vector<std::size_t>> chain_order(const std::vector<double>& sizes) {
  const std::size_t n = sizes.size() - 1;
  std::vector cost(n, std::vector<double>(n));
  std::vector cut(n, std::vector<std::size_t>(n));
  for (std::size_t length = 1; length < n; ++length) {
    for (std::size_t i = 0; i + length < n; ++i) {
      const std::size_t j = i + length;
      cost[i][j] = std::numeric_limits<double>::infinity();
      for (std::size_t k = i; k < j; ++k) {
        const double total = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1];
        if (total >= cost[i][j]) continue;
        cost[i][j] = total;
        cut[i][j] = k;
      }
    }
  }
  return cut;
}

Variable multiply_chain(std::span<const Variable> factors, const std::vector<std::vector<std::size_t>>& cut,
                        std::size_t i, std::size_t j) {
  if (i == j) return factors[i];
  const std::size_t k = cut[i][j];
  return mm(multiply_chain(factors, cut, i, k), multiply_chain(factors, cut, k + 1, j));
}

}  // namespace

Variable linalg_cross(const Variable& a, const Variable& b, Index dim) {
  if (a.ndim() != b.ndim()) fail<Error>("linalg.cross: inputs must have the same number of dimensions.");
  const std::size_t at = wrap_dim(dim, a.ndim());
  if (a.ndim() == 0 || a.shape()[at] != 3 || b.shape()[at] != 3)
    fail<Error>("linalg.cross: inputs dimension ", dim, " must have length 3. Got ", to_string(a.shape()), " and ",
                to_string(b.shape()));
  const Operand operands[] = {a, b};
  check_same_dtype("linalg.cross", operands);
  if (a.dtype() == DType::Bool) fail<Error>("cross is not implemented for bool");
  return apply(kCross, operands, DimAttributes{at});
}

Variable multi_dot(std::span<const Variable> factors) {
  const std::size_t n = factors.size();
  if (n < 2) fail<Error>("multi_dot(): expected at least 2 tensors but got ", n);
  std::vector<Variable> matrices(factors.begin(), factors.end());
  Dims shape;
  for (std::size_t i = 0; i < n; ++i) {
    const bool end = i == 0 || i == n - 1;
    if (factors[i].ndim() != 2 && !(end && factors[i].ndim() == 1))
      fail<Error>("multi_dot(): ",
                  i == 0       ? "the first tensor"
                  : i == n - 1 ? "the last tensor"
                               : "tensor ",
                  end ? "" : std::to_string(i), " must be ", end ? "1D or 2D" : "2D", " but got ", factors[i].ndim(),
                  "D");
    if (factors[i].dtype() != factors[0].dtype())
      fail<Error>("multi_dot(): all tensors must have be the same dtype but tensor 0 is ", name(factors[0].dtype()),
                  " and tensor ", i, " ", name(factors[i].dtype()));
  }
  if (factors[0].ndim() == 1) matrices[0] = unsqueeze(factors[0], 0);
  else shape.push_back(factors[0].shape()[0]);
  if (factors[n - 1].ndim() == 1) matrices[n - 1] = unsqueeze(factors[n - 1], 1);
  else shape.push_back(factors[n - 1].shape()[1]);
  std::vector<double> sizes{static_cast<double>(matrices[0].shape()[0])};
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0 && matrices[i - 1].shape()[1] != matrices[i].shape()[0])
      fail<Error>("multi_dot(): tensors ", i - 1, " and ", i, " with shapes ", to_string(factors[i - 1].shape()),
                  " and ", to_string(factors[i].shape()), " cannot be multiplied");
    sizes.push_back(static_cast<double>(matrices[i].shape()[1]));
  }
  return view(multiply_chain(matrices, chain_order(sizes), 0, n - 1), shape);
}

Variable diagonal_of(const Variable& x, Index dim0, Index dim1) {
  std::size_t first = wrap_dim(dim0, x.ndim()), second = wrap_dim(dim1, x.ndim());
  if (first > second) std::swap(first, second);
  Layout to = x.tensor().layout();
  to.shape.push_back(std::min(to.shape[first], to.shape[second]));
  to.strides.push_back(to.strides[first] + to.strides[second]);
  for (const std::size_t dim : {second, first}) {
    to.shape.erase(dim);
    to.strides.erase(dim);
  }
  return as_strided(x, to);
}

}  // namespace tapegrad
