#pragma once
// TEST(name) { ... CHECK(condition); ... }: a failed check, or an exception, fails its test; the others go on.

#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace check {

struct Test {
  const char* name;
  void (*run)();
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class... Details>
[[noreturn]] void fail(const char* file, int line, const char* what, const Details&... details) {
  std::ostringstream text;
  text << file << ":" << line << ": " << what;
  ((text << "  " << details), ...);
  throw Failure(text.str());
}

}  // namespace check

#define TEST(name)                                                                                          \
  static void test_##name();                                                                                \
  [[maybe_unused]] static const bool added_##name = (check::tests().push_back({#name, test_##name}), true); \
  static void test_##name()

/// CHECK(condition, details to print...)
#define CHECK(condition, ...)                                                                            \
  do {                                                                                                   \
    if (!(condition)) check::fail(__FILE__, __LINE__, "not so: " #condition __VA_OPT__(, ) __VA_ARGS__); \
  } while (false)

/// CHECK_THROWS(expression, type, part of its message)
#define CHECK_THROWS(expression, type, part)                                          \
  do {                                                                                \
    bool thrown = false;                                                              \
    try {                                                                             \
      expression;                                                                     \
    } catch (const type& error) {                                                     \
      thrown = true;                                                                  \
      CHECK(std::string(error.what()).find(part) != std::string::npos, error.what()); \
    }                                                                                 \
    CHECK(thrown, #expression " throws nothing");                                     \
  } while (false)
