#include "core/allocator.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

#ifdef TAPEGRAD_ATOMIC_REFCOUNTS
#include <mutex>
#endif
#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#elif defined(_WIN32)
#include <malloc.h>
#endif

#include "core/error.h"
#include "core/free_list.h"

namespace tapegrad {
namespace {

constexpr std::size_t kLeastBound = std::size_t{512} << 20, kPartOfMemory = 16;
constexpr std::size_t kHuge = std::size_t{2} << 20;
constexpr std::size_t kClasses = 4 * 48;

struct Free {
  Free* next;
};

struct Cache {
  std::array<Free*, kClasses> lists{};
  MemoryStats stats;
  std::size_t limit = SIZE_MAX;
#ifdef TAPEGRAD_ATOMIC_REFCOUNTS
  std::mutex mutex;
#endif
};

/// The most bytes that are kept for reuse.
std::size_t bound() {
#ifdef __linux__
  static const std::size_t memory =
      static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return std::max(kLeastBound, memory / kPartOfMemory);
#else
  return kLeastBound;
#endif
}

// Never destroyed: arrays may be freed after the static objects are.
Cache& cache() {
  static auto* const it = new Cache;
  return *it;
}

#ifdef TAPEGRAD_ATOMIC_REFCOUNTS
std::lock_guard<std::mutex> guard() { return std::lock_guard(cache().mutex); }
#else
struct [[maybe_unused]] NoGuard {};
NoGuard guard() { return {}; }
#endif

struct SizeClass {
  std::size_t index;
  std::size_t bytes;
};

// Four classes to a power of two, so that at most a fifth of a block is unused.
SizeClass size_class(std::size_t bytes) {
  bytes = bytes < kAlignment * 4 ? kAlignment * 4 : bytes;
  const auto power = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;
  const std::size_t quarter = std::size_t{1} << (power - 2);
  const std::size_t steps = (bytes - 1 - (std::size_t{1} << power)) / quarter + 1;
  return {4 * power + steps - 1, (std::size_t{1} << power) + steps * quarter};
}

// Sanitizers must see every allocation.
#ifdef TAPEGRAD_SANITIZED
constexpr bool kCaching = false;
#else
constexpr bool kCaching = true;
#endif

void drop_cached(Cache& c) noexcept {
  for (Free*& list : c.lists)
    while (list) free_memory(std::exchange(list, list->next));
  c.stats.cached = 0;
}

[[noreturn]] void fail_over_limit(const Cache& c, std::size_t bytes) {
  fail<MemoryError>("memory_budget() exceeded: ", bytes, " bytes more are needed for an array, and of ", c.limit,
                    " there are ", c.stats.live,
                    " in use. Nothing has changed; enlarge the budget, free something "
                    "first, or work in smaller pieces");
}

void* aligned_memory(std::size_t alignment, std::size_t bytes) {
#ifdef _WIN32
  return _aligned_malloc(bytes, alignment);
#else
  return std::aligned_alloc(alignment, bytes);
#endif
}

}  // namespace

void* fresh_memory(std::size_t bytes) {
  void* memory = aligned_memory(bytes >= 2 * kHuge ? kHuge : kAlignment,
                                bytes >= 2 * kHuge ? (bytes + kHuge - 1) / kHuge * kHuge : bytes);
#ifdef __linux__
  if (memory && bytes >= 2 * kHuge) madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  return memory;
}

void free_memory(void* memory) noexcept {
#ifdef _WIN32  // whose free() takes no aligned memory
  _aligned_free(memory);
#else
  std::free(memory);
#endif
}

void* allocate_block(std::size_t bytes) {
  constexpr std::size_t kLargest = std::size_t{1} << 47;
  if (bytes > kLargest) fail<MemoryError>("cannot allocate an array of ", bytes, " bytes");
  const SizeClass cls = size_class(bytes);
  Cache& c = cache();
  const auto lock = guard();
  if (cls.bytes > c.limit - std::min(c.limit, c.stats.live)) [[unlikely]]
    fail_over_limit(c, cls.bytes);
  void* memory = c.lists[cls.index];
  if (memory) {
    c.lists[cls.index] = static_cast<Free*>(memory)->next;
    c.stats.cached -= cls.bytes;
  } else {
    memory = fresh_memory(cls.bytes);
    if (!memory) {
      drop_cached(c);
      BlockPool::release_all();
      memory = fresh_memory(cls.bytes);
    }
    if (!memory)
      fail<MemoryError>("cannot allocate an array of ", bytes, " bytes: the system has no more memory to give");
  }
  c.stats.live += cls.bytes;
  if (c.stats.live > c.stats.peak) c.stats.peak = c.stats.live;
  return memory;
}

void free_block(void* block, std::size_t bytes) noexcept {
  const SizeClass cls = size_class(bytes);
  Cache& c = cache();
  const auto lock = guard();
  c.stats.live -= cls.bytes;
  if (!kCaching || c.stats.cached + cls.bytes > bound()) return free_memory(block);
  c.lists[cls.index] = new (block) Free{c.lists[cls.index]};
  c.stats.cached += cls.bytes;
}

void reset_peak() noexcept {
  const auto lock = guard();
  cache().stats.peak = cache().stats.live;
}

std::size_t set_memory_limit(std::size_t bytes) noexcept {
  const auto lock = guard();
  return std::exchange(cache().limit, bytes);
}

std::size_t memory_limit() noexcept {
  const auto lock = guard();
  return cache().limit;
}

MemoryStats memory_stats() {
  const auto lock = guard();
  return cache().stats;
}

void empty_cache() noexcept {
  const auto lock = guard();
  drop_cached(cache());
  BlockPool::release_all();
}

}  // namespace tapegrad
