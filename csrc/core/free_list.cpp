#include "core/free_list.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/allocator.h"

namespace tapegrad {
namespace {

// Small programs have small slabs; a tape of millions of nodes has few, on huge pages.
constexpr std::size_t kLeast = std::size_t{64} << 10, kMost = std::size_t{4} << 20;

BlockPool* pools = nullptr;

}  // namespace

struct alignas(64) BlockPool::Slab {
  Slab* next;
  std::size_t bytes;
  unsigned char* begin() { return reinterpret_cast<unsigned char*>(this + 1); }
  unsigned char* end() { return reinterpret_cast<unsigned char*>(this) + bytes; }
};

void BlockPool::add_slab() {
  const std::size_t bytes = slabs_ ? std::min(2 * slabs_->bytes, kMost) : kLeast;
  void* const memory = fresh_memory(bytes);
  if (!memory) throw std::bad_alloc();
  if (!slabs_) next_ = std::exchange(pools, this);
  slabs_ = new (memory) Slab{slabs_, bytes};
  rest_ = slabs_->begin();
  end_ = rest_ + static_cast<std::size_t>(slabs_->end() - rest_) / bytes_ * bytes_;
}

/// Cuts blocks from the newest slab, as many as are soon used, and hands out the first.
void* BlockPool::refill() {
  constexpr std::size_t kAhead = 4096;
  if (rest_ == end_) add_slab();
  unsigned char* const first = rest_;
  const auto count =
      std::min(std::max<std::size_t>(kAhead / bytes_, 1), static_cast<std::size_t>(end_ - rest_) / bytes_);
  rest_ += count * bytes_;
  for (std::size_t i = count; i-- > 1;) give(first + i * bytes_);
  return first;
}

/// How many blocks of a slab are free.
struct BlockPool::Census {
  Slab* slab;
  std::size_t free, cut;
  bool operator<(const Census& other) const { return slab < other.slab; }
};

void BlockPool::release() noexcept {
  std::vector<Census> slabs;
  try {
    for (Slab* slab = slabs_; slab; slab = slab->next) {
      const auto cut = (slab == slabs_ ? rest_ : slab->end()) - slab->begin();
      slabs.push_back({slab, 0, static_cast<std::size_t>(cut) / bytes_});
    }
  } catch (const std::bad_alloc&) {
    return;
  }
  std::sort(slabs.begin(), slabs.end());
  const auto census_of = [&](void* block) -> Census& {
    return *(std::upper_bound(slabs.begin(), slabs.end(), Census{static_cast<Slab*>(block), 0, 0}) - 1);
  };
  for (Block* block = free_; block; block = block->next) ++census_of(block).free;
  const auto empty = [&](const Census& it) { return it.free == it.cut; };
  for (Block** link = &free_; *link;) {
    if (empty(census_of(*link))) *link = (*link)->next;
    else link = &(*link)->next;
  }
  if (slabs_ && empty(census_of(slabs_->begin()))) rest_ = end_ = nullptr;
  Slab* kept = nullptr;
  for (Slab* slab = std::exchange(slabs_, nullptr); slab;) {
    Slab* const next = slab->next;
    if (empty(census_of(slab->begin()))) {
      free_memory(slab);
    } else {
      (kept ? kept->next : slabs_) = slab;
      slab->next = nullptr;
      kept = slab;
    }
    slab = next;
  }
}

void BlockPool::release_all() noexcept {
  BlockPool* all = std::exchange(pools, nullptr);
  while (all) {
    BlockPool* const pool = std::exchange(all, all->next_);
    pool->release();
    if (pool->slabs_) pool->next_ = std::exchange(pools, pool);
  }
}

}  // namespace tapegrad
