#pragma once
// Tensor: a strided view of a storage. It knows nothing of gradients, but for the variable that it is the value of.

#include <cstdint>

#include "core/dtype.h"
#include "core/ref.h"
#include "core/shape.h"
#include "core/storage.h"

namespace tapegrad {

/// Where the elements of a view lie in its storage; strides and offset in elements.
struct Layout {
  Layout() = default;
  Layout(Dims sizes, Dims steps, Index first = 0) : shape(std::move(sizes)), strides(std::move(steps)), offset(first) {}
  Dims shape;
  Dims strides;
  Index offset = 0;
  bool operator==(const Layout&) const = default;
};

/// A layout and what follows from it. Tensors of one layout share it, as do the nodes that must know its shape: it is
/// never changed.
class SharedLayout : public RefCounted<SharedLayout>, public Pooled<SharedLayout> {
 public:
  /// Row-major. Raises Error for a shape whose size in bytes overflows.
  SharedLayout(const Dims& shape, std::size_t itemsize)
      : numel(count_elements(shape, itemsize)), layout(shape, contiguous_strides(shape)), contiguous(true) {}
  /// The layout of a part of an existing array.
  explicit SharedLayout(Layout&& part) : SharedLayout(std::move(part), product(part.shape)) {}
  /// Any layout, of `count` elements.
  SharedLayout(Layout&& any, Index count)
      : numel(count), layout(std::move(any)), contiguous(is_contiguous(layout.shape, layout.strides)) {}

  ~SharedLayout() {
    if (transposed_) transposed_->mate_ = nullptr;
  }

  const Index numel;
  const Layout layout;
  const bool contiguous;
  /// Whether a new array may have it too.
  bool is_of_new_array() const { return contiguous && layout.offset == 0; }
  /// Of a matrix: with its dimensions exchanged. Kept, so that the x.T of every iteration is one layout, and that of
  /// x.T the layout of x.
  Ref<SharedLayout> transposed();
  static void destroy(SharedLayout* it);  // seldom the last of its holders goes: not worth its code at each of them

 private:
  Ref<SharedLayout> transposed_;
  SharedLayout* mate_ = nullptr;  // the one that keeps this as its transposed_
};

class Meta;

class Tensor : public RefCounted<Tensor>, public Pooled<Tensor> {
 public:
  /// A new array, row-major, not initialised. Raises MemoryError, or Error for a shape that overflows.
  Tensor(DType dtype, const Dims& shape) : Tensor(dtype, make_ref<SharedLayout>(shape, itemsize(dtype))) {}

  /// A new array of the shape of `like`, row-major, not initialised. Raises MemoryError.
  Tensor(DType dtype, const Tensor& like) : Tensor(dtype, new_layout(dtype, like)) {}

  /// A view of `storage`. The layout must lie inside it. Without a counter the storage's first tensor makes one.
  Tensor(DType dtype, Layout&& layout, Ref<Storage> storage, Ref<VersionCounter> counter)
      : Tensor(dtype, make_ref<SharedLayout>(std::move(layout), count_elements(layout.shape)), std::move(storage),
               std::move(counter)) {}

  /// The same of a layout that is made already.
  Tensor(DType dtype, Ref<SharedLayout> layout, Ref<Storage> storage, Ref<VersionCounter> counter)
      : dtype_(dtype),
        layout_(std::move(layout)),
        storage_(std::move(storage)),
        counter_(std::move(counter)),
        data_(static_cast<unsigned char*>(storage_->data()) + offset() * static_cast<Index>(itemsize(dtype))) {}

  /// Without memory as yet: what a gradient has that is not computed (graph/deferred.h). It must not be read.
  struct WithoutMemory {};
  Tensor(DType dtype, const Tensor& like, WithoutMemory) : dtype_(dtype), layout_(new_layout(dtype, like)), data_() {}
  bool has_memory() const { return static_cast<bool>(storage_); }

  DType dtype() const { return dtype_; }
  const Layout& layout() const { return layout_->layout; }
  const Ref<SharedLayout>& layout_ref() const { return layout_; }
  const Dims& shape() const { return layout().shape; }
  const Dims& strides() const { return layout().strides; }
  Index offset() const { return layout().offset; }
  std::size_t ndim() const { return shape().size(); }
  bool same_shape(const Tensor& other) const { return layout_ == other.layout_ || shape() == other.shape(); }
  Index numel() const { return layout_->numel; }
  bool contiguous() const { return layout_->contiguous; }
  std::size_t bytes() const { return static_cast<std::size_t>(numel()) * itemsize(dtype_); }
  Storage& storage() const { return *storage_; }
  /// How many elements of its dtype its memory has room for.
  Index room() const { return static_cast<Index>(storage_->bytes() / itemsize(dtype_)); }
  const Ref<Storage>& storage_ref() const { return storage_; }

