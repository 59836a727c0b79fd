#pragma once
// Packing: what the host puts between the graph and the values it saves (saved_tensors_hooks in Python).

#include "core/tls.h"
#include "graph/variable.h"

namespace tapegrad {

/// What the host does with a value; the bindings fill it in.
struct PackingHost {
  /// The object to keep in the value's place: a new reference. May raise.
  void* (*pack)(const Variable& value) = nullptr;
  /// The value again. May raise, and may run operations.
  Variable (*unpack)(void* packed) = nullptr;
};
inline PackingHost& packing_host() {
  static PackingHost table;
  return table;
}

/// Whether values that this thread saves are packed.
class Packing {
 public:
  static bool active() { return active_; }
  static void set_active(bool active) { active_ = active; }

 private:
  TAPEGRAD_FAST_TLS static thread_local constinit inline bool active_ = false;
};

/// Called before a variable is written in place, or null: somebody who wants to copy the value first.
inline void (*before_write)(const Variable& v) = nullptr;

}  // namespace tapegrad
