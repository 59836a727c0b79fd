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
/// takes from the others'. A job is done when its parts are: a thread that took none is not waited for.
class Pool {
 public:
  /// Starts as many helpers as asked for, or those that the system lets it start: they take the others' ranges too.
  explicit Pool(int helpers) : ranges_(static_cast<std::size_t>(helpers) + 1) {
    threads_.reserve(static_cast<std::size_t>(helpers));
    for (int i = 0; i < helpers; ++i)
      if (!start_helper(i)) break;
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

  int helpers() const { return static_cast<int>(threads_.size()); }

  void run(const Chunk& chunk, std::int64_t count, std::int64_t part, std::uint32_t parts) {
    job_ = {&chunk, count, part};
    error_ = nullptr;
    left_.store(parts);
    const std::uint64_t threads = ranges_.size();
    for (std::uint64_t i = 0; i < threads; ++i)
      ranges_[i].parts.store(parts * (i + 1) / threads << 32 | parts * i / threads);
    std::int64_t to_wake = 0;
    {
      const std::lock_guard lock(mutex_);
      round_.fetch_add(1);
      const auto awake = static_cast<std::int64_t>(threads_.size()) - sleeping_;
      to_wake = std::min(sleeping_, std::int64_t{parts} - 1 - awake);
    }
    for (; to_wake > 0; --to_wake) wake_.notify_one();
    take_parts(0);
    // Asleep, not only yielding: then a helper that another thread keeps off its processor is moved to this one.
    if (!look_for([this] { return left_.load() == 0; }))
      for (std::uint32_t left = left_.load(); left != 0; left = left_.load()) left_.wait(left);
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  bool start_helper(int i) {
    try {
      threads_.emplace_back([this, i] { work(static_cast<std::size_t>(i) + 1); });
      return true;
    } catch (const std::exception&) {
      return false;  // no more threads, or no memory for one
    }
  }

  struct Job {
    const Chunk* chunk = nullptr;
    std::int64_t count = 0, part = 0;
  };
  /// Numbers of parts: the next one in the low half, the end in the high half.
  struct alignas(64) Range {
    std::atomic<std::uint64_t> parts{0};
  };

  // Who has taken a part may read the job: it is not written again before that part is done. Parts are told to be done
  // all together: a count that the threads share travels between their caches each time, which takes as long as a part.
  void take_parts(std::size_t own) {
    inside = true;
    std::uint32_t done = 0;
    for (std::size_t i = 0; i < ranges_.size(); ++i) {
      Range& range = ranges_[(own + i) % ranges_.size()];
      for (;;) {
        const std::uint64_t taken = range.parts.fetch_add(1);
        const auto part = static_cast<std::uint32_t>(taken);
        if (part >= taken >> 32) break;
        try {
          (*job_.chunk)(part* job_.part, std::min((part + 1) * job_.part, job_.count));
        } catch (...) {
          const std::lock_guard lock(mutex_);
          if (!error_) error_ = std::current_exception();
        }
        ++done;
      }
    }
    if (done && left_.fetch_sub(done) == done) left_.notify_one();
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
      seen = round_.load();
      if (stop_) return;
      take_parts(own);
    }
  }

  Job job_;
  std::vector<Range> ranges_;
  std::exception_ptr error_;
  // What threads wait for, each in a line of its own: who waits does not disturb who writes something else.
  alignas(64) std::atomic<std::uint32_t> left_{0};
  alignas(64) std::atomic<std::uint64_t> round_{0};

  alignas(64) std::mutex mutex_;
  std::condition_variable wake_;
  std::int64_t sleeping_ = 0;
  std::atomic<bool> stop_ = false;
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
  constexpr int kMostParts = 64;      // enough for balance, few enough to cost nothing
  constexpr std::int64_t kLine = 64;  // parts of many elements begin with a line of the cache
  std::int64_t part = std::max(grain, (count + kMostParts - 1) / kMostParts);
  if (part >= 8 * kLine) part = (part + kLine - 1) / kLine * kLine;
  const std::int64_t parts = (count + part - 1) / part;
  if (parts < 1) return;
  std::unique_lock lock(shared->busy, std::defer_lock);
  if (parts == 1 || inside || num_threads() == 1 || !lock.try_lock()) {
    for (std::int64_t i = 0; i < parts; ++i) chunk(i * part, std::min((i + 1) * part, count));
    return;
  }
  if (!shared->pool) {
    const int helpers = std::min(num_threads(), kMostParts) - 1;
    shared->pool = std::make_unique<Pool>(helpers);
    if (shared->pool->helpers() < helpers) wanted = shared->pool->helpers() + 1;
  }
  shared->pool->run(chunk, count, part, static_cast<std::uint32_t>(parts));
}

}  // namespace tapegrad
