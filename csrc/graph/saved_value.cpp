#include "graph/saved_value.h"

#include <string>

#include "graph/node.h"
#include "kernels/rows.h"

namespace tapegrad {

void SavedValue::keep(TensorRef tensor, Ref<Node> node, About about) {
  version_ = tensor->version();
  new (&kept_) Kept{std::move(tensor), std::move(node), HostObject()};
  about_ = about;
}

void SavedValue::save(const Operand& input, bool overwritten) {
  if (input.is_scalar()) {
    new (&number_) Scalar(input.scalar());
    about_ = About{0, false, false, Kind::Number};
    return;
  }
  const Variable& v = input.variable();
  if (v.tensor().inference()) [[unlikely]]
    fail<Error>(
        "Inference tensors cannot be saved for backward. To work around you can make a clone() of it outside "
        "inference_mode(), which is a normal one");
  Edge edge = v.edge();
  const bool named = !overwritten && v.tensor().name_after(&v.meta());
  keep(overwritten ? kernels::dense_copy(v.tensor()) : v.tensor_ref(), std::move(edge.node),
       About{edge.index, false, named, Kind::Array});
  if (Packing::active()) [[unlikely]]
    pack();
}

void SavedValue::save_result(const TensorRef& tensor, std::uint32_t index) {
  keep(tensor, nullptr, About{index, true, false, Kind::Array});
  if (Packing::active()) [[unlikely]]
    pack();
}

Variable SavedValue::variable() const {
  Meta* const meta = about_.named && kept_.tensor ? kept_.tensor->variable() : nullptr;
  return meta && meta->alive() ? Variable(meta) : Variable();
}

Variable SavedValue::kept() const {
  if (Variable value = variable(); value.defined()) return value;
  return Variable(kept_.tensor->with_counter(kept_.tensor->counter()));
}

void SavedValue::pack() {
  const GradModeGuard off(false);
  // A result has no history here, or what the host keeps of it would keep the node.
  HostObject packed(packing_host().pack(kept()));
  if (kept_.tensor->version() != version_) {
    fail<Error>(
        "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook can not be "
        "modified by in-place operations as this can lead to unexpected side-effects. Write to a clone() of it");
  }
  kept_.packed = std::move(packed);
  kept_.tensor = nullptr;
}

void SavedValue::check_attached() const {
  const Variable v = variable();
  if (!v.defined() || &kept_.node->op() == &kAccumulateGrad) return;
  if (!v.meta().interior && !v.meta().requires_grad)
    fail<Error>(
        "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_(). Use detach() instead, "
        "which leaves "
        "the variable as it was");
}

void SavedValue::fail_stale(const Node& owner) const {
  // What made the value as it is now, so far as that is known.
  const Variable v = variable();
  const bool follows = v.defined() && !(v.meta().view && v.meta().view->origin != ViewOrigin::Normal);
  const Edge now = about_.result ? Edge{} : follows ? v.edge() : Edge{kept_.node, about_.index};
  const Node* maker = about_.result ? &owner : now.node.get();
  std::string made_by;
  if (maker && &maker->op() != &kAccumulateGrad) {
    made_by = ", which is output " + std::to_string(about_.result ? about_.index : now.index) + " of " +
              maker->short_name() + ",";
  }
  const Tensor& tensor = *kept_.tensor;
  const char* writer = tensor.last_writer();
  fail<Error>(
      "one of the variables needed for gradient computation has been modified by an inplace operation: [",
      name(tensor.dtype()), " ", to_string(tensor.shape()), "]", made_by, " is at version ", tensor.version(),
      "; expected version ", version_,
      " instead. Hint: enable anomaly detection, tapegrad.autograd.set_detect_anomaly(True), to find the operation "
      "whose gradient needs it.\nThe operation that wrote it last was ",
      writer ? writer : "increment_version",
      ". Where it is meant, as in a loop that fills an array from what it has written, compute under "
      "tapegrad.autograd.graph.allow_mutation_on_saved_tensors(), which keeps what is overwritten.");
}

SavedValue::Source SavedValue::source() const { return {kept_.node, about_.index, about_.result}; }

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
  if (is_number()) return {{}, number_};
  if (empty()) return {};
  if (kept_.packed) [[unlikely]] {
    const Source from = source();  // the host may free this value
    const Variable value = packing_host().unpack(kept_.packed.get());
    if (history && !from.node && !from.result && !value.requires_grad()) return {value, {}};  // the very one
    TensorRef tensor(value.tensor_ref());
    return {history ? with_history(std::move(tensor), from, owner) : Variable(std::move(tensor)), {}};
  }
  if (!history) return {Variable(kept_.tensor), {}};
  if (Variable same = variable(); same.defined()) return {std::move(same), {}};
  return {with_history(kept_.tensor, source(), owner), {}};
}

}  // namespace tapegrad
