#pragma once
// From strided memory to blocks of contiguous elements and back.
//
// A Walk is one operand seen as a list of elements, in the order in which the kernel walks the result; a BlockReader
// hands that list out in blocks of the wanted type, a BlockWriter takes blocks. What lies in memory as the block
// function wants it is passed where it is; all else goes through a buffer that fits the first-level cache.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>

#include "core/tensor.h"
#include "kernels/vector_table.h"

namespace tapegrad::kernels {

/// Elements of a block that goes through a buffer.
inline constexpr Index kBlock = 1024;
/// A run of at least this many elements is worth a block of its own; shorter ones are gathered into one.
inline constexpr Index kLongRun = 64;

using Byte = unsigned char;

/// The elements of an operand in walking order. Adjacent dimensions that are one run in memory are merged.
class Walk {
 public:
  Walk() = default;
  Walk(const void* data, DType dtype) : data_(static_cast<Byte*>(const_cast<void*>(data))), dtype_(dtype) {}
  Walk(const Walk& other) { *this = other; }
  Walk& operator=(const Walk& other) {
    if (this == &other) return *this;
    data_ = other.data_;
    count_ = other.count_;
    ndim_ = other.ndim_;
    dtype_ = other.dtype_;
    std::copy_n(other.sizes_, ndim_, sizes_);
    std::copy_n(other.steps_, ndim_, steps_);
    return *this;
  }

  /// Adds the next inner dimension; `step` in bytes.
  void append(Index size, Index step) {
    if (size == 1) return;
    count_ *= size;
    if (ndim_ && steps_[ndim_ - 1] == step * size) {
      sizes_[ndim_ - 1] *= size;
      steps_[ndim_ - 1] = step;
    } else {
      sizes_[ndim_] = size;
      steps_[ndim_++] = step;
    }
  }
  /// To be called after the last append: there is always an inner dimension.
  void close() {
    if (ndim_) return;
    sizes_[0] = 1;
    steps_[0] = 0;
    ndim_ = 1;
  }

  Byte* data() const { return data_; }
  DType dtype() const { return dtype_; }
  Index item() const { return static_cast<Index>(itemsize(dtype_)); }
  Index count() const { return count_; }
  std::size_t ndim() const { return ndim_; }
  Index size(std::size_t i) const { return sizes_[i]; }
  Index step(std::size_t i) const { return steps_[i]; }
  /// The innermost run.
  Index run() const { return sizes_[ndim_ - 1]; }
  Index run_step() const { return steps_[ndim_ - 1]; }
  /// Whether the innermost runs are worth a block each.
  bool long_runs() const { return ndim_ == 1 || run() >= kLongRun; }
  bool is_one_run() const { return ndim_ == 1 && (run_step() == item() || count_ == 1); }
  bool is_one_element() const { return ndim_ == 1 && run_step() == 0; }
  /// Elements after which all of it comes again; 0 where it does not.
  Index period() const { return ndim_ > 1 && steps_[0] == 0 ? count_ / sizes_[0] : 0; }

 private:
  Byte* data_ = nullptr;
  Index count_ = 1;
  std::size_t ndim_ = 0;
  DType dtype_ = DType::Bool;
  Index sizes_[kMaxDims];
  Index steps_[kMaxDims];
};

/// A place in a walk.
class Cursor {
 public:
  Cursor() = default;
  Cursor(const Cursor& other) { follow(other, 0); }
  Cursor& operator=(const Cursor&) = delete;
  /// Goes to element `position` of a walk whose first element is at `data`.
  void start(const Walk& walk, Index position, Byte* data);
  /// Goes to where `other` is, of the same walk, but `offset` bytes away.
  void follow(const Cursor& other, Index offset);

  Byte* at() const { return at_; }
  Index run_left() const { return walk_->run() - index_[walk_->ndim() - 1]; }
  /// Moves on by at most run_left() elements.
  void advance(Index n) {
    const std::size_t last = walk_->ndim() - 1;
    at_ += n * walk_->run_step();
    index_[last] += n;
    if (index_[last] == walk_->run()) carry(last);
  }
  /// Copies the next n elements to, or from, contiguous memory, and moves on.
  void gather(Index n, void* to);
  void scatter(Index n, const void* from);

 private:
  template <class T, bool Gather>
  void move(Index n, Byte* block);
  void carry(std::size_t dim);

  const Walk* walk_;
  Byte* at_;
  Index index_[kMaxDims];
};

class BlockReader {
 public:
  /// Reads `walk` from element `begin` on, as `wanted`. The walk must outlive the reader.
  void start(const Walk& walk, DType wanted, Index begin);
  /// Goes on from `place`, of the same walk, but `offset` bytes away.
  void move_to(const Cursor& place, Index offset);
  const Cursor& place() const { return cursor_; }

  /// How many of n elements the next block may have.
  Index limit(Index n) const;
  /// The next n <= limit(n) elements, or the one that they all are: see repeated().
  const void* read(Index n);
  /// The next n <= limit(n) elements, written to `to`.
  void read_into(void* to, Index n);
  bool repeated() const { return access_ == Access::Repeat; }
  /// Whether read() gives memory of the operand itself, element by element.
  bool direct() const { return access_ == Access::Direct; }

 private:
  enum class Access : std::uint8_t { Direct, Repeat, Convert, Gather };
  const void* gather(Index n);

  const Walk* walk_ = nullptr;
  BlockFn convert_ = nullptr;  // null where the walk's type is the wanted one
  DType wanted_ = DType::Bool;
  Access access_ = Access::Direct;
  Cursor cursor_;
  Index period_ = 0, phase_ = 0, held_phase_ = -1, held_ = 0;  // a periodic walk's buffer can be used again
  alignas(64) Byte raw_[kBlock * 8];
  alignas(64) Byte converted_[kBlock * 8];
};

class BlockWriter {
 public:
  /// Writes `walk` from element `begin` on; blocks are of type `given`.
  void start(const Walk& walk, DType given, Index begin);
  Index limit(Index n) const { return direct_ ? std::min(n, cursor_.run_left()) : std::min(n, kBlock); }
  /// Where the next n <= limit(n) elements are to be written; commit(n) takes them.
  void* target() { return direct_ ? cursor_.at() : given_; }
  void commit(Index n);

 private:
  const Walk* walk_ = nullptr;
  BlockFn convert_ = nullptr;
  bool direct_ = true;
  Cursor cursor_;
  alignas(64) Byte given_[kBlock * 8];
  alignas(64) Byte converted_[kBlock * 8];
};

/// The dimensions of `out` by their strides, outermost first.
struct WalkOrder {
  explicit WalkOrder(const Tensor& out);
  std::size_t ndim;
  std::uint8_t dims[kMaxDims];
};

/// `t`, broadcast to `shape`, in that order.
Walk walk_of(const Tensor& t, const Dims& shape, const WalkOrder& order);

/// n copies of one element.
void fill(DType t, Index n, void* to, const void* element);

/// One number as an element of type t. Raises Error as refuse_large() does.
struct Element {
  Element(const Scalar& value, DType t) {
    if (t == DType::Float32) new (bytes) float(value.to<float>());
    else if (t == DType::Float64) new (bytes) double(value.to<double>());
    else set_whole(value, t);
  }
  alignas(16) Byte bytes[16];

 private:
  [[gnu::noinline]] void set_whole(const Scalar& value, DType t) {
    refuse_large(value, t);
    visit(t, [&]<class T>() { new (bytes) T(value.to<T>()); });
  }
};

}  // namespace tapegrad::kernels
