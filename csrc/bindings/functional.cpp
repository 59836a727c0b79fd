// Functions of tapegrad.nn.functional.

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/arranging.h"
#include "ops/math.h"
#include "ops/networks.h"

namespace tapegrad::bindings {
namespace {

Reduction reduction_of(const std::string& name) {
  if (name == "none") return Reduction::None;
  if (name == "mean") return Reduction::Mean;
  if (name == "sum") return Reduction::Sum;
  fail<ValueError>("'", name, "' is not a valid value for reduction: it is 'none', 'mean' or 'sum'");
}

/// A loss between an input and a target, which are meant to be of one shape.
template <Variable (*loss)(const Variable&, const Variable&, Reduction)>
Variable between(const Variable& x, const Variable& target, const std::string& reduction) {
  if (x.shape() != target.shape()) {
    const std::string text = "Using a target size (" + to_string(target.shape()) +
                             ") that is different to the input size (" + to_string(x.shape()) +
                             "): the two are broadcast, which is seldom what a loss means";
    warn(text.c_str());
  }
  return loss(x, target, reduction_of(reduction));
}

constexpr Function kTable[] = {
    function<pad>("pad(input, pad, mode='constant', value=None)",
                  "The array enlarged at its edges: `pad` is (before, after) of the last dimension, the one before it, "
                  "...; negative amounts cut off. mode: 'constant' with `value` or 0, 'reflect', 'replicate', "
                  "'circular'.",
                  As::Function),
    function<[](const Operand& x, Index dim, std::optional<DType> dtype) { return softmax(neg(x), dim, dtype); }>(
        "softmin(input, dim, dtype=None)", "softmax(-input): the largest weight is the least element's.", As::Function),
    function<leaky_relu>("leaky_relu(input, negative_slope=0.01)",
                         "The input, times `negative_slope` where it is not positive.", As::Function),
    function<hardtanh>("hardtanh(input, min_val=-1.0, max_val=1.0)",
                       "The input kept within [min_val, max_val]; the slope is 0 at the bounds.", As::Function),
    function<[](const Variable& losses, const std::string& reduction) {
      return reduced(losses, reduction_of(reduction));
    }>("_reduced(losses, reduction)", "Their 'mean', their 'sum', or 'none': all of them.", As::Function),
    function<between<l1_loss>>(
        "l1_loss(input, target, *, reduction='mean')",
        "abs(input - target), of which reduction gives the 'mean', the 'sum', or 'none': all of them.", As::Function),
    function<between<mse_loss>>(
        "mse_loss(input, target, *, reduction='mean')",
        "(input - target) ** 2, of which reduction gives the 'mean', the 'sum', or 'none': all of them.", As::Function),
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
       {"cosine_similarity", "log_softmax", "pairwise_distance", "pdist", "relu", "sigmoid", "softmax", "tanh"})
    functional.attr(name) = m.attr(name);
}

}  // namespace tapegrad::bindings
