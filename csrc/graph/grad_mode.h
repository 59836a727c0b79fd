#pragma once
// Whether operations are recorded, for each thread. In inference mode nothing is, whatever the grad mode.

#include "core/tls.h"

namespace tapegrad {

class GradMode {
 public:
  /// Whether an operation is recorded now.
  static bool enabled() { return enabled_; }
  /// What was asked for last; inference mode aside.
  static bool wanted() { return wanted_; }
  static bool inference() { return inference_; }
  static void set(bool value) {
    wanted_ = value;
    enabled_ = value && !inference_;
  }
  static void set_inference(bool value) {
    inference_ = value;
    enabled_ = wanted_ && !value;
  }

 private:
  TAPEGRAD_FAST_TLS static thread_local constinit inline bool enabled_ = true;
  TAPEGRAD_FAST_TLS static thread_local constinit inline bool wanted_ = true;
  TAPEGRAD_FAST_TLS static thread_local constinit inline bool inference_ = false;
};

/// Sets the mode while it lives.
class GradModeGuard {
 public:
  explicit GradModeGuard(bool value) : before_(GradMode::wanted()) { GradMode::set(value); }
  ~GradModeGuard() { GradMode::set(before_); }
  GradModeGuard(const GradModeGuard&) = delete;
  GradModeGuard& operator=(const GradModeGuard&) = delete;

 private:
  bool before_;
};

}  // namespace tapegrad
