#pragma once
// Backward: what a derivative sees of its node and of the gradients that arrived, and where it puts its own.

#include <span>

#include "graph/deferred.h"
#include "graph/node.h"

namespace tapegrad {

/// Where gradients wait for those that are still to come.
class Arrivals {
 public:
  /// Those among them that are not computed yet.
  Deferred deferred;
  /// Whether those that the running node gives may be deferred.
  virtual bool may_defer() = 0;
  /// The place of those that go along an edge, or null where none has come.
  virtual Variable* arrived(const Edge& edge) = 0;
  /// Whether from now on no code of the user's runs, and none sees a gradient before it is a leaf's.
  virtual bool unobserved() = 0;
  /// Notes that the gradient that goes along an edge is in the memory of a saved value.
  virtual void note_shared(const Edge& edge, const TensorRef& value) = 0;

 protected:
  ~Arrivals() = default;
};

class Backward {
 public:
  /// `wanted` has a place for each edge: whether that gradient is needed. Empty where all are that have an edge.
  /// Without `arrivals` every gradient is given on its own.
  Backward(const Ref<Node>& node, std::span<Variable> grads, std::span<Variable> results, std::span<const bool> wanted,
           Arrivals* arrivals = nullptr)
      : node_(node), grads_(grads), results_(results), wanted_(wanted), arrivals_(arrivals) {}

  Node& node() const { return *node_; }
  std::span<const Variable> grads() const { return grads_; }
  std::span<const Variable> results() const { return results_; }
  std::size_t inputs() const { return results_.size(); }
  bool needs(std::size_t input) const {
    return wanted_.empty() ? static_cast<bool>(node_->edges()[input]) : wanted_[input];
  }

  /// The cotangent of output i; may be undefined for an op of several outputs.
  const Variable& grad(std::size_t i = 0) const {
    compute(grads_[i]);
    return grads_[i];
  }
  /// The same as an rvalue, for its last use: the formula may then compute in its memory.
  Variable take(std::size_t i = 0) const {
    compute(grads_[i]);
    return take_as_is(i);
  }
  /// The same two, perhaps deferred: to be passed on, or for set_pointwise (ops/gradients.h).
  const Variable& grad_as_is(std::size_t i = 0) const { return grads_[i]; }
  Variable take_as_is(std::size_t i = 0) const { return std::move(grads_[i]); }
  /// Shape and dtype of output i.
  const OutputInfo& output(std::size_t i = 0) const { return node_->outputs()[i]; }

  Value input(std::size_t i) const { return unpack_saved(node_, i); }
  /// The i-th of the outputs that the row saves.
  Variable result(std::size_t i = 0) const {
    return unpack_saved(node_, node_->saved().size() - node_->op().saved_results() + i).variable;
  }
  template <class T>
  const T& attributes() const {
    return node_->attributes<T>();
  }

  void set(std::size_t input, Variable gradient) const { results_[input] = std::move(gradient); }
  /// The sum of what has arrived for an input already, perhaps deferred, if it has this dtype and shape, as the input
  /// does: what would be set may be added to it instead. Else null.
  Variable* sum_for(std::size_t input, DType dtype, const Dims& shape) const {
    if (!arrivals_ || !needs(input)) return nullptr;
    const Edge& edge = node_->edges()[input];
    Variable* sum = arrivals_->arrived(edge);
    for (std::size_t i = 0; i < input; ++i) {  // as of x * x
      const Edge& other = node_->edges()[i];
      if (other.node == edge.node && other.index == edge.index && results_[i].defined()) sum = &results_[i];
    }
    if (!sum || !sum->defined() || sum->dtype() != dtype || sum->shape() != shape) return nullptr;
    const OutputInfo& info = edge.node->outputs()[edge.index];
    return info.dtype == dtype && info.shape() == shape ? sum : nullptr;
  }
  /// Where gradients may be deferred, or null.
  Deferred* deferred() const { return arrivals_ && arrivals_->may_defer() ? &arrivals_->deferred : nullptr; }
  /// Computes a gradient that may be deferred.
  void compute(const Variable& gradient) const {
    if (arrivals_ && arrivals_->deferred.any()) [[unlikely]]
      arrivals_->deferred.compute(gradient);
  }
  /// Whether gradients may be one number, expanded: in a run that copies them before users see them.
  bool may_expand() const { return arrivals_ != nullptr; }
  /// Makes a saved value the gradient of an input, in the same memory. False, with nothing done, where somebody could
  /// tell: Note [Shared gradients].
  bool share(std::size_t input, const TensorRef& value) const {
    if (!arrivals_ || value->version() != 0 || value->bytes() != value->storage().bytes()) return false;
    if (!arrivals_->unobserved()) return false;
    arrivals_->note_shared(node_->edges()[input], value);
    set(input, Variable(value->view(value->layout_ref())));
    return true;
  }

 private:
  const Ref<Node>& node_;
  std::span<Variable> grads_;
  std::span<Variable> results_;
  std::span<const bool> wanted_;
  Arrivals* arrivals_;
};

}  // namespace tapegrad
