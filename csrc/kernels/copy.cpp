// Copies and conversions.

#include "core/memory_format.h"
#include "kernels/copy_bytes.h"
#include "kernels/elementwise.h"
#include "kernels/elementwise_loop.h"
#include "kernels/transpose.h"

namespace tapegrad::kernels {
namespace {

constexpr Index kGrain = 32768;

struct Axis {
  Index size, to, from;  // steps in bytes
};

/// The axes of a copy, outermost first, merged where both operands run on.
std::size_t merge_axes(const Tensor& out, const Tensor& in, Axis* axes) {
  const auto item = static_cast<Index>(itemsize(out.dtype()));
  const WalkOrder order(out);
  const std::size_t missing = out.ndim() - in.ndim();
  std::size_t count = 0;
  for (std::size_t i = 0; i < order.ndim; ++i) {
    const std::size_t dim = order.dims[i];
    const Index size = out.shape()[dim];
    if (size == 1) continue;
    const bool given = dim >= missing && in.shape()[dim - missing] != 1;
    const Axis axis{size, out.strides()[dim] * item, given ? in.strides()[dim - missing] * item : 0};
    if (count && axes[count - 1].to == axis.to * size && axes[count - 1].from == axis.from * size) {
      axes[count - 1] = {axes[count - 1].size * size, axis.to, axis.from};
    } else {
      axes[count++] = axis;
    }
  }
  return count;
}

/// Copies where out runs along the last axis and `in` along another one. False where that is not so.
bool copy_transposed(Tensor& out, const Tensor& in) {
  Axis axes[kMaxDims];
  const auto item = static_cast<Index>(itemsize(out.dtype()));
  const std::size_t count = merge_axes(out, in, axes);
  if (count < 2 || axes[count - 1].to != item || axes[count - 1].from == item) return false;
  std::size_t across = count - 1;
  for (std::size_t i = 0; i + 1 < count; ++i)
    if (axes[i].from == item) across = i;
  if (across == count - 1 || axes[across].size < 8 || axes[count - 1].size < 8) return false;

  const Axis rows = axes[across], columns = axes[count - 1];
  std::copy(axes + across + 1, axes + count - 1, axes + across);
  const std::size_t outer = count - 2;
  const Index planes = out.numel() / (rows.size * columns.size);
  const Index bands = (rows.size + kTransposeRows - 1) / kTransposeRows;
  auto* const to = static_cast<Byte*>(out.data());
  auto* const from = static_cast<Byte*>(in.data());
  const HostUnlocked unlocked(out.numel() >= kUnlockFrom);
  parallel_for(planes * bands, std::max<Index>(1, kGrain / (kTransposeRows * columns.size)),
               [&](Index begin, Index end) {
                 for (Index i = begin; i < end; ++i) {
                   Plane p{to, from, item, rows.size, columns.size, rows.to, columns.from};
                   Index plane = i / bands;
                   for (std::size_t d = outer; d-- > 0; plane /= axes[d].size) {
                     p.to += plane % axes[d].size * axes[d].to;
                     p.from += plane % axes[d].size * axes[d].from;
                   }
                   const Index first = i % bands * kTransposeRows;
                   transpose(p, first, std::min(first + kTransposeRows, rows.size));
                 }
               });
  return true;
}

void copy_same_type(Tensor& out, const Tensor& in) {
  const Index count = out.numel(), item = static_cast<Index>(itemsize(out.dtype()));
  if (out.contiguous() && in.contiguous() && in.numel() == count) {
    auto* const to = static_cast<Byte*>(out.data());
    const auto* const from = static_cast<const Byte*>(in.data());
    if (to == from) return;
    const HostUnlocked unlocked(count >= kUnlockFrom);
    const StreamFn stream = stream_for(count * item);
    return parallel_for(count, 4 * kGrain, [&](Index begin, Index end) {
      const Index offset = begin * item, bytes = (end - begin) * item;
      if (!stream) return copy_bytes(to + offset, from + offset, static_cast<std::size_t>(bytes));
      stream(to + offset, from + offset, bytes);
      vector_table().stream_fence();
    });
  }
  if (copy_transposed(out, in)) return;
  const WalkOrder order(out);
  const Walk to = walk_of(out, out.shape(), order), from = walk_of(in, out.shape(), order);
  const HostUnlocked unlocked(count >= kUnlockFrom);
  parallel_for(count, kGrain, [&](Index begin, Index end) {
    BlockWriter writer;
    BlockReader reader;
    writer.start(to, out.dtype(), begin);
    reader.start(from, in.dtype(), begin);
    while (begin < end) {
      const Index n = reader.limit(writer.limit(end - begin));
      reader.read_into(writer.target(), n);
      writer.commit(n);
      begin += n;
    }
  });
}

}  // namespace

void copy(Tensor& out, const Input& a) {
  if (out.numel() == 0) return;
  if (a.tensor && a.tensor->dtype() == out.dtype()) return copy_same_type(out, *a.tensor);
  const DType from = a.tensor ? a.tensor->dtype() : out.dtype(), to = out.dtype();
  const BlockFn convert = vector_table().convert[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
  apply<1>({convert, to, {from}, kGrain}, out, {&a});
}

namespace detail {

bool is_scattered(const Walk& walk) {
  if (walk.ndim() < 2 || walk.count() < 4096 || std::abs(walk.run_step()) < 64 || walk.run() < 8) return false;
  for (std::size_t i = 0; i + 1 < walk.ndim(); ++i)
    if (walk.step(i) == walk.item() && walk.size(i) >= 8) return true;
  return false;
}

TensorRef gathered(const Tensor& t, const Tensor& out) {
  auto result = new_tensor_like(out, t.dtype(), MemoryFormat::Preserve);
  copy_same_type(*result, t);
  return result;
}

}  // namespace detail
}  // namespace tapegrad::kernels
