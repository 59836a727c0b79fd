#pragma once
// Note [Iterative teardown]
// A node owns its predecessors, a variable its node and its gradient, and so on for as long as the user's loop ran. The
// last handle must not free such a chain by recursion: past a small depth, what is to be deleted is put on a list that
// the outermost deletion on this thread works off.

#include <vector>

#include "core/tls.h"

namespace tapegrad {

class Teardown {
 public:
  /// Calls free(object): now, or once the chain that is being freed has unwound.
  static void run(void* object, void (*free)(void*)) {
    if (depth_ >= kDepth) return later(object, free);
    ++depth_;
    free(object);
    --depth_;
    if (depth_ == 0 && pending_) drain();
  }

 private:
  struct Item {
    void* object;
    void (*free)(void*);
  };
  static constexpr int kDepth = 24;
  static void later(void* object, void (*free)(void*));
  static void drain();

  TAPEGRAD_FAST_TLS static thread_local constinit inline int depth_ = 0;
  TAPEGRAD_FAST_TLS static thread_local constinit inline std::vector<Item>* pending_ = nullptr;
};

}  // namespace tapegrad
