#include "kernels/block_loader.h"

#include <algorithm>
#include <cstring>

#include "kernels/copy_bytes.h"

namespace tapegrad::kernels {
namespace {

template <class T>
void move_element(Byte* to, const Byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  std::memcpy(to, &value, sizeof value);
}

/// n elements, one by one, between contiguous memory and a run.
template <class T, bool Gather>
[[gnu::always_inline]] inline void move_elements(Byte* block, Byte* run, Index n, Index step) {
  constexpr auto kItem = static_cast<Index>(sizeof(T));
  for (Index i = 0; i < n; ++i) {
    if constexpr (Gather) move_element<T>(block + i * kItem, run + i * step);
    else move_element<T>(run + i * step, block + i * kItem);
  }
}

/// The same as fast as can be: in vectors where the run is contiguous, forwards or backwards.
template <class T, bool Gather>
void move_run(Byte* block, Byte* run, Index n, Index step) {
  constexpr auto kItem = static_cast<Index>(sizeof(T));
  if (step == kItem && n >= 16)
    copy_bytes(Gather ? block : run, Gather ? run : block, static_cast<std::size_t>(n * kItem));
  else if (step == -kItem) move_elements<T, Gather>(block, run, n, -kItem);
  else move_elements<T, Gather>(block, run, n, step);
}

/// Calls f with the unsigned type of that many bytes.
template <class F>
void visit_item(Index bytes, F&& f) {
  switch (bytes) {
    case 1: return f.template operator()<std::uint8_t>();
    case 2: return f.template operator()<std::uint16_t>();
    case 4: return f.template operator()<std::uint32_t>();
    default: return f.template operator()<std::uint64_t>();
  }
}

BlockFn conversion(DType from, DType to) {
  return from == to ? nullptr : vector_table().convert[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
}

}  // namespace

void fill(DType t, Index n, void* to, const void* element) {
  vector_table().of(UnaryFn::Identity, t)(n, to, &element, 1);
}

void Cursor::start(const Walk& walk, Index position, Byte* data) {
  walk_ = &walk;
  at_ = data;
  for (std::size_t i = walk.ndim(); i-- > 0;) {
    index_[i] = i ? position % walk.size(i) : position;
    position /= walk.size(i);
    at_ += index_[i] * walk.step(i);
  }
}

void Cursor::follow(const Cursor& other, Index offset) {
  walk_ = other.walk_;
  at_ = other.at_ + offset;
  std::copy_n(other.index_, walk_->ndim(), index_);
}

void Cursor::carry(std::size_t dim) {
  while (dim > 0 && index_[dim] == walk_->size(dim)) {
    at_ += walk_->step(dim - 1) - walk_->step(dim) * walk_->size(dim);
    index_[dim] = 0;
    ++index_[--dim];
  }
}

template <class T, bool Gather>
void Cursor::move(Index n, Byte* block) {
  constexpr auto kItem = static_cast<Index>(sizeof(T));
  const std::size_t last = walk_->ndim() - 1;
  const Index run = walk_->run(), step = walk_->run_step();
  while (n > 0) {
    if (last == 0 || index_[last] || n < run) {
      const Index part = std::min(n, run_left());
      move_run<T, Gather>(block, at_, part, step);
      advance(part);
      block += part * kItem;
      n -= part;
      continue;
    }
    const Index rows = std::min(n / run, walk_->size(last - 1) - index_[last - 1]), row_step = walk_->step(last - 1);
    for (Index i = 0; i < rows; ++i, block += run * kItem) move_run<T, Gather>(block, at_ + i * row_step, run, step);
    at_ += rows * row_step;
    index_[last - 1] += rows;
    carry(last - 1);
    n -= rows * run;
  }
}

void Cursor::gather(Index n, void* to) {
  visit_item(walk_->item(), [&]<class T>() { move<T, true>(n, static_cast<Byte*>(to)); });
}

void Cursor::scatter(Index n, const void* from) {
  visit_item(walk_->item(), [&]<class T>() { move<T, false>(n, static_cast<Byte*>(const_cast<void*>(from))); });
}

void BlockReader::start(const Walk& walk, DType wanted, Index begin) {
  walk_ = &walk;
  wanted_ = wanted;
  convert_ = conversion(walk.dtype(), wanted);
  cursor_.start(walk, begin, walk.data());
  period_ = 0;
  held_phase_ = -1;
  const bool contiguous = walk.run_step() == walk.item() || walk.count() == 1;
  if (walk.long_runs() && contiguous) access_ = convert_ ? Access::Convert : Access::Direct;
  else if (walk.long_runs() && walk.run_step() == 0) access_ = Access::Repeat;
  else access_ = Access::Gather;
  if (access_ == Access::Gather && walk.period() && walk.period() <= kBlock) {
    period_ = walk.period();
    phase_ = begin % period_;
  }
}

void BlockReader::move_to(const Cursor& place, Index offset) {
  period_ = 0;
  cursor_.follow(place, offset);
}

Index BlockReader::limit(Index n) const {
  switch (access_) {
    case Access::Direct:
    case Access::Repeat: return std::min(n, cursor_.run_left());
    case Access::Convert: return std::min({n, kBlock, cursor_.run_left()});
    case Access::Gather: break;
  }
  return std::min(n, period_ ? kBlock / period_ * period_ : kBlock);
}

const void* BlockReader::read(Index n) {
  if (access_ == Access::Gather) return gather(n);
  const void* const at = cursor_.at();
  cursor_.advance(n);
  if (!convert_) return at;
  convert_(access_ == Access::Repeat ? 1 : n, converted_, &at, 0);
  return converted_;
}

const void* BlockReader::gather(Index n) {
  const void* const block = convert_ ? converted_ : raw_;
  if (period_) {
    const Index phase = phase_;
    phase_ = (phase_ + n) % period_;
    if (phase == held_phase_ && n <= held_) return block;
    // What is read again comes from the first period, so the cursor need not follow.
    cursor_.start(*walk_, phase, walk_->data());
    held_phase_ = phase;
    held_ = n;
  }
  cursor_.gather(n, raw_);
  const void* const raw = raw_;
  if (convert_) convert_(n, converted_, &raw, 0);
  return block;
}

void BlockReader::read_into(void* to, Index n) {
  if (access_ == Access::Gather && !convert_) return cursor_.gather(n, to);
  if (access_ == Access::Direct) {
    copy_bytes(to, cursor_.at(), static_cast<std::size_t>(n * walk_->item()));
    return cursor_.advance(n);
  }
  if (access_ == Access::Repeat) return fill(wanted_, n, to, read(n));
  const void* at = cursor_.at();
  if (access_ == Access::Gather) {
    cursor_.gather(n, raw_);
    at = raw_;
  } else {
    cursor_.advance(n);
  }
  convert_(n, to, &at, 0);
}

void BlockWriter::start(const Walk& walk, DType given, Index begin) {
  walk_ = &walk;
  convert_ = conversion(given, walk.dtype());
  cursor_.start(walk, begin, walk.data());
  direct_ = !convert_ && walk.long_runs() && (walk.run_step() == walk.item() || walk.count() == 1);
}

void BlockWriter::commit(Index n) {
  if (direct_) return cursor_.advance(n);
  const void* block = given_;
  if (convert_) {
    convert_(n, converted_, &block, 0);
    block = converted_;
  }
  cursor_.scatter(n, block);
}

WalkOrder::WalkOrder(const Tensor& out) : ndim(out.ndim()) {
  const Dims& strides = out.strides();
  for (std::size_t i = 0; i < ndim; ++i) {
    std::size_t at = i;
    if (!out.contiguous())
      for (; at > 0 && std::abs(strides[dims[at - 1]]) < std::abs(strides[i]); --at) dims[at] = dims[at - 1];
    dims[at] = static_cast<std::uint8_t>(i);
  }
}

Walk walk_of(const Tensor& t, const Dims& shape, const WalkOrder& order) {
  Walk walk(t.data(), t.dtype());
  const std::size_t missing = shape.size() - t.ndim();
  for (std::size_t i = 0; i < order.ndim; ++i) {
    const std::size_t dim = order.dims[i];
    const bool given = dim >= missing && t.shape()[dim - missing] != 1;
    walk.append(shape[dim], given ? t.strides()[dim - missing] * walk.item() : 0);
  }
  walk.close();
  return walk;
}

}  // namespace tapegrad::kernels
