#include "graph/variable.h"

#include "core/host.h"
#include "graph/grad_mode.h"
#include "graph/node.h"
#include "graph/teardown.h"
#include "graph/view.h"

namespace tapegrad {

void Meta::expire() {
  tensor->forget(this);
  // Nodes go iteratively by themselves, and a base is no view: only a gradient makes chains of metas.
  if (!weak_ && !owns_python && !grad.defined()) return delete this;
  Teardown::run(this, [](void* it) { static_cast<Meta*>(it)->clear(); });
}

void Meta::clear() {
  retain_weak();
  if (owns_python) {
    --host_objects;
    host().drop(std::exchange(python, nullptr));
  }
  if (hooks) {
    delete std::exchange(hooks, nullptr);
    release_weak();
  }
  view.reset();
  grad = Variable();
  node = nullptr;
  tensor = nullptr;
  expired_ = true;
  release_weak();
}

namespace {

/// From now on the accumulator keeps the leaf, and not the other way round.
void turn_round(const Variable& leaf, Node& accumulator) {
  accumulator.make_extras().leaf = HostObject(hook_host().object_of(leaf));
  leaf.meta().hooks->accumulator = &accumulator;
}

}  // namespace

LeafHooks& Meta::leaf_hooks() {
  if (hooks) return *hooks;
  hooks = new LeafHooks;
  retain_weak();  // so that clear() is what ends the meta
  if (node && !interior) {
    const Ref<Node> accumulator = std::exchange(node, nullptr);
    turn_round(Variable(this), *accumulator);
  }
  return *hooks;
}

const Ref<Node>& Variable::grad_fn() const {
  static const Ref<Node> none;
  if (meta_->view) refresh_view(*this);
  return meta_->interior ? meta_->node : none;
}

void Variable::set_requires_grad(bool value) const {
  if (!is_leaf()) {
    fail<Error>("you can only change requires_grad flags of leaf variables.",
                value
                    ? ""
                    : " If you want to use a computed variable in a subgraph that doesn't require differentiation use "
                      "var_no_grad = var.detach().");
  }
  if (value && !is_floating(dtype()))
    fail<Error>("only Variables of floating point dtype can require gradients, and this one is of dtype ",
                name(dtype()));
  if (value && meta_->tensor->inference() && !GradMode::inference())
    fail<Error>(
        "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed: make a clone() of it "
        "first");
  meta_->requires_grad = value;
}

namespace {

/// The accumulator that there is, or null.
Node* accumulator_of(const Variable& leaf) {
  const Meta& meta = leaf.meta();
  if (meta.interior) return nullptr;
  return meta.hooks ? meta.hooks->accumulator : meta.node.get();
}

void describe_gradient(OutputInfo& output, const Variable& leaf) {
  output.describe(leaf.tensor());
  const std::optional<DType> dtype = grad_dtype(leaf);
  output.any_dtype = !dtype;
  if (dtype) output.dtype = *dtype;
}

Ref<Node> make_accumulator(const Variable& leaf) {
  auto accumulator = make_ref<Node>(kAccumulateGrad, 0, 1);
  describe_gradient(accumulator->outputs()[0], leaf);
  accumulator->set_attributes(Attributes(AccumulatorAttributes(leaf)));
  return accumulator;
}

}  // namespace

Edge Variable::make_edge() const {
  if (meta_->view) refresh_view(*this);
  if (!meta_->requires_grad) return {};  // nor to a view made where nothing is recorded, though its base does
  if (meta_->hooks && !meta_->interior) return {hooked_accumulator(), 0};
  if (!meta_->node) [[unlikely]]
    meta_->node = make_accumulator(*this);
  return {meta_->node, meta_->output};
}

Ref<Node> Variable::hooked_accumulator() const {
  LeafHooks& hooks = *meta_->hooks;
  if (hooks.accumulator) return Ref<Node>(hooks.accumulator);
  Ref<Node> accumulator = make_accumulator(*this);
  turn_round(*this, *accumulator);
  return accumulator;
}

void retain_grad(const Variable& v) {
  if (!v.requires_grad()) fail<Error>("can't retain_grad on Tensor that has requires_grad=False");
  if (v.is_leaf() || v.meta().retains_grad) return;
  v.meta().retains_grad = true;
  v.grad_fn()->retain_grad(v, v.meta().output);
}

void describe_leaf(const Variable& v) {
  if (Node* accumulator = accumulator_of(v)) describe_gradient(accumulator->outputs()[0], v);
}

void forget_accumulator(const Variable& leaf) {
  Meta& meta = leaf.meta();
  if (meta.interior) return;
  if (meta.hooks) meta.hooks->accumulator = nullptr;
  meta.node = nullptr;
}

std::optional<DType> grad_dtype(const Variable& v) {
  const std::uint8_t code = v.meta().grad_dtype;
  if (code == Meta::kOwnGradDType) return v.dtype();
  if (code == Meta::kAnyGradDType) return {};
  return static_cast<DType>(code - Meta::kFirstGradDType);
}

void set_grad_dtype(const Variable& leaf, std::optional<DType> dtype) {
  const unsigned code = dtype ? Meta::kFirstGradDType + static_cast<unsigned>(*dtype) : Meta::kAnyGradDType;
  leaf.meta().grad_dtype = code & 31;
  describe_leaf(leaf);
}

}  // namespace tapegrad
