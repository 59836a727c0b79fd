#include "kernels/scan.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/elementwise_loop.h"
#include "kernels/rows.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kGrain = 16384;
constexpr Index kColumns = 256;  // scanned side by side where the dimension is not the last
constexpr Index kPart = 65536;   // elements of a long row that are worth a thread

/// Float32 is accumulated in double, integers in their own type (they wrap).
template <class T>
using Accumulator = std::conditional_t<std::is_floating_point_v<T>, double, T>;

/// Where a scan of `length` elements begins, and the way from one to the next.
struct Way {
  Way(Index first, Index length, Index inner, bool reverse)
      : start(reverse ? first + (length - 1) * inner : first), step(reverse ? -inner : inner) {}
  Index start, step;
};

struct Add {
  template <class A>
  A operator()(A a, A b) const {
    if constexpr (std::is_floating_point_v<A>) return a + b;
    else return static_cast<A>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
};

struct Multiply {
  template <class A>
  A operator()(A a, A b) const {
    if constexpr (std::is_floating_point_v<A>) return a * b;
    else return static_cast<A>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  }
};

struct LogAddExp {
  double operator()(double a, double b) const {
    const double low = b < a || std::isnan(b) ? b : a, high = b < a || std::isnan(b) ? a : b;
    if (low == high && std::isinf(low)) return low;
    return high + std::log1p(std::exp(low - high));
  }
};

/// Scans one row, and gives its last value.
template <class T, class Combine>
Accumulator<T> scan_row(T* out, const T* in, Index length, Index step, Combine combine) {
  Accumulator<T> sum = *in;
  *out = static_cast<T>(sum);
  for (Index i = 1; i < length; ++i) {
    sum = combine(sum, static_cast<Accumulator<T>>(in[i * step]));
    out[i * step] = static_cast<T>(sum);
  }
  return sum;
}

template <class T, class Combine>
void scan_columns(T* out, const T* in, Index length, Index step, Index columns, Combine combine) {
  Accumulator<T> sums[kColumns];
  for (Index j = 0; j < columns; ++j) {
    sums[j] = in[j];
    out[j] = in[j];
  }
  for (Index i = 1; i < length; ++i) {
    for (Index j = 0; j < columns; ++j) {
      sums[j] = combine(sums[j], static_cast<Accumulator<T>>(in[i * step + j]));
      out[i * step + j] = static_cast<T>(sums[j]);
    }
  }
}

/// One long row in parts, each scanned by itself; then what came before a part is combined with all of it.
template <class T, class Combine>
void scan_long_row(T* out, const T* in, Index length, bool reverse, Combine combine) {
  const Index parts = (length + kPart - 1) / kPart, step = reverse ? -1 : 1;
  const auto place = [&](Index part) { return reverse ? length - 1 - part * kPart : part * kPart; };
  const auto size = [&](Index part) { return std::min(kPart, length - part * kPart); };
  std::vector<Accumulator<T>> before(static_cast<std::size_t>(parts));
  parallel_for(parts, 1, [&](Index begin, Index end) {
    for (Index p = begin; p < end; ++p)
      before[static_cast<std::size_t>(p)] = scan_row(out + place(p), in + place(p), size(p), step, combine);
  });
  for (std::size_t p = 1; p < before.size(); ++p) before[p] = combine(before[p - 1], before[p]);
  parallel_for(parts - 1, 1, [&](Index begin, Index end) {
    for (Index p = begin + 1; p <= end; ++p) {
      const auto carried = before[static_cast<std::size_t>(p - 1)];
      T* const first = reverse ? out + place(p) - size(p) + 1 : out + place(p);
      for (Index i = 0; i < size(p); ++i)
        first[i] = static_cast<T>(combine(carried, static_cast<Accumulator<T>>(first[i])));
    }
  });
}

/// Rows next to each other, some side by side: one waits for its own sums.
template <class T, class Combine>
void scan_rows(T* out, const T* in, Index rows, Index length, bool reverse, Combine combine) {
  constexpr Index kAbreast = 4;
  const Way way(0, length, 1, reverse);
  Index row = 0;
  for (; row + kAbreast <= rows; row += kAbreast) {
    const Index first = row * length + way.start;
    Accumulator<T> sums[kAbreast];
    for (Index j = 0; j < kAbreast; ++j) {
      sums[j] = in[first + j * length];
      out[first + j * length] = static_cast<T>(sums[j]);
    }
    for (Index i = 1, at = first + way.step; i < length; ++i, at += way.step) {
      for (Index j = 0; j < kAbreast; ++j) {
        sums[j] = combine(sums[j], static_cast<Accumulator<T>>(in[at + j * length]));
        out[at + j * length] = static_cast<T>(sums[j]);
      }
    }
  }
  for (; row < rows; ++row)
    scan_row(out + row * length + way.start, in + row * length + way.start, length, way.step, combine);
}

template <class T, class Combine>
void scan_of(T* out, const T* in, const Rows& rows, bool reverse, Combine combine) {
  if (rows.outer == 1 && rows.inner == 1 && rows.length >= 2 * kPart)
    return scan_long_row(out, in, rows.length, reverse, combine);
  if (rows.inner == 1) {
    return parallel_for(rows.outer, std::max<Index>(1, kGrain / rows.length), [&](Index begin, Index end) {
      scan_rows(out + begin * rows.length, in + begin * rows.length, end - begin, rows.length, reverse, combine);
    });
  }
  each_columns(rows, kColumns, kGrain, [&](Index first, Index, Index columns) {
    const Way way(first, rows.length, rows.inner, reverse);
    scan_columns(out + way.start, in + way.start, rows.length, way.step, columns, combine);
  });
}

template <bool Greatest, class T>
void extreme_row(T* values, std::int64_t* places, const T* in, Index length, Index step) {
  T best = *in;
  Index at = 0;
  for (Index i = 0; i < length; ++i) {
    const T value = in[i * step];
    if (value != value || (best == best && (Greatest ? value >= best : value <= best))) {
      best = value;
      at = i;
    }
    values[i * step] = best;
    places[i * step] = at;
  }
}

template <class T>
void recur(T* out, const T* factors, const T* terms, Index length, Index step, Index columns) {
  Accumulator<T> last[kColumns];
  for (Index j = 0; j < columns; ++j) {
    last[j] = terms[j];
    out[j] = terms[j];
  }
  for (Index i = 1; i < length; ++i) {
    for (Index j = 0; j < columns; ++j) {
      last[j] = terms[i * step + j] + factors[i * step + j] * last[j];
      out[i * step + j] = static_cast<T>(last[j]);
    }
  }
}

}  // namespace

