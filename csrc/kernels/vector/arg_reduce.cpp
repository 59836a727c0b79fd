// The places of greatest and least elements: of a run, and of columns side by side.
//
// Each lane keeps its best and that one's place. Among equals the first counts, and NaN wins, the first of them.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

/// What elements are compared as, and a place beside it, in lanes of one size: small integers are compared as int32.
template <class T>
using Key = std::conditional_t<(sizeof(T) < 4), std::int32_t, T>;
template <class K>
using Place = std::conditional_t<sizeof(K) == 4, std::int32_t, std::int64_t>;

template <class T>
inline Vector<Key<T>> load_keys(const T* from) {
  if constexpr (sizeof(T) >= 4) {
    return load(from);
  } else {
    constexpr int kBytes = kLanes<std::int32_t> * static_cast<int>(sizeof(T));
    Vector<T, kBytes> few;
    __builtin_memcpy(&few, from, sizeof few);
    return __builtin_convertvector(few, Vector<std::int32_t>);
  }
}

/// Whether b, which comes later, wins over a: it is better, or the first NaN. Of numbers, or lane by lane.
template <bool greatest, class V>
inline auto wins(V b, V a) {
  if constexpr (std::is_arithmetic_v<V>) return !(greatest ? b <= a : b >= a) & (a == a);
  else return ~(greatest ? b <= a : b >= a) & (a == a);
}

template <class K, int Bytes = kVectorBytes>
struct Best {
  Vector<K, Bytes> key;
  Vector<Place<K>, Bytes> place;

  template <bool greatest>
  void meet(Vector<K, Bytes> later, Vector<Place<K>, Bytes> at) {
    const auto won = wins<greatest>(later, key);
    key = won ? later : key;
    place = won ? at : place;
  }
  /// The same of lanes whose places may come before these.
  template <bool greatest>
  void meet_any(const Best& other) {
    const auto same = (other.key == key) | ((other.key != other.key) & (key != key));
    const auto won = wins<greatest>(other.key, key) | (same & (other.place < place));
    key = won ? other.key : key;
    place = won ? other.place : place;
  }
};

/// The place of the best lane.
template <bool greatest, class K, int Bytes>
inline Place<K> best_lane(const Best<K, Bytes>& lanes) {
  if constexpr (Bytes == sizeof(K)) {
    return lanes.place[0];
  } else {
    Best<K, Bytes / 2> low, high;
    __builtin_memcpy(&low.key, &lanes.key, Bytes / 2);
    __builtin_memcpy(&high.key, reinterpret_cast<const char*>(&lanes.key) + Bytes / 2, Bytes / 2);
    __builtin_memcpy(&low.place, &lanes.place, Bytes / 2);
    __builtin_memcpy(&high.place, reinterpret_cast<const char*>(&lanes.place) + Bytes / 2, Bytes / 2);
    low.template meet_any<greatest>(high);
    return best_lane<greatest, K, Bytes / 2>(low);
  }
}

template <class P>
inline Vector<P> counted_from(P first) {
  Vector<P> places;
  for (int i = 0; i < kLanes<P>; ++i) places[i] = first + static_cast<P>(i);
  return places;
}

template <bool greatest, class T>
std::int64_t best_of_part(std::int64_t n, const T* in) {
  using K = Key<T>;
  using P = Place<K>;
  constexpr int kStep = kLanes<K>, kChains = 4;
  if (n < kStep) {
    std::int64_t best = 0;
    for (std::int64_t i = 1; i < n; ++i)
      if (wins<greatest>(in[i], in[best])) best = i;
    return best;
  }
  const Vector<P> first = counted_from<P>(0);
  Best<K> best{load_keys(in), first};
  std::int64_t i = kStep;
  if (n >= 2 * kChains * kStep) {  // some side by side, since each waits for its last
    Best<K> chains[kChains];
    for (int c = 0; c < kChains; ++c) chains[c] = {load_keys(in + c * kStep), first + static_cast<P>(c * kStep)};
    for (i = kChains * kStep; i + kChains * kStep <= n; i += kChains * kStep)
      for (int c = 0; c < kChains; ++c)
        chains[c].template meet<greatest>(load_keys(in + i + c * kStep), first + static_cast<P>(i + c * kStep));
    for (int c = 1; c < kChains; ++c) chains[0].template meet_any<greatest>(chains[c]);
    best = chains[0];
  }
  for (; i + kStep <= n; i += kStep) best.template meet<greatest>(load_keys(in + i), first + static_cast<P>(i));
  if (i < n) best.template meet<greatest>(load_keys(in + n - kStep), first + static_cast<P>(n - kStep));
  return best_lane<greatest>(best);
}

