#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#ifndef _WIN32
#include <pthread.h>
#endif
#ifdef __linux__
#include <sched.h>
#endif

#include "core/error.h"

namespace tapegrad {
namespace {

thread_local bool inside = false;

int threads_from(const char* variable) {
  const char* text = std::getenv(variable);
  return text ? static_cast<int>(std::strtol(text, nullptr, 10)) : 0;
}

int default_threads() {
  for (const char* variable : {"TAPEGRAD_NUM_THREADS", "OMP_NUM_THREADS"})
    if (const int count = threads_from(variable); count > 0) return count;
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(CPU_COUNT(&set), 1);
#endif
  return static_cast<int>(std::max(std::thread::hardware_concurrency(), 1U));
}

/// A hint to the processor that a loop only waits.
void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// How long a thread that has run out of work looks for more before it sleeps: waking it takes tens of microseconds,
/// more than an operation on 10^5 numbers, and the operations of a script or a backward pass follow one another sooner.
constexpr std::chrono::microseconds kLook{100};

/// Waits until `done`, and gives up after kLook.
template <class Done>
bool look_for(Done done) {
  constexpr int kPausesPerLook = 16;  // reading the clock costs about as much as one pause
  const auto end = std::chrono::steady_clock::now() + kLook;
  do {
    for (int i = 0; i < kPausesPerLook; ++i) {
      if (done()) return true;
      pause();
    }
  } while (std::chrono::steady_clock::now() < end);
  return done();
}

/// Threads that share out the parts of one job after another. Each thread has a range of parts of its own, the same one
/// in each job of the same size, so that it finds in its processor's cache what it wrote last; when its own are done it
/// takes from the others'.
class Pool {
 public:
  explicit Pool(int helpers) : ranges_(static_cast<std::size_t>(helpers) + 1) {
    for (int i = 0; i < helpers; ++i) threads_.emplace_back([this, i] { work(static_cast<std::size_t>(i) + 1); });
  }
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
      round_.fetch_add(1);
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void run(const Chunk& chunk, std::int64_t count, std::int64_t part, std::int64_t parts) {
    chunk_ = &chunk;
    count_ = count;
    part_ = part;
    error_ = nullptr;
    const auto threads = static_cast<std::int64_t>(ranges_.size());
    for (std::int64_t i = 0; i < threads; ++i) {
      Range& range = ranges_[static_cast<std::size_t>(i)];
      range.next.store(parts * i / threads, std::memory_order_relaxed);
      range.end = parts * (i + 1) / threads;
    }
    std::int64_t to_wake = 0;
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
      round_.fetch_add(1);
      to_wake = std::min(sleeping_, parts - 1 - (threads - 1 - sleeping_));
    }
    for (; to_wake > 0; --to_wake) wake_.notify_one();
    take_parts(0);
    {
      const std::lock_guard lock(mutex_);
      open_ = false;
    }
    const auto alone = [this] { return working_.load() == 0; };
    if (!look_for(alone))
      while (!alone()) std::this_thread::yield();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  struct alignas(64) Range {
    std::atomic<std::int64_t> next{0};
    std::int64_t end = 0;
  };

  void take_parts(std::size_t own) {
    inside = true;
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      Range& range = ranges_[(own + i) % ranges_.size()];
      for (std::int64_t part; (part = range.next.fetch_add(1)) < range.end;) {
        try {
          (*chunk_)(part* part_, std::min((part + 1) * part_, count_));
        } catch (...) {
          const std::lock_guard lock(mutex_);
          if (!error_) error_ = std::current_exception();
        }
      }
    }
    inside = false;
  }

  void work(std::size_t own) {
    std::uint64_t seen = 0;
    const auto called = [&] { return round_.load() != seen; };
    for (;;) {
      if (!look_for(called)) {
        std::unique_lock lock(mutex_);
        ++sleeping_;
        wake_.wait(lock, called);
        --sleeping_;
      }
      {
        const std::lock_guard lock(mutex_);
        if (stop_) return;
        seen = round_;
        if (!open_) continue;
        working_.fetch_add(1);
      }
      take_parts(own);
      working_.fetch_sub(1);
    }
  }

  // The job. It is written while no thread works, and read by those that came in while it was open.
  const Chunk* chunk_ = nullptr;
  std::int64_t count_ = 0, part_ = 0;
  std::vector<Range> ranges_;
  std::exception_ptr error_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<std::uint64_t> round_{0};
  std::atomic<int> working_{0};
  std::int64_t sleeping_ = 0;
  bool open_ = false, stop_ = false;
  std::vector<std::thread> threads_;
};

// One job runs at a time; a second thread that comes meanwhile does its work alone. The mutex and the pool are leaked
// on purpose: a forked child replaces them (their threads do not exist there), and nothing is joined at exit.
struct Shared {
  std::mutex busy;
  std::unique_ptr<Pool> pool;
};
std::atomic<int> wanted{0};
Shared* shared = new Shared;

[[maybe_unused]] const bool fork_handler = [] {
#ifndef _WIN32
  pthread_atfork(nullptr, nullptr, [] {
    shared = new Shared;
    inside = false;
  });
#endif
  return true;
}();

}  // namespace

int num_threads() {
  if (wanted == 0) wanted = default_threads();
  return wanted;
}

void set_num_threads(int count) {
  if (count < 1) fail<ValueError>("set_num_threads takes 1 or more, not ", count);
  const std::lock_guard lock(shared->busy);
  wanted = count;
  shared->pool.reset();
}

void parallel_for(std::int64_t count, std::int64_t grain, const Chunk& chunk) {
  constexpr std::int64_t kMostParts = 64;  // enough for balance, few enough to cost nothing
  constexpr std::int64_t kLine = 64;       // parts of many elements begin with a line of the cache
  std::int64_t part = std::max(grain, (count + kMostParts - 1) / kMostParts);
  if (part >= 8 * kLine) part = (part + kLine - 1) / kLine * kLine;
  const std::int64_t parts = (count + part - 1) / part;
  if (parts < 1) return;
  std::unique_lock lock(shared->busy, std::defer_lock);
  if (parts == 1 || inside || num_threads() == 1 || !lock.try_lock()) {
    for (std::int64_t i = 0; i < parts; ++i) chunk(i * part, std::min((i + 1) * part, count));
    return;
  }
  if (!shared->pool) shared->pool = std::make_unique<Pool>(num_threads() - 1);
  shared->pool->run(chunk, count, part, parts);
}

}  // namespace tapegrad
