// Elements become unsigned keys in the same order, with their places: all types are sorted by one of two functions,
// long rows by their digits.
//
// Which of equal elements topk, kthvalue and mode find is left open by PyTorch, but the same in each of its runs: they
// take its steps (ByKey, in partial_sort, nth_element and sort of the C++ library, and in select_kth), so that the
// gradient goes to the same element.

#include "kernels/sort.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/elementwise_loop.h"
#include "kernels/rows.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kGrain = 4096;
constexpr Index kFew = 16;        // of the best that are found by insertion
constexpr Index kByDigits = 512;  // elements from which on counting digits is faster than comparing

struct Network {
  alignas(64) std::int64_t keys[kByDigits];
  alignas(64) std::int64_t places[kByDigits];
};

template <class Key>
struct Item {
  Key key;
  Key at;
  bool operator<(const Item& other) const { return key != other.key ? key < other.key : at < other.at; }
};

/// An order in which equal elements are left as an algorithm leaves them.
struct ByKey {
  bool operator()(const auto& a, const auto& b) const { return a.key < b.key; }
};

template <class T>
using KeyOf = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

/// An unsigned number for each value, in the order of the values.
template <class T>
KeyOf<T> key_of(T value) {
  using Key = KeyOf<T>;
  constexpr Key kSign = Key{1} << (8 * sizeof(Key) - 1);
  if constexpr (std::is_floating_point_v<T>) {
    if (value != value) return ~Key{0};
    const Key bits = std::bit_cast<Key>(value + T(0));  // -0.0 + 0.0 is 0.0
    return bits & kSign ? ~bits : bits | kSign;
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<Key>(static_cast<std::make_signed_t<Key>>(value)) ^ kSign;
  } else {
    return value;
  }
}

/// Sorts by key, keeping the order of equals: digit by digit from the last, of what keys are above the least one,
/// skipping digits that all share.
template <class Key>
void sort_by_digits(Item<Key>* items, Item<Key>* room, Index n) {
  constexpr int kBits = 11, kDigits = (8 * sizeof(Key) + kBits - 1) / kBits;
  constexpr Key kMask = (Key{1} << kBits) - 1;
  Key least = items[0].key;
  for (Index i = 1; i < n; ++i) least = std::min(least, items[i].key);
  const auto digit = [least](const Item<Key>& item, int d) { return (item.key - least) >> d * kBits & kMask; };
  const auto counts = std::make_unique<std::array<Index, kMask + 1>[]>(kDigits);
  for (Index i = 0; i < n; ++i)
    for (int d = 0; d < kDigits; ++d) ++counts[static_cast<std::size_t>(d)][digit(items[i], d)];
  Item<Key>*from = items, *to = room;
  for (int d = 0; d < kDigits; ++d) {
    auto& count = counts[static_cast<std::size_t>(d)];
    if (count[digit(from[0], d)] == n) continue;
    Index sum = 0;
    for (Index& c : count) c = std::exchange(sum, sum + c);
    for (Index i = 0; i < n; ++i) to[count[digit(from[i], d)]++] = from[i];
    std::swap(from, to);
  }
  if (from != items) std::copy_n(from, n, items);
}

/// The places of a row's elements in order, found by a network of comparisons: of short rows. Keys are compared as
/// signed words; those of 32 bits hold the place too.
template <class T>
void sort_by_network(const T* row, Index n, bool greatest_first, std::int64_t* at, Network& room) {
  using Key = KeyOf<T>;
  constexpr bool kWide = sizeof(Key) == 8;
  constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
  for (Index i = 0; i < n; ++i) {
    const Key key = greatest_first ? static_cast<Key>(~key_of(row[i])) : key_of(row[i]);
    const std::uint64_t word = kWide ? key : std::uint64_t{key} << 32 | static_cast<std::uint64_t>(i);
    room.keys[i] = static_cast<std::int64_t>(word ^ kSign);
    if constexpr (kWide) room.places[i] = i;
  }
  Index size = kLeastSorted;
  while (size < n) size *= 2;
  std::fill(room.keys + n, room.keys + size, std::numeric_limits<std::int64_t>::max());
  if constexpr (kWide) std::fill(room.places + n, room.places + size, std::numeric_limits<std::int64_t>::max());
  vector_table().sort(size, {room.keys, kWide ? room.places : nullptr});
  for (Index i = 0; i < n; ++i) at[i] = kWide ? room.places[i] : room.keys[i] & UINT32_MAX;
}

