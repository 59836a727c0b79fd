#pragma once
// Sums over dimensions that arrays have in common: what tensordot and einsum are made of.

#include <algorithm>
#include <vector>

#include "ops/ops.h"

namespace tapegrad {

/// An array whose dimensions have labels, each label once. Equal labels of several arrays have equal sizes.
struct Labelled {
  Variable value;
  std::vector<int> labels;

  bool has(int label) const { return std::find(labels.begin(), labels.end(), label) != labels.end(); }
  Index size(int label) const {
    return value.shape()[static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) - labels.begin())];
  }
};

/// The sum over all labels but those in `kept`, with dimensions in the order of `kept`, all of which `x` has. Without a
/// dtype, sums of integers are int64.
Variable reduced_to(const Labelled& x, const std::vector<int>& kept, std::optional<DType> dtype = {});

/// The product of two arrays, summed over the labels that `keeps` does not hold of: one (batched) product of matrices,
/// or where no shared label goes, a product of elements. `wide`: integers summed before the latter are int64.
template <class Keeps>
Labelled contract(Labelled a, Labelled b, const Keeps& keeps, bool wide = false);

namespace contraction {
/// Labels by where they are and whether they stay.
struct Parts {
  std::vector<int> batch, left, summed, right;
};
Labelled product(const Labelled& a, const Labelled& b, const Parts& parts);
}  // namespace contraction

template <class Keeps>
Labelled contract(Labelled a, Labelled b, const Keeps& keeps, bool wide) {
  contraction::Parts parts;
  for (const int label : a.labels)
    if (b.has(label)) (keeps(label) ? parts.batch : parts.summed).push_back(label);
  const auto alone = [&](Labelled& x, const Labelled& other, std::vector<int>& own) {
    std::vector<int> kept;
    for (const int label : x.labels) {
      if (other.has(label) || keeps(label)) kept.push_back(label);
      if (!other.has(label) && keeps(label)) own.push_back(label);
    }
    if (kept.size() == x.labels.size()) return;
    const bool as_sums = wide && parts.summed.empty();
    x = {reduced_to(x, kept, as_sums ? std::nullopt : std::optional(x.value.dtype())), kept};
  };
  alone(a, b, parts.left);
  alone(b, a, parts.right);
  return contraction::product(a, b, parts);
}

}  // namespace tapegrad