/// Parts whose places are int32.
template <bool greatest, class T>
std::int64_t best_of_run(std::int64_t n, const void* data) {
  constexpr std::int64_t kPart = std::int64_t{1} << 30;
  const auto* in = static_cast<const T*>(data);
  std::int64_t best = best_of_part<greatest>(n < kPart ? n : kPart, in);
  for (std::int64_t begin = kPart; begin < n; begin += kPart) {
    const std::int64_t next = begin + best_of_part<greatest>(n - begin < kPart ? n - begin : kPart, in + begin);
    if (wins<greatest>(in[next], in[best])) best = next;
  }
  return best;
}

/// Of few columns, or with places that need 64 bits.
template <bool greatest, class T>
void best_of_columns_one_by_one(const ArgColumns& c, const T* in, T* best, std::int64_t* places) {
  for (std::int64_t column = 0; column < c.columns; ++column) {
    best[column] = in[column];
    places[column] = 0;
  }
  for (std::int64_t row = 1; row < c.length; ++row) {
    for (std::int64_t column = 0; column < c.columns; ++column) {
      const T value = in[row * c.inner + column];
      if (!wins<greatest>(value, best[column])) continue;
      best[column] = value;
      places[column] = row;
    }
  }
}

template <bool greatest, class T>
void best_of_columns(const ArgColumns& c, const void* data, void* values, std::int64_t* places) {
  using K = Key<T>;
  using P = Place<K>;
  constexpr int kStep = kLanes<K>, kTogether = 8;
  const auto* in = static_cast<const T*>(data);
  auto* const to = static_cast<T*>(values);
  if (c.columns < kStep || c.length > INT32_MAX) return best_of_columns_one_by_one<greatest>(c, in, to, places);
  Best<K> bests[kArgColumns / kStep + 1];  // the last one of columns that others have too
  const auto at = [&](std::int64_t i) { return i * kStep + kStep <= c.columns ? i * kStep : c.columns - kStep; };
  const std::int64_t count = (c.columns + kStep - 1) / kStep;
  for (std::int64_t i = 0; i < count; ++i) bests[i] = {load_keys(in + at(i)), Vector<P>{}};
  std::int64_t row = 1;
  for (; row + kTogether <= c.length; row += kTogether)
    for (std::int64_t i = 0; i < count; ++i) {
      Best<K> best = bests[i];
      for (int r = 0; r < kTogether; ++r)
        best.template meet<greatest>(load_keys(in + (row + r) * c.inner + at(i)),
                                     Vector<P>{} + static_cast<P>(row + r));
      bests[i] = best;
    }
  for (; row < c.length; ++row)
    for (std::int64_t i = 0; i < count; ++i)
      bests[i].template meet<greatest>(load_keys(in + row * c.inner + at(i)), Vector<P>{} + static_cast<P>(row));
  for (std::int64_t i = 0; i < count; ++i)
    for (int lane = 0; lane < kStep; ++lane) {
      to[at(i) + lane] = static_cast<T>(bests[i].key[lane]);
      places[at(i) + lane] = bests[i].place[lane];
    }
}

}  // namespace

void fill_arg_reduce(VectorTable& table) {
  const auto set = [&]<bool greatest>(std::bool_constant<greatest>) {
    set_numbers(table.arg_run[greatest], []<class T>() -> ArgRunFn { return best_of_run<greatest, T>; });
    set_numbers(table.arg_columns[greatest], []<class T>() -> ArgColumnsFn { return best_of_columns<greatest, T>; });
    at(table.arg_run[greatest], DType::Bool) = at(table.arg_run[greatest], DType::UInt8);
    at(table.arg_columns[greatest], DType::Bool) = at(table.arg_columns[greatest], DType::UInt8);
  };
  set(std::false_type());
  set(std::true_type());
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
