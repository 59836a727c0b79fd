#include "core/storage.h"

#include "core/host.h"

namespace tapegrad {

Ref<Storage> Storage::make(void* data, std::size_t bytes, bool read_only, void* owner) {
  auto* const storage = new (take(Room::None)) Storage(Room::None, bytes);
  storage->data_ = data;
  storage->owner_ = owner;
  storage->read_only_ = read_only;
  storage->foreign_ = true;
  return Ref<Storage>(storage);
}

void Storage::give(void* memory, Room room) {
  switch (room) {
    case Room::Bytes16: return FreeList<block_size(sizeof(Storage)) + 16>::give(memory);
    case Room::Bytes32: return FreeList<block_size(sizeof(Storage)) + 32>::give(memory);
    case Room::Bytes64: return FreeList<block_size(sizeof(Storage)) + 64>::give(memory);
    default: return FreeList<block_size(sizeof(Storage))>::give(memory);
  }
}

void Storage::destroy(Storage* storage) {
  const Room room = storage->room_;
  if (storage->owner_) host().drop(storage->owner_);
  else if (room == Room::None) free_block(storage->data_, storage->bytes_);
  storage->~Storage();
  give(storage, room);
}

}  // namespace tapegrad
