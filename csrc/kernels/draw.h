#pragma once
// Random words for many numbers at once, split over threads by place: what the distributions are made of. A number
// depends on the seed and its own place alone.

#include <algorithm>
#include <cstdint>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/elementwise_loop.h"
#include "kernels/random.h"

namespace tapegrad::kernels {

inline constexpr Index kDrawGrain = 8192;
inline constexpr Index kDrawWords = 1024;  // at a time

inline std::uint64_t wide(const std::uint32_t* words) { return std::uint64_t{words[1]} << 32 | words[0]; }

/// Random words that a number of T takes: the numbers of a draw use the words of its places one after another.
template <class T>
inline constexpr Index kWordsEach = sizeof(T) <= 4 ? 1 : 2;

/// A number in [0, 1) from a word or two.
template <class T>
T unit(const std::uint32_t* words) {
  if constexpr (sizeof(T) == 4) return static_cast<T>(static_cast<std::int32_t>(*words >> 8)) * T(0x1p-24);
  else return static_cast<T>(static_cast<std::int64_t>(wide(words) >> 11)) * T(0x1p-53);
}

/// A double in (0, 1), neither end included, from two words.
inline double open_unit(const std::uint32_t* words) {
  return (static_cast<double>(static_cast<std::int64_t>(wide(words) >> 12)) + 0.5) * 0x1p-52;
}

/// Where a block of words came from, to draw more for one of its places.
struct Origin {
  std::uint64_t seed, place;
};

/// Calls make(words, first, last, origin) for blocks [first, last) of n numbers; moves the generator on. Words of whole
/// places are there, also where the block ends in the midst of one.
template <class F>
void draw(Index n, Index words_each, Generator& generator, F&& make) {
  if (n == 0) return;
  const Generator from = generator;
  const Index per_place = 4 / words_each, places = (n + per_place - 1) / per_place;
  generator.position += static_cast<std::uint64_t>(places);
  const HostUnlocked unlocked(n >= kUnlockFrom);
  parallel_for(places, kDrawGrain / per_place, [&](Index begin, Index end) {
    alignas(64) std::uint32_t words[kDrawWords];
    for (Index place = begin; place < end; place += kDrawWords / 4) {
      const Index last = std::min(place + kDrawWords / 4, end);
      const Origin origin{from.seed, from.position + static_cast<std::uint64_t>(place)};
      vector_table().philox(origin.seed, origin.place, 0, last - place, words);
      make(words, place * per_place, std::min(last * per_place, n), origin);
    }
  });
}

/// As many numbers in (0, 1) as one place needs, for what is accepted or rejected: the words at hand, then further
/// attempts.
class Stream {
 public:
  Stream(const std::uint32_t* words, const Origin& origin) : origin_(origin) { std::copy_n(words, 4, words_); }
  double next() {
    if (used_ == 4) {
      vector_table().philox(origin_.seed, origin_.place, ++attempt_, 1, words_);
      used_ = 0;
    }
    used_ += 2;
    return open_unit(words_ + used_ - 2);
  }

 private:
  Origin origin_;
  std::uint32_t words_[4], attempt_ = 0;
  int used_ = 0;
};

/// Calls make(i, stream) for n numbers, each with a place of its own.
template <class F>
void draw_streams(Index n, Generator& generator, F&& make) {
  draw(n, 4, generator, [&](const std::uint32_t* words, Index first, Index last, const Origin& origin) {
    for (Index i = 0; i < last - first; ++i) {
      Stream stream(words + 4 * i, {origin.seed, origin.place + static_cast<std::uint64_t>(i)});
      make(first + i, stream);
    }
  });
}

/// A number below `range` without bias (Lemire, "Fast random integer generation in an interval", 2019): the few words
/// that would make some numbers likelier are drawn again for the same place, in a further attempt. `least` is
/// 2^32 % range.
inline std::uint64_t below(std::uint32_t range, std::uint32_t least, const std::uint32_t* words, Index i,
                           const Origin& origin) {
  std::uint64_t product = std::uint64_t{words[i]} * range;
  std::uint32_t again[4];
  for (std::uint32_t attempt = 1; static_cast<std::uint32_t>(product) < least; ++attempt) {
    vector_table().philox(origin.seed, origin.place + static_cast<std::uint64_t>(i / 4), attempt, 1, again);
    product = std::uint64_t{again[i % 4]} * range;
  }
  return product >> 32;
}
/// The same of 64 bits; range 0 stands for 2^64.
inline std::uint64_t below(std::uint64_t range, std::uint64_t least, const std::uint32_t* words, Index i,
                           const Origin& origin) {
  if (range == 0) return wide(words + 2 * i);
  __extension__ using Product = unsigned __int128;
  auto product = static_cast<Product>(wide(words + 2 * i)) * range;
  std::uint32_t again[4];
  for (std::uint32_t attempt = 1; static_cast<std::uint64_t>(product) < least; ++attempt) {
    vector_table().philox(origin.seed, origin.place + static_cast<std::uint64_t>(i / 2), attempt, 1, again);
    product = static_cast<Product>(wide(again + i % 2 * 2)) * range;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace tapegrad::kernels
