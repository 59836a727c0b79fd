#pragma once
// A backward inside a backward, and so on. Each costs the thread some of its stack, and some of Python's recursion
// limit: one that is nested deep goes on in a thread of its own, which has all of both, while this one waits. A hook
// that calls itself without end is refused at a depth that no program means.

#include "bindings/python.h"
#include "core/tls.h"

namespace tapegrad::bindings {

/// How many calls of backward or grad the work of this thread is inside of, those of the threads that wait for it
/// included; counts one more while it lives.
class Nesting {
 public:
  /// Raises RecursionError past kMost.
  Nesting() {
    if (depth_ >= kMost) [[unlikely]]
      refuse();
    ++depth_;
  }
  ~Nesting() { --depth_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  static int depth() { return depth_; }
  static void set_depth(int depth) { depth_ = depth; }
  /// Whether this thread has taken its share.
  static bool deep() { return depth_ % kPerThread == 0; }

 private:
  [[noreturn]] static void refuse();

  static constexpr int kPerThread = 40, kMost = 10'000;
  TAPEGRAD_FAST_TLS static thread_local constinit inline int depth_ = 0;
};

/// Runs call(argument) in another thread, with the modes of this one. What it raises is raised here.
void run_in_own_thread(void (*call)(void*), void* argument);

/// Runs a body that calls backward.
template <class F>
void nested(F&& body) {
  const Nesting nesting;
  if (!Nesting::deep()) [[likely]]
    return body();
  run_in_own_thread([](void* it) { (*static_cast<F*>(it))(); }, &body);
}

}  // namespace tapegrad::bindings
