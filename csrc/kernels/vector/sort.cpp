// Short rows put in order by a bitonic network: comparisons that do not depend on the values, in vectors.
//
// Source: K. E. Batcher, Sorting networks and their applications, AFIPS 1968; in the form whose comparisons all put the
// lesser one first, since the first of each merge is with the mirrored half.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

using Word = std::int64_t;
constexpr int kStep = kLanes<Word>;
using Words = Vector<Word>;

template <int... i>
struct Lanes {};
template <int n, int... i>
struct CountedLanes : CountedLanes<n - 1, n - 1, i...> {};
template <int... i>
struct CountedLanes<0, i...> {
  using type = Lanes<i...>;
};
using AllLanes = typename CountedLanes<kStep>::type;

template <int pattern, int... i>
inline Words exchange(Words v, Lanes<i...>) {
  return __builtin_shufflevector(v, v, (i ^ pattern)...);
}
/// All ones in the lanes whose number has that bit.
template <int bit, int... i>
inline Words lanes_with(Lanes<i...>) {
  return Words{((i & bit) ? Word{-1} : Word{0})...};
}

/// What is sorted: words, or words with a place each, which decides between equals.
struct Alone {
  Words key;
  static Alone load(const Sorted& s, std::int64_t at) { return {vector::TAPEGRAD_ISA::load(s.keys + at)}; }
  void store(const Sorted& s, std::int64_t at) const { vector::TAPEGRAD_ISA::store<Word>(s.keys + at, key); }
  Words before(const Alone& other) const { return key < other.key; }
  Alone where(Words mask, const Alone& other) const { return {mask ? key : other.key}; }
  template <int pattern>
  Alone exchanged() const {
    return {exchange<pattern>(key, AllLanes())};
  }
};
struct Placed {
  Words key, place;
  static Placed load(const Sorted& s, std::int64_t at) {
    return {vector::TAPEGRAD_ISA::load(s.keys + at), vector::TAPEGRAD_ISA::load(s.places + at)};
  }
  void store(const Sorted& s, std::int64_t at) const {
    vector::TAPEGRAD_ISA::store<Word>(s.keys + at, key);
    vector::TAPEGRAD_ISA::store<Word>(s.places + at, place);
  }
  Words before(const Placed& other) const { return (key < other.key) | ((key == other.key) & (place < other.place)); }
  Placed where(Words mask, const Placed& other) const { return {mask ? key : other.key, mask ? place : other.place}; }
  template <int pattern>
  Placed exchanged() const {
    return {exchange<pattern>(key, AllLanes()), exchange<pattern>(place, AllLanes())};
  }
};

/// Lanes are compared with those whose numbers differ by `pattern`; those with `bit` keep the greater.
template <int pattern, int bit, class V>
inline V compare_lanes(const V& v) {
  const V other = v.template exchanged<pattern>();
  return v.where(v.before(other) ^ lanes_with<bit>(AllLanes()), other);
}
/// The end of a merge: lanes at distances of `distance`, half of it, ... 1.
template <int distance, class V>
inline V merge_lanes(V v) {
  if constexpr (distance > 0) return merge_lanes<distance / 2>(compare_lanes<distance, distance>(v));
  else return v;
}
template <int width, class V>
inline V sort_lanes(V v) {
  if constexpr (width > 2) v = sort_lanes<width / 2>(v);
  return merge_lanes<width / 4>(compare_lanes<width - 1, width / 2>(v));
}

/// Vectors that stay in registers: what is done to so many words takes one pass over memory.
constexpr int kTogether = 8;

template <class V>
inline void put_in_order(V& a, V& b) {
  const Words first = a.before(b);
  const V low = a.where(first, b);
  b = b.where(first, a);
  a = low;
}
/// The first step of a merge: with the other half mirrored.
template <class V>
inline void put_mirrored_in_order(V& a, V& b) {
  b = b.template exchanged<kStep - 1>();
  put_in_order(a, b);
  b = b.template exchanged<kStep - 1>();
}

/// The end of a merge of so many vectors: at distances of `distance` vectors, half of it, ... and of lanes.
template <int distance, class V, int count>
inline void merge_together(V (&v)[count]) {
  if constexpr (distance > 0) {
#pragma GCC unroll 8
    for (int i = 0; i < count; ++i)
      if (!(i & distance)) put_in_order(v[i], v[i + distance]);
    merge_together<distance / 2>(v);
  } else {
#pragma GCC unroll 8
    for (int i = 0; i < count; ++i) v[i] = merge_lanes<kStep / 2>(v[i]);
  }
}
/// Merges neighbours of half a width, of that width, twice that, ...
template <int width, class V, int count>
inline void sort_together(V (&v)[count]) {
  if constexpr (width <= count) {
#pragma GCC unroll 8
    for (int i = 0; i < count; ++i)
      if (!(i & width / 2)) put_mirrored_in_order(v[i], v[i ^ (width - 1)]);
    merge_together<width / 4>(v);
    sort_together<2 * width>(v);
  }
}

template <class V, int count, class F>
inline void together(const Sorted& s, std::int64_t at, F f) {
  V v[count];
#pragma GCC unroll 8
  for (int i = 0; i < count; ++i) v[i] = V::load(s, at + i * kStep);
  f(v);
#pragma GCC unroll 8
  for (int i = 0; i < count; ++i) v[i].store(s, at + i * kStep);
}
template <class V, int count>
void sort_few(const Sorted& s, std::int64_t at) {
  together<V, count>(s, at, [](V(&v)[count]) {
#pragma GCC unroll 8
    for (int i = 0; i < count; ++i) v[i] = sort_lanes<kStep>(v[i]);
    sort_together<2>(v);
  });
}

template <class V>
void sort_network(std::int64_t n, const Sorted& s) {
  constexpr std::int64_t kBlock = kTogether * kStep;
  if (n <= kStep) return sort_few<V, 1>(s, 0);
  if (n == 2 * kStep) return sort_few<V, 2>(s, 0);
  if (n == 4 * kStep) return sort_few<V, 4>(s, 0);
  for (std::int64_t block = 0; block < n; block += kBlock) sort_few<V, kTogether>(s, block);
  const auto put_in_order_at = [&](std::int64_t low, std::int64_t high, auto step) {
    V a = V::load(s, low), b = V::load(s, high);
    step(a, b);
    a.store(s, low);
    b.store(s, high);
  };
  for (std::int64_t width = 2 * kBlock; width <= n; width *= 2) {
    for (std::int64_t block = 0; block < n; block += width)
      for (std::int64_t i = 0; i < width / 2; i += kStep)
        put_in_order_at(block + i, block + width - kStep - i, put_mirrored_in_order<V>);
    for (std::int64_t distance = width / 4; distance >= kBlock; distance /= 2)
      for (std::int64_t block = 0; block < n; block += 2 * distance)
        for (std::int64_t i = block; i < block + distance; i += kStep)
          put_in_order_at(i, i + distance, put_in_order<V>);
    for (std::int64_t block = 0; block < n; block += kBlock)
      together<V, kTogether>(s, block, [](V(&v)[kTogether]) { merge_together<kTogether / 2>(v); });
  }
}

void sort(std::int64_t n, const Sorted& s) {
  if (s.places) sort_network<Placed>(n, s);
  else sort_network<Alone>(n, s);
}

}  // namespace

void fill_sort(VectorTable& table) { table.sort = sort; }

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
