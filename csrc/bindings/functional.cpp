// Functions of tapegrad.nn.functional.

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/arranging.h"
#include "ops/math.h"

namespace tapegrad::bindings {
namespace {

constexpr Function kTable[] = {
    function<pad>("pad(input, pad, mode='constant', value=None)",
                  "The array enlarged at its edges: `pad` is (before, after) of the last dimension, the one before it, "
                  "...; negative amounts cut off. mode: 'constant' with `value` or 0, 'reflect', 'replicate', "
                  "'circular'.",
                  As::Function),
    function<[](const Operand& x, Index dim, std::optional<DType> dtype) { return softmax(neg(x), dim, dtype); }>(
        "softmin(input, dim, dtype=None)", "softmax(-input): the largest weight is the least element's.", As::Function),
};

}  // namespace

void register_functional(py::module_& m) {
  auto functional = m.def_submodule("_functional", "Functions of tapegrad.nn.functional.");
  register_table<kTable>(functional);
  for (const char* const name :
       {"cosine_similarity", "log_softmax", "pairwise_distance", "pdist", "relu", "sigmoid", "softmax", "tanh"})
    functional.attr(name) = m.attr(name);
}

}  // namespace tapegrad::bindings
