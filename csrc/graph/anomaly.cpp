#include "graph/anomaly.h"

#include <cstring>

#include "kernels/rows.h"

namespace tapegrad {

void Anomaly::set(bool enabled, bool check_nan) {
  enabled_ = enabled;
  check_nan_ = check_nan;
  Node::on_made = enabled ? host_.made : nullptr;
  VersionCounter::locate = enabled ? host_.locate : nullptr;
}

std::uint64_t checksum(const Tensor& tensor) {
  const TensorRef dense = kernels::row_major(tensor);
  // FNV-1a, over words where there are whole ones.
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t sum = 0xcbf29ce484222325;
  const auto* bytes = static_cast<const unsigned char*>(dense->data());
  std::size_t left = dense->bytes();
  for (; left >= sizeof sum; left -= sizeof sum, bytes += sizeof sum) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    sum = (sum ^ word) * kPrime;
    sum ^= sum >> 29;
  }
  for (; left > 0; --left) sum = (sum ^ *bytes++) * kPrime;
  return sum;
}

}  // namespace tapegrad
