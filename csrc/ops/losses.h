#pragma once
// Losses, as those of the same names in PyTorch's nn.functional.

#include "ops/ops.h"

namespace tapegrad {

/// What becomes of the losses of several elements; the numbers are PyTorch's.
enum class Reduction : std::uint8_t { None, Mean, Sum };

Variable reduced(const Variable& losses, Reduction reduction);

/// |x - target|, and (x - target) ** 2.
Variable l1_loss(const Variable& x, const Variable& target, Reduction reduction);
Variable mse_loss(const Variable& x, const Variable& target, Reduction reduction);
/// (x - target) ** 2 / (2 * beta) where |x - target| is below `beta`, and |x - target| - beta / 2 elsewhere.
Variable smooth_l1_loss(const Variable& x, const Variable& target, Reduction reduction, double beta);
/// The same times beta, which is `delta` here.
Variable huber_loss(const Variable& x, const Variable& target, Reduction reduction, double delta);
/// Minus the log-probabilities x, an array (samples, classes, ...), of the classes `target`, an array (samples, ...) of
/// integers; a class counts as often as its weight says, and `ignored` not at all.
Variable nll_loss(const Variable& x, const Variable& target, const std::optional<Variable>& weight, Index ignored,
                  Reduction reduction);
/// -(target * log(x) + (1 - target) * log(1 - x)), times the weights, with no logarithm below -100. Raises Error where
/// an element of x is outside [0, 1], and ValueError where target has another shape.
Variable binary_cross_entropy(const Variable& x, const Variable& target, const std::optional<Variable>& weight,
                              Reduction reduction);
/// The same of sigmoid(x), to full precision; what is positive counts as often as its weight says.
Variable binary_cross_entropy_with_logits(const Variable& x, const Variable& target,
                                          const std::optional<Variable>& weight, Reduction reduction,
                                          const std::optional<Variable>& positive_weight);

}  // namespace tapegrad
