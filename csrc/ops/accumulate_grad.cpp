// The accumulator: a leaf's own node, which adds what arrives to the leaf's `.grad`.

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "core/host.h"
#include "graph/grad_mode.h"
#include "graph/node.h"
#include "kernels/elementwise_loop.h"
#include "ops/elementwise.h"

namespace tapegrad {
namespace {

/// Lets one thread at a time add to a leaf's gradient. Long kernels give the interpreter's lock up, so a second thread
/// could come while the first has read the sum and not yet written it. Nobody waits for a turn with that lock held.
class Turn {
 public:
  explicit Turn(const Meta& leaf) : leaf_(&leaf) {
    while (!taken()) {
      const HostUnlocked unlocked;
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return std::find(busy_.begin(), busy_.end(), leaf_) == busy_.end(); });
    }
  }
  ~Turn() {
    const std::lock_guard lock(mutex_);
    std::erase(busy_, leaf_);
    changed_.notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  bool taken() {
    const std::lock_guard lock(mutex_);
    if (std::find(busy_.begin(), busy_.end(), leaf_) != busy_.end()) return false;
    busy_.push_back(leaf_);
    return true;
  }
  const Meta* leaf_;
  // Never destroyed: threads may outlive the static objects.
  static inline std::mutex& mutex_ = *new std::mutex;
  static inline std::condition_variable& changed_ = *new std::condition_variable;
  static inline std::vector<const Meta*>& busy_ = *new std::vector<const Meta*>;
};

/// Whether nobody needs the gradient's memory but its accumulator, whose own hooks still see it.
bool is_free(const Variable& gradient, bool hooks) {
  if (!hooks) return gradient.exclusively_owned();
  const Meta& meta = gradient.meta();
  return meta.use_count() == 2 && !meta.python && meta.tensor->exclusively_owned();
}

/// The strides that a leaf's gradient has where it is made anew.
Dims gradient_strides(const Tensor& leaf) { return is_dense(leaf) ? leaf.strides() : contiguous_strides(leaf.shape()); }

/// Whether a gradient lies so already.
bool lies_as(const Tensor& gradient, const Tensor& leaf) {
  if (leaf.contiguous() && gradient.layout_ref() == leaf.layout_ref()) return true;  // nearly always
  const Dims strides = gradient_strides(leaf);
  return gradient.strides() == strides || (gradient.contiguous() && is_contiguous(leaf.shape(), strides));
}

/// The first gradient: taken over if nobody else holds it and it lies as the leaf does, else copied.
Variable first_gradient(const Variable& leaf, Variable gradient, bool hooks) {
  const Tensor& like = leaf.tensor();
  const Tensor& tensor = gradient.tensor();
  const bool lies_so = lies_as(tensor, like);
  if (GradMode::enabled()) return lies_so && gradient.exclusively_owned() ? std::move(gradient) : clone(gradient);
  if (lies_so && is_free(gradient, hooks)) return Variable(gradient.tensor_ref());
  TensorRef copy = new_strided(tensor.dtype(), like.shape(), gradient_strides(like));
  kernels::copy(*copy, tensor);
  return Variable(std::move(copy));
}

[[noreturn]] void fail_shape(const Variable& leaf, const Variable& gradient) {
  fail<Error>("a leaf has the shape ", to_string(leaf.shape()), " now, but its gradient has ",
              to_string(gradient.shape()),
              ": it was given other memory by set_() or resize_() after it was used. Run the forward pass anew");
}

}  // namespace

const Op kAccumulateGrad(
    {.name = "accumulate_grad",
     .node = "AccumulateGrad",
     .forward = nullptr,
     .derivative =
         [](Backward& b) {
           const Variable leaf = b.attributes<AccumulatorAttributes>().variable.lock();
           if (!leaf.defined() || !leaf.meta().requires_grad || !b.grad().defined()) return;
           if (leaf.meta().interior)
             fail<Error>(
                 "leaf variable has been moved into the graph interior: it was written in place after it was used");
           std::optional<Turn> turn;
           if (leaf.numel() >= kernels::kUnlockFrom) turn.emplace(leaf.meta());
           Variable& grad = leaf.meta().grad;
           if (!b.grad().tensor().same_shape(leaf.tensor())) [[unlikely]]
             fail_shape(leaf, b.grad());
           const NodeExtras* extras = b.node().extras();
           if (!grad.defined()) grad = first_gradient(leaf, b.take(), extras && extras->after);
           else if (GradMode::enabled()) grad = add(grad, b.take());  // a new object; the old one stays as it was
           else add_(Variable(grad), b.take());  // one that the user may put another in the place of meanwhile
         },
     .category = Category::Graph});

}  // namespace tapegrad
