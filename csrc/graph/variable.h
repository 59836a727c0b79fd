#pragma once
// Variable: a tensor that knows where it came from.
//
// A Variable is a handle on a Meta {tensor, gradient, node, view, Python object}. Handles alone own metas; nodes own
// tensors and other nodes, and know metas weakly. So C++ alone never forms a cycle (DESIGN: ownership).

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "core/host.h"
#include "core/ref.h"
#include "core/tensor.h"

namespace tapegrad {

class Meta;
class Node;
class Variable;

/// How a view came to be; decides what writing through it in place may do.
enum class ViewOrigin : std::uint8_t { Normal, NoGradMode, InferenceMode, CustomFunction, OneOfMany };

struct ViewInfo;

/// Where a gradient goes: input `index` of `node`'s backward, that is, output `index` of its op. Null: nowhere.
struct Edge {
  Ref<Node> node;
  std::uint32_t index = 0;
  explicit operator bool() const { return static_cast<bool>(node); }
};

class Variable {
 public:
  /// Undefined: no value at all, which is what a gradient that nobody sent is. Undefined is not zero.
  Variable() = default;
  /// A leaf that does not require grad.
  explicit Variable(TensorRef tensor);
  explicit Variable(Meta* meta);
  Variable(const Variable& other);
  Variable(Variable&& other) noexcept : meta_(std::exchange(other.meta_, nullptr)) {}
  Variable& operator=(Variable other) noexcept {
    std::swap(meta_, other.meta_);
    return *this;
  }
  ~Variable();

  bool defined() const { return meta_ != nullptr; }
  Meta& meta() const { return *meta_; }
  bool is(const Variable& other) const { return meta_ == other.meta_; }
  /// True where this handle alone holds the variable, and its tensor and memory are held by nobody else.
  bool exclusively_owned() const;

  Tensor& tensor() const;
  const TensorRef& tensor_ref() const;
  DType dtype() const { return tensor().dtype(); }
  const Dims& shape() const { return tensor().shape(); }
  std::size_t ndim() const { return tensor().ndim(); }
  Index numel() const { return tensor().numel(); }

  bool requires_grad() const;
  bool is_leaf() const { return !grad_fn(); }
  /// The node that made it, or null for a leaf. For a view whose base was written since, made anew.
  const Ref<Node>& grad_fn() const;
  /// Raises Error for a non-leaf or a dtype that has no gradients.
  void set_requires_grad(bool value) const;
  /// Where its gradient goes: its node, a leaf's accumulator, or nowhere.
  Edge edge() const;  // in node.h

 private:
  Edge make_edge() const;
  Ref<Node> hooked_accumulator() const;
  Meta* meta_ = nullptr;
};

struct ViewInfo : Pooled<ViewInfo> {
  ViewInfo(Variable b, ViewOrigin o, std::uint32_t version) : base(std::move(b)), origin(o), node_version(version) {}
  /// The variable that owns the storage; never a view itself.
  Variable base;
  ViewOrigin origin;
  /// The version that `node` belongs to: a later one means that the base was written, and the node must be made anew.
  std::uint32_t node_version;
  /// What the last write through the view made the history of its base, until the view's own node is made from it.
  Ref<Node> written;
};

/// Hooks of a leaf (Note [Hooks] in hooks.h).
struct LeafHooks {
  HostObject tensor;
  HostObject post_accumulate;
  /// The accumulator while there is one; it keeps the leaf, so the leaf does not keep it.
  Node* accumulator = nullptr;
};

class Meta : public Pooled<Meta> {
 public:
  explicit Meta(TensorRef t) : tensor(std::move(t)) {}

  TensorRef tensor;
  /// The node that made the variable (interior), or the leaf's accumulator once one was asked for.
  Ref<Node> node;
  Variable grad;
  std::unique_ptr<ViewInfo> view;
  /// The Python object that stands for this variable, or null; owned only while `owns_python` is set.
  void* python = nullptr;
  /// Null but for a leaf that was given hooks; goes with the meta, which it holds weakly.
  LeafHooks* hooks = nullptr;
  std::uint32_t output = 0;
  bool interior = false;
  bool requires_grad = false;
  bool retains_grad = false;
  bool owns_python : 1 = false;
  /// Of a leaf: what its gradients are cast to; see grad_dtype().
  std::uint8_t grad_dtype : 5 = kOwnGradDType;
  static constexpr std::uint8_t kOwnGradDType = 0, kAnyGradDType = 1, kFirstGradDType = 2;

  void retain() { ++strong_; }
  void release() {
    if (--strong_ == 0) expire();
  }
  std::uint32_t use_count() const { return strong_; }
  bool alive() const { return strong_ != 0; }
  void retain_weak() { ++weak_; }
  void release_weak() {
    if (--weak_ == 0 && expired_) delete this;
  }
  /// Gives the variable another value, whatever saved the old one.
  void replace_tensor(TensorRef t) {
    tensor->forget(this);
    HostUnlocked::keep(std::exchange(tensor, std::move(t)));
  }
  /// The hooks, made when first asked for.
  LeafHooks& leaf_hooks();

 private:
  ~Meta() = default;
  void expire();
  void clear();
  bool expired_ : 1 = false;
  RefCount strong_{0};
  RefCount weak_{0};
};

/// What the gradients of a variable are cast to: its own dtype unless the user chose another; none where they stay as
/// they come.
std::optional<DType> grad_dtype(const Variable& v);

/// Chooses that for a leaf.
void set_grad_dtype(const Variable& leaf, std::optional<DType> dtype);

/// A reference that does not keep its variable alive.
class WeakVariable {
 public:
  WeakVariable() = default;
  explicit WeakVariable(const Variable& v) : meta_(&v.meta()) { meta_->retain_weak(); }
  WeakVariable(const WeakVariable& other) : meta_(other.meta_) {
    if (meta_) meta_->retain_weak();
  }
  WeakVariable(WeakVariable&& other) noexcept : meta_(std::exchange(other.meta_, nullptr)) {}
  WeakVariable& operator=(WeakVariable other) noexcept {
    std::swap(meta_, other.meta_);
    return *this;
  }
  ~WeakVariable() {
    if (meta_) meta_->release_weak();
  }
  /// The variable, or an undefined one when it is gone.
  Variable lock() const { return meta_ && meta_->alive() ? Variable(meta_) : Variable(); }

 private:
  Meta* meta_ = nullptr;
};

inline Variable::Variable(Meta* meta) : meta_(meta) {
  if (meta_) meta_->retain();
}
inline Variable::Variable(TensorRef tensor) : Variable(new Meta(std::move(tensor))) {}
inline Variable::Variable(const Variable& other) : Variable(other.meta_) {}
inline Variable::~Variable() {
  if (meta_) meta_->release();
}
inline Tensor& Variable::tensor() const { return *meta_->tensor; }
inline const TensorRef& Variable::tensor_ref() const { return meta_->tensor; }
inline bool Variable::exclusively_owned() const {
  return meta_->use_count() == 1 && !meta_->python && meta_->tensor->exclusively_owned();
}
inline bool Variable::requires_grad() const {
  return meta_->requires_grad || (meta_->view && meta_->view->base.meta().requires_grad);
}

}  // namespace tapegrad
