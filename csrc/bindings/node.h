#pragma once
// The Python face of a node: an object of a heap type made on first sight, one a node name.

#include <cstring>

#include "bindings/python.h"
#include "graph/node.h"

namespace tapegrad::bindings {

/// The face of a built-in op's node owns it; that of a custom function (function.h) only knows it.
struct NodeObject {
  PyObject ob_base;
  Node* node;
};

/// tapegrad.autograd.graph.Node, the base of all; set by register_node.
extern PyTypeObject* node_type;

/// Raises Error where the node is gone.
Node& node_of(PyObject* self);

/// The node's dict, made when first asked for: a borrowed reference.
PyObject* metadata_of(Node& node);

/// A type's name without its module.
inline const char* short_name(PyTypeObject* type) {
  const char* dot = std::strrchr(type->tp_name, '.');
  return dot ? dot + 1 : type->tp_name;
}

/// The node's Python object, found again while it lives: a new reference; None for a null node.
PyObject* wrap_node(const Ref<Node>& node);

}  // namespace tapegrad::bindings
