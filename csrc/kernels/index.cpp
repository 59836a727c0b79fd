#include "kernels/index.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/copy_bytes.h"
#include "kernels/elementwise_loop.h"
#include "kernels/rows.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kGrain = 16384;
constexpr Index kShortPiece = 8;  // elements that are not worth a call of a block function
constexpr Index kColumns = 256;   // elements of a row that are worth a thread

/// Where index arrays lead: the offset in bytes of what their i-th elements name.
class Targets {
 public:
  Targets(const Tensor& indexed, Indices indices)
      : Targets(indexed.shape(), indexed.strides(), static_cast<Index>(itemsize(indexed.dtype())), indices) {}
  Targets(const Dims& shape, const Dims& strides, Index item, Indices indices)
      : count_(indices.empty() ? 1 : indices[0]->numel()), axes_(indices.size()) {
    for (std::size_t i = 0; i < indices.size(); ++i)
      axis_[i] = {indices[i]->data_as<std::int64_t>(), shape[i], strides[i] * item};
  }
  Index count() const { return count_; }
  Index operator[](Index i) const {
    Index offset = 0;
    for (std::size_t a = 0; a < axes_; ++a) offset += axis_[a].offset(i);
    return offset;
  }
  /// Calls f(i, offset) for i in [begin, end).
  template <class F>
  void each(Index begin, Index end, F f) const {
    if (axes_ == 1) {
      const Axis axis = axis_[0];
      for (Index i = begin; i < end; ++i) f(i, axis.offset(i));
    } else {
      for (Index i = begin; i < end; ++i) f(i, (*this)[i]);
    }
  }

 private:
  struct Axis {
    const std::int64_t* at;
    Index size, step;
    Index offset(Index i) const {
      const Index place = number_at(at, i);
      return within(place < 0 ? place + size : place, size) * step;
    }
  };
  Index count_;
  std::size_t axes_;
  Axis axis_[kMaxDims];
};

/// Dimensions [first, last) of t.
Walk walk_of_dims(const Tensor& t, std::size_t first, std::size_t last) {
  Walk walk(t.data(), t.dtype());
  for (std::size_t i = first; i < last; ++i) walk.append(t.shape()[i], t.strides()[i] * walk.item());
  walk.close();
  return walk;
}

/// out[i] = in[indices[i]] for single elements.
template <class T>
void gather_elements(Byte* out, const Byte* in, const Targets& targets, Index begin, Index end) {
  targets.each(begin, end, [=](Index i, Index offset) {
    std::memcpy(out + i * static_cast<Index>(sizeof(T)), in + offset, sizeof(T));
  });
}

/// to[targets[i]] += values[i] for pieces of a few elements.
void add_short_pieces(DType t, Byte* to, const Byte* values, const Targets& targets, Index piece) {
  visit(t, [&]<class Type>() {
    using T = BitsOf<Type>::type;
    const auto* const from = reinterpret_cast<const T*>(values);
    const auto add = [](T& sum, T value) {
      if constexpr (std::is_same_v<Type, bool>) sum |= value;
      else if constexpr (std::is_floating_point_v<T>) sum += value;
      else sum = static_cast<T>(static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(value));
    };
    targets.each(0, targets.count(), [=](Index i, Index offset) {
      T* const sum = reinterpret_cast<T*>(to + offset);
      if (piece == 1) return add(*sum, from[i]);
      for (Index j = 0; j < piece; ++j) add(sum[j], from[i * piece + j]);
    });
  });
}

/// Whether n int64 numbers are all in [low, high).
bool all_between(const std::int64_t* numbers, Index n, Index low, Index high) {
  if (n == 0) return true;
  std::int64_t least = 0, greatest = 0;
  const void* const in = numbers;
  vector_table().of(ReduceFn::Min, DType::Int64)(n, &least, &in, 0);
  vector_table().of(ReduceFn::Max, DType::Int64)(n, &greatest, &in, 0);
  return least >= low && greatest < high;
}

}  // namespace

std::optional<std::int64_t> first_outside(const Tensor& index, Index low, Index high) {
  const TensorRef rows = row_major(index);
  const auto* const at = rows->data_as<std::int64_t>();
  const auto* const end = at + rows->numel();
  if (all_between(at, rows->numel(), low, high)) return {};
  const auto* const found = std::find_if(at, end, [&](std::int64_t i) { return i < low || i >= high; });
  return found == end ? std::nullopt : std::optional(*found);  // another thread may have written it since
}

void check_bounds(const Dims& shape, Indices indices, const std::vector<std::size_t>& dims) {
  for (std::size_t j = 0; j < indices.size(); ++j) {
    const Index size = shape[j];
    if (const auto bad = first_outside(*indices[j], -size, size))
      fail<IndexError>("index ", *bad, " is out of bounds for dimension ", dims[j], " with size ", size);
  }
}

void gather(Tensor& out, const Tensor& in, Indices indices) {
  if (out.numel() == 0) return;
  const Targets targets(in, indices);
  const Walk rest = walk_of_dims(in, indices.size(), in.ndim());
  auto* const to = static_cast<Byte*>(out.data());
  const auto item = rest.item(), piece = rest.count() * item;
  const HostUnlocked unlocked(out.numel() >= kUnlockFrom);
  parallel_for(targets.count(), std::max<Index>(1, kGrain / rest.count()), [&](Index begin, Index end) {
    if (rest.count() == 1) {
      switch (item) {
        case 1: return gather_elements<std::uint8_t>(to, rest.data(), targets, begin, end);
        case 2: return gather_elements<std::uint16_t>(to, rest.data(), targets, begin, end);
        case 4: return gather_elements<std::uint32_t>(to, rest.data(), targets, begin, end);
        default: return gather_elements<std::uint64_t>(to, rest.data(), targets, begin, end);
      }
    }
    Cursor cursor;
    for (Index i = begin; i < end; ++i) {
      if (rest.is_one_run()) {
        copy_bytes(to + i * piece, rest.data() + targets[i], static_cast<std::size_t>(piece));
      } else {
        cursor.start(rest, 0, rest.data() + targets[i]);
        cursor.gather(rest.count(), to + i * piece);
      }
    }
  });
}

