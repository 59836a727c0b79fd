#pragma once
// The engine: runs the tape backward.
//
// Where to start reading: Run::go in run.cpp. A traversal counts, for every node, how many gradients it will get,
// and checks all saved values before anything is changed; then the nodes run, the latest made first.

#include <functional>
#include <span>
#include <vector>

#include "graph/node.h"

namespace tapegrad {

/// Where a gradient starts or is wanted: a variable, or an edge of the graph without one.
struct Endpoint {
  explicit Endpoint(Variable v) : variable(std::move(v)), edge(variable.edge()) {}
  explicit Endpoint(Edge e) : edge(std::move(e)) {}
  const Dims& shape() const { return variable.defined() ? variable.shape() : edge.node->outputs()[edge.index].shape(); }
  DType dtype() const {
    const bool own = variable.defined() && variable.meta().grad_dtype == Meta::kOwnGradDType;
    return own || !edge ? variable.dtype() : edge.node->outputs()[edge.index].dtype;
  }
  bool takes_any_dtype() const { return edge && edge.node->outputs()[edge.index].any_dtype; }
  Variable variable;
  Edge edge;  // null: does not require grad
};

struct BackwardOptions {
  bool keep_graph = false;
  bool create_graph = false;
  /// Whether the user gave inputs, be it none.
  bool inputs_given = false;
  /// Where the call was made, for host().describe_site; 0 for unknown.
  std::uint32_t site = 0;
};

/// Accumulates the gradients of `roots` into the leaves (or into `inputs` only, where some are given).
/// `gradients` has a cotangent for each root, undefined for an implicit 1.
/// Raises Error, with no variable changed, where the graph cannot be run.
void backward(std::span<const Endpoint> roots, std::vector<Variable> gradients, std::span<const Endpoint> inputs,
              BackwardOptions options);

/// The gradients of `roots` with respect to `inputs`; undefined where an input was not reached. Leaves stay as they
/// are.
std::vector<Variable> grad(std::span<const Endpoint> roots, std::vector<Variable> gradients,
                           std::span<const Endpoint> inputs, BackwardOptions options);

/// A node called as a function: the gradients of its inputs, undefined where there is none. Hooks do not run.
std::vector<Variable> call_node(const Ref<Node>& node, std::vector<Variable> gradients);

/// The number of the innermost backward that runs on this thread, and its node; 0 and null outside.
std::uint64_t current_run();
Node* current_node();
/// Whether it keeps the graph, and whether it accumulates into leaves; true outside.
bool current_keeps_graph();
bool current_accumulates();
/// That node, and those that will run after it, in their order; none outside.
std::vector<Node*> coming_nodes();
/// Whether that backward runs the node, or takes a gradient at it.
bool will_run(const Node& node);
/// Whether the backward of that number is still running.
bool is_running(std::uint64_t run);

/// Calls `callback` at the end of the innermost backward that runs on this thread, after all of its nodes. Raises Error
/// outside.
void call_at_end(std::function<void()> callback);

/// Whether the pass that this thread is in, the innermost, goes to all leaves; true outside of a pass.
bool goes_to_all_leaves();

}  // namespace tapegrad
