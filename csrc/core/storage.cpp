#include "core/storage.h"

#include "core/host.h"

namespace tapegrad {

void Storage::destroy(Storage* storage) {
  if (storage->owner_) host().drop(storage->owner_);
  else if (storage->data_ != storage->inline_) free_block(storage->data_, storage->bytes_);
  delete storage;
}

}  // namespace tapegrad
