#pragma once
// What happens to a gradient between the node that made it and the node that takes it.

#include <cstddef>
#include <span>

#include "graph/deferred.h"
#include "graph/node.h"

namespace tapegrad {

/// sum += gradient. An undefined gradient changes nothing; the first one is taken over; later ones are added in the
/// sum's own memory where nobody else holds it, or are deferred where one of the two is.
void accumulate(Variable& sum, Variable&& gradient, Deferred& deferred);

/// Whether a gradient has the shape and the dtype of the output it is for.
inline bool fits(const Variable& gradient, const OutputInfo& output) {
  return (gradient.dtype() == output.dtype || output.any_dtype) && gradient.shape() == output.shape();
}

/// The gradient cast to the dtype and summed to the shape of the output it is for: this is where broadcasting is
/// undone. Raises Error where the shapes do not fit; `from` and `index` name the culprit.
Variable fit(Variable gradient, const OutputInfo& output, const Node& from, std::size_t index);

/// Gradients as users may write to them: those of which several elements are one in memory are copied (see
/// Backward::may_expand). Not with create_graph, where they are results of operations.
void make_writable(std::span<Variable> gradients);

}  // namespace tapegrad