void scatter(Tensor& out, Indices indices, const Tensor& values, bool accumulate) {
  if (values.numel() == 0) return;
  const Targets targets(out, indices);
  const Walk rest = walk_of_dims(out, indices.size(), out.ndim());
  const Walk from = walk_of_dims(values, 0, values.ndim());
  const BlockFn add = vector_table().of(BinaryFn::Add, out.dtype());
  const Index item = rest.item(), piece = rest.count();
  if (rest.is_one_run() && from.is_one_run()) {
    const HostUnlocked unlocked(values.numel() >= kUnlockFrom);
    if (piece <= kShortPiece && accumulate)
      return add_short_pieces(out.dtype(), rest.data(), from.data(), targets, piece);
    // Threads share out the columns, so that none writes what another does, and the order of a sum stays.
    return parallel_for(piece, std::max(kGrain / targets.count(), kColumns), [&](Index begin, Index end) {
      for (Index i = 0; i < targets.count(); ++i) {
        Byte* const to = rest.data() + targets[i] + begin * item;
        const Byte* const value = from.data() + (i * piece + begin) * item;
        const void* const operands[] = {to, value};
        if (accumulate) add(end - begin, to, operands, 0);
        else copy_bytes(to, value, static_cast<std::size_t>((end - begin) * item));
      }
    });
  }
  const auto block = std::make_unique_for_overwrite<Byte[]>(static_cast<std::size_t>(2 * piece * item));
  const HostUnlocked unlocked(values.numel() >= kUnlockFrom);
  Cursor source, target;
  source.start(from, 0, from.data());
  for (Index i = 0; i < targets.count(); ++i) {
    Byte* const at = rest.data() + targets[i];
    const void* values_at = block.get();
    if (from.is_one_run()) {
      values_at = source.at();
      source.advance(piece);
    } else {
      source.gather(piece, block.get());
    }
    if (accumulate) {
      Byte* sum = at;
      if (!rest.is_one_run()) {
        sum = block.get() + piece * item;
        target.start(rest, 0, at);
        target.gather(piece, sum);
      }
      const void* const operands[] = {sum, values_at};
      add(piece, sum, operands, 0);
      values_at = sum;
    }
    if (rest.is_one_run()) {
      if (values_at != at) copy_bytes(at, values_at, static_cast<std::size_t>(piece * item));
    } else {
      target.start(rest, 0, at);
      target.scatter(piece, values_at);
    }
  }
}

TensorRef named_again(const Dims& sizes, Indices indices) {
  constexpr Index kSparse = 64;  // places for each index from which sorting them is faster than marking places
  const Targets places(sizes, contiguous_strides(sizes), 1, indices);
  const Index count = places.count();
  Index increasing = 1;
  while (increasing < count && places[increasing - 1] < places[increasing]) ++increasing;
  if (increasing >= count) return {};
  auto again = new_tensor(DType::Bool, indices[0]->shape());
  auto* const is_again = again->data_as<bool>();
  if (product(sizes) / kSparse < count) {
    std::vector<bool> named(static_cast<std::size_t>(product(sizes)));
    for (Index i = count - 1; i >= 0; --i) {
      auto mark = named[static_cast<std::size_t>(places[i])];
      is_again[i] = mark;
      mark = true;
    }
  } else {
    std::vector<std::pair<Index, Index>> order(static_cast<std::size_t>(count));
    for (Index i = 0; i < count; ++i) order[static_cast<std::size_t>(i)] = {places[i], i};
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size(); ++i)
      is_again[order[i].second] = i + 1 < order.size() && order[i + 1].first == order[i].first;
  }
  return std::any_of(is_again, is_again + count, [](bool b) { return b; }) ? again : TensorRef();
}

TensorRef nonzero(const Tensor& in) {
  const auto flags = new_tensor(DType::Bool, in.shape());
  copy(*flags, in);
  const auto* const set = flags->data_as<std::uint8_t>();
  Index count = 0;
  for (Index i = 0; i < in.numel(); ++i) count += set[i];
  const auto ndim = static_cast<Index>(in.ndim());
  auto result = new_tensor(DType::Int64, {count, ndim});
  if (count == 0 || ndim == 0) return result;
  auto* to = result->data_as<std::int64_t>();
  const Index row = in.shape().back();
  Dims at(in.ndim());
  for (const auto* flag = set; count > 0; flag += row) {
    // Each is written, and stays where it is set: which branches would be taken is not to be foretold.
    for (Index i = 0; i < row && count > 0; ++i) {
      for (Index d = 0; d + 1 < ndim; ++d) to[d] = at[static_cast<std::size_t>(d)];
      to[ndim - 1] = i;
      to += flag[i] * ndim;
      count -= flag[i];
    }
    for (std::size_t d = in.ndim() - 1; d-- > 0;) {
      if (++at[d] < in.shape()[d]) break;
      at[d] = 0;
    }
  }
  return result;
}

}  // namespace tapegrad::kernels
