#pragma once
// SavedValue: what a node keeps of an input or a result for its derivative, with the version it was saved at.

#include <cstdint>

#include "core/host.h"
#include "graph/grad_mode.h"
#include "graph/operand.h"
#include "graph/packing.h"
#include "graph/variable.h"

namespace tapegrad {

class SavedValue {
 public:
  SavedValue() {}
  SavedValue(const SavedValue&) = delete;
  SavedValue& operator=(const SavedValue&) = delete;
  ~SavedValue();  // in node.h

  /// Into an empty one: an input, its tensor and edge, and the variable itself without keeping it. With `overwritten`
  /// its value is copied: for an op that is about to write there.
  void save(const Operand& input, bool overwritten = false);
  /// Into an empty one: a result of the node that keeps it. Its grad_fn is dropped, or the node would own itself.
  void save_result(const TensorRef& tensor, std::uint32_t index);

  bool empty() const { return about_.kind == Kind::Empty; }
  /// Raises Error where the value was written in place since, or its variable detached in place.
  /// `owner` is the node that keeps it.
  void check(const Node& owner) const {
    if (about_.kind != Kind::Array) return;
    if (kept_.tensor && kept_.tensor->version() != version_) fail_stale(owner);
    if (kept_.node) check_attached();
  }
  bool is_number() const { return about_.kind == Kind::Number; }
  /// Null for a number, and for a value that the host packed.
  const Tensor* tensor() const { return about_.kind == Kind::Array ? kept_.tensor.get() : nullptr; }
  /// Hands the value to the host and keeps what that makes of it (graph/packing.h).
  void pack();
  /// What the host made of it, or null.
  void* packed() const { return about_.kind == Kind::Array ? kept_.packed.get() : nullptr; }
  /// The value as it is kept: an input itself while it lives, a result without history.
  Variable kept() const;
  /// The node that an input came from, or null.
  const Node* node() const { return about_.kind == Kind::Array ? kept_.node.get() : nullptr; }

  /// The value again: the very variable while it lives, else an equal one with the same edge. `owner` is the node that
  /// keeps it. Without `history` no graph hangs on it.
  Value unpack(const Ref<Node>& owner, bool history) const;

 private:
  enum class Kind : std::uint8_t { Empty, Number, Array };
  struct Kept {
    TensorRef tensor;
    Ref<Node> node;  // of an input: where it came from
    HostObject packed;
  };
  /// What it is, assigned as a whole: a bit written by itself waits for the store before it.
  struct About {
    std::uint32_t index : 28;  // which output of its node it is
    bool result : 1;           // of the node that keeps it, that is
    bool named : 1;            // whether the tensor is named after the variable (Tensor::name_after)
    Kind kind : 2;             // Empty is zero
  };
  void keep(TensorRef tensor, Ref<Node> node, About about);
  /// The variable that was saved, or an undefined one where it is gone or has another value.
  Variable variable() const;
  [[noreturn]] void fail_stale(const Node& owner) const;
  void check_attached() const;
  /// Where a value comes from: output `index` of `node`, or of the node that keeps it.
  struct Source {
    Ref<Node> node;
    std::uint32_t index;
    bool result;
  };
  Source source() const;
  static Variable with_history(TensorRef tensor, const Source& source, const Ref<Node>& owner);

  union {
    Scalar number_;
    Kept kept_;
  };
  std::uint32_t version_;
  About about_{};
};

}  // namespace tapegrad
