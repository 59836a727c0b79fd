#include "ops/contraction.h"

#include <algorithm>
#include <iterator>

#include "ops/products.h"

namespace tapegrad {
namespace {

using Labels = std::vector<int>;

Labels operator+(Labels a, const Labels& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Variable permuted(const Labelled& x, const Labels& order) {
  if (order == x.labels) return x.value;
  Dims dims;
  for (const int label : order) dims.push_back(std::find(x.labels.begin(), x.labels.end(), label) - x.labels.begin());
  return permute(x.value, dims);
}

Index count(const Labelled& x, const Labels& labels) {
  Index product = 1;
  for (const int label : labels) product *= x.size(label);
  return product;
}

/// In this order of labels, with dimensions of size 1 for those that it does not have.
Variable aligned(const Labelled& x, const Labels& order) {
  Labels present;
  std::copy_if(order.begin(), order.end(), std::back_inserter(present), [&](int label) { return x.has(label); });
  Variable result = permuted(x, present);
  for (std::size_t i = 0; i < order.size(); ++i)
    if (!x.has(order[i])) result = unsqueeze(result, static_cast<Index>(i));
  return result;
}

}  // namespace

Variable reduced_to(const Labelled& x, const Labels& kept, std::optional<DType> dtype) {
  Labels summed;
  for (const int label : x.labels)
    if (std::find(kept.begin(), kept.end(), label) == kept.end()) summed.push_back(label);
  Variable ordered = permuted(x, kept + summed);
  if (summed.empty()) return ordered;
  Dims dims;
  for (std::size_t i = kept.size(); i < x.labels.size(); ++i) dims.push_back(static_cast<Index>(i));
  const Variable result = sum(ordered, dims);
  return dtype ? to(result, *dtype) : result;
}

Labelled contraction::product(const Labelled& a, const Labelled& b, const Parts& parts) {
  const auto& [batch, left, summed, right] = parts;
  const Labels labels = batch + left + right;
  if (summed.empty()) return {aligned(a, labels) * aligned(b, labels), labels};
  const Index m = count(a, left), k = count(a, summed), n = count(b, right);
  Dims shape;
  for (const int label : labels) shape.push_back(a.has(label) ? a.size(label) : b.size(label));
  const Variable x = permuted(a, batch + left + summed), y = permuted(b, batch + summed + right);
  if (batch.empty()) return {reshape(mm(reshape(x, {m, k}), reshape(y, {k, n})), shape), labels};
  const Index batches = count(a, batch);
  return {reshape(bmm(reshape(x, {batches, m, k}), reshape(y, {batches, k, n})), shape), labels};
}

Variable tensordot(const Variable& a, const Variable& b, const Dims& left, const Dims& right) {
  if (left.size() != right.size()) fail<Error>("tensordot: both dimension lists should have same length");
  const Operand operands[] = {a, b};
  check_same_dtype("tensordot: both inputs should have same dtype", operands);
  if (!left.empty()) {
    dim_mask(left, a.ndim());  // no dimension twice
    dim_mask(right, b.ndim());
  }
  Labelled x{a, {}}, y{b, {}};
  int next = 0;
  for (std::size_t i = 0; i < a.ndim(); ++i) x.labels.push_back(next++);
  for (std::size_t i = 0; i < b.ndim(); ++i) y.labels.push_back(next++);
  std::vector<bool> summed(a.ndim() + b.ndim());
  for (std::size_t i = 0; i < left.size(); ++i) {
    const std::size_t p = wrap_dim(left[i], a.ndim()), q = wrap_dim(right[i], b.ndim());
    const Index size0 = a.shape()[p], size1 = b.shape()[q];
    if (size0 != size1 && size0 != 1 && size1 != 1)
      fail<Error>("contracted dimensions need to match, but first has size ", size0, " in dim ", left[i],
                  " and second has size ", size1, " in dim ", right[i]);
    summed[p] = summed[a.ndim() + q] = true;
    if (size0 == size1) y.labels[q] = x.labels[p];  // else each is summed alone, as the one of size 1 broadcasts
  }
  const auto keeps = [&](int label) { return !summed[static_cast<std::size_t>(label)]; };
  return contract(x, y, keeps).value;
}

Variable inner(const Variable& a, const Variable& b) {
  const Operand operands[] = {a, b};
  check_same_dtype("inner: both inputs should have same dtype", operands);
  if (a.ndim() == 0 || b.ndim() == 0) return a * b;
  if (a.shape().back() != b.shape().back())
    fail<Error>("inner() the last dimension must match on both input tensors but got shapes ", to_string(a.shape()),
                " and ", to_string(b.shape()));
  return tensordot(a, b, {-1}, {-1});
}

Variable outer(const Variable& a, const Variable& b) {
  if (a.ndim() != 1 || b.ndim() != 1)
    fail<Error>("outer: Expected 1-D argument self and vec2, but got ", a.ndim(), "-D and ", b.ndim(), "-D");
  return reshape(a, {a.shape()[0], 1}) * b;
}

Variable kron(const Variable& a, const Variable& b) {
  // a's sizes and b's in turn, (a0, 1, a1, 1, ...) and (1, b0, 1, b1, ...): the product has them all.
  const std::size_t n = std::max(a.ndim(), b.ndim());
  Dims left, right, shape;
  for (std::size_t i = 0; i < n; ++i) {
    const Index p = i + a.ndim() < n ? 1 : a.shape()[i + a.ndim() - n];
    const Index q = i + b.ndim() < n ? 1 : b.shape()[i + b.ndim() - n];
    left.push_back(p);
    left.push_back(1);
    right.push_back(1);
    right.push_back(q);
    shape.push_back(p * q);
  }
  return unsafe_view(reshape(a, left) * reshape(b, right), shape);
}

}  // namespace tapegrad