/// The array with `dim` last, as rows next to each other; and what is computed on them put where it belongs.
class Turned {
 public:
  Turned(const Tensor& in, std::size_t dim) : dim_(dim), rows_(row_major(*turn(in))) {}
  const Tensor& rows() const { return *rows_; }
  Index length() const { return rows_->ndim() ? rows_->shape().back() : 1; }
  Index count() const { return length() ? rows_->numel() / length() : 0; }

  /// Memory for results, one row each: `out` itself where its dimension is the last.
  TensorRef room(Tensor& out) const {
    return dim_ + 1 >= out.ndim() ? TensorRef(&out) : new_tensor(out.dtype(), turn(out)->shape());
  }
  void put(Tensor& out, const Tensor& results) const {
    if (&out != &results) copy(*turn(out), results);
  }

 private:
  TensorRef turn(const Tensor& t) const {
    Layout layout = t.layout();
    if (t.ndim()) {
      std::swap(layout.shape[dim_], layout.shape[t.ndim() - 1]);
      std::swap(layout.strides[dim_], layout.strides[t.ndim() - 1]);
    }
    return t.view(std::move(layout));
  }
  std::size_t dim_;
  TensorRef rows_;
};

/// Calls f(row's elements, their items, as much room, number of the row) for all rows; items have keys of ~key where
/// the greatest shall come first.
template <class T, class F>
void each_row(const T* rows, Index count, Index n, bool greatest_first, F&& f) {
  using Key = KeyOf<T>;
  parallel_for(count, std::max<Index>(1, kGrain / n), [&](Index begin, Index end) {
    const auto items = std::make_unique_for_overwrite<Item<Key>[]>(static_cast<std::size_t>(2 * n));
    for (Index row = begin; row < end; ++row) {
      const T* const from = rows + row * n;
      for (Index i = 0; i < n; ++i)
        items[static_cast<std::size_t>(i)] = {greatest_first ? static_cast<Key>(~key_of(from[i])) : key_of(from[i]),
                                              static_cast<Key>(i)};
      f(from, items.get(), items.get() + n, row);
    }
  });
}

/// Puts the item of rank k where it belongs: Hoare's quickselect, by the median of three.
template <class Key>
void select_kth(Item<Key>* items, Index k, Index n) {
  constexpr ByKey kLess;
  Index left = 0, right = n - 1;
  const auto put_in_order = [&](Index low, Index high) {
    if (kLess(items[high], items[low])) std::swap(items[low], items[high]);
  };
  while (right > left + 1) {
    std::swap(items[left + (right - left) / 2], items[left + 1]);
    put_in_order(left + 1, right);
    put_in_order(left, right);
    put_in_order(left + 1, left);
    const Item<Key> pivot = items[left];
    Index i = left + 1, j = right;
    while (true) {
      do ++i;
      while (kLess(items[i], pivot));
      do --j;
      while (kLess(pivot, items[j]));
      if (j < i) break;
      std::swap(items[i], items[j]);
    }
    std::swap(items[left], items[j]);
    if (j <= k) left = i;
    if (j >= k) right = j - 1;
  }
  if (right == left + 1) put_in_order(left, right);
}

