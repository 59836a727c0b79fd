// Runs all tests, or those whose names contain the first argument.

#include <cstdio>
#include <cstring>

#include "check.h"
#include "kernels/vector_table.h"

int main(int argc, char** argv) {
  int passed = 0, failed = 0;
  std::printf("instruction set %s\n", tapegrad::kernels::vector_table().isa);
  for (const check::Test& test : check::tests()) {
    if (argc > 1 && !std::strstr(test.name, argv[1])) continue;
    try {
      test.run();
      ++passed;
    } catch (const std::exception& error) {
      ++failed;
      std::printf("FAILED %s: %s\n", test.name, error.what());
    }
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
