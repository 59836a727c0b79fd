#pragma once
// Run: one pass of the engine over a graph.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/pooled_array.h"
#include "core/tls.h"
#include "engine/engine.h"
#include "graph/backward.h"
#include "graph/node.h"

namespace tapegrad {

/// A place where a gradient is wanted as it arrives: input `index` of `node`.
struct Target {
  Node* node;
  std::uint32_t index;
};

/// Runs the derivative of the node's op, unless no gradient arrived at all and it does not take that. What it gave that
/// is not needed is dropped.
void call_derivative(Backward& call);

class Run final : Arrivals {
 public:
  /// With targets, only the nodes that lead to one run; with `run_targets`, the targets' own nodes too.
  Run(std::span<const Edge> roots, std::span<const Target> targets, bool run_targets, const BackwardOptions& options);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// Sends each root its gradient and runs until nothing is ready. Returns what arrived at the targets.
  std::vector<Variable> go(std::vector<Variable> gradients);

  /// The innermost run of this thread that is going, or null.
  static Run* current() { return current_; }
  static bool is_live(std::uint64_t id);
  std::uint64_t id() const { return id_; }
  /// The node that is running.
  Node* node() const { return node_; }
  void call_at_end(std::function<void()> callback) { at_end_.push_back(std::move(callback)); }
  bool whole() const { return targets_.empty(); }
  bool keeps_graph() const { return keep_graph_; }
  bool accumulates() const { return run_targets_; }
  /// The node that runs, and those that will run after it, in their order.
  std::vector<Node*> coming();
  bool reaches(const Node& node) {
    const Node::RunState* state = find(node);
    return state && (state->needed || state->target);
  }

 private:
  struct Later {
    bool operator()(const Node* a, const Node* b) const { return a->sequence() < b->sequence(); }
  };
  using Slot = PooledArray<Variable>;

  // Note [Claimed nodes]: the counters live in the node. A node that another live run has claimed (a backward inside a
  // hook, or in another thread) gets its counters in `claimed_` instead.
  Node::RunState* find(const Node& node) {
    return node.state.run == id_ ? &const_cast<Node&>(node).state : find_claimed(node);
  }
  Node::RunState* find_claimed(const Node& node);
  Node::RunState& claim(Node& node);

  void discover();
  void discover_towards_targets();
  void keep_needed(const std::vector<Node*>& order);
  bool leads_on(const Edge& edge);

  /// A slot of so many undefined gradients.
  std::uint32_t take_slot(std::size_t size);
  void arrive(const Edge& edge, Variable&& gradient);
  Variable* arrived(const Edge& edge) override;
  bool may_defer() override { return may_defer_ && !node_->is_observed(); }
  bool unobserved() override;
  void note_shared(const Edge& edge, const TensorRef& value) override;
  void check_shared(const Node& node);
  bool look_for_observers();
  void check(Node& node);
  void execute(const Ref<Node>& node);
  void compute_for(const Node& node, std::span<const Variable> gradients);
  void differentiate(const Ref<Node>& node, std::span<Variable> gradients);
  void capture(Node& node, std::span<const Variable> gradients);
  void push(Node* node);

  std::uint64_t id_;
  std::span<const Edge> roots_;
  std::span<const Target> targets_;
  bool run_targets_;
  bool keep_graph_;
  bool may_defer_;
  std::uint32_t site_;
  Node* node_ = nullptr;
  std::unordered_map<const Node*, Node::RunState> claimed_;
  /// Kept from one run for the next, so that a small graph allocates none.
  struct Room {
    std::vector<Node*> stack;  // to be visited
    std::vector<Node*> ready;  // a heap
    std::vector<Slot> slots;
    std::vector<std::uint32_t> free_slots;
  };
  static std::unique_ptr<Room>& spare();
  void give_back();
  std::unique_ptr<Room> room_;
  std::vector<Variable> captured_;
  std::vector<std::function<void()>> at_end_;
  std::optional<bool> observed_;  // found when first asked for
  /// A saved value that is a gradient too, until its node has run.
  struct Shared {
    const Node* to;
    TensorRef value;
    std::uint32_t version;
  };
  std::vector<Shared> shared_;
  TAPEGRAD_FAST_TLS static thread_local constinit inline Run* current_ = nullptr;
};

}  // namespace tapegrad
