#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
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

/// One call of parallel_for: parts are taken by number until none is left.
struct Job {
  const Chunk* chunk;
  std::int64_t count, part, parts;
  std::atomic<std::int64_t> next{0};
  std::atomic<std::int64_t> left;
  std::exception_ptr error;
  std::mutex error_mutex;

  void run() {
    for (std::int64_t i; (i = next.fetch_add(1)) < parts;) {
      try {
        (*chunk)(i* part, std::min((i + 1) * part, count));
      } catch (...) {
        const std::lock_guard lock(error_mutex);
        if (!error) error = std::current_exception();
      }
      left.fetch_sub(1);
    }
  }
};

class Pool {
 public:
  explicit Pool(int helpers) {
    for (int i = 0; i < helpers; ++i) threads_.emplace_back([this] { work(); });
  }
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void run(const std::shared_ptr<Job>& job) {
    {
      const std::lock_guard lock(mutex_);
      job_ = job;
      ++round_;
    }
    wake_.notify_all();
    inside = true;
    job->run();
    inside = false;
    while (job->left.load() > 0) std::this_thread::yield();
  }

 private:
  void work() {
    inside = true;
    std::uint64_t seen = 0;
    for (;;) {
      std::shared_ptr<Job> job;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return stop_ || round_ != seen; });
        if (stop_) return;
        seen = round_;
        job = job_;
      }
      job->run();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<Job> job_;
  std::uint64_t round_ = 0;
  bool stop_ = false;
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
  const std::int64_t part = std::max(grain, (count + kMostParts - 1) / kMostParts);
  const std::int64_t parts = (count + part - 1) / part;
  if (parts < 1) return;
  std::unique_lock lock(shared->busy, std::defer_lock);
  if (parts == 1 || inside || num_threads() == 1 || !lock.try_lock()) {
    for (std::int64_t i = 0; i < parts; ++i) chunk(i * part, std::min((i + 1) * part, count));
    return;
  }
  if (!shared->pool) shared->pool = std::make_unique<Pool>(num_threads() - 1);
  auto job = std::make_shared<Job>();
  job->chunk = &chunk;
  job->count = count;
  job->part = part;
  job->parts = parts;
  job->left = parts;
  shared->pool->run(job);
  if (job->error) std::rethrow_exception(job->error);
}

}  // namespace tapegrad
