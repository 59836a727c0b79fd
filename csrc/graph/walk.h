#pragma once
// Walks over a graph from its results, without recursion.

#include <span>
#include <unordered_set>
#include <vector>

#include "graph/node.h"

namespace tapegrad {

/// Calls visit(node) once for every node that `roots` lead to, results before what they were made from. Where it
/// returns false, the walk does not go on through that node.
template <class Visit>
void walk(std::span<const Edge> roots, Visit&& visit) {
  std::unordered_set<const Node*> seen;
  std::vector<const Node*> stack;
  const auto meet = [&](const Edge& edge) {
    if (edge && seen.insert(edge.node.get()).second) stack.push_back(edge.node.get());
  };
  for (const Edge& root : roots) meet(root);
  while (!stack.empty()) {
    const Node* node = stack.back();
    stack.pop_back();
    if (!visit(*node)) continue;
    for (const Edge& edge : node->edges()) meet(edge);
  }
}

/// The leaf of an accumulator, unless it is gone; of other nodes an undefined variable.
Variable leaf_of(const Node& node);

/// Whether a leaf that requires grad is reached from `outputs` otherwise than through `inputs`.
bool leads_elsewhere(std::span<const Variable> outputs, std::span<const Variable> inputs);

}  // namespace tapegrad
