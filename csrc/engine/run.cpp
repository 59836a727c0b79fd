#include "engine/run.h"

#include <algorithm>

#include "core/host.h"
#include "engine/input_buffer.h"
#include "engine/node_hooks.h"
#include "graph/anomaly.h"
#include "graph/backward.h"

namespace tapegrad {
namespace {

constexpr std::uint32_t kNoSlot = UINT32_MAX;

std::vector<std::uint64_t>& live_runs() {
  static std::vector<std::uint64_t> ids;
  return ids;
}

std::uint64_t new_run() {
  static std::uint64_t next = 0;
  live_runs().push_back(++next);
  return next;
}

/// Asks the host about Ctrl-C now and then: after so many nodes, or so many elements.
class InterruptPoll {
 public:
  void operator()(const Variable& gradient) {
    work_ += kNode + (gradient.defined() ? gradient.numel() : 0);
    if (work_ < kPeriod) return;
    work_ = 0;
    host().poll_interrupt();
  }

 private:
  static constexpr Index kPeriod = 1 << 20, kNode = 1 << 10;
  Index work_ = 0;
};

/// Whether it accumulates into a gradient that is there already.
bool adds_to_gradient(const Node& node) {
  if (&node.op() != &kAccumulateGrad) return false;
  const Variable leaf = node.attributes<AccumulatorAttributes>().variable.lock();
  return leaf.defined() && leaf.meta().grad.defined();
}

/// What stands at its place while it lives.
template <class T>
class Replaced {
 public:
  Replaced(T& place, T value) : place_(place), before_(std::exchange(place, value)) {}
  ~Replaced() { place_ = before_; }
  Replaced(const Replaced&) = delete;
  Replaced& operator=(const Replaced&) = delete;

 private:
  T& place_;
  T before_;
};

}  // namespace

void call_derivative(Backward& call) {
  const Node& node = call.node();
  bool any = node.op()->takes_undefined;
  for (const Variable& gradient : call.grads()) any |= gradient.defined();
  if (any) node.op()->derivative(call);
  for (std::size_t i = 0; i < call.inputs(); ++i)
    if (!call.needs(i) && call.results()[i].defined()) call.set(i, Variable());
}

bool Run::is_live(std::uint64_t id) {
  const auto& ids = live_runs();
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Run::Run(std::span<const Edge> roots, std::span<const Target> targets, bool run_targets, const BackwardOptions& options)
    : id_(new_run()),
      roots_(roots),
      targets_(targets),
      run_targets_(run_targets),
      keep_graph_(options.keep_graph),
      may_defer_(!Anomaly::enabled()),
      site_(options.site),
      room_(std::move(spare())),
      captured_(targets.size()) {
  try {
    if (!room_) room_ = std::make_unique<Room>();
    if (targets_.empty()) discover();
    else discover_towards_targets();
  } catch (...) {
    std::erase(live_runs(), id_);
    throw;
  }
}

Run::~Run() {
  std::erase(live_runs(), id_);
  give_back();
}

std::unique_ptr<Run::Room>& Run::spare() {
  static auto* const room = new std::unique_ptr<Room>;
  return *room;
}

void Run::give_back() {
  constexpr std::size_t kMost = 1024;
  room_->stack.clear();
  room_->ready.clear();
  if (room_->free_slots.size() != room_->slots.size()) {  // a run that failed left gradients
    room_->slots.clear();
    room_->free_slots.clear();
  }
  if (room_->stack.capacity() + room_->ready.capacity() + room_->slots.capacity() < kMost) spare() = std::move(room_);
}

Node::RunState* Run::find_claimed(const Node& node) {
  if (claimed_.empty()) return nullptr;
  const auto it = claimed_.find(&node);
  return it == claimed_.end() ? nullptr : &it->second;
}

Node::RunState& Run::claim(Node& node) {
  const bool taken = node.state.run != 0 && node.state.run != id_ && is_live(node.state.run);
  Node::RunState& state = taken ? claimed_[&node] : node.state;
  state = {id_, 0, kNoSlot, true};
  return state;
}

void Run::check(Node& node) {
  try {
    node.check_saved();
  } catch (...) {
    Anomaly::report(node);
    throw;
  }
}

void Run::discover() {
  std::vector<Node*>& stack = room_->stack;
  const auto visit = [&](const Edge& edge) -> Node::RunState* {
    if (!edge.node) return nullptr;
    if (Node::RunState* state = find(*edge.node)) return state;
    check(*edge.node);
    stack.push_back(edge.node.get());
    return &claim(*edge.node);
  };
  for (const Edge& root : roots_) visit(root);
  while (!stack.empty()) {
    const Node* node = stack.back();
    stack.pop_back();
    for (const Edge& edge : node->edges())
      if (Node::RunState* state = visit(edge)) ++state->pending;
  }
}

void Run::discover_towards_targets() {
  struct Frame {
    Node* node;
    std::size_t next;
  };
  std::vector<Frame> stack;
  std::vector<Node*> order;  // what a node leads to stands before it
  const auto visit = [&](const Edge& edge) {
    if (!edge.node || find(*edge.node)) return;
    claim(*edge.node).needed = false;
    stack.push_back({edge.node.get(), 0});
  };
  for (const Edge& root : roots_) {
    visit(root);
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next < frame.node->edges().size()) {
        visit(frame.node->edges()[frame.next++]);
      } else {
        order.push_back(frame.node);
        stack.pop_back();
      }
    }
  }
  keep_needed(order);
}

