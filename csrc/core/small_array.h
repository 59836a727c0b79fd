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
  SmallArray(std::size_t size, F&& make) : SmallArray(Room{size}) {
    for (; size_ < size; ++size_) new (static_cast<void*>(items_ + size_)) T(make(std::size_t{size_}));
  }
  SmallArray(const SmallArray&) = delete;
  SmallArray& operator=(const SmallArray&) = delete;
  ~SmallArray() {
    std::destroy_n(items_, size_);
    if (items_ != in_place()) [[unlikely]]
      ::operator delete(static_cast<void*>(items_));
  }

  std::size_t size() const { return size_; }
  std::span<T> all() { return {items_, size_}; }
  std::span<const T> all() const { return {items_, size_}; }

 private:
  struct Room {
    std::size_t size;
  };
  /// Empty, with room for what is made next: so that what is made is destroyed if the rest cannot be.
  explicit SmallArray(Room room)
      : items_(room.size <= InPlace ? in_place() : static_cast<T*>(::operator new(room.size * sizeof(T)))) {}
  T* in_place() { return reinterpret_cast<T*>(room_); }
  T* items_;
  std::uint32_t size_ = 0;
  alignas(T) unsigned char room_[InPlace * sizeof(T)];
};

}  // namespace tapegrad
