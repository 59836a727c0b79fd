#include "graph/teardown.h"

namespace tapegrad {

void Teardown::later(void* object, void (*free)(void*)) {
  if (!pending_) pending_ = new std::vector<Item>;
  pending_->push_back({object, free});
}

void Teardown::drain() {
  // The depth is held at 1, so that what the items drop joins the list instead of draining it again.
  ++depth_;
  while (!pending_->empty()) {
    const Item item = pending_->back();
    pending_->pop_back();
    item.free(item.object);
  }
  delete pending_;
  pending_ = nullptr;
  --depth_;
}

}  // namespace tapegrad