void Run::keep_needed(const std::vector<Node*>& order) {
  for (const Target& target : targets_)
    if (Node::RunState* state = find(*target.node)) state->target = true;
  for (Node* node : order) {
    Node::RunState& state = *find(*node);
    for (const Edge& edge : node->edges()) state.needed |= leads_on(edge);
    if (state.needed || (state.target && run_targets_)) check(*node);
  }
  for (Node* node : order) {
    if (!find(*node)->needed) continue;
    for (const Edge& edge : node->edges())
      if (leads_on(edge)) ++find(*edge.node)->pending;
  }
}

bool Run::leads_on(const Edge& edge) {
  if (!edge.node || whole()) return static_cast<bool>(edge.node);
  const Node::RunState* state = find(*edge.node);
  return state && (state->needed || state->target);
}

std::vector<Variable> Run::go(std::vector<Variable> gradients) {
  for (const Edge& root : roots_) {
    if (!root || !leads_on(root)) continue;
    Node::RunState& state = *find(*root.node);
    ++state.pending;  // so that a root that is another's ancestor waits for it
  }
  for (std::size_t i = 0; i < roots_.size(); ++i)
    if (roots_[i] && leads_on(roots_[i])) arrive(roots_[i], std::move(gradients[i]));
  const Replaced current(current_, this);
  while (!room_->ready.empty()) {
    std::pop_heap(room_->ready.begin(), room_->ready.end(), Later{});
    const Ref<Node> node(room_->ready.back());
    room_->ready.pop_back();
    node_ = node.get();
    try {
      execute(node);
    } catch (...) {
      Anomaly::report(*node);
      throw;
    }
  }
  // By number, and moved out: a callback may ask for others.
  std::size_t next = 0;
  while (next < at_end_.size()) std::exchange(at_end_[next++], nullptr)();
  return std::move(captured_);
}

std::vector<Node*> Run::coming() {
  std::unordered_map<const Node*, std::uint32_t> pending;
  std::vector<Node*> ready = room_->ready, order{node_};
  for (std::size_t next = 0; next < order.size(); ++next) {
    const Node::RunState& state = *find(*order[next]);
    const bool runs = state.needed || (state.target && run_targets_);
    for (const Edge& edge : order[next]->edges()) {
      if (!runs || !leads_on(edge)) continue;
      const auto place = pending.try_emplace(edge.node.get(), find(*edge.node)->pending).first;
      if (--place->second > 0) continue;
      ready.push_back(edge.node.get());
      std::push_heap(ready.begin(), ready.end(), Later{});
    }
    if (ready.empty()) continue;
    std::pop_heap(ready.begin(), ready.end(), Later{});
    order.push_back(ready.back());
    ready.pop_back();
  }
  return order;
}

void Run::push(Node* node) {
  room_->ready.push_back(node);
  std::push_heap(room_->ready.begin(), room_->ready.end(), Later{});
}

std::uint32_t Run::take_slot(std::size_t size) {
  if (room_->free_slots.empty()) {
    room_->slots.emplace_back(size);
    return static_cast<std::uint32_t>(room_->slots.size() - 1);
  }
  const std::uint32_t slot = room_->free_slots.back();
  room_->free_slots.pop_back();
  if (room_->slots[slot].size() != size) room_->slots[slot] = Slot(size);
  return slot;
}

void Run::arrive(const Edge& edge, Variable&& gradient) {
  Node::RunState& state = *find(*edge.node);
  if (state.slot == kNoSlot) state.slot = take_slot(edge.node->outputs().size());
  accumulate(room_->slots[state.slot][edge.index], std::move(gradient), deferred);
  if (--state.pending == 0) push(edge.node.get());
}

Variable* Run::arrived(const Edge& edge) {
  const Node::RunState& state = *find(*edge.node);
  return state.slot == kNoSlot ? nullptr : &room_->slots[state.slot][edge.index];
}

