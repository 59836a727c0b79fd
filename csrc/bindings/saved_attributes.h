#pragma once
// What a node saved, as users look at it: node._saved_self, node._saved_dim.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/python.h"
#include "graph/node.h"

namespace tapegrad::bindings {

/// The value of `_saved_{name}`: a new reference, or null where the node has none of that name. An input is the very
/// Variable. Raises Error where it was freed, or written since.
PyObject* saved_attribute(Node& node, std::string_view name);

/// The same of `_raw_saved_{name}`, a SavedTensor.
PyObject* raw_saved_attribute(Node& node, std::string_view name);

/// The place of a SavedTensor where nothing is saved, as among the indices of an indexing.
inline constexpr std::size_t kNoPlace = SIZE_MAX;

/// A part of a call that is no tensor: a new reference.
PyObject* field_object(const Field& field);

/// A SavedTensor for one of the node's saved values.
PyObject* saved_tensor(Node& node, std::size_t place);

/// All names of either kind.
std::vector<std::string> saved_names(const Node& node);

}  // namespace tapegrad::bindings
