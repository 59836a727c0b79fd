#pragma once
// The one thread pool. It starts with the first work that is large enough, and survives fork.

#include <cstddef>
#include <cstdint>
#include <functional>

namespace tapegrad {

/// Threads that large work is split over; TAPEGRAD_NUM_THREADS, else OMP_NUM_THREADS, else the processors allowed.
int num_threads();

/// Raises ValueError for less than 1.
void set_num_threads(int count);

using Chunk = std::function<void(std::int64_t begin, std::int64_t end)>;

/// Calls `chunk` on parts of [0, count), each of at least `grain` (but for the last), and waits for all of them.
/// Where the parts begin depends on `count` and `grain` only, never on the number of threads. The first exception of a
/// part is rethrown. A nested call runs in its caller's thread.
void parallel_for(std::int64_t count, std::int64_t grain, const Chunk& chunk);

}  // namespace tapegrad
