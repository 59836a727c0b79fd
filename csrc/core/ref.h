#pragma once
// Reference counting, strong and weak, and the free lists that make small objects cheap.
//
// Note [Who may touch a handle]: counts are plain integers unless TAPEGRAD_ATOMIC_REFCOUNTS is set, so handles are
// copied and dropped only under the interpreter's lock. Code that runs without it sees raw spans.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

namespace tapegrad {

#ifdef TAPEGRAD_ATOMIC_REFCOUNTS
using RefCount = std::atomic<std::uint32_t>;
#else
using RefCount = std::uint32_t;
#endif

/// Base of what is held through Ref. `Derived::destroy(Derived*)` is called when the last reference goes.
template <class Derived>
class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;

  std::uint32_t use_count() const { return count_; }
  void retain() const { ++count_; }
  void release() const {
    if (--count_ == 0) Derived::destroy(const_cast<Derived*>(static_cast<const Derived*>(this)));
  }
  /// A new reference, unless the last one is gone already.
  bool retain_if_alive() const {
    if (count_ == 0) return false;
    ++count_;
    return true;
  }

 protected:
  ~RefCounted() = default;

 private:
  mutable RefCount count_{0};
};

/// A strong reference to a RefCounted object, or null.
template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  explicit Ref(T* object) : object_(object) {
    if (object_) object_->retain();
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_) object_->release();
  }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  bool operator==(const Ref& other) const { return object_ == other.object_; }
  bool operator==(const T* other) const { return object_ == other; }

  /// Hands the reference to the caller, who must release it.
  T* detach() { return std::exchange(object_, nullptr); }
  /// Takes over a reference handed out by detach().
  static Ref adopt(T* object) {
    Ref result;
    result.object_ = object;
    return result;
  }

 private:
  T* object_ = nullptr;
};

template <class T, class... Args>
Ref<T> make_ref(Args&&... args) {
  return Ref<T>(new T(std::forward<Args>(args)...));
}

/// Blocks of one size, kept for the next object of that size.
template <std::size_t Bytes>
class FreeList {
 public:
  static void* take() {
    State& state = self();
    if (!state.head) return ::operator new(Bytes);
    Block* block = state.head;
    state.head = block->next;
    --state.count;
    return block;
  }
  static void give(void* memory) {
    State& state = self();
    if (state.count >= kMost) return ::operator delete(memory);
    state.head = new (memory) Block{state.head};
    ++state.count;
  }

 private:
  struct Block {
    Block* next;
  };
  struct State {
    Block* head;
    std::size_t count;
  };
#ifdef TAPEGRAD_SANITIZED
  static constexpr std::size_t kMost = 0;  // so that a use after free is seen
#else
  static constexpr std::size_t kMost = std::size_t{1} << 16;
#endif
  static State& self() {
#ifdef TAPEGRAD_ATOMIC_REFCOUNTS
    static thread_local constinit State state{nullptr, 0};
#else
    static constinit State state{nullptr, 0};
#endif
    return state;
  }
};

/// Gives a class operator new and delete over a free list.
template <class Derived>
class Pooled {
 public:
  static void* operator new(std::size_t) { return FreeList<rounded()>::take(); }
  static void operator delete(void* memory) { FreeList<rounded()>::give(memory); }

 private:
  static consteval std::size_t rounded() { return (sizeof(Derived) + 15) / 16 * 16; }
};

}  // namespace tapegrad
