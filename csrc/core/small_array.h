#pragma once
// An array whose length is fixed when it is made; a short one lies in the object itself.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

namespace tapegrad {

/// Up to `InPlace` elements in place, more on the heap. Neither copied nor moved.
template <class T, std::size_t InPlace>
class SmallArray {
 public:
  explicit SmallArray(std::size_t size) : SmallArray(size, [](std::size_t) { return T(); }) {}
  /// Of what `make(i)` gives.
  template <class F>
  SmallArray(std::size_t size, F&& make) {
    if (size > InPlace) [[unlikely]]
      heap_ = static_cast<T*>(::operator new(size * sizeof(T)));
    T* const items = size > InPlace ? heap_ : in_place();
    std::size_t made = 0;
    try {
      for (; made < size; ++made) new (static_cast<void*>(items + made)) T(make(made));
    } catch (...) {
      std::destroy_n(items, made);
      if (size > InPlace) ::operator delete(static_cast<void*>(heap_));
      throw;
    }
    size_ = static_cast<std::uint32_t>(size);
  }
  SmallArray(const SmallArray&) = delete;
  SmallArray& operator=(const SmallArray&) = delete;
  ~SmallArray() {
    std::destroy_n(items(), size_);
    if (size_ > InPlace) [[unlikely]]
      ::operator delete(static_cast<void*>(heap_));
  }

  std::size_t size() const { return size_; }
  std::span<T> all() { return {items(), size_}; }
  std::span<const T> all() const { return {const_cast<SmallArray*>(this)->items(), size_}; }

 private:
  T* in_place() { return reinterpret_cast<T*>(room_); }
  T* items() { return size_ > InPlace ? heap_ : in_place(); }
  std::uint32_t size_ = 0;
  union {
    T* heap_;
    alignas(T) unsigned char room_[InPlace * sizeof(T)];
  };
};

}  // namespace tapegrad
