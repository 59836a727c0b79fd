#pragma once
// Anomaly mode: every node remembers where it was made, and backward looks for NaN. For the whole process.

#include "graph/node.h"

namespace tapegrad {

/// What the host does: notes where a node is made, warns, and adds to a writer's name where it was called.
struct AnomalyHost {
  void (*made)(Node& node) = nullptr;
  void (*failed)(Node& node) = nullptr;
  const char* (*locate)(const char* writer) = nullptr;
};

class Anomaly {
 public:
  static bool enabled() { return enabled_; }
  static bool checks_nan() { return enabled_ && check_nan_; }
  static bool wants_nan_check() { return check_nan_; }
  static void set(bool enabled, bool check_nan);

  /// Warns that a backward failed in `node`, with the traceback of the forward call.
  static void report(Node& node) {
    if (enabled_ && host_.failed) host_.failed(node);
  }

  static AnomalyHost& host_part() { return host_; }

 private:
  static inline bool enabled_ = false;
  static inline bool check_nan_ = true;
  static inline AnomalyHost host_;
};

/// A checksum of a tensor's elements.
std::uint64_t checksum(const Tensor& tensor);

}  // namespace tapegrad
