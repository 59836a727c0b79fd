#pragma once
// Functions that networks are made of, as those of the same names in PyTorch's nn.functional.

#include "ops/ops.h"

namespace tapegrad {

/// x, times `slope` where it is not positive.
Variable leaky_relu(const Operand& x, double slope);
/// x kept within the bounds, at which its slope is 0. Raises ValueError where they are none.
Variable hardtanh(const Operand& x, double low, double high);

/// What becomes of the losses of several elements; the numbers are PyTorch's.
enum class Reduction : std::uint8_t { None, Mean, Sum };

Variable reduced(const Variable& losses, Reduction reduction);

/// |x - target|, and (x - target) ** 2.
Variable l1_loss(const Variable& x, const Variable& target, Reduction reduction);
Variable mse_loss(const Variable& x, const Variable& target, Reduction reduction);
/// Minus the log-probabilities x, an array (samples, classes, ...), of the classes `target`, an array (samples, ...) of
/// integers; a class counts as often as its weight says, and `ignored` not at all.
Variable nll_loss(const Variable& x, const Variable& target, const std::optional<Variable>& weight, Index ignored,
                  Reduction reduction);

}  // namespace tapegrad