bool Run::unobserved() {
  if (!observed_) observed_ = !whole() || !run_targets_ || Anomaly::enabled() || look_for_observers();
  return !*observed_;
}

/// Note [Shared gradients]: a gradient that shares a saved value's memory must be used before that is written to. While
/// no code of the user's runs, only accumulators write to what others hold: to leaves' gradients of before, which the
/// user may have made part of the graph. What is left are other threads and the handlers of signals: if they write, the
/// value's version says so.
bool Run::look_for_observers() {
  std::vector<Node*>& stack = room_->stack;
  bool found = false;
  const auto look = [&](const Edge& edge) {
    if (!edge.node) return;
    Node::RunState& state = *find(*edge.node);
    if (std::exchange(state.looked_at, true)) return;
    found |= edge.node->is_observed() || adds_to_gradient(*edge.node);
    stack.push_back(edge.node.get());
  };
  for (const Edge& root : roots_) look(root);
  while (!stack.empty()) {
    const Node* node = stack.back();
    stack.pop_back();
    if (found) continue;
    for (const Edge& edge : node->edges()) look(edge);
  }
  return found;
}

void Run::note_shared(const Edge& edge, const TensorRef& value) {
  shared_.push_back({edge.node.get(), value, value->version()});
}

void Run::check_shared(const Node& node) {
  for (const Shared& shared : shared_) check_unwritten(*shared.value, shared.version);
  std::erase_if(shared_, [&](const Shared& shared) { return shared.to == &node; });
}

void Run::capture(Node& node, std::span<const Variable> gradients) {
  if (node.extras()) [[unlikely]]
    fill_retained(node, gradients);
  for (std::size_t i = 0; i < targets_.size(); ++i)
    if (targets_[i].node == &node) captured_[i] = gradients[targets_[i].index];
}

/// What must not be deferred any more when the node runs: Note [Deferred gradients].
void Run::compute_for(const Node& node, std::span<const Variable> gradients) {
  deferred.settle();
  if (node.is_observed() || adds_to_gradient(node)) return deferred.compute_all();
  if (find(node)->target)
    for (const Variable& gradient : gradients) deferred.compute(gradient);
}

void Run::execute(const Ref<Node>& node) {
  TAPEGRAD_FAST_TLS static thread_local constinit InterruptPoll poll;
  // Field by field: Note [Copied word by word].
  const Node::RunState& state = *find(*node);
  const std::uint32_t slot = state.slot;
  const bool runs = state.needed || (state.target && run_targets_);
  // Moved out, for what runs now may send gradients and so make slots.
  SmallArray<Variable, 2> room(room_->slots[slot].size(),
                               [&](std::size_t i) { return std::move(room_->slots[slot][i]); });
  const std::span<Variable> gradients = room.all();
  room_->free_slots.push_back(slot);
  poll(gradients[0]);
  if (!shared_.empty()) [[unlikely]]
    check_shared(*node);
  if (deferred.any()) [[unlikely]]
    compute_for(*node, gradients);
  if (node->extras() || state.target || &node->op() == &kCustomFunction) [[unlikely]]
    make_writable(gradients);
  if (node->extras()) [[unlikely]]
    run_tensor_hooks(*node, gradients);
  if (node->extras() || !whole()) [[unlikely]]
    capture(*node, gradients);
  if (runs) differentiate(node, gradients);
}

void Run::differentiate(const Ref<Node>& node, std::span<Variable> gradients) {
  const HooksRound round(*node, gradients);
  const std::span<const Edge> edges = node->edges();
  SmallArray<Variable, 2> room(edges.size());
  const std::span<Variable> results = room.all();
  const SmallArray<bool, 8> wanted(whole() ? 0 : edges.size(), [&](std::size_t i) { return leads_on(edges[i]); });
  // Who looks at each gradient alone must be given it alone.
  const bool for_nan = Anomaly::checks_nan(), alone = node->extras() || for_nan;
  if (alone) deferred.compute_all();
  Backward call(node, gradients, results, wanted.all(), alone ? nullptr : this);
  call_derivative(call);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (!results[i].defined()) continue;
    const OutputInfo& output = edges[i].node->outputs()[edges[i].index];
    if (fits(results[i], output)) continue;
    deferred.compute(results[i]);
    results[i] = fit(std::move(results[i]), output, *node, i);
  }
  if (for_nan) [[unlikely]]
    check_nan(*node, results);
  if (node->extras()) [[unlikely]]
    deferred.compute_all();  // hooks that came while the derivative ran
  round.finish(*node, results);
  if (!keep_graph_) node->release_saved(site_);
  for (std::size_t i = 0; i < edges.size(); ++i)
    if (call.needs(i)) arrive(edges[i], std::move(results[i]));
}

}  // namespace tapegrad
