#pragma once
// Functions whose forward and backward are the host's: nodes of kCustomFunction, each with a context of the host's.
//
// Note [Node and context] A node of a custom function owns its context: what the user's forward left there for
// backward. The context is also the node's Python face, so it knows the node, without owning it: neither would go. Only
// when the last of the node's other owners goes while Python still holds the context does ownership turn round.

#include "graph/backward.h"

namespace tapegrad {

/// What the host does for such a node; the bindings fill it in.
struct CustomFunctionHost {
  void (*backward)(Backward& call) = nullptr;
  const char* (*name)(const Node& node) = nullptr;
  /// The node's last owner went: true where the context has taken the node over.
  bool (*adopt)(Node& node) = nullptr;
};
CustomFunctionHost& custom_function_host();

}  // namespace tapegrad
