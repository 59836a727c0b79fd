#include "engine/input_buffer.h"

#include "graph/grad_mode.h"
#include "ops/gradients.h"
#include "ops/ops.h"

namespace tapegrad {

void accumulate(Variable& sum, Variable&& gradient, Deferred& deferred) {
  if (!gradient.defined()) return;
  if (!sum.defined()) sum = std::move(gradient);
  else if (deferred.any() && (Deferred::is(sum) || Deferred::is(gradient)))
    add_deferred(deferred, sum, std::move(gradient));
  else sum = add(std::move(sum), std::move(gradient));
}

Variable fit(Variable gradient, const OutputInfo& output, const Node& from, std::size_t index) {
  if (gradient.shape() != output.shape()) {
    if (!is_expandable(output.shape(), gradient.shape())) {
      fail<Error>("Function ", from.name(), " returned an invalid gradient at index ", index, " - got ",
                  to_string(gradient.shape()), " but expected shape compatible with ", to_string(output.shape()));
    }
    gradient = sum_to_size(std::move(gradient), output.shape());
  }
  if (gradient.dtype() != output.dtype && !output.any_dtype) gradient = to(std::move(gradient), output.dtype);
  return gradient;
}

void make_writable(std::span<Variable> gradients) {
  if (GradMode::enabled()) return;
  for (Variable& gradient : gradients)
    if (gradient.defined() && !non_overlapping(gradient.tensor())) gradient = clone(std::move(gradient));
}

}  // namespace tapegrad