/// The place of the chosen one of n items.
template <class Key>
Index choose(Rank rank, Index k, Item<Key>* items, Index n, Key nan, bool floating) {
  if (rank == Rank::Mode) {
    std::sort(items, items + n, ByKey{});
    Index best = 0, most = 0;
    for (Index begin = 0, end = 0; begin < n; begin = end) {
      while (end < n && items[end].key == items[begin].key) ++end;
      if (end - begin <= most) continue;
      most = end - begin;
      best = end - 1;
    }
    return static_cast<Index>(items[best].at);
  }
  if (rank == Rank::Kth) {
    select_kth(items, k, n);
    return static_cast<Index>(items[k].at);
  }
  Index numbers = n;
  if (floating) {
    const auto is_nan = [&](const Item<Key>& item) { return item.key == nan; };
    const auto first = std::find_if(items, items + n, is_nan);
    if (rank == Rank::Median && first != items + n) return first - items;
    numbers -= std::count_if(items, items + n, is_nan);
  }
  k = numbers ? (numbers - 1) / 2 : 0;
  std::nth_element(items, items + k, items + n);
  return static_cast<Index>(items[k].at);
}

/// Whether the k best of n are few enough to be found by a heap of k.
bool are_few(Index k, Index n) { return 64 * k <= n; }

/// Puts the k items with the least keys first, in order.
template <class Key>
void put_least_first(Item<Key>* items, Index k, Index n) {
  if (are_few(k, n)) return std::partial_sort(items, items + k, items + n, ByKey{});
  std::nth_element(items, items + k - 1, items + n, ByKey{});
  std::sort(items, items + k - 1, ByKey{});
}

/// The same of the n elements of a row, into `found`, which gets those alone that are among the k least so far: each
/// block of elements is looked at as a whole first, and few have one.
template <class T>
void find_least_few(const T* row, Index n, bool greatest_first, std::vector<Item<KeyOf<T>>>& found, Index k) {
  using Key = KeyOf<T>;
  constexpr Index kStep = 32;
  const Key flip = greatest_first ? ~Key{0} : Key{0};
  Item<Key> best[kFew];
  Index count = 0;
  found.clear();
  const auto insert = [&](Key key, Index at) {
    const Item<Key> item{key, static_cast<Key>(at)};
    found.push_back(item);
    Index place = count < k ? count++ : k - 1;
    for (; place > 0 && key < best[place - 1].key; --place) best[place] = best[place - 1];
    best[place] = item;
  };
  const auto may_be_among = [&](const T* block, Index m) {
    if (count < k) return true;
    const T worst = row[best[k - 1].at];
    bool any = greatest_first ? false : worst != worst;
    if (greatest_first)
      for (Index j = 0; j < m; ++j) any |= (block[j] > worst) | (block[j] != block[j]);
    else
      for (Index j = 0; j < m; ++j) any |= block[j] < worst;
    return any;
  };
  for (Index i = 0; i < n; i += kStep) {
    const Index m = std::min(kStep, n - i);
    if (!may_be_among(row + i, m)) continue;
    for (Index j = i; j < i + m; ++j) {
      const auto key = static_cast<Key>(key_of(row[j]) ^ flip);
      if (count < k || key < best[k - 1].key) insert(key, j);
    }
  }
  std::partial_sort(found.begin(), found.begin() + k, found.end(), ByKey{});
}

/// Calls f with the type of in's elements; bools are sorted as bytes. A row of 2^32 elements or more has places that
/// fit wide keys only.
template <class F>
void visit_stored(const Tensor& in, Index length, F&& f) {
  if (length > UINT32_MAX && itemsize(in.dtype()) < 8) fail<Error>("rows of 2**32 elements or more cannot be ordered");
  visit(in.dtype(),
        [&]<class T>() { f.template operator()<std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>>(); });
}

}  // namespace

