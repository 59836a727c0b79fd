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

void Storage::destroy(Storage* storage) {
  const Room room = storage->room_;
  if (storage->owner_) host().drop(storage->owner_);
  else if (room == Room::None) free_block(storage->data_, storage->bytes_);
  storage->~Storage();
  with_list(room, [&](auto list) { list.give(storage); });
}

}  // namespace tapegrad
