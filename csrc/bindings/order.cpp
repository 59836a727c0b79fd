// The table of scans and of what sorts.

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/scan.h"
#include "ops/sort.h"

namespace tapegrad::bindings {
namespace {

using OptionalDType = std::optional<DType>;

PyObject* values_indices(const char* name, ValuesIndices found) {
  return named_tuple<2>({name, {"values", "indices"}}, {std::move(found.values), std::move(found.indices)});
}

/// A median of all elements, or values and indices along a dimension.
template <Variable (*over_all)(const Operand&), ValuesIndices (*along)(const Operand&, Index, bool)>
PyObject* median_of(const char* name, const Operand& x, std::optional<Index> dim, bool keepdim) {
  if (!dim) return wrap(over_all(x));
  return values_indices(name, along(x, *dim, keepdim));
}

constexpr Function kTable[] = {
    function<[](const Operand& x, Index dim, OptionalDType dtype) { return cumsum(x, dim, dtype); }>(
        "cumsum(input, dim, *, dtype=None)", "Running sums along `dim`; of integers and bools in int64.",
        As::AllCopiedOut),
    function<[](const Operand& x, Index dim, OptionalDType dtype) { return cumprod(x, dim, dtype); }>(
        "cumprod(input, dim, *, dtype=None)",
        "Running products along `dim`; of integers and bools in int64. Zeros have exact gradients.", As::AllCopiedOut),
    function<logcumsumexp>("logcumsumexp(input, dim)", "log(cumsum(exp(input))), without overflow.", As::BothOut),
    function<[](const Operand& x, Index dim) { return values_indices("cummax", cummax(x, dim)); }>(
        "cummax(input, dim)", "The greatest element so far along `dim`, and the index where it was last met.",
        As::BothOut),
    function<[](const Operand& x, Index dim) { return values_indices("cummin", cummin(x, dim)); }>(
        "cummin(input, dim)", "The least element so far along `dim`, and the index where it was last met.",
        As::BothOut),

    function<[](const Operand& x, Index dim, bool descending, std::optional<bool> stable) {
      return values_indices("sort", sort(x, dim, descending, stable.has_value()));
    }>("sort(input, dim=-1, descending=False, *, stable=None)",
       "Sorted along `dim`: (values, indices). NaN is greater than all else; equal elements keep their order, asked "
       "for "
       "with `stable` or not.",
       As::BothOut),
    function<[](const Operand& x, Index dim, bool descending, bool) { return argsort(x, dim, descending); }>(
        "argsort(input, dim=-1, descending=False, *, stable=False)", "The indices of sort().", As::BothOut),
    function<[](const Operand& x) { return sort(x, 0).values; }>("msort(input)", "Sorted along the first dimension.",
                                                                 As::BothOut),
    function<[](const Operand& x, Index k, Index dim, bool largest, bool) {
      return values_indices("topk", topk(x, k, dim, largest));
    }>("topk(input, k, dim=-1, largest=True, sorted=True)",
       "The k greatest (or least) along `dim`, best first: (values, indices).", As::BothOut),
    function<[](const Operand& x, Index k, Index dim, bool keepdim) {
      return values_indices("kthvalue", kthvalue(x, k, dim, keepdim));
    }>("kthvalue(input, k, dim=-1, keepdim=False)", "The k-th least along `dim`, k from 1: (values, indices).",
       As::BothOut),
    function<[](const Operand& x, std::optional<Index> dim, bool keepdim) {
      return median_of<median, median>("median", x, dim, keepdim);
    }>("median(input, dim=None, keepdim=False)",
       "The lower median of all elements, NaN if one is NaN; along `dim`, (values, indices).", As::BothOut),
    function<[](const Operand& x, std::optional<Index> dim, bool keepdim) {
      return median_of<nanmedian, nanmedian>("nanmedian", x, dim, keepdim);
    }>("nanmedian(input, dim=None, keepdim=False)", "The lower median of those that are no NaN, as median().",
       As::BothOut),
    function<[](const Operand& x, Index dim, bool keepdim) { return values_indices("mode", mode(x, dim, keepdim)); }>(
        "mode(input, dim=-1, keepdim=False)",
        "The most frequent element along `dim`, the least of several, and its last index.", As::BothOut),
};

}  // namespace

void register_order(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
