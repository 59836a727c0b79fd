// What can be asked of a graph as a whole: its nodes as a list, and how much memory it keeps.

#include <algorithm>
#include <unordered_map>

#include "bindings/converters.h"
#include "bindings/define.h"
#include "bindings/register.h"
#include "bindings/variable.h"
#include "engine/engine.h"
#include "graph/walk.h"

namespace tapegrad::bindings {
namespace {

std::vector<Variable> variables(const py::list& list) {
  std::vector<Variable> result;
  for (const py::handle item : list) result.push_back(item.cast<Variable>());
  return result;
}

std::vector<Edge> edges_of(const py::list& list) {
  std::vector<Edge> roots;
  for (const Variable& v : variables(list)) roots.push_back(v.edge());
  return roots;
}

bool is_accumulator(const Node& node) { return &node.op() == &kAccumulateGrad; }

/// All nodes in an order that is the same in every run: the latest made first, then the leaves as they are met.
std::vector<const Node*> in_order(const std::vector<Edge>& roots) {
  std::vector<const Node*> nodes;
  walk(roots, [&](const Node& node) {
    if (!is_accumulator(node)) nodes.push_back(&node);
    return true;
  });
  std::sort(nodes.begin(), nodes.end(), [](auto* a, auto* b) { return a->sequence() > b->sequence(); });
  std::unordered_set<const Node*> seen;
  std::vector<const Node*> leaves;
  const auto meet = [&](const Edge& edge) {
    if (edge && is_accumulator(*edge.node) && seen.insert(edge.node.get()).second) leaves.push_back(edge.node.get());
  };
  for (const Edge& root : roots) meet(root);
  for (const Node* node : nodes)
    for (const Edge& edge : node->edges()) meet(edge);
  nodes.insert(nodes.end(), leaves.begin(), leaves.end());
  return nodes;
}

/// Calls visit(value, label) for what a node saved, "input 1" or "result 0", and for what the node inside it did.
template <class Visit>
void for_each_saved(const Node& node, Visit&& visit) {
  const auto saved = node.saved();
  const std::size_t results = std::min(node.op().saved_results(), saved.size());
  const char* given = &node.op() == &kCustomFunction ? "saved " : "input ";
  for (std::size_t i = 0; i < saved.size(); ++i) {
    const std::size_t inputs = saved.size() - results;
    if (saved[i].tensor())
      visit(saved[i], i < inputs ? given + std::to_string(i) : "result " + std::to_string(i - inputs));
  }
  if (const Node* part = node.inner()) for_each_saved(*part, visit);
}

/// A tuple a node: (node, name, edges, saved values, outputs, leaf).
py::list tape_nodes(const py::list& roots) {
  const auto starts = edges_of(roots);
  const auto nodes = in_order(starts);
  std::unordered_map<const Node*, std::size_t> numbers;
  for (std::size_t i = 0; i < nodes.size(); ++i) numbers[nodes[i]] = i;
  py::list result;
  for (const Node* node : nodes) {
    py::list edges, saved, outputs;
    for (const Edge& edge : node->edges())
      edges.append(edge ? py::object(py::make_tuple(numbers.at(edge.node.get()), edge.index)) : py::object(py::none()));
    for_each_saved(*node, [&](const SavedValue& value, const std::string& label) {
      const Tensor& t = *value.tensor();
      saved.append(py::make_tuple(label, name(t.dtype()), steal(tuple_of(t.shape())), t.storage().bytes()));
    });
    for (const OutputInfo& out : const_cast<Node*>(node)->outputs())
      outputs.append(py::make_tuple(name(out.dtype), steal(tuple_of(out.shape()))));
    const Ref<Node> held(const_cast<Node*>(node));
    result.append(
        py::make_tuple(steal(wrap_node(held)), node->name(), edges, saved, outputs, steal(wrap(leaf_of(*node)))));
  }
  return result;
}

struct Group {
  std::size_t nodes = 0, bytes = 0;
};

/// Totals, without an object a node: (nodes, saved values, bytes, bytes of leaves, {name: (nodes, bytes)}, the
/// largest). A storage counts once, for the node that was made last; for its own figure among the largest, each node
/// counts all.
py::tuple tape_summary(const py::list& roots, std::size_t most) {
  const auto starts = edges_of(roots);
  const auto nodes = in_order(starts);
  std::unordered_set<const Storage*> leaves, counted;
  for (const Node* node : nodes)
    if (const Variable leaf = leaf_of(*node); leaf.defined()) leaves.insert(&leaf.tensor().storage());
  std::size_t values = 0, bytes = 0, leaf_bytes = 0;
  std::unordered_map<std::string, Group> groups;
  std::vector<std::pair<std::size_t, const Node*>> sizes;
  for (const Node* node : nodes) {
    Group& group = groups[node->name()];
    ++group.nodes;
    std::unordered_set<const Storage*> own;
    std::size_t own_bytes = 0;
    for_each_saved(*node, [&](const SavedValue& value, const std::string&) {
      ++values;
      const Storage& storage = value.tensor()->storage();
      if (own.insert(&storage).second) own_bytes += storage.bytes();
      if (!counted.insert(&storage).second) return;
      bytes += storage.bytes();
      group.bytes += storage.bytes();
      if (leaves.contains(&storage)) leaf_bytes += storage.bytes();
    });
    if (own_bytes) sizes.emplace_back(own_bytes, node);
  }
  std::stable_sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  sizes.resize(std::min(sizes.size(), most));
  py::dict by_name;
  for (const auto& [key, group] : groups) by_name[py::str(key)] = py::make_tuple(group.nodes, group.bytes);
  py::list largest;
  for (const auto& [size, node] : sizes)
    largest.append(py::make_tuple(steal(wrap_node(Ref<Node>(const_cast<Node*>(node)))), size));
  return py::make_tuple(nodes.size(), values, bytes, leaf_bytes, by_name, largest);
}

}  // namespace

void register_tape(py::object& module) {
  auto& m = module_of(module);
  m.def(
      "_leads_elsewhere",
      [](const py::list& outputs, const py::list& inputs) {
        return leads_elsewhere(variables(outputs), variables(inputs));
      },
      py::arg("outputs"), py::arg("inputs"));
  m.def("_goes_to_all_leaves", &goes_to_all_leaves);
  m.def("_tape_nodes", tape_nodes, py::arg("roots"));
  m.def("_tape_summary", tape_summary, py::arg("roots"), py::arg("most"));
}

}  // namespace tapegrad::bindings
