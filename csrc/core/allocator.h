#pragma once
// The caching allocator: blocks for array data, kept by size class when freed, because fresh pages are what large
// eager arithmetic pays for. Called under the interpreter's lock only (Note [Who may touch a handle] in ref.h).

#include <cstddef>

namespace tapegrad {

/// Alignment of every block, in bytes: a cache line, and the widest vector register.
inline constexpr std::size_t kAlignment = 64;

/// New memory of the system, aligned, in huge pages where it is large; std::free gives it back. Null where there is
/// none.
void* fresh_memory(std::size_t bytes);
/// Gives it back.
void free_memory(void* memory) noexcept;

/// Memory for `bytes` bytes, aligned, not initialised. Raises MemoryError.
void* allocate_block(std::size_t bytes);

/// Takes back a block of allocate_block(bytes).
void free_block(void* block, std::size_t bytes) noexcept;

/// Bytes of blocks in use, the most there have been, and bytes kept for reuse.
struct MemoryStats {
  std::size_t live = 0;
  std::size_t peak = 0;
  std::size_t cached = 0;
};
MemoryStats memory_stats();

/// Makes the most that there has been what there is.
void reset_peak() noexcept;

/// The most bytes that may be in use: an allocation beyond raises MemoryError. Returns what it was before.
std::size_t set_memory_limit(std::size_t bytes) noexcept;
std::size_t memory_limit() noexcept;

/// Gives the kept blocks back to the system, and the memory of small objects that are gone (free_list.h).
void empty_cache() noexcept;

}  // namespace tapegrad
