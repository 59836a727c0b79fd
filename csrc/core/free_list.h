#pragma once
// The free lists that make small objects cheap: blocks of one size, cut from slabs, and kept for the next object of
// that size. Called under the interpreter's lock only (Note [Who may touch a handle] in ref.h); where counts are
// atomic, and under a sanitizer, which must see every allocation, blocks come from the C library.

#include <cstddef>
#include <new>

namespace tapegrad {

#if defined(TAPEGRAD_ATOMIC_REFCOUNTS) || defined(TAPEGRAD_SANITIZED)
inline constexpr bool kSlabs = false;
#else
inline constexpr bool kSlabs = true;
#endif

/// Blocks of one size, in bytes, a multiple of 8; aligned to 16 if the size is.
class BlockPool {
 public:
  constexpr explicit BlockPool(std::size_t bytes) : bytes_(bytes) {}
  /// Raises std::bad_alloc.
  void* take() {
    Block* const block = free_;
    if (!block) [[unlikely]]
      return refill();
    free_ = block->next;
    return block;
  }
  void give(void* memory) { free_ = new (memory) Block{free_}; }
  /// Gives the slabs of all pools that hold nothing back to the system.
  static void release_all() noexcept;

 private:
  struct Block {
    Block* next;
  };
  struct Slab;
  struct Census;
  void* refill();
  void add_slab();
  void release() noexcept;
  std::size_t bytes_;
  Block* free_ = nullptr;
  unsigned char *rest_ = nullptr, *end_ = nullptr;  // of the newest slab, what is not cut yet
  Slab* slabs_ = nullptr;                           // the newest first
  BlockPool* next_ = nullptr;                       // of all that have slabs
};

template <std::size_t Bytes>
class FreeList {
 public:
  static void* take() {
    if constexpr (kSlabs) return pool_.take();
    else return ::operator new(Bytes);
  }
  static void give(void* memory) {
    if constexpr (kSlabs) pool_.give(memory);
    else ::operator delete(memory);
  }

 private:
  static inline constinit BlockPool pool_{Bytes};
};

/// The size of the blocks that hold `bytes` bytes.
consteval std::size_t block_size(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

/// Gives a class operator new and delete over a free list.
template <class Derived>
class Pooled {
 public:
  static void* operator new(std::size_t) { return FreeList<size()>::take(); }
  static void operator delete(void* memory) { FreeList<size()>::give(memory); }

 private:
  static consteval std::size_t size() {
    static_assert(alignof(Derived) <= 8);
    return block_size(sizeof(Derived));
  }
};

}  // namespace tapegrad
