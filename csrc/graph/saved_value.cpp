#include "graph/saved_value.h"

#include <string>

#include "graph/node.h"
#include "kernels/rows.h"

namespace tapegrad {

void SavedValue::save(const Operand& input, bool overwritten) {
  if (input.is_scalar()) {
    value_.emplace<Scalar>(input.scalar());
    return;
  }
  const Variable& v = input.variable();
  Edge edge = v.edge();
  TensorRef tensor = overwritten ? kernels::dense_copy(v.tensor()) : v.tensor_ref();
  const std::uint32_t version = tensor->version();
  if (tensor->inference()) [[unlikely]]
    fail<Error>(
        "Inference tensors cannot be saved for backward. To work around you can make a clone() of it outside "
        "inference_mode(), which is a normal one");
  value_.emplace<Kept>(std::move(tensor), std::move(edge.node), WeakVariable(v), HostObject(), version, edge.index,
                       false);
  if (Packing::active()) [[unlikely]]
    pack();
}

void SavedValue::save_result(const TensorRef& tensor, std::uint32_t index) {
  value_.emplace<Kept>(tensor, nullptr, WeakVariable(), HostObject(), tensor->version(), index, true);
  if (Packing::active()) [[unlikely]]
    pack();
}

Variable SavedValue::kept() const {
  const Kept& it = std::get<Kept>(value_);
  Variable value = it.variable.lock();
  if (value.defined() && value.tensor_ref() == it.tensor) return value;
  return Variable(it.tensor->with_counter(it.tensor->counter()));
}

void SavedValue::pack() {
  Kept& it = std::get<Kept>(value_);
  const GradModeGuard off(false);
  // A result has no history here, or what the host keeps of it would keep the node.
  HostObject packed(packing_host().pack(kept()));
  if (it.tensor->version() != it.version) {
    fail<Error>(
        "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook can not be "
        "modified by in-place operations as this can lead to unexpected side-effects. Write to a clone() of it");
  }
  it.packed = std::move(packed);
  it.tensor = nullptr;
  it.variable = WeakVariable();
}

void SavedValue::check_attached() const {
  const Kept& it = std::get<Kept>(value_);
  const Variable v = it.variable.lock();
  if (!v.defined() || !(v.tensor_ref() == it.tensor) || &it.node->op() == &kAccumulateGrad) return;
  if (!v.meta().interior && !v.meta().requires_grad)
    fail<Error>(
        "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_(). Use detach() instead, "
        "which leaves "
        "the variable as it was");
}

void SavedValue::fail_stale(const Node& owner) const {
  const Kept& it = std::get<Kept>(value_);
  // What made the value as it is now, so far as that is known.
  const Variable v = it.variable.lock();
  const bool follows = v.defined() && !(v.meta().view && v.meta().view->origin != ViewOrigin::Normal);
  const Edge now = it.result ? Edge{} : follows ? v.edge() : Edge{it.node, it.index};
  const Node* maker = it.result ? &owner : now.node.get();
  std::string made_by;
  if (maker && &maker->op() != &kAccumulateGrad) {
    made_by =
        ", which is output " + std::to_string(it.result ? it.index : now.index) + " of " + maker->short_name() + ",";
  }
  const char* writer = it.tensor->last_writer();
  fail<Error>(
      "one of the variables needed for gradient computation has been modified by an inplace operation: [",
      name(it.tensor->dtype()), " ", to_string(it.tensor->shape()), "]", made_by, " is at version ",
      it.tensor->version(), "; expected version ", it.version,
      " instead. Hint: enable anomaly detection, tapegrad.autograd.set_detect_anomaly(True), to find the operation "
      "whose gradient needs it.\nThe operation that wrote it last was ",
      writer ? writer : "increment_version", ".");
}

Variable SavedValue::with_history(TensorRef tensor, const Source& source, const Ref<Node>& owner) {
  Variable again(std::move(tensor));
  if (source.result) {
    if (is_floating(again.dtype())) set_history(again, owner, source.index);
  } else if (source.node && &source.node->op() != &kAccumulateGrad) {
    set_history(again, source.node, source.index);
  } else if (source.node) {
    again.meta().node = source.node;
    again.meta().requires_grad = true;
  }
  return again;
}

Value SavedValue::unpack(const Ref<Node>& owner, bool history) const {
  if (const auto* number = std::get_if<Scalar>(&value_)) return {{}, *number};
  if (empty()) return {};
  const Kept& it = std::get<Kept>(value_);
  if (it.packed) [[unlikely]] {
    const Source source{it.node, it.index, it.result};  // the host may free this value
    const Variable value = packing_host().unpack(it.packed.get());
    if (history && !source.node && !source.result && !value.requires_grad()) return {value, {}};  // the very one
    TensorRef tensor(value.tensor_ref());
    return {history ? with_history(std::move(tensor), source, owner) : Variable(std::move(tensor)), {}};
  }
  if (!history) return {Variable(it.tensor), {}};
  if (Variable same = it.variable.lock(); same.defined() && same.tensor_ref() == it.tensor)
    return {std::move(same), {}};
  return {with_history(it.tensor, {it.node, it.index, it.result}, owner), {}};
}

}  // namespace tapegrad