void scan(ScanFn fn, Tensor& out, const Tensor& in, std::size_t dim, bool reverse) {
  if (out.numel() == 0) return;
  const Rows rows(out.shape(), dim);
  const bool usable = in.contiguous() && in.dtype() == out.dtype();
  if (!usable) copy(out, in);
  const HostUnlocked unlocked(out.numel() >= kUnlockFrom);
  visit(out.dtype(), [&]<class T>() {
    using Stored = BitsOf<T>::type;
    auto* const to = static_cast<Stored*>(out.data());
    const auto* const from = usable ? static_cast<const Stored*>(in.data()) : to;
    switch (fn) {
      case ScanFn::Sum: return scan_of(to, from, rows, reverse, Add{});
      case ScanFn::Prod: return scan_of(to, from, rows, reverse, Multiply{});
      case ScanFn::LogSumExp:
        if constexpr (std::is_floating_point_v<T>) return scan_of(to, from, rows, reverse, LogAddExp{});
    }
  });
}

void extreme_scan(bool greatest, Tensor& values, Tensor& indices, const Tensor& in, std::size_t dim) {
  if (values.numel() == 0) return;
  const Rows rows(in.shape(), dim);
  const TensorRef source = row_major(in);
  const HostUnlocked unlocked(in.numel() >= kUnlockFrom);
  visit(in.dtype(), [&]<class T>() {
    using Stored = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;
    const auto* const from = static_cast<const Stored*>(source->data());
    auto* const to = static_cast<Stored*>(values.data());
    auto* const places = indices.data_as<std::int64_t>();
    const auto row = greatest ? extreme_row<true, Stored> : extreme_row<false, Stored>;
    each_columns(rows, kColumns, kGrain, [&](Index first, Index, Index columns) {
      for (Index j = first; j < first + columns; ++j) row(to + j, places + j, from + j, rows.length, rows.inner);
    });
  });
}

void linear_recurrence(Tensor& out, const Tensor& factors, const Tensor& terms, std::size_t dim, bool reverse) {
  if (out.numel() == 0) return;
  const Rows rows(out.shape(), dim);
  const TensorRef scale = row_major(factors), add = row_major(terms);
  const HostUnlocked unlocked(out.numel() >= kUnlockFrom);
  const auto solve = [&]<class T>(T* to) {
    const auto *const f = scale->data_as<T>(), *const t = add->data_as<T>();
    each_columns(rows, kColumns, kGrain, [&](Index first, Index, Index columns) {
      const Way way(first, rows.length, rows.inner, reverse);
      recur(to + way.start, f + way.start, t + way.start, rows.length, way.step, columns);
    });
  };
  if (out.dtype() == DType::Float32) solve(out.data_as<float>());
  else solve(out.data_as<double>());
}

}  // namespace tapegrad::kernels
