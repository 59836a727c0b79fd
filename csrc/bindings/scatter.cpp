// The table of functions that read and write by indices, positions and masks.

#include "ops/scatter.h"

#include "bindings/function_table.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

/// scatter(dim, index, src) and scatter(dim, index, value).
Variable scatter_any(const Operand& x, Index dim, const Operand& index, std::optional<Number> src,
                     std::optional<Number> value, const std::optional<std::string>& reduce) {
  if (src.has_value() == value.has_value()) fail<TypeError>("scatter() takes one of the arguments src and value");
  return scatter(x, dim, index, src ? *src : *value, reduce.value_or(""));
}

constexpr Function kTable[] = {
    function<[](const Operand& x, Index dim, const Operand& index, bool) { return gather(x, dim, index); }>(
        "gather(input, dim, index, *, sparse_grad=False)",
        "The elements at index[i][j] along `dim`: for dim=0 input[index[i][j]][j].", As::BothOut),
    function<scatter_any>("scatter(input, dim, index, src=None, value=None, *, reduce=None)",
                          "input with `src`, an array or a number, written at index[i][j] along `dim`; of several "
                          "values for one element the last stays. reduce='add' and 'multiply' have no derivative.",
                          As::AllOut),
    function<scatter_add>("scatter_add(input, dim, index, src)",
                          "input with `src` added at index[i][j] along `dim`, in the order of the indices.",
                          As::AllOut),
    function<scatter_reduce>("scatter_reduce(input, dim, index, src, reduce, *, include_self=True)",
                             "input with `src` reduced into it at index[i][j] along `dim`: by 'sum', 'prod', 'mean', "
                             "'amax' or 'amin'; without include_self the elements that were there do not count.",
                             As::AllOut),
    function<take_along_dim>("take_along_dim(input, indices, dim=None)",
                             "gather(), with indices that broadcast; without `dim` of both flattened.", As::BothOut),
    function<index_select>("index_select(input, dim, index)", "The parts at the positions `index` along `dim`.",
                           As::BothOut),
    function<index_add>("index_add(input, dim, index, source, *, alpha=1)",
                        "input with alpha * source added at the positions `index` along `dim`.", As::AllOut),
    function<index_reduce>("index_reduce(input, dim, index, source, reduce, *, include_self=True)",
                           "input with `source` reduced into it at the positions `index` along `dim`: by 'prod', "
                           "'mean', 'amax' or 'amin'; without include_self the elements that were there do not count.",
                           As::AllOut),
    function<index_copy>("index_copy(input, dim, index, source)",
                         "input with `source` written at the positions `index` along `dim`.", As::AllOut),
    function<[](const Operand& x, Index dim, const Operand& index, const Number& value) {
      return index_fill(x, dim, index, value);
    }>("index_fill(input, dim, index, value)", "input with one number written at the positions `index` along `dim`.",
       As::All),
    function<take>("take(input, index)", "The elements at these positions of the flattened input.", As::BothOut),
    function<put>("put(input, index, source, accumulate=False)",
                  "input with `source` written, or added, at these positions of the flattened input.", As::All),
    function<[](const Operand& x, const Operand& mask, const Number& value) { return masked_fill(x, mask, value); }>(
        "masked_fill(input, mask, value)", "input with one number written where the bool `mask` is set.", As::All),
    function<masked_select>("masked_select(input, mask)", "The elements where the bool `mask` is set: 1-d.",
                            As::BothOut),
    function<masked_scatter>("masked_scatter(input, mask, source)",
                             "input with the elements of `source`, in order, where the bool `mask` is set.", As::All),
};

}  // namespace

void register_scatter(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
