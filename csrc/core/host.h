#pragma once
// What the library needs of the program it lives in: the interpreter's lock, its signals and its objects.
// The bindings fill the table in; a plain C++ program leaves it as it is.

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace tapegrad {

struct Host {
  /// Whether this thread holds the interpreter's lock.
  bool (*holds_lock)() = [] { return false; };
  /// Gives it up round a long kernel; returns a token for `acquire`.
  void* (*release)() = [] { return static_cast<void*>(nullptr); };
  void (*acquire)(void* token) = [](void*) {};
  /// Throws if the user has asked to stop (Ctrl-C).
  void (*poll_interrupt)() = [] {};
  /// Drops one reference to an object of the host's; callable from any thread.
  void (*drop)(void* object) = [](void*) {};
  /// In words where the call was made that `site` numbers (BackwardOptions in engine.h); empty where it is forgotten.
  std::string (*describe_site)(std::uint32_t site) = [](std::uint32_t) { return std::string(); };
};

inline Host& host() {
  static Host table;
  return table;
}

/// How many objects of the host's the graph owns: where there are none, no collector need look into it.
inline std::size_t host_objects = 0;

/// Owns a reference to an object of the host's, or nothing.
class HostObject {
 public:
  HostObject() = default;
  /// Takes the reference over.
  explicit HostObject(void* object) : object_(object) { host_objects += object != nullptr; }
  HostObject(HostObject&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  HostObject& operator=(HostObject&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~HostObject() {
    if (!object_) return;
    --host_objects;
    host().drop(object_);
  }
  void* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  void* object_ = nullptr;
};

/// The interpreter's lock, if this thread holds it, is given up while this lives. Code under it sees raw memory, never
/// handles.
class HostUnlocked {
 public:
  explicit HostUnlocked(bool really = true) : really_(really && host().holds_lock()) {
    if (!really_) return;
    older_ = newest_;
    if (older_) older_->newer_ = this;
    newest_ = this;
    token_ = host().release();
  }
  /// What was kept for this one is still needed by the older ones; with the last of them it goes.
  ~HostUnlocked() {
    if (!really_) return;
    host().acquire(token_);
    (newer_ ? newer_->older_ : newest_) = older_;
    if (!older_) return;
    older_->newer_ = newer_;
    older_->kept_.splice(older_->kept_.end(), kept_);
  }
  HostUnlocked(const HostUnlocked&) = delete;
  HostUnlocked& operator=(const HostUnlocked&) = delete;

  /// Called under the lock, of what a variable gives up: kernels of other threads may be reading its memory.
  template <class T>
  static void keep(T&& owner) {
    if (newest_) newest_->kept_.push_back(std::make_shared<std::decay_t<T>>(std::forward<T>(owner)));
  }

 private:
  static inline HostUnlocked* newest_ = nullptr;  // of those that live
  HostUnlocked *older_ = nullptr, *newer_ = nullptr;
  std::list<std::shared_ptr<void>> kept_;
  bool really_;
  void* token_ = nullptr;
};

}  // namespace tapegrad
