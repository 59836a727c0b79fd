// Functions of tapegrad.nn.functional.

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/activations.h"
#include "ops/arranging.h"
#include "ops/losses.h"
#include "ops/math.h"

namespace tapegrad::bindings {
namespace {

Reduction reduction_of(const std::string& name) {
  if (name == "none") return Reduction::None;
  if (name == "mean") return Reduction::Mean;
  if (name == "sum") return Reduction::Sum;
  fail<ValueError>("'", name, "' is not a valid value for reduction: it is 'none', 'mean' or 'sum'");
}

/// A loss between an input and a target, which are meant to be of one shape; `more` are its own parameters.
template <auto loss, class... More>
Variable between(const Variable& x, const Variable& target, const std::string& reduction, More... more) {
  if (x.shape() != target.shape()) {
    const std::string text = "Using a target size (" + to_string(target.shape()) +
                             ") that is different to the input size (" + to_string(x.shape()) +
                             "): the two are broadcast, which is seldom what a loss means";
    warn(text.c_str());
  }
  return loss(x, target, reduction_of(reduction), more...);
}

/// An activation with its parameters, that may be written over its input. Its derivative needs what that was, so that
/// it is of a copy.
template <auto f>
struct Placed;
template <class... P, Variable (*f)(const Operand&, P...)>
struct Placed<f> {
  static Variable call(const Variable& x, P... parameters, bool inplace) {
    if (!inplace) return f(x, parameters...);
    copy_(x, f(clone(x), parameters...));
    return x;
  }
};

constexpr Function kTable[] = {
    function<Placed<relu>::call>("relu(input, inplace=False)",
                                 "The input where it is positive, else 0; `inplace` writes it over the input.",
                                 As::Function),
    function<pad>("pad(input, pad, mode='constant', value=None)",
                  "The array enlarged at its edges: `pad` is (before, after) of the last dimension, the one before it, "
                  "...; negative amounts cut off. mode: 'constant' with `value` or 0, 'reflect', 'replicate', "
                  "'circular'.",
                  As::Function),
    function<[](const Operand& x, Index dim, std::optional<DType> dtype) { return softmax(neg(x), dim, dtype); }>(
        "softmin(input, dim, dtype=None)", "softmax(-input): the largest weight is the least element's.", As::Function),
    function<Placed<leaky_relu>::call>("leaky_relu(input, negative_slope=0.01, inplace=False)",
                                       "The input, times `negative_slope` where it is not positive.", As::Function),
    function<Placed<hardtanh>::call>("hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False)",
                                     "The input kept within [min_val, max_val]; the slope is 0 at the bounds.",
                                     As::Function),
    function<Placed<threshold>::call>("threshold(input, threshold, value, inplace=False)",
                                      "The input where it is above the threshold, else `value`.", As::Function),
    function<Placed<hardsigmoid>::call>("hardsigmoid(input, inplace=False)", "input / 6 + 1 / 2, kept within [0, 1].",
                                        As::Function),
    function<Placed<hardswish>::call>("hardswish(input, inplace=False)", "input * hardsigmoid(input).", As::Function),
    function<hardshrink>("hardshrink(input, lambd=0.5)", "The input, and 0 within [-lambd, lambd].", As::Function),
    function<softshrink>("softshrink(input, lambd=0.5)",
                         "The input moved towards 0 by `lambd`, and 0 within [-lambd, lambd].", As::Function),
    function<softplus>("softplus(input, beta=1.0, threshold=20.0)",
                       "log(1 + exp(beta * input)) / beta; the input itself where beta * input is above the threshold.",
                       As::Function),
    function<logsigmoid>("logsigmoid(input)", "log(sigmoid(input)), to full precision.", As::Function),
    function<Placed<silu>::call>("silu(input, inplace=False)", "input * sigmoid(input).", As::Function),
    function<Placed<mish>::call>("mish(input, inplace=False)", "input * tanh(softplus(input)).", As::Function),
    function<gelu>("gelu(input, *, approximate='none')",
                   "input times the probability of a standard normal variable below it, or its approximation by 'tanh' "
                   "(Hendrycks and Gimpel, arXiv:1606.08415).",
                   As::Function),
    function<Placed<elu>::call>("elu(input, alpha=1.0, inplace=False)",
                                "The input where it is positive, else alpha * (exp(input) - 1).", As::Function),
    function<Placed<celu>::call>("celu(input, alpha=1.0, inplace=False)",
                                 "The input where it is positive, else alpha * (exp(input / alpha) - 1).",
                                 As::Function),
    function<Placed<selu>::call>("selu(input, inplace=False)",
                                 "elu with the scales of Klambauer et al. (arXiv:1706.02515).", As::Function),
    function<[](const Variable& losses, const std::string& reduction) {
      return reduced(losses, reduction_of(reduction));
    }>("_reduced(losses, reduction)", "Their 'mean', their 'sum', or 'none': all of them.", As::Function),
    function<between<l1_loss>>(
        "l1_loss(input, target, *, reduction='mean')",
        "abs(input - target), of which reduction gives the 'mean', the 'sum', or 'none': all of them.", As::Function),
    function<between<mse_loss>>(
        "mse_loss(input, target, *, reduction='mean')",
        "(input - target) ** 2, of which reduction gives the 'mean', the 'sum', or 'none': all of them.", As::Function),
    function<between<smooth_l1_loss, double>>(
        "smooth_l1_loss(input, target, *, reduction='mean', beta=1.0)",
        "(input - target) ** 2 / (2 * beta) where abs(input - target) < beta, else abs(input - target) - beta / 2, of "
        "which reduction gives the 'mean', the 'sum', or 'none': all of them.",
        As::Function),
    function<between<huber_loss, double>>("huber_loss(input, target, reduction='mean', delta=1.0)",
                                          "smooth_l1_loss with beta=delta, times delta.", As::Function),
    function<[](const Variable& x, const Variable& target, const std::optional<Variable>& weight,
                const std::string& reduction) {
      return binary_cross_entropy(x, target, weight, reduction_of(reduction));
    }>("binary_cross_entropy(input, target, weight=None, *, reduction='mean')",
       "-(target * log(input) + (1 - target) * log(1 - input)), times the weights, where no logarithm is below -100: "
       "the 'mean', the 'sum', or 'none': all of them. RuntimeError where an element is outside [0, 1].",
       As::Function),
    function<[](const Variable& x, const Variable& target, const std::optional<Variable>& weight,
                const std::string& reduction, const std::optional<Variable>& positive_weight) {
      return binary_cross_entropy_with_logits(x, target, weight, reduction_of(reduction), positive_weight);
    }>("binary_cross_entropy_with_logits(input, target, weight=None, *, reduction='mean', pos_weight=None)",
       "binary_cross_entropy of sigmoid(input), to full precision; `pos_weight` multiplies what the targets 1 cost.",
       As::Function),
    function<[](const Variable& x, const Variable& target, const std::optional<Variable>& weight, Index ignored,
                const std::string& reduction) {
      return nll_loss(x, target, weight, ignored, reduction_of(reduction));
    }>("nll_loss(input, target, weight=None, *, ignore_index=-100, reduction='mean')",
       "Minus the log-probabilities `input`, (samples, classes, ...), of the classes `target`, (samples, ...): their "
       "'mean' weighted by the classes' weights, their 'sum', or 'none': all of them. Samples of the class "
       "`ignore_index` do not count.",
       As::Function),
};

}  // namespace

void register_functional(py::object& m) {
  py::object functional = add_submodule(m, "_functional", "Functions of tapegrad.nn.functional.");
  register_table<kTable>(functional);
  for (const char* const name :
       {"cosine_similarity", "log_softmax", "pairwise_distance", "pdist", "sigmoid", "softmax", "tanh"})
    functional.attr(name) = m.attr(name);
}

}  // namespace tapegrad::bindings
