#pragma once
// What the library needs of the program it lives in: the interpreter's lock, its signals and its objects.
// The bindings fill the table in; a plain C++ program leaves it as it is.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace tapegrad {

struct Host {
  /// Gives up the interpreter's lock round a long kernel; returns a token for `acquire`.
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

/// The interpreter's lock is given up while this lives. Code under it sees raw memory, never handles.
class HostUnlocked {
 public:
  explicit HostUnlocked(bool really = true) : really_(really), token_(really ? host().release() : nullptr) {}
  ~HostUnlocked() {
    if (really_) host().acquire(token_);
  }
  HostUnlocked(const HostUnlocked&) = delete;
  HostUnlocked& operator=(const HostUnlocked&) = delete;

 private:
  bool really_;
  void* token_;
};

}  // namespace tapegrad