void sort(bool descending, Tensor* values, Tensor& indices, const Tensor& in, std::size_t dim) {
  if (in.numel() == 0) return;
  const Turned turned(in, dim);
  const TensorRef places = turned.room(indices), sorted = values ? turned.room(*values) : TensorRef();
  const Index n = turned.length();
  {
    const HostUnlocked unlocked(in.numel() >= kUnlockFrom);
    visit_stored(in, n, [&]<class T>() {
      auto* const at = places->data_as<std::int64_t>();
      auto* const to = sorted ? static_cast<T*>(sorted->data()) : nullptr;
      const auto* const from = static_cast<const T*>(turned.rows().data());
      const auto take = [&](const T* row, Index number) {
        if (!to) return;
        for (Index i = 0; i < n; ++i) to[number * n + i] = row[at[number * n + i]];
      };
      if (n < kByDigits) {
        return parallel_for(turned.count(), std::max<Index>(1, kGrain / n), [&](Index begin, Index end) {
          Network room;
          for (Index number = begin; number < end; ++number) {
            sort_by_network(from + number * n, n, descending, at + number * n, room);
            take(from + number * n, number);
          }
        });
      }
      each_row(from, turned.count(), n, descending, [&](const T* row, auto* items, auto* room, Index number) {
        sort_by_digits(items, room, n);
        for (Index i = 0; i < n; ++i) at[number * n + i] = static_cast<Index>(items[i].at);
        take(row, number);
      });
    });
  }
  turned.put(indices, *places);
  if (values) turned.put(*values, *sorted);
}

void topk(bool largest, Index k, Tensor& values, Tensor& indices, const Tensor& in, std::size_t dim) {
  if (values.numel() == 0) return;
  const Turned turned(in, dim);
  const TensorRef places = turned.room(indices), best = turned.room(values);
  const Index n = turned.length();
  {
    const HostUnlocked unlocked(in.numel() >= kUnlockFrom);
    visit_stored(in, n, [&]<class T>() {
      auto* const at = places->data_as<std::int64_t>();
      auto* const to = static_cast<T*>(best->data());
      const auto* const from = static_cast<const T*>(turned.rows().data());
      if (k <= kFew && are_few(k, n)) {
        return parallel_for(turned.count(), std::max<Index>(1, kGrain / n), [&](Index begin, Index end) {
          std::vector<Item<KeyOf<T>>> items;
          for (Index i = begin; i < end; ++i) {
            find_least_few(from + i * n, n, largest, items, k);
            for (Index j = 0; j < k; ++j) {
              at[i * k + j] = static_cast<Index>(items[static_cast<std::size_t>(j)].at);
              to[i * k + j] = from[i * n + at[i * k + j]];
            }
          }
        });
      }
      each_row(from, turned.count(), n, largest, [&](const T* row, auto* items, auto*, Index number) {
        put_least_first(items, k, n);
        for (Index i = 0; i < k; ++i) {
          at[number * k + i] = static_cast<Index>(items[i].at);
          to[number * k + i] = row[items[i].at];
        }
      });
    });
  }
  turned.put(indices, *places);
  turned.put(values, *best);
}

void select_rank(Rank rank, Index k, Tensor& values, Tensor& indices, const Tensor& in, std::size_t dim) {
  if (values.numel() == 0) return;
  const Turned turned(in, dim);
  const TensorRef places = turned.room(indices), chosen = turned.room(values);
  const Index n = turned.length();
  {
    const HostUnlocked unlocked(in.numel() >= kUnlockFrom);
    visit_stored(in, n, [&]<class T>() {
      auto* const at = places->data_as<std::int64_t>();
      auto* const to = static_cast<T*>(chosen->data());
      const auto* const from = static_cast<const T*>(turned.rows().data());
      each_row(from, turned.count(), n, false, [&](const T* row, auto* items, auto*, Index number) {
        const auto nan = static_cast<KeyOf<T>>(~KeyOf<T>{0});
        at[number] = choose(rank, k, items, n, nan, std::is_floating_point_v<T>);
        to[number] = row[at[number]];
      });
    });
  }
  turned.put(indices, *places);
  turned.put(values, *chosen);
}

}  // namespace tapegrad::kernels
