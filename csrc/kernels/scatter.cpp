#include "kernels/scatter.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/elementwise_loop.h"
#include "kernels/index.h"
#include "kernels/rows.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kGrain = 16384;
/// Lines that are walked side by side where the elements of one line are far apart.
constexpr Index kAbreast = 64;

/// The arrays of one call as lines along its dimension: offsets, in elements, of each line's first element.
class Lines {
 public:
  static constexpr std::size_t kArrays = 3;

  Lines(const Tensor& index, std::size_t dim, std::array<const Tensor*, kArrays> arrays) {
    const Dims& shape = index.shape();
    length_ = shape.empty() ? 1 : shape[dim];
    size_ = arrays[0]->ndim() ? arrays[0]->shape()[dim] : 1;
    for (std::size_t k = 0; k < kArrays; ++k)
      step_[k] = arrays[k] && arrays[k]->ndim() ? arrays[k]->strides()[dim] : arrays[k] ? 1 : 0;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (i == dim) continue;
      Axis& axis = axes_[ndim_++];
      axis.size = shape[i];
      count_ *= shape[i];
      for (std::size_t k = 0; k < kArrays; ++k) axis.step[k] = arrays[k] ? arrays[k]->strides()[i] : 0;
    }
    abreast_ = ndim_ > 0 && dim + 1 != shape.size() ? kAbreast : 1;
  }

  Index count() const { return count_; }
  Index length() const { return length_; }
  Index step(std::size_t array) const { return step_[array]; }
  /// How many elements the indexed array has along the dimension.
  Index size() const { return size_; }

  /// Calls body(i, offsets of element i in each array, without step(0) times the index that is yet to be read) for the
  /// lines [begin, end), those of a line in order.
  template <class Body>
  void walk(Index begin, Index end, Body body) const {
    while (begin < end) {
      // Those abreast differ in the last of the other dimensions.
      const Axis inner = ndim_ ? axes_[ndim_ - 1] : Axis{1, {}};
      const Index lines = abreast_ == 1 ? 1 : std::min({kAbreast, end - begin, inner.size - begin % inner.size});
      Index at[kArrays];
      place(begin, at);
      if (lines == 1) {  // written out, for what the compiler makes of it
        const Index first = at[0], step1 = step_[1], step2 = step_[2];
        for (Index i = 0, j = at[1], k = at[2]; i < length_; ++i, j += step1, k += step2) body(first, j, k);
        ++begin;
        continue;
      }
      for (Index i = 0; i < length_; ++i, at[1] += step_[1], at[2] += step_[2])
        for (Index l = 0; l < lines; ++l)
          body(at[0] + l * inner.step[0], at[1] + l * inner.step[1], at[2] + l * inner.step[2]);
      begin += lines;
    }
  }

 private:
  struct Axis {
    Index size;
    Index step[kArrays];
  };
  /// Where a line's first elements are.
  void place(Index line, Index (&at)[kArrays]) const {
    std::fill_n(at, kArrays, 0);
    for (std::size_t i = ndim_; i-- > 0; line /= axes_[i].size)
      for (std::size_t k = 0; k < kArrays; ++k) at[k] += line % axes_[i].size * axes_[i].step[k];
  }

  Index count_ = 1, length_, size_, abreast_;
  Index step_[kArrays];
  std::size_t ndim_ = 0;
  Axis axes_[kMaxDims];
};

/// Runs over all lines, in threads: lines never share an element of the indexed array.
template <class Body>
void for_lines(const Lines& lines, Index elements, Body body) {
  const HostUnlocked unlocked(elements >= kUnlockFrom);
  parallel_for(lines.count(), std::max<Index>(1, kGrain / std::max<Index>(lines.length(), 1)),
               [&](Index begin, Index end) { lines.walk(begin, end, body); });
}

/// Integers wrap, which only unsigned ones may.
template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, T, std::uint64_t>;

template <class T>
T combined(ScatterFn fn, T a, T b) {
  if constexpr (std::is_same_v<T, bool>) {
    return fn == ScatterFn::Write ? b : fn == ScatterFn::Add || fn == ScatterFn::Max ? a || b : a && b;
  } else {
    switch (fn) {
      case ScatterFn::Write: return b;
      case ScatterFn::Add: return static_cast<T>(Wide<T>(a) + Wide<T>(b));
      case ScatterFn::Multiply: return static_cast<T>(Wide<T>(a) * Wide<T>(b));
      case ScatterFn::Max: return a != a || a > b ? a : b;  // a NaN wins
      case ScatterFn::Min: return a != a || a < b ? a : b;
    }
    __builtin_unreachable();
  }
}

template <class T>
T floored(T a, T b) {
  return static_cast<T>(a / b - (a % b != 0 && (a < 0) != (b < 0)));
}

}  // namespace

void gather_along(Tensor& out, const Tensor& in, std::size_t dim, const Tensor& index) {
  if (out.numel() == 0) return;
  const Lines lines(index, dim, {&in, &index, &out});
  const auto* const at = index.data_as<std::int64_t>();
  visit(out.dtype(), [&]<class Type>() {
    using T = BitsOf<Type>::type;
    const T* const from = in.data_as<T>();
    T* const to = out.data_as<T>();
    for_lines(lines, out.numel(), [=, step = lines.step(0), size = lines.size()](Index source, Index i, Index target) {
      to[target] = from[source + within(number_at(at, i), size) * step];
    });
  });
}

void scatter_along(ScatterFn fn, Tensor& self, std::size_t dim, const Tensor& index, const Input& src) {
  if (!src.tensor) refuse_large(src.scalar, self.dtype());
  if (index.numel() == 0) return;
  const Lines lines(index, dim, {&self, &index, src.tensor});
  const auto* const at = index.data_as<std::int64_t>();
  visit(self.dtype(), [&]<class T>() {
    const T number = src.tensor ? T{} : src.scalar.to<T>();
    const T* const from = src.tensor ? src.tensor->data_as<T>() : &number;
    T* const to = self.data_as<T>();
    const auto scatter = [&](auto how) {
      for_lines(lines, index.numel(),
                [=, step = lines.step(0), size = lines.size()](Index target, Index i, Index source) {
                  T& element = to[target + within(number_at(at, i), size) * step];
                  element = combined<T>(how, element, from[source]);
                });
    };
    // The frequent ones as constants.
    if (fn == ScatterFn::Write) scatter(std::integral_constant<ScatterFn, ScatterFn::Write>());
    else if (fn == ScatterFn::Add) scatter(std::integral_constant<ScatterFn, ScatterFn::Add>());
    else scatter(fn);
  });
}

void divide_by_counts(Tensor& sums, const Tensor& counts) {
  const TensorRef rows = row_major(sums), by = row_major(counts);
  visit(sums.dtype(), [&]<class T>() {
    T* const x = rows->data_as<T>();
    const T* const n = by->data_as<T>();
    for (Index i = 0; i < rows->numel(); ++i) {
      if constexpr (std::is_floating_point_v<T>) x[i] /= std::max<T>(n[i], 1);
      else if constexpr (!std::is_same_v<T, bool>) x[i] = floored<T>(x[i], std::max<T>(n[i], 1));
    }
  });
  if (rows.get() != &sums) copy(sums, *rows);
}

}  // namespace tapegrad::kernels