  /// The first element.
  void* data() const { return data_; }
  template <class T>
  T* data_as() const {
    return static_cast<T*>(data());
  }

  /// Another layout of the same storage, sharing the version counter.
  Ref<Tensor> view(Layout&& layout) const { return make_ref<Tensor>(dtype_, std::move(layout), storage_, counter()); }
  Ref<Tensor> view(Ref<SharedLayout> layout) const {
    return make_ref<Tensor>(dtype_, std::move(layout), storage_, counter());
  }
  /// The same elements under a version counter of its own: writes through one are not seen by the other.
  Ref<Tensor> with_counter(Ref<VersionCounter> counter) const {
    return make_ref<Tensor>(dtype_, layout_, storage_, std::move(counter));
  }

  std::uint32_t version() const { return counter_ ? counter_->value : 0; }
  const char* last_writer() const { return counter_ ? counter_->writer : nullptr; }
  /// Notes that the elements were written by `writer` (a name that lives for ever).
  void bump_version(const char* writer) const {
    counter()->value++;
    counter_->writer = VersionCounter::locate ? VersionCounter::locate(writer) : writer;
  }
  /// Whether it was made in inference mode; views of it and what is detached from it are so too.
  bool inference() const { return version() >= VersionCounter::kInference; }
  void mark_inference() const { counter()->value |= VersionCounter::kInference; }
  /// The counter, made when first asked for: an array that is neither written nor shared needs none.
  const Ref<VersionCounter>& counter() const {
    if (!counter_) counter_ = make_ref<VersionCounter>();
    return counter_;
  }

  /// True where nobody but one handle holds this tensor, nobody else its memory, and the memory is the library's own.
  bool exclusively_owned() const { return use_count() == 1 && storage_->use_count() == 1 && !storage_->foreign(); }

  /// Makes `variable`, whose value this is, the one that a saved value finds again (graph/saved_value.h): the first
  /// that asks, for ever. Whether it is.
  bool name_after(Meta* variable) const {
    if (!named_) {
      named_ = true;
      variable_ = variable;
    }
    return variable_ == variable;
  }
  /// That variable; null where there is none, or where it is gone or has another value.
  Meta* variable() const { return variable_; }
  /// Said by a variable that goes or gets another value.
  void forget(const Meta* variable) const {
    if (variable_ == variable) variable_ = nullptr;
  }

  static void destroy(Tensor* tensor) { delete tensor; }

 private:
  /// A new array of a row-major layout.
  Tensor(DType dtype, Ref<SharedLayout> layout)
      : dtype_(dtype),
        layout_(std::move(layout)),
        storage_(Storage::make(static_cast<std::size_t>(layout_->numel) * itemsize(dtype))),
        data_(storage_->data()) {}
  static Ref<SharedLayout> new_layout(DType dtype, const Tensor& like) {
    return like.layout_->is_of_new_array() ? like.layout_ : make_ref<SharedLayout>(like.shape(), itemsize(dtype));
  }
  DType dtype_;
  mutable bool named_ = false;
  Ref<SharedLayout> layout_;
  Ref<Storage> storage_;
  mutable Ref<VersionCounter> counter_;
  mutable Meta* variable_ = nullptr;
  void* data_;
};

using TensorRef = Ref<Tensor>;

inline TensorRef new_tensor(DType dtype, const Dims& shape) { return make_ref<Tensor>(dtype, shape); }

/// Whether it lies as a new array of that dtype and shape does.
inline bool is_like_new(const Tensor& t, DType dtype, const Dims& shape) {
  return t.dtype() == dtype && t.contiguous() && t.shape() == shape;
}

/// Row-major, every byte zero.
TensorRef zeros(DType dtype, const Dims& shape);

/// A layout's extent in elements from its first element: least and greatest offset. {0, -1} where it is empty.
std::pair<Index, Index> extent(const Dims& shape, const Dims& strides);

/// Whether no two indices name one element (exact for what slicing, transposing and expanding make).
bool non_overlapping(const Dims& shape, const Dims& strides);
inline bool non_overlapping(const Tensor& t) { return t.contiguous() || non_overlapping(t.shape(), t.strides()); }

/// Whether it fills its memory without gaps or overlaps, its dimensions in whatever order.
bool is_dense(const Tensor& t);

/// Whether the two may have memory in common, also where each came to it by a way of its own, as by ndarrays.
bool share_memory(const Tensor& a, const Tensor& b);
/// The same, and they are not the same elements in the same places.
bool overlap(const Tensor& a, const Tensor& b);

/// A new array with these strides, which leave no gaps; not initialised. Raises MemoryError, or Error for a shape that
/// overflows.
TensorRef new_strided(DType dtype, const Dims& shape, const Dims& strides);

}  // namespace tapegrad
