#pragma once
// Reference counting, strong and weak.
//
// Note [Who may touch a handle]: counts are plain integers unless TAPEGRAD_ATOMIC_REFCOUNTS is set, so handles are
// copied and dropped only under the interpreter's lock. Code that runs without it sees raw spans.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/free_list.h"

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

}  // namespace tapegrad
