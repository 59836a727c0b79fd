#pragma once
// Storage: the memory behind arrays, and the version counters that tell whether it was written since.

#include <cstdint>
#include <new>

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

/// A block of bytes: after the object itself up to kInlineBytes, from the caching allocator, or somebody else's.
class Storage : public RefCounted<Storage> {
 public:
  static constexpr std::size_t kInlineBytes = 64;

  /// Memory of its own, not initialised. Raises MemoryError.
  static Ref<Storage> make(std::size_t bytes);

  /// Memory that `owner` keeps alive; host().drop(owner) is called when the storage goes.
  static Ref<Storage> make(void* data, std::size_t bytes, bool read_only, void* owner);

  void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }
  bool read_only() const { return read_only_; }
  /// Whether somebody outside the library may see this memory through an object of their own.
  bool foreign() const { return foreign_; }
  /// Marks memory that was handed out (as an ndarray, say).
  void set_foreign() { foreign_ = true; }

  static void destroy(Storage* storage);

 private:
  /// What lies behind the object: nothing, or one of three sizes, so that small arrays lie close together.
  enum class Room : std::uint8_t { None, Bytes16, Bytes32, Bytes64 };
  static Room room_for(std::size_t bytes) {
    return bytes <= 16             ? Room::Bytes16
           : bytes <= 32           ? Room::Bytes32
           : bytes <= kInlineBytes ? Room::Bytes64
                                   : Room::None;
  }
  /// Calls f with the free list of storages with that room.
  template <class F>
  static auto with_list(Room room, F f);
  static void* take(Room room);
  Storage(Room room, std::size_t bytes) : room_(room), data_(this + 1), bytes_(bytes) {}
  ~Storage() = default;

  Room room_;
  bool read_only_ = false;
  bool foreign_ = false;
  void* data_;
  void* owner_ = nullptr;
  std::size_t bytes_;
};

template <class F>
auto Storage::with_list(Room room, F f) {
  constexpr std::size_t kOwn = block_size(sizeof(Storage));
  switch (room) {
    case Room::Bytes16: return f(FreeList<kOwn + 16>());
    case Room::Bytes32: return f(FreeList<kOwn + 32>());
    case Room::Bytes64: return f(FreeList<kOwn + 64>());
    default: return f(FreeList<kOwn>());
  }
}

inline void* Storage::take(Room room) {
  return with_list(room, [](auto list) { return list.take(); });
}

inline Ref<Storage> Storage::make(std::size_t bytes) {
  static_assert(sizeof(Storage) % 16 == 0);  // the alignment of what lies behind it
  const Room room = room_for(bytes);
  void* const block = room == Room::None ? allocate_block(bytes) : nullptr;
  auto* const storage = new (take(room)) Storage(room, bytes);
  if (block) storage->data_ = block;
  return Ref<Storage>(storage);
}

}  // namespace tapegrad
