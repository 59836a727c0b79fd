#include "engine/node_hooks.h"

#include <algorithm>
#include <string>

#include "graph/grad_mode.h"
#include "ops/elementwise.h"
#include "ops/math.h"
#include "ops/ops.h"

namespace tapegrad {
namespace {

/// The leaf of an accumulator if it has hooks, else undefined.
Variable hooked_leaf(const Node& node) {
  if (!node.extras()->leaf) return {};
  Variable leaf = node.attributes<AccumulatorAttributes>().variable.lock();
  return leaf.defined() && leaf.meta().hooks ? std::move(leaf) : Variable();
}

}  // namespace

void run_tensor_hooks(Node& node, std::span<Variable> gradients) {
  if (const Variable leaf = hooked_leaf(node); leaf.defined())
    if (void* table = leaf.meta().hooks->tensor.get())
      gradients[0] = hook_host().tensor(table, std::move(gradients[0]));
  // By number: a hook may add others.
  const std::size_t count = node.extras()->tensor.size();
  for (std::size_t i = 0; i < count; ++i) {
    const OutputHooks& hooks = node.extras()->tensor[i];
    if (!hooks.table) continue;
    Variable& gradient = gradients[hooks.index];
    gradient = hook_host().tensor(hooks.table.get(), std::move(gradient));
  }
}

void fill_retained(Node& node, std::span<const Variable> gradients) {
  for (const Retained& it : node.extras()->retained) {
    const Variable v = it.variable.lock();
    if (!v.defined() || !gradients[it.index].defined()) continue;
    // Never in the memory of others: what the user got before, passed in or kept in a hook stays as it is.
    Variable& grad = v.meta().grad;
    grad = grad.defined() ? add(grad, gradients[it.index]) : clone(gradients[it.index]);
  }
}

void check_nan(const Node& node, std::span<const Variable> results) {
  const GradModeGuard off(false);
  std::size_t i = 0;
  for (const std::size_t input : node.visible_inputs()) {
    const Variable& result = results[input];
    if (result.defined() && any(ne(result, result)).tensor().data_as<bool>()[0])
      fail<Error>("Function '", node.name(), "' returned nan values in its ", i == 0 ? "0th output" : "output ",
                  i == 0 ? "" : std::to_string(i), ", the gradient of its input ", i, " (counted from 0)");
    ++i;
  }
}

std::vector<Variable> visible_of(const Node& node, std::span<Variable> results) {
  std::vector<Variable> visible;
  for (const std::size_t i : node.visible_inputs()) visible.push_back(std::move(results[i]));
  return visible;
}

void HooksRound::before(Node& node, std::span<Variable> gradients) {
  const NodeExtras& extras = *node.extras();
  if (extras.before) hook_host().before(extras.before.get(), gradients);
  if (!extras.after) return;
  gradients_ = PooledArray<Variable>(gradients.size());
  std::copy(gradients.begin(), gradients.end(), gradients_.begin());
}

void HooksRound::after(Node& node, std::span<Variable> results) const {
  if (const Variable leaf = hooked_leaf(node); leaf.defined())
    if (void* table = leaf.meta().hooks->post_accumulate.get()) hook_host().post_accumulate(table, leaf);
  void* const table = node.extras()->after.get();
  if (!table) return;
  std::vector<Variable> visible = visible_of(node, results);
  // A table that is there only since the node began to run gets no gradients: they are gone.
  if (gradients_.empty()) hook_host().after(table, visible, {});
  else hook_host().after(table, visible, {gradients_.begin(), gradients_.size()});
  std::size_t place = 0;
  for (const std::size_t i : node.visible_inputs()) results[i] = std::move(visible[place++]);
}

}  // namespace tapegrad
