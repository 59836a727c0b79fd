#pragma once
// Hooks: what the user wants called on the way of a gradient, and the other things that few nodes have.
//
// Note [Hooks] A table of hooks is an object of the host's (a dict), which the host runs whole and its handles know
// weakly. Tables of a non-leaf belong to its node, one an output: after an in-place write they stay with the old value.
// A leaf's belong to its meta. Its accumulator then keeps the leaf's own object of the host's alive, so that the hooks
// run even when the user dropped the leaf; and the leaf, so as not to own itself, knows the accumulator weakly.

#include <cstdint>
#include <span>
#include <vector>

#include "core/host.h"
#include "graph/variable.h"

namespace tapegrad {

/// The tables that run on the gradient of one output.
struct OutputHooks {
  std::uint32_t index;
  HostObject table;
};

/// A variable that wants the gradient of output `index` in its .grad.
struct Retained {
  WeakVariable variable;
  std::uint32_t index;
};

struct NodeExtras {
  std::vector<OutputHooks> tensor;
  std::vector<Retained> retained;
  HostObject before;
  HostObject after;
  /// The user's dict; anomaly mode notes in it where the node was made.
  HostObject metadata;
  /// Of an accumulator: the leaf that has hooks.
  HostObject leaf;
  /// In anomaly mode a checksum of each saved value.
  std::vector<std::uint64_t> sums;
};

/// How the host runs a table; the bindings fill it in. What a hook raises passes through.
struct HookHost {
  /// The gradient that the hooks leave.
  Variable (*tensor)(void* table, Variable gradient) = [](void*, Variable g) { return g; };
  void (*post_accumulate)(void* table, const Variable& leaf) = [](void*, const Variable&) {};
  void (*before)(void* table, std::span<Variable> gradients) = [](void*, std::span<Variable>) {};
  void (*after)(void* table, std::span<Variable> results,
                std::span<const Variable> gradients) = [](void*, std::span<Variable>, std::span<const Variable>) {};
  /// A reference to the host's object of a variable, for HostObject.
  void* (*object_of)(const Variable& v) = [](const Variable&) -> void* { return nullptr; };
};
inline HookHost& hook_host() {
  static HookHost table;
  return table;
}

}  // namespace tapegrad
