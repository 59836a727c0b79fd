#include "engine/engine.h"

#include "core/small_array.h"
#include "engine/node_hooks.h"
#include "engine/run.h"
#include "graph/grad_mode.h"
#include "ops/ops.h"

namespace tapegrad {
namespace {

/// A root's cotangent, checked.
Variable root_gradient(const Endpoint& root, Variable gradient, std::size_t index) {
  if (!gradient.defined()) {
    if (count_elements(root.shape()) != 1) {
      fail<Error>("grad can be implicitly created only for scalar outputs, but output ", index, " has shape ",
                  to_string(root.shape()), ": pass a gradient of that shape, or reduce it first, with sum() or mean()");
    }
    return full(root.shape(), 1.0, root.dtype());
  }
  if (gradient.shape() != root.shape()) {
    fail<Error>("Mismatch in shape: grad_output[", index, "] has a shape of ", size_text(gradient.shape()),
                " and output[", index, "] has a shape of ", size_text(root.shape()), ".");
  }
  if (gradient.dtype() == root.dtype() || root.takes_any_dtype()) return gradient;
  return to(std::move(gradient), root.dtype());
}

/// `accumulate`: the gradients go to .grad, so the nodes of the inputs run too, and non-leaves keep theirs.
std::vector<Variable> run(std::span<const Endpoint> roots, std::vector<Variable> gradients,
                          std::span<const Endpoint> inputs, bool accumulate, const BackwardOptions& options) {
  SmallArray<Edge, 1> room(roots.size(), [&](std::size_t i) { return roots[i].edge; });
  const std::span<const Edge> edges = room.all();
  std::vector<Target> targets;
  for (const Endpoint& input : inputs)
    if (input.edge) targets.push_back({input.edge.node.get(), input.edge.index});
  Run pass(edges, targets, accumulate, options);
  if (options.inputs_given && inputs.empty())
    fail<Error>("`inputs` argument to `", accumulate ? "backward" : "grad", "` cannot be empty.");
  const GradModeGuard mode(options.create_graph);
  for (std::size_t i = 0; i < roots.size(); ++i)
    if (edges[i] || gradients[i].defined()) gradients[i] = root_gradient(roots[i], std::move(gradients[i]), i);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (edges[i]) continue;
    fail<Error>("element ", i,
                " of tensors does not require grad and does not have a grad_fn: nothing that it was computed "
                "from has requires_grad=True, or it was computed under no_grad()");
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].edge) continue;
    if (accumulate)
      fail<Error>("can't retain_grad on Tensor that has requires_grad=False: `inputs`[", i, "] of backward()");
    fail<Error>("One of the differentiated Tensors does not require grad: `inputs`[", i, "]");
  }
  if (accumulate)
    for (const Endpoint& input : inputs)
      if (input.variable.defined()) retain_grad(input.variable);
  return pass.go(std::move(gradients));
}

}  // namespace

void backward(std::span<const Endpoint> roots, std::vector<Variable> gradients, std::span<const Endpoint> inputs,
              BackwardOptions options) {
  run(roots, std::move(gradients), inputs, true, options);
}

std::vector<Variable> grad(std::span<const Endpoint> roots, std::vector<Variable> gradients,
                           std::span<const Endpoint> inputs, BackwardOptions options) {
  return run(roots, std::move(gradients), inputs, false, options);
}

std::vector<Variable> call_node(const Ref<Node>& node, std::vector<Variable> gradients) {
  node->check_saved();
  std::vector<Variable> results(node->edges().size());
  Backward call(node, gradients, results, {});
  call_derivative(call);
  return visible_of(*node, results);
}

std::uint64_t current_run() { return Run::current() ? Run::current()->id() : 0; }
Node* current_node() { return Run::current() ? Run::current()->node() : nullptr; }
std::vector<Node*> coming_nodes() { return Run::current() ? Run::current()->coming() : std::vector<Node*>(); }
bool current_keeps_graph() { return !Run::current() || Run::current()->keeps_graph(); }
bool current_accumulates() { return !Run::current() || Run::current()->accumulates(); }
bool will_run(const Node& node) { return Run::current() && Run::current()->reaches(node); }
void call_at_end(std::function<void()> callback) {
  if (!Run::current()) fail<Error>("Final callbacks can only be installed during backward pass.");
  Run::current()->call_at_end(std::move(callback));
}

bool goes_to_all_leaves() { return !Run::current() || Run::current()->whole(); }
bool is_running(std::uint64_t run) { return Run::is_live(run); }

}  // namespace tapegrad
