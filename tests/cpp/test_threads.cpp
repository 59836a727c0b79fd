// Several threads at once: graphs of their own, leaves that are shared, and the pool. Handles are touched under the
// host's lock alone, which long kernels give up, as they give up Python's. Made for ThreadSanitizer.

#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "arrays.h"
#include "check.h"
#include "core/host.h"
#include "core/parallel.h"
#include "engine/engine.h"
#include "kernels/elementwise.h"
#include "ops/math.h"
#include "ops/ops.h"

namespace {

using namespace tapegrad;

constexpr int kThreads = 4;
constexpr Index kLarge = 100'000;  // so much that kernels give the lock up, and split their work over the pool

/// The interpreter's lock of a program that has no interpreter.
std::mutex& lock() {
  static std::mutex mutex;
  return mutex;
}

/// Runs work(i) in threads of their own, each holding the lock but where a kernel gives it up.
template <class Work>
void together(Work work) {
  const Host before = host();
  host().release = []() -> void* {
    lock().unlock();
    return nullptr;
  };
  host().acquire = [](void*) { lock().lock(); };
  std::exception_ptr failed;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const std::lock_guard held(lock());
      try {
        work(i);
      } catch (...) {
        failed = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  host() = before;
  if (failed) std::rethrow_exception(failed);
}

Variable leaf(Index size, double value) {
  Variable x = full({size}, value, DType::Float32);
  x.set_requires_grad(true);
  return x;
}

void run(const Variable& root, bool keep = false) {
  const Endpoint end(root);
  backward({&end, 1}, {Variable()}, {}, {.keep_graph = keep});
}

double first(const Variable& x) { return x.tensor().data_as<float>()[0]; }

TEST(threads_with_graphs_of_their_own) {
  together([](int i) {
    for (int round = 0; round < 3; ++round) {
      const Variable x = leaf(kLarge, i + 1);
      run(sum(exp(x * 0.0) * x * x));
      CHECK(first(x.meta().grad) == 2.0 * (i + 1), i, first(x.meta().grad));
    }
  });
}

TEST(threads_that_share_a_leaf) {
  for (const Index size : {Index{3}, kLarge}) {
    Variable x = leaf(size, 1);
    together([&](int) {
      for (int round = 0; round < 5; ++round) run(sum(x * 2.0));
    });
    CHECK(first(x.meta().grad) == 2.0 * 5 * kThreads, size, first(x.meta().grad));
  }
}

TEST(threads_that_share_a_graph) {
  Variable x = leaf(kLarge, 3);
  Variable y = sum(x * x);
  together([&](int) { run(y, true); });
  CHECK(first(x.meta().grad) == 6.0 * kThreads, first(x.meta().grad));
}

TEST(threads_that_share_the_pool) {
  const int before = num_threads();
  set_num_threads(3);
  together([](int i) {
    std::vector<std::int64_t> squares(10'000);
    for (int round = 0; round < 20; ++round) {
      const HostUnlocked unlocked;
      parallel_for(10'000, 100, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t k = begin; k < end; ++k) squares[static_cast<std::size_t>(k)] = k * k + i;
      });
    }
    for (std::int64_t k = 0; k < 10'000; ++k) CHECK(squares[static_cast<std::size_t>(k)] == k * k + i, k);
  });
  set_num_threads(before);
}

}  // namespace
