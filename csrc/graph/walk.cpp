#include "graph/walk.h"

#include <algorithm>

namespace tapegrad {

Variable leaf_of(const Node& node) {
  return &node.op() == &kAccumulateGrad ? node.attributes<AccumulatorAttributes>().variable.lock() : Variable();
}

bool leads_elsewhere(std::span<const Variable> outputs, std::span<const Variable> inputs) {
  std::vector<const Node*> ends;
  for (const Variable& in : inputs)
    if (const Node* node = in.meta().node.get()) ends.push_back(node);
  std::size_t own = 0;
  for (const Node* end : ends) own += &end->op() == &kAccumulateGrad;
  if (AccumulatorAttributes::alive == own) return false;  // there is no other leaf at all
  std::vector<Edge> roots;
  for (const Variable& out : outputs) roots.push_back(out.edge());
  bool found = false;
  walk(roots, [&](const Node& node) {
    if (found || std::find(ends.begin(), ends.end(), &node) != ends.end()) return false;
    found = leaf_of(node).defined();
    return true;
  });
  return found;
}

}  // namespace tapegrad
