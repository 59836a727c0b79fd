#pragma once
// An array whose length is fixed when it is made; short ones come from the free lists.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "core/free_list.h"

namespace tapegrad {

template <class T>
class PooledArray {
 public:
  PooledArray() = default;
  explicit PooledArray(std::size_t size) : size_(static_cast<std::uint32_t>(size)) {
    if (size == 0) return;
    items_ = static_cast<T*>(allocate(size));
    std::uninitialized_value_construct_n(items_, size);
  }
  PooledArray(PooledArray&& other) noexcept
      : items_(std::exchange(other.items_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  PooledArray& operator=(PooledArray&& other) noexcept {
    std::swap(items_, other.items_);
    std::swap(size_, other.size_);
    return *this;
  }
  [[gnu::always_inline]] ~PooledArray() {
    if (items_) [[unlikely]]
      drop();
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return items_[i]; }
  const T& operator[](std::size_t i) const { return items_[i]; }
  T* begin() { return items_; }
  T* end() { return items_ + size_; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }

 private:
  [[gnu::noinline]] void drop() {
    std::destroy_n(items_, size_);
    deallocate(items_, size_);
  }
  static_assert(alignof(T) <= 8);
  static void* allocate(std::size_t n) {
    switch (n) {
      case 1: return FreeList<block_size(sizeof(T))>::take();
      case 2: return FreeList<block_size(2 * sizeof(T))>::take();
      case 3: return FreeList<block_size(3 * sizeof(T))>::take();
      default: return ::operator new(n * sizeof(T));
    }
  }
  static void deallocate(void* memory, std::size_t n) {
    switch (n) {
      case 1: return FreeList<block_size(sizeof(T))>::give(memory);
      case 2: return FreeList<block_size(2 * sizeof(T))>::give(memory);
      case 3: return FreeList<block_size(3 * sizeof(T))>::give(memory);
      default: return ::operator delete(memory);
    }
  }

  T* items_ = nullptr;
  std::uint32_t size_ = 0;
};

}  // namespace tapegrad
