// Norms of matrices, and condition numbers, which are made of them.

#include <cmath>
#include <limits>
#include <sstream>

#include "ops/math.h"
#include "ops/matrices.h"
#include "ops/statistics.h"

namespace tapegrad {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The two dimensions of the matrices, and the input in the dtype that is asked for.
struct Matrices {
  Variable a;
  Dims dims;
};

Matrices checked(const Variable& a, const Dims& dims, std::optional<DType> dtype) {
  constexpr const char* kName = "linalg.matrix_norm";
  if (a.ndim() < 2) fail<Error>(kName, ": The input tensor A must have at least 2 dimensions.");
  check_matrices(kName, a);
  if (dims.size() != 2) fail<Error>(kName, ": dim must be a 2-tuple. Got ", to_string(dims));
  const auto first = static_cast<Index>(wrap_dim(dims[0], a.ndim()));
  const auto second = static_cast<Index>(wrap_dim(dims[1], a.ndim()));
  if (first == second) fail<Error>(kName, ": dims must be different. Got (", dims[0], ", ", dims[1], ")");
  if (!dtype || *dtype == a.dtype()) return {a, {first, second}};
  if (!is_floating(*dtype)) fail<Error>(kName, ": dtype should be floating point, but got ", name(*dtype));
  if (itemsize(*dtype) < itemsize(a.dtype()))
    fail<Error>(kName, ": the dtype of the input (", name(a.dtype()),
                ") should be convertible without narrowing to the specified dtype (", name(*dtype), ")");
  return {to(a, *dtype), {first, second}};
}

/// Singular values, of matrices in these dimensions, along a new last one.
Variable values_of(const Matrices& m) { return svdvals(movedim(m.a, m.dims, {-2, -1})); }

/// What was reduced from the last dimension, with both dimensions of the matrices as ones.
Variable kept(const Variable& x, const Matrices& m) {
  return movedim(unsqueeze(unsqueeze(x, -1), -1), {-2, -1}, m.dims);
}

Variable extreme(const Variable& x, Index dim, bool least, bool keepdim) {
  if (!least && x.shape()[wrap_dim(dim, x.ndim())] == 0) return detach(sum(x, {dim}, keepdim));  // zeros
  return least ? amin(x, {dim}, keepdim) : amax(x, {dim}, keepdim);
}

}  // namespace

Variable matrix_norm(const Variable& a, double order, const Dims& dims, bool keepdim, std::optional<DType> dtype) {
  const double size = std::abs(order);
  if (size != 1 && size != 2 && size != kInfinity) fail<Error>("linalg.matrix_norm: Order ", order, " not supported.");
  const Matrices m = checked(a, dims, dtype);
  const bool least = order < 0;
  if (size == 2) {
    const Variable found = extreme(values_of(m), -1, least, false);
    return keepdim ? kept(found, m) : found;
  }
  const Index summed = m.dims[size == 1 ? 0 : 1], other = m.dims[size == 1 ? 1 : 0];
  return extreme(vector_norm(m.a, 1, {summed}, keepdim), !keepdim && other > summed ? other - 1 : other, least,
                 keepdim);
}

Variable matrix_norm(const Variable& a, const std::string& order, const Dims& dims, bool keepdim,
                     std::optional<DType> dtype) {
  if (order != "fro" && order != "nuc") fail<Error>("linalg.matrix_norm: Order ", order, " not supported.");
  const Matrices m = checked(a, dims, dtype);
  if (order == "fro") return vector_norm(m.a, 2, m.dims, keepdim);
  return nuclear_norm(m.a, m.dims, keepdim);
}

namespace {

void check_conditioned(const Variable& a) {
  if (a.ndim() < 2) fail<Error>("linalg.cond: The input tensor must have at least 2 dimensions.");
  check_matrices("linalg.cond", a);
}

/// |A| |A^-1|, which is infinite where there is no inverse.
template <class Order>
Variable by_inverse(const Variable& a, const Order& order) {
  std::ostringstream text;
  text << "linalg.cond(ord=" << order << ")";
  check_square(text.str().c_str(), a);
  const auto [inverse, info] = inv_ex(a);
  const Variable found = where(unsqueeze(unsqueeze(ne(info, 0), -1), -1), kInfinity, inverse);
  const Variable both = matrix_norm(a, order, {-2, -1}, false) * matrix_norm(found, order, {-2, -1}, false);
  return nan_to_num(both, kInfinity, kInfinity, -kInfinity);
}

}  // namespace

Variable cond(const Variable& a, double order) {
  check_conditioned(a);
  const double size = std::abs(order);
  if (size != 1 && size != 2 && size != kInfinity) fail<Error>("linalg.cond got an invalid norm type: ", order);
  if (a.numel() == 0) return full(with_last(a.shape(), 2), 0.0, a.dtype());
  if (size != 2) return by_inverse(a, order);
  const Variable s = svdvals(a), greatest = select(s, -1, 0), least = select(s, -1, columns_of(s) - 1);
  return order > 0 ? greatest / least : least / greatest;
}

Variable cond(const Variable& a, const std::string& order) {
  check_conditioned(a);
  if (order != "fro" && order != "nuc") fail<Error>("linalg.cond got an invalid norm type: ", order);
  if (a.numel() == 0) return full(with_last(a.shape(), 2), 0.0, a.dtype());
  if (order == "fro") return by_inverse(a, order);
  const Variable s = svdvals(a);
  return sum(s, {-1}) * sum(reciprocal(s), {-1});
}

}  // namespace tapegrad
