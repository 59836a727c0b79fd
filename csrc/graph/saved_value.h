#pragma once
// SavedValue: what a node keeps of an input or a result for its derivative, with the version it was saved at.

#include <cstdint>
#include <variant>

#include "core/host.h"
#include "graph/grad_mode.h"
#include "graph/operand.h"
#include "graph/packing.h"
#include "graph/variable.h"

namespace tapegrad {

class SavedValue {
 public:
  SavedValue() = default;
  /// An input: its tensor and edge, and the variable itself weakly. With `overwritten` its value is copied: for an op
  /// that is about to write there.
  void save(const Operand& input, bool overwritten = false);
  /// For an empty one: a result of the node that keeps it. Its grad_fn is dropped, or the node would own itself.
  void save_result(const TensorRef& tensor, std::uint32_t index);

  bool empty() const { return std::holds_alternative<std::monostate>(value_); }
  /// Raises Error where the value was written in place since, or its variable detached in place.
  /// `owner` is the node that keeps it.
  void check(const Node& owner) const {
    const Kept* kept = array();
    if (!kept) return;
    if (kept->tensor && kept->tensor->version() != kept->version) fail_stale(owner);
    if (kept->node) check_attached();
  }
  bool is_number() const { return std::holds_alternative<Scalar>(value_); }
  /// Null for a number, and for a value that the host packed.
  const Tensor* tensor() const {
    const Kept* kept = array();
    return kept ? kept->tensor.get() : nullptr;
  }
  /// Hands the value to the host and keeps what that makes of it (graph/packing.h).
  void pack();
  /// What the host made of it, or null.
  void* packed() const {
    const Kept* kept = array();
    return kept ? kept->packed.get() : nullptr;
  }
  /// The value as it is kept: an input itself while it lives, a result without history.
  Variable kept() const;
  /// The node that an input came from, or null.
  const Node* node() const {
    const Kept* kept = array();
    return kept ? kept->node.get() : nullptr;
  }

  /// The value again: the very variable while it lives, else an equal one with the same edge. `owner` is the node that
  /// keeps it. Without `history` no graph hangs on it.
  Value unpack(const Ref<Node>& owner, bool history) const;

 private:
  struct Kept;
  /// What is kept of an array, or null where the value is none.
  const Kept* array() const { return std::get_if<Kept>(&value_); }
  [[noreturn]] void fail_stale(const Node& owner) const;
  void check_attached() const;
  /// Where a value comes from: output `index` of `node`, or of the node that keeps it.
  struct Source {
    Ref<Node> node;
    std::uint32_t index;
    bool result;
  };
  static Variable with_history(TensorRef tensor, const Source& source, const Ref<Node>& owner);
  struct Kept {
    TensorRef tensor;
    Ref<Node> node;         // of an input: where it came from
    WeakVariable variable;  // of an input: itself
    HostObject packed;
    std::uint32_t version;
    std::uint32_t index : 31;  // which output of its node it is
    bool result : 1;           // of the node that keeps it, that is
  };
  std::variant<std::monostate, Scalar, Kept> value_;
};

}  // namespace tapegrad
