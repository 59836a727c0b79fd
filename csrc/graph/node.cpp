#include "graph/node.h"

#include <algorithm>

#include "core/host.h"
#include "graph/anomaly.h"
#include "graph/custom_function.h"

namespace tapegrad {

Node::~Node() {
  if (!extras_ || !extras_->leaf) return;
  const Variable leaf = attributes<AccumulatorAttributes>().variable.lock();
  if (leaf.defined() && leaf.meta().hooks && leaf.meta().hooks->accumulator == this)
    leaf.meta().hooks->accumulator = nullptr;
}

const char* Node::name() const { return &op_ == &kCustomFunction ? custom_function_host().name(*this) : op_->node; }

std::string Node::short_name() const {
  const std::string whole = name();
  return whole.substr(0, whole.find("Backward"));
}

std::vector<std::size_t> Node::visible_inputs() const {
  const Op& row = inner() ? inner()->op() : op_;
  std::vector<std::size_t> visible;
  for (std::size_t i = 0; i < edges_.size(); ++i)
    if (!row.is_constant(i)) visible.push_back(i);
  return visible;
}

bool Node::let_go() {
  if (custom_function_host().adopt(*this)) return false;
  owns_python = false;
  host().drop(python);
  return true;
}

void Node::release_saved(std::uint32_t site) {
  bool any = false;
  if (Node* part = inner()) {
    part->release_saved(site);
    any = true;  // its own value is the node inside
  }
  for (const SavedValue& value : saved()) any |= !value.empty();
  saved_ = {};
  if (any) freed_by_ = site ? site : kUnknownSite;
}

void Node::fail_freed() const {
  const std::string by = freed_by_ == kUnknownSite ? "" : host().describe_site(freed_by_);
  fail<Error>(
      "Trying to backward through the graph a second time, but the buffers have already been freed. Specify "
      "retain_graph=True when calling backward the first time.\nNobody can run it again, or directly access saved "
      "tensors after they have already been freed. The values that ",
      name(), " had saved are gone: it was the first such node met.", by.empty() ? "" : " They were freed by the call ",
      by);
}

void Node::check_saved() const {
  check_freed();
  if (const Node* part = inner()) part->check_saved();
  for (const SavedValue& value : saved_) value.check(*this);
  if (extras_ && !extras_->sums.empty()) check_sums();
}

bool Node::is_observed() const {
  if (extras_ || &op_ == &kCustomFunction || (inner() && inner()->is_observed())) return true;
  return std::any_of(saved_.begin(), saved_.end(), [](const SavedValue& value) { return value.packed() != nullptr; });
}

NodeExtras& Node::make_extras() {
  if (!extras_) extras_ = std::make_unique<NodeExtras>();
  return *extras_;
}

void Node::retain_grad(const Variable& v, std::uint32_t index) {
  make_extras().retained.push_back({WeakVariable(v), index});
}

void Node::move_retained(const Variable& v, Node& to, std::uint32_t index) {
  if (extras_) std::erase_if(extras_->retained, [&](const Retained& it) { return it.variable.lock().is(v); });
  to.retain_grad(v, index);
}

void Node::sum_saved() {
  extras_->sums.clear();
  if (!Anomaly::enabled()) return;
  for (const SavedValue& value : saved_) extras_->sums.push_back(value.tensor() ? checksum(*value.tensor()) : 0);
}

void Node::check_sums() const {
  for (std::size_t i = 0; i < saved_.size(); ++i) {
    if (!saved_[i].tensor() || checksum(*saved_[i].tensor()) == extras_->sums[i]) continue;
    fail<Error>(
        "a value that ", name(),
        " saved for its gradient was changed without tapegrad's knowledge: its checksum is no longer that of the "
        "forward call. Somebody wrote through an ndarray that shares the memory, or through .data; write to a "
        "copy instead");
  }
}

}  // namespace tapegrad
