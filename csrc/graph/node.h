#pragma once
// Node: one recorded operation of the tape.
//
// Where to start reading: a node is {op, attributes, edges, saved values}. Its op's derivative (ops/) computes the
// gradients of the inputs from those of the outputs; the engine sends them along the edges.

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "core/pooled_array.h"
#include "core/small_array.h"
#include "graph/attributes.h"
#include "graph/hooks.h"
#include "graph/op.h"
#include "graph/saved_value.h"
#include "graph/teardown.h"
#include "graph/variable.h"

namespace tapegrad {

/// What the engine knows of an output without keeping it: the gradient that comes back must fit this.
struct OutputInfo {
  Ref<SharedLayout> layout;
  DType dtype = DType::Float32;
  /// Of a leaf whose gradients may have any dtype.
  bool any_dtype = false;
  const Dims& shape() const { return layout->layout.shape; }
  void describe(const Tensor& t) {
    layout = t.layout_ref();
    dtype = t.dtype();
  }
};

class Node : public RefCounted<Node>, public Pooled<Node> {
  std::uint32_t freed_by_ : 31 = 0;  // 0: not freed; in the word of the reference count

 public:
  /// Whether it owns `python`: the node of a custom function does.
  bool owns_python : 1 = false;

  /// With `edge(i)` of its input i.
  template <class F>
  Node(const Op& op, std::size_t inputs, std::size_t outputs, F&& edge)
      : op_(op), sequence_(next_sequence(op)), edges_(inputs, std::forward<F>(edge)), outputs_(outputs) {
    if (on_made) [[unlikely]]
      on_made(*this);
  }
  /// With edges that are set later.
  Node(const Op& op, std::size_t inputs, std::size_t outputs)
      : Node(op, inputs, outputs, [](std::size_t) { return Edge(); }) {}
  ~Node();

  const Op& op() const { return op_; }
  /// "ExpBackward0"; of a custom function the name of its class and "Backward".
  const char* name() const;
  /// The same without "Backward0", as messages give it.
  std::string short_name() const;
  /// Later nodes have greater numbers; an accumulator has the greatest of all.
  std::uint64_t sequence() const { return sequence_; }
  void set_sequence(std::uint64_t number) { sequence_ = number; }

  std::span<Edge> edges() { return edges_.all(); }
  std::span<const Edge> edges() const { return edges_.all(); }
  std::span<OutputInfo> outputs() { return outputs_.all(); }
  /// The inputs that a user sees: all but the constants of the row.
  std::vector<std::size_t> visible_inputs() const;

  void set_attributes(Attributes attributes) { attributes_ = std::move(attributes); }
  bool has_attributes() const { return !attributes_.empty(); }
  template <class T>
  T& attributes() const {
    return attributes_.get<T>();
  }
  /// What the op was called with beside tensors, for users to look at.
  std::vector<Field> fields() const { return attributes_.fields(); }
  /// The node that this one runs as a part of its own work (copy_slices), or null.
  Node* inner() const { return attributes_.inner(); }

  void set_saved(PooledArray<SavedValue> saved) {
    saved_ = std::move(saved);
    if (extras_) [[unlikely]]
      sum_saved();
  }
  std::span<const SavedValue> saved() const { return {saved_.begin(), saved_.size()}; }
  SavedValue& saved_value(std::size_t place) { return saved_.begin()[place]; }
  /// Frees the saved values; a node that saved none can run again. `site` says who frees them (host().describe_site).
  void release_saved(std::uint32_t site = 0);
  /// Raises Error in PyTorch's words where the saved values were freed.
  void check_freed() const {
    if (freed_by_) [[unlikely]]
      fail_freed();
  }
  /// The same, and where one was written since.
  void check_saved() const;
  /// Whether code of the user's runs with it or sees its gradients: it has hooks, a function of the user's, or values
  /// that the host packed.
  bool is_observed() const;

