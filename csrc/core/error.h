#pragma once
// Exceptions of the library. Each class becomes the Python exception of the same name; Error is RuntimeError.

#include <sstream>
#include <stdexcept>
#include <string>

namespace tapegrad {

/// RuntimeError in Python, and the base of the others.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class TypeError : public Error {
 public:
  using Error::Error;
};

class ValueError : public Error {
 public:
  using Error::Error;
};

class IndexError : public Error {
 public:
  using Error::Error;
};

class NotImplementedError : public Error {
 public:
  using Error::Error;
};

/// A matrix that cannot be factored or solved with: tapegrad.linalg.LinAlgError.
class LinAlgError : public Error {
 public:
  using Error::Error;
};

class MemoryError : public Error {
 public:
  using Error::Error;
};

/// Throws E with the parts written one after another.
template <class E = Error, class... Parts>
[[noreturn, gnu::cold, gnu::noinline]] void fail(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw E(text.str());
}

}  // namespace tapegrad
