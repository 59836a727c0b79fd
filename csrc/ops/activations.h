#pragma once
// Activations, as those of the same names in PyTorch's nn.functional. All raise Error for dtypes that are not floating,
// but for hardtanh and threshold, which raise for bool alone.

#include <string>

#include "ops/ops.h"

namespace tapegrad {

/// Raises Error, in the function's name, for a dtype that is not floating.
void check_floating(const char* function, DType dtype);

// --- bends: made of straight lines; at the bends the slope is PyTorch's
/// x, times `slope` where it is not positive.
Variable leaky_relu(const Operand& x, double slope);
/// x kept within the bounds, at which its slope is 0. Raises ValueError where they are none.
Variable hardtanh(const Operand& x, double low, double high);
/// x / 6 + 1 / 2, kept within [0, 1].
Variable hardsigmoid(const Operand& x);
/// x where it is above the threshold.
Variable threshold(const Operand& x, double threshold, double otherwise);
/// Zero within [-lambd, lambd]; elsewhere x, and x moved towards zero by lambd. softshrink raises Error for lambd < 0.
Variable hardshrink(const Operand& x, double lambd);
Variable softshrink(const Operand& x, double lambd);

// --- curves
/// log(1 + exp(beta * x)) / beta, taken for x where beta * x is above the threshold.
Variable softplus(const Operand& x, double beta, double threshold);
Variable logsigmoid(const Operand& x);
/// x * sigmoid(x), and x * tanh(softplus(x)).
Variable silu(const Operand& x);
Variable mish(const Operand& x);
/// x * ndtr(x), or its approximation by "tanh" (Hendrycks and Gimpel, arXiv:1606.08415).
Variable gelu(const Operand& x, const std::string& approximate);
/// x where it is positive, else alpha * (exp(x) - 1); celu: alpha * (exp(x / alpha) - 1), and Error where alpha is 0.
Variable elu(const Operand& x, double alpha);
Variable celu(const Operand& x, double alpha);
/// elu with the scales of Klambauer et al., arXiv:1706.02515.
Variable selu(const Operand& x);
/// x * hardsigmoid(x).
Variable hardswish(const Operand& x);

}  // namespace tapegrad
