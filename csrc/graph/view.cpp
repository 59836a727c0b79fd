#include "graph/view.h"

#include "graph/grad_mode.h"
#include "graph/packing.h"
#include "graph/record.h"
#include "kernels/rows.h"

namespace tapegrad {

void mark_view(const Variable& view, const Variable& source, bool one_of_many) {
  if (source.tensor().inference()) return;  // of what is in no graph
  const Meta& from = source.meta();
  const Variable& base = from.view ? from.view->base : source;
  ViewOrigin origin = one_of_many ? ViewOrigin::OneOfMany : ViewOrigin::Normal;
  if (!GradMode::enabled()) origin = GradMode::inference() ? ViewOrigin::InferenceMode : ViewOrigin::NoGradMode;
  else if (from.view && from.view->origin != ViewOrigin::Normal) origin = from.view->origin;
  view.meta().view = std::make_unique<ViewInfo>(base, origin, view.tensor().version());
}

namespace {

/// A view whose history cannot follow what is written: to it, or (`stale`) to its base or another view of that.
[[noreturn]] void fail_written(const Meta& meta, bool stale) {
  const char* written =
      stale ? " and its base or another view of its base has been modified inplace" : " and is being modified inplace";
  const bool inference = meta.view->origin == ViewOrigin::InferenceMode;
  const std::string output = meta.interior ? std::to_string(meta.output) + " of " + meta.node->short_name() : "";
  if (inference || meta.view->origin == ViewOrigin::NoGradMode) {
    const std::string what = meta.interior ? "Output " + output + " is a view of a view which" : "A view";
    fail<Error>(what, " was created in ", inference ? "inference mode" : "no_grad mode", written,
                inference ? " in normal mode" : " with grad mode enabled",
                ". It is not clear whether the write is to be recorded: move the view and the write both inside the ",
                inference ? "inference_mode" : "no_grad", " block or both outside of it, or write to a clone() of it");
  }
  const char* why =
      "This view was created inside a custom Function (or because an input was returned as-is), whose "
      "backward the write would go past. Write to a clone() of it";
  if (meta.view->origin == ViewOrigin::OneOfMany) {
    why =
        "This view is the output of a function that returns multiple views. Such functions do not allow the output "
        "views to be modified inplace. Use an operation that is not in place, or write to a clone()";
  }
  fail<Error>("Output ", meta.interior ? output : "of a function", " is a view", written, ". ", why);
}

}  // namespace

void refresh_view(const Variable& view) {
  Meta& meta = view.meta();
  ViewInfo& info = *meta.view;
  const std::uint32_t version = meta.tensor->version();
  if (info.node_version == version) return;
  if (!meta.interior && !info.base.meta().requires_grad) return;  // a view with history loses it with its base
  if (info.origin != ViewOrigin::Normal) fail_written(meta, true);
  // What was written through the view itself stays its history also where the base has been detached since.
  const Edge written{std::exchange(info.written, nullptr), 0};
  const Edge base = info.base.edge();
  auto node = view_node(kAsStrided, base ? base : written,
                        AsStridedAttributes{info.base.tensor().layout(), meta.tensor->layout()},
                        meta.tensor->layout_ref(), view.dtype());
  if (meta.retains_grad && meta.interior) meta.node->move_retained(view, *node, 0);
  set_history(view, std::move(node), 0);
  info.node_version = version;
}

namespace {

void check_memory(const Tensor& tensor, bool uniform) {
  if (tensor.storage().read_only()) {
    fail<Error>("this Variable is read-only: it shares the memory of a read-only array. Write to a clone() of it");
  }
  if (!uniform && !non_overlapping(tensor)) {
    fail<Error>(
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location, "
        "as in the result of expand(). Write to a clone() of it");
  }
}

}  // namespace

void check_writable(const Variable& self, bool recording, bool uniform) {
  check_history(self, recording);
  check_memory(self.tensor(), uniform);
  if (before_write) [[unlikely]]
    before_write(self);
}

void check_history(const Variable& self, bool recording) {
  const Meta& meta = self.meta();
  if (meta.view && GradMode::enabled() && (recording || meta.view->base.meta().requires_grad)) {
    const Variable& base = meta.view->base;
    if (meta.view->origin != ViewOrigin::Normal) fail_written(meta, false);
    const bool detached = self.requires_grad() && !base.meta().requires_grad;  // in place, after the view was made
    if (detached || (base.meta().requires_grad && !base.meta().interior)) {
      fail<Error>(
          "a view of a leaf Variable that requires grad is being used in an in-place operation. Write to a clone() of "
          "the leaf, or under tapegrad.no_grad()");
    }
  }
  if (recording && self.requires_grad() && self.is_leaf()) {
    fail<Error>(
        "a leaf Variable that requires grad is being used in an in-place operation. Use the result of an operation "
        "that is not in place, or write under tapegrad.no_grad()");
  }
  if (meta.tensor->inference() && !GradMode::inference()) {
    fail<Error>(
        "Inplace update to inference tensor outside InferenceMode is not allowed. You can make a clone() to get a "
        "normal tensor before doing inplace update");
  }
}

void check_overwritten(const Variable& self) { check_history(self, GradMode::enabled() && self.requires_grad()); }

void refuse_overlap(const Tensor& written, const Tensor& read) {
  if (!overlap(written, read) || !is_dense(written) || !is_dense(read)) return;
  if (written.numel() == 1 && read.numel() == 1) return;  // the same element
  fail<Error>(
      "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
      "location. Write from a clone() of the input");
}

void set_own_history(const Variable& self, Ref<Node> node) {
  Meta& meta = self.meta();
  if (meta.retains_grad && meta.interior) meta.node->move_retained(self, *node, 0);
  set_history(self, std::move(node), 0);
  if (meta.view) meta.view->node_version = meta.tensor->version();
}

Variable as_before(const Variable& self) {
  if (!GradMode::enabled() || !self.requires_grad() || self.is_leaf()) return self;
  Variable snapshot(kernels::dense_copy(self.tensor()));
  Edge edge = self.edge();
  set_history(snapshot, std::move(edge.node), edge.index);
  return snapshot;
}

void rebase_history(const Variable& self, Ref<Node> node) {
  Meta& meta = self.meta();
  if (!meta.view) return set_own_history(self, std::move(node));
  const Variable& base = meta.view->base;
  auto slices = make_ref<Node>(kCopySlices, node->edges().size(), 1);
  slices->edges()[0] = base.edge();
  for (std::size_t i = 1; i < node->edges().size(); ++i) slices->edges()[i] = node->edges()[i];
  slices->outputs()[0].describe(base.tensor());
  slices->set_attributes(Attributes(CopySlicesAttributes{node, base.tensor().layout(), self.tensor().layout()}));
  if (base.meta().retains_grad && base.meta().interior) base.meta().node->move_retained(base, *slices, 0);
  meta.view->written = slices;
  set_history(base, std::move(slices), 0);
  meta.view->node_version = meta.tensor->version() - 1;  // its own node is to be made anew, whoever looked at it since
}

}  // namespace tapegrad
