#include "kernels/search.h"

#include <algorithm>
#include <numeric>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/elementwise_loop.h"
#include "kernels/sort.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kGrain = 4096;

/// A bool is a byte of 0 or 1, and is compared as one.
template <class T>
using Stored = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;

template <class T>
bool less(T a, T b) {
  return a < b || (b != b && a == a);
}

/// The first of n places where `stop` holds; once it does, it does to the end.
template <class F>
Index first_place(Index n, F&& stop) {
  Index begin = 0, end = n;
  while (begin < end) {
    const Index middle = begin + (end - begin) / 2;
    if (stop(middle)) end = middle;
    else begin = middle + 1;
  }
  return begin;
}

template <class T, class Place>
void search_rows(Place* out, const T* sorted, Index length, bool one_row, const T* values, Index row, Index count,
                 const Index* order, bool right) {
  parallel_for(count, kGrain, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      const Index start = one_row ? 0 : i / row * length;
      const T value = values[i];
      out[i] = static_cast<Place>(first_place(length, [&](Index k) {
        const T at = sorted[start + (order ? order[start + k] : k)];
        return right ? at > value : at >= value;  // as PyTorch's: with a NaN never
      }));
    }
  });
}

/// The rows in ascending order, equal ones in the order they came.
template <class T>
void order_rows(Index* order, const T* in, Index rows, Index width) {
  std::iota(order, order + rows, 0);
  std::stable_sort(order, order + rows, [&](Index a, Index b) {
    return std::lexicographical_compare(in + a * width, in + (a + 1) * width, in + b * width, in + (b + 1) * width,
                                        less<T>);
  });
}

template <class T>
void distinct(Distinct& found, const T* in, Index rows, Index width, const Index* order) {
  for (Index i = 0; i < rows; ++i) {
    const Index row = order ? order[i] : i;
    const T* const values = in + row * width;
    const T* const before = in + (order && i ? order[i - 1] : i - 1) * width;
    if (i == 0 || !std::equal(values, values + width, before)) {
      found.rows.push_back(row);
      found.counts.push_back(0);
    }
    ++found.counts.back();
    if (!found.places.empty()) found.places[static_cast<std::size_t>(row)] = static_cast<Index>(found.rows.size()) - 1;
  }
}

/// The same of elements in the order that `order` names.
template <class T>
void distinct_sorted(Distinct& found, const T* sorted, Index n, const Index* order) {
  // Each is written, and stays where it is the first of its equals: which would be is not to be foretold.
  std::vector<Index> first(static_cast<std::size_t>(n) + 1);
  std::size_t count = 0;
  for (Index i = 0; i < n; ++i) {
    first[count] = i;
    count += i == 0 || sorted[i] != sorted[i - 1];
    if (!found.places.empty()) found.places[static_cast<std::size_t>(order[i])] = static_cast<Index>(count) - 1;
  }
  first[count] = n;
  found.rows.resize(count);
  found.counts.resize(count);
  for (std::size_t k = 0; k < count; ++k) {
    found.rows[k] = order[first[k]];
    found.counts[k] = first[k + 1] - first[k];
  }
}

}  // namespace

void search_sorted(Tensor& out, const Tensor& sorted, const Tensor& values, const Tensor* order, bool right) {
  const Index length = sorted.shape().back(), row = values.ndim() ? values.shape().back() : 1;
  const HostUnlocked unlocked(values.numel() >= kUnlockFrom);
  visit(values.dtype(), [&]<class Type>() {
    using T = Stored<Type>;
    const auto search = [&]<class Place>(Place* places) {
      search_rows(places, static_cast<const T*>(sorted.data()), length, sorted.ndim() == 1,
                  static_cast<const T*>(values.data()), row, values.numel(), order ? order->data_as<Index>() : nullptr,
                  right);
    };
    if (out.dtype() == DType::Int32) search(out.data_as<std::int32_t>());
    else search(out.data_as<Index>());
  });
}

Distinct distinct_rows(const Tensor& in, bool consecutive, bool places) {
  const Index rows = in.shape()[0], width = rows ? in.numel() / rows : 0;
  Distinct found;
  if (places) found.places.resize(static_cast<std::size_t>(rows));
  const auto order = consecutive ? TensorRef() : new_tensor(DType::Int64, {rows});
  Index* const order_of = consecutive ? nullptr : order->data_as<Index>();
  const bool by_elements = !consecutive && width == 1;
  const auto sorted = by_elements ? new_tensor(in.dtype(), {rows}) : TensorRef();
  if (by_elements) sort(false, sorted.get(), *order, *in.view({{rows}, {1}, in.offset()}), 0);
  visit(in.dtype(), [&]<class Type>() {
    using T = Stored<Type>;
    const auto* const values = static_cast<const T*>(in.data());
    if (by_elements) return distinct_sorted(found, static_cast<const T*>(sorted->data()), rows, order_of);
    if (!consecutive) order_rows(order_of, values, rows, width);
    distinct(found, values, rows, width, order_of);
  });
  return found;
}

void count_bins(Tensor& out, const Tensor& bins, const Tensor* weights) {
  copy(out, Scalar(0));
  const Index* const places = bins.data_as<Index>();
  visit(out.dtype(), [&]<class T>() {
    T* const sums = out.data_as<T>();
    const T* const each = weights ? weights->data_as<T>() : nullptr;
    for (Index i = 0; i < bins.numel(); ++i)
      sums[places[i]] = static_cast<T>(sums[places[i]] + (each ? each[i] : T(1)));
  });
}

void histogram(Tensor& out, const Tensor& edges, const Tensor& values, const Tensor* weights, bool uniform) {
  copy(out, Scalar(0));
  const Index bins = out.numel();
  visit(out.dtype(), [&]<class T>() {
    if constexpr (std::is_floating_point_v<T>) {
      const T* const edge = edges.data_as<T>();
      const T low = edge[0], high = edge[bins];
      T* const sums = out.data_as<T>();
      for (Index i = 0; i < values.numel(); ++i) {
        const T value = values.data_as<T>()[i];
        if (!(value >= low && value <= high)) continue;
        const Index bin = uniform ? static_cast<Index>((value - low) * static_cast<T>(bins) / (high - low))
                                  : first_place(bins + 1, [&](Index k) { return edge[k] > value; }) - 1;
        sums[std::clamp<Index>(bin, 0, bins - 1)] += weights ? weights->data_as<T>()[i] : T(1);
      }
    }
  });
}

}  // namespace tapegrad::kernels