  /// What few nodes have, or null: hooks, retained gradients, notes of anomaly mode.
  NodeExtras* extras() const { return extras_.get(); }
  NodeExtras& make_extras();
  /// Makes a backward through this node leave the gradient of output `index` in v.grad.
  void retain_grad(const Variable& v, std::uint32_t index);
  /// Moves that wish to another node, with the variable.
  void move_retained(const Variable& v, Node& to, std::uint32_t index);

  /// Called with every node that is made; null but in anomaly mode.
  static inline void (*on_made)(Node& node) = nullptr;

  static void destroy(Node* node) {
    if (node->owns_python && !node->let_go()) return;
    Teardown::run(node, [](void* it) { delete static_cast<Node*>(it); });
  }

  /// The engine's own: which run counted this node, how many gradients it waits for, and where they are summed.
  struct RunState {
    std::uint64_t run = 0;
    std::uint32_t pending = 0;
    std::uint32_t slot = 0;
    /// Whether its gradients are needed to reach a target, and whether it is one.
    bool needed = false;
    bool target = false;
    bool looked_at = false;  // by Run::look_for_observers
  } state;

  /// The Python object that stands for this node, or null.
  void* python = nullptr;

 private:
  static std::uint64_t next_sequence(const Op& op) {
    return &op == &kAccumulateGrad ? std::numeric_limits<std::uint64_t>::max() : next_++;
  }
  static inline std::uint64_t next_ = 0;
  /// Before the end of a custom function's node: false where its context has taken the node over.
  bool let_go();
  [[noreturn]] void fail_freed() const;
  void sum_saved();
  void check_sums() const;
  static constexpr std::uint32_t kUnknownSite = UINT32_MAX >> 1;
  const Op& op_;
  std::uint64_t sequence_;
  SmallArray<Edge, 2> edges_;
  SmallArray<OutputInfo, 1> outputs_;
  PooledArray<SavedValue> saved_;
  Attributes attributes_;
  std::unique_ptr<NodeExtras> extras_;
};

inline SavedValue::~SavedValue() {
  if (about_.kind == Kind::Array) kept_.~Kept();
}

/// A saved value of `node`, as SavedValue::unpack gives it. Raises Error where it was written since, or freed.
inline Value unpack_saved(const Ref<Node>& node, std::size_t place, bool history = GradMode::enabled()) {
  if (place >= node->saved().size()) [[unlikely]]
    node->check_freed();  // by a hook, after the run began
  const SavedValue& value = node->saved()[place];
  value.check(*node);
  return value.unpack(node, history);
}

inline Edge Variable::edge() const {
  const Meta& m = *meta_;
  if (m.view || !m.node || !m.requires_grad) [[unlikely]]
    return make_edge();
  return {m.node, m.output};
}

/// An accumulator's attributes: the leaf, which it does not keep alive.
struct AccumulatorAttributes {
  explicit AccumulatorAttributes(const Variable& leaf) : variable(leaf) { ++alive; }
  AccumulatorAttributes(AccumulatorAttributes&& other) noexcept : variable(std::move(other.variable)) { ++alive; }
  AccumulatorAttributes(const AccumulatorAttributes& other) : variable(other.variable) { ++alive; }
  ~AccumulatorAttributes() { --alive; }
  WeakVariable variable;
  /// How many there are, that is, leaves that some graph leads to.
  static inline RefCount alive{0};
};

/// Makes every backward leave the gradient of the non-leaf `v` in v.grad; nothing for a leaf, which has it anyway.
/// Raises Error where v does not require grad.
void retain_grad(const Variable& v);

/// Tells a leaf's accumulator, if there is one, that the leaf has another shape or dtype.
void describe_leaf(const Variable& v);

/// Parts a leaf from its accumulator, if there is one: graphs of before lead to it no more, and keep their edges.
void forget_accumulator(const Variable& leaf);

/// Makes `v` output `index` of `node`.
inline void set_history(const Variable& v, Ref<Node> node, std::uint32_t index) {
  Meta& meta = v.meta();
  meta.node = std::move(node);
  meta.output = index;
  meta.interior = true;
  meta.requires_grad = true;
}

}  // namespace tapegrad
