#include "graph/record.h"

#include <algorithm>
#include <exception>

#include "core/memory_format.h"
#include "graph/grad_mode.h"
#include "graph/node.h"
#include "graph/view.h"
#include "kernels/rows.h"

namespace tapegrad {
namespace {

/// Bit i: operand i requires grad. Operands beyond the eighth share the last bit.
std::uint8_t grad_mask(std::span<const Operand> in) {
  unsigned mask = 0, bit = 1;
  for (const Operand& operand : in) {
    if (operand.requires_grad()) mask |= bit;
    if (bit < 128) bit <<= 1;
  }
  return static_cast<std::uint8_t>(mask);
}

bool all_inference(std::span<const Operand> in) {
  return std::all_of(in.begin(), in.end(), [](const Operand& x) { return !x.is_scalar() && x.tensor().inference(); });
}

/// Which operands require grad, if this call is to be recorded; else 0. What has inference tensors alone is not.
std::uint8_t recorded_mask(const Op& op, std::span<const Operand> in) {
  const std::uint8_t mask = GradMode::enabled() && op->derivative ? grad_mask(in) : std::uint8_t{0};
  return mask && all_inference(in) ? std::uint8_t{0} : mask;
}

/// The saved values of a call whose operands in `mask` require grad; those of the results are left free. With
/// `overwritten` the first operand is about to be, and what shares its memory; only where that is allowed is the latter
/// kept as it was, else backward says that it was written.
PooledArray<SavedValue> save_inputs(const Op& op, std::span<const Operand> in, std::uint8_t mask,
                                    bool overwritten = false) {
  const auto copied = [&](const Operand& x) {
    return &x == in.data() || (before_write && !x.is_scalar() && share_memory(x.tensor(), in[0].tensor()));
  };
  const Saves& saves = op->saves;
  const std::size_t places = op.saved_inputs(in.size());
  PooledArray<SavedValue> saved(places + op.saved_results());
  for (std::size_t i = 0; i < places; ++i) {
    const bool wanted =
        i < saves.inputs.size() && saves.inputs[i] ? (saves.inputs[i] & mask) != 0 : saves.rest && i >= saves.rest;
    if (wanted) saved[i].save(in[i], overwritten && copied(in[i]));
  }
  return saved;
}

Ref<Node> make_node(const Call& call, std::size_t outputs) {
  auto node = make_ref<Node>(call.op, call.in.size(), outputs, [&](std::size_t i) {
    return call.in[i].is_scalar() ? Edge() : call.in[i].variable().edge();
  });
  if (call.has_attributes()) node->set_attributes(Attributes(call.attributes_view()));
  return node;
}

void mark_inference(std::span<const TensorRef> results) {
  for (const TensorRef& result : results)
    if (result) result->mark_inference();
}

/// Runs the op's forward, or what stands in its place. Which operands require grad, if the call is to be recorded;
/// else 0.
template <bool may_be_intercepted>
std::uint8_t run_forward(Call& call) {
  const bool recording = GradMode::enabled();
  call.may_reuse = !recording;
  if (may_be_intercepted && Detour::is(Detour::kIntercepted) && !call.op->view) intercept(call);
  else call.op->forward(call);
  if (recording) return recorded_mask(call.op, call.in);
  if (GradMode::inference() && !call.op->view) mark_inference(call.out);
  return 0;
}

/// Makes the node of a call and gives it to the outputs. Indices that come last are no outputs of the node.
void put_on_tape(const Call& call, std::uint8_t mask, std::span<Variable> out) {
  const Op& op = call.op;
  std::size_t differentiable = out.size();
  while (differentiable > 1 && !is_floating(out[differentiable - 1].dtype())) --differentiable;
  auto node = make_node(call, differentiable);
  if (op.saves_any(call.in.size())) {
    auto saved = save_inputs(op, call.in, mask);
    std::size_t place = saved.size() - op.saved_results();
    for (std::uint32_t i = 0; place < saved.size(); ++i)
      if (op->saves.result >> i & 1) saved[place++].save_result(out[i].tensor_ref(), i);
    node->set_saved(std::move(saved));
  }
  const std::span<OutputInfo> outputs = node->outputs();
  for (std::uint32_t i = 0; i < outputs.size(); ++i) {
    outputs[i].describe(out[i].tensor());
    if (is_floating(out[i].dtype())) set_history(out[i], node, i);
  }
}

/// Copies of operands that overlap the written memory without being it, so that a write never reads what it wrote.
struct Untangled {
  std::vector<Variable> copies;
  std::vector<Operand> operands;
};

/// A call with one output, for which there is a detour.
Variable apply_otherwise(const Op& op, std::span<const Operand> in, AttributesView attributes) {
  if (!InPlace::pending()) {
    Variable result;
    apply(op, in, attributes, {&result, 1});
    return result;
  }
  const Variable& self = InPlace::take();
  if (op->view) apply_view_in_place(op, self, attributes);
  else apply_in_place(op, self, in, attributes);
  return self;
}

/// The operands to compute with. Raises Error where a dense operand partly overlaps dense written memory; one element
/// that is copied or written at places is read before.
std::span<const Operand> untangle(const Op& op, const Tensor& self, std::span<const Operand> in, Untangled& room) {
  const auto in_the_way = [&](const Operand& x) { return !x.is_scalar() && overlap(self, x.tensor()); };
  if (std::none_of(in.begin() + 1, in.end(), in_the_way)) return in;
  const bool computes = op->category != Category::Indexing && op->category != Category::Copy;
  room.copies.reserve(in.size());
  room.operands.assign(in.begin(), in.end());
  for (std::size_t i = 1; i < in.size(); ++i) {
    if (!in_the_way(in[i])) continue;
    const Tensor& tensor = in[i].tensor();
    if (computes || tensor.ndim() > 0) refuse_overlap(self, tensor);
    room.copies.emplace_back(kernels::dense_copy(tensor));
    room.operands[i] = Operand(static_cast<const Variable&>(room.copies.back()));
  }
  return room.operands;
}

}  // namespace

Ref<Node> view_node(const Op& op, Edge input, AttributesView attributes, const Ref<SharedLayout>& layout, DType dtype) {
  auto node = make_ref<Node>(op, 1, 1, [&](std::size_t) { return std::move(input); });
  node->set_attributes(Attributes(attributes));
  node->outputs()[0] = {layout, dtype};
  return node;
}

Tensor* Call::existing_output(DType dtype, const Dims& shape) {
  if (destination) {
    if (destination->shape() != shape) {
      fail<Error>("output with shape ", to_string(destination->shape()), " doesn't match the broadcast shape ",
                  to_string(shape), ": an in-place ", op->name, " cannot enlarge its own operand");
    }
    if (info(dtype).kind > info(destination->dtype()).kind) {
      fail<Error>("result type ", name(dtype), " can't be cast to the desired output type ", name(destination->dtype()),
                  " of ", op->name, "_");
    }
    return destination;
  }
  if (may_reuse) {
    for (const Operand& operand : in) {
      if (!operand.reusable() || !is_like_new(operand.tensor(), dtype, shape)) continue;
      out[0] = operand.variable().tensor_ref();
      return out[0].get();
    }
  }
  return nullptr;
}

Tensor& Call::elementwise_output(DType dtype, const Dims& shape) {
  if (destination || may_reuse)
    if (Tensor* existing = existing_output(dtype, shape)) return *existing;
  return new_output(dtype, shape);
}

Tensor& Call::elementwise_output(DType dtype, const Tensor& like) {
  if (destination || may_reuse)
    if (Tensor* existing = existing_output(dtype, like.shape())) return *existing;
  out[0] = new_result_like(like, dtype);
  return *out[0];
}

Variable apply(const Op& op, std::span<const Operand> in, AttributesView attributes) {
  if (Detour::any()) [[unlikely]]
    return apply_otherwise(op, in, attributes);
  TensorRef tensor;
  Call call(op, in, attributes, {&tensor, 1});
  const std::uint8_t mask = run_forward<false>(call);
  Variable result(std::move(tensor));
  if (op->view) mark_view(result, in[0].variable());
  if (mask) put_on_tape(call, mask, {&result, 1});
  return result;
}

void apply(const Op& op, std::span<const Operand> in, AttributesView attributes, std::span<Variable> out) {
  SmallArray<TensorRef, 3> tensors(out.size());
  Call call(op, in, attributes, tensors.all());
  const std::uint8_t mask = run_forward<true>(call);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = Variable(std::move(call.out[i]));
  if (op->view)
    for (const Variable& view : out) mark_view(view, in[0].variable(), op->outputs == kManyOutputs);
  if (mask) put_on_tape(call, mask, out);
}

void apply_in_place(const Op& op, const Variable& self, std::span<const Operand> in, AttributesView attributes) {
  const std::uint8_t mask = recorded_mask(op, in);
  // What has no derivative, such as a comparison, erases: for the tape it writes zeros.
  const bool erases = !op->derivative && GradMode::enabled() && self.requires_grad();
  check_writable(self, mask != 0 || erases, op->uniform);
  Untangled room;
  TensorRef unused;  // the result goes to `destination`
  Call call(op, untangle(op, self.tensor(), in, room), attributes, {&unused, 1});
  call.destination = &self.tensor();
  Ref<Node> node;
  PooledArray<SavedValue> saved;
  if (mask && is_floating(self.dtype())) {  // with the edges and versions from before the write
    const Call before(op, in, attributes, {});
    node = make_node(before, 1);
    saved = save_inputs(op, in, mask, true);
  } else if (erases) {
    node = make_node(Call(kZero, in.first(1), {}, {}), 1);
  }
  op->forward(call);
  self.tensor().bump_version(op->name);
  if (!node) return;
  std::exception_ptr failed;  // the value is written: what raises now must leave a node that says so
  if (op->saves.result) {
    SavedValue& place = saved[saved.size() - 1];
    try {
      place.save_result(self.tensor_ref(), 0);
    } catch (...) {
      failed = std::current_exception();
      place.save(0);  // a value all the same, so that the node counts as freed
    }
  }
  node->set_saved(std::move(saved));
  if (failed) node->release_saved();
  node->outputs()[0].describe(self.tensor());
  rebase_history(self, std::move(node));
  if (failed) std::rethrow_exception(failed);
}

void apply_view_in_place(const Op& op, const Variable& self, AttributesView attributes) {
  const Operand in = self;
  const std::uint8_t mask = recorded_mask(op, {&in, 1});
  check_history(self, mask != 0);
  TensorRef tensor;
  Call call(op, {&in, 1}, attributes, {&tensor, 1});
  op->forward(call);
  Ref<Node> node;
  if (mask) node = make_node(call, 1);  // with the edge from before
  self.meta().replace_tensor(std::move(tensor));
  self.tensor().bump_version(op->name);
  if (!node) return describe_leaf(self);
  node->outputs()[0].describe(self.tensor());
  set_own_history(self, std::move(node));
}

Variable detach(const Variable& v) { return Variable(v.tensor().with_counter(v.tensor().counter())); }

}  // namespace tapegrad
