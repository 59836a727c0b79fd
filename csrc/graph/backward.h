#pragma once
// Backward: what a derivative sees of its node and of the gradients that arrived, and where it puts its own.

#include <span>

#include "graph/node.h"

namespace tapegrad {

class Backward {
 public:
  /// `wanted` has a place for each edge: whether that gradient is needed. Empty where all are that have an edge.
  Backward(const Ref<Node>& node, std::span<Variable> grads, std::span<Variable> results, std::span<const bool> wanted)
      : node_(node), grads_(grads), results_(results), wanted_(wanted) {}

  Node& node() const { return *node_; }
  std::span<const Variable> grads() const { return grads_; }
  std::span<const Variable> results() const { return results_; }
  std::size_t inputs() const { return results_.size(); }
  bool needs(std::size_t input) const {
    return wanted_.empty() ? static_cast<bool>(node_->edges()[input]) : wanted_[input];
  }

  /// The cotangent of output i; may be undefined for an op of several outputs.
  const Variable& grad(std::size_t i = 0) const { return grads_[i]; }
  /// The same as an rvalue, for its last use: the formula may then compute in its memory.
  Variable take(std::size_t i = 0) const { return std::move(grads_[i]); }
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

 private:
  const Ref<Node>& node_;
  std::span<Variable> grads_;
  std::span<Variable> results_;
  std::span<const bool> wanted_;
};

}  // namespace tapegrad
