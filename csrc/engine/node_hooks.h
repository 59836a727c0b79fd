#pragma once
// What runs round a node beside its derivative: hooks, retained gradients, the search for NaN.
// The order: tensor hooks, retained gradients, hooks before the node, the node, hooks after it.

#include <span>
#include <vector>

#include "graph/node.h"

namespace tapegrad {

/// Runs the tensor hooks on the gradients of the node's outputs, each of which may be replaced.
void run_tensor_hooks(Node& node, std::span<Variable> gradients);

/// Adds the gradients to the .grad of the variables that retain theirs.
void fill_retained(Node& node, std::span<const Variable> gradients);

/// Raises Error where a gradient that the node made holds NaN.
void check_nan(const Node& node, std::span<const Variable> results);

/// Those of a node's gradients that its user sees, moved out.
std::vector<Variable> visible_of(const Node& node, std::span<Variable> results);

/// The hooks round one run of a node: those before it run when this is made.
class HooksRound {
 public:
  HooksRound(Node& node, std::span<Variable> gradients) {
    if (node.extras()) [[unlikely]]
      before(node, gradients);
  }
  /// Runs those after it, which may replace the results.
  void finish(Node& node, std::span<Variable> results) const {
    if (node.extras()) [[unlikely]]
      after(node, results);
  }

 private:
  void before(Node& node, std::span<Variable> gradients);
  void after(Node& node, std::span<Variable> results) const;
  PooledArray<Variable> gradients_;  // kept for the hooks after the node, if there are any
};

}  // namespace tapegrad
