#pragma once
// Storage: the memory behind arrays, and the version counters that tell whether it was written since.

#include <cstdint>

#include "core/allocator.h"
#include "core/ref.h"

namespace tapegrad {

/// How often the arrays that share it were written in place, and by what last.
class VersionCounter : public RefCounted<VersionCounter>, public Pooled<VersionCounter> {
 public:
  /// Counts writes. Arrays made in inference mode start here: they are not tracked.
  static constexpr std::uint32_t kInference = std::uint32_t{1} << 31;
  std::uint32_t value = 0;
  /// Name of the op that wrote last; a string that lives for ever.
  const char* writer = nullptr;
  /// In anomaly mode: adds to an op's name where in the user's script it is called.
  static inline const char* (*locate)(const char* writer) = nullptr;
  static void destroy(VersionCounter* counter) { delete counter; }
};

/// A block of bytes: in the object itself up to kInlineBytes, from the caching allocator, or somebody else's.
class Storage : public RefCounted<Storage>, public Pooled<Storage> {
 public:
  static constexpr std::size_t kInlineBytes = 64;

  /// Memory of its own, not initialised. Raises MemoryError.
  explicit Storage(std::size_t bytes) : data_(bytes <= kInlineBytes ? inline_ : allocate_block(bytes)), bytes_(bytes) {}

  /// Memory that `owner` keeps alive; host().drop(owner) is called when the storage goes.
  Storage(void* data, std::size_t bytes, bool read_only, void* owner)
      : data_(data), owner_(owner), bytes_(bytes), read_only_(read_only), foreign_(true) {}

  void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }
  bool read_only() const { return read_only_; }
  /// Whether somebody outside the library may see this memory through an object of their own.
  bool foreign() const { return foreign_; }
  /// Marks memory that was handed out (as an ndarray, say).
  void set_foreign() { foreign_ = true; }

  static void destroy(Storage* storage);

 private:
  alignas(16) unsigned char inline_[kInlineBytes];
  void* data_;
  void* owner_ = nullptr;
  std::size_t bytes_;
  bool read_only_ = false;
  bool foreign_ = false;
};

}  // namespace tapegrad
