#pragma once
// What the garbage collector sees of the graph.
//
// Note [Traverse] Python objects hold nodes and variables (a wrapper its variable, a node's face its node), and these
// may own Python objects again: hooks, contexts of custom functions. The collector subtracts from each object's count
// the references that it finds, and takes what is left for the outside's. So while it subtracts, an object that the
// graph owns may be visited once, and only when every reference to its owner was met, from whichever Python object:
// the count goes on over the whole pass. When it looks for what is reachable, all that is met counts.
// The walk ends at a node that owns a context, which goes on by itself.

#include "bindings/python.h"
#include "graph/node.h"

namespace tapegrad::bindings {

/// To be called when the graph gets its first object of Python's to own: from then on the collector's passes are told
/// apart.
void watch_collector();

/// For the tp_traverse of `visitor`: visits what its reference to `v` or `node` leads to.
int visit_owned(PyObject* visitor, const Variable& v, visitproc visit, void* arg);
int visit_owned(PyObject* visitor, const Node& node, visitproc visit, void* arg);
/// The same of what the node refers to, for the object that stands for it.
int visit_references(PyObject* visitor, const Node& node, visitproc visit, void* arg);

}  // namespace tapegrad::bindings
