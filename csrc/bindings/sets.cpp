// The table of sets, bins, differences and slopes.

#include "ops/sets.h"

#include "bindings/function_table.h"
#include "bindings/register.h"
#include "ops/differences.h"
#include "ops/statistics.h"

namespace tapegrad::bindings {
namespace {

using OptionalVariable = std::optional<Variable>;

/// The values, and those of the others that were asked for.
PyObject* chosen(DistinctElements found, bool inverse, bool counts) {
  std::vector<Variable> results{std::move(found.values)};
  if (inverse) results.push_back(std::move(found.inverse));
  if (counts) results.push_back(std::move(found.counts));
  return results.size() == 1 ? wrap(results[0]) : to_python(results);
}

PyObject* histogram_of(const Variable& x, PyObject* bins, PyObject* range, const OptionalVariable& weight,
                       bool density) {
  const auto result = [&] {
    if (!PyLong_Check(bins)) {
      if (range != Py_None) fail<TypeError>("histogram() takes `range` with a number of bins, not with their edges");
      return histogram(x, Converter<Variable>(bins).get(), weight, density);
    }
    std::optional<std::array<double, 2>> limits;
    if (range != Py_None) {
      const py::object pair = steal(checked(PySequence_Tuple(range)));
      if (PyTuple_GET_SIZE(pair.ptr()) != 2) fail<Error>("histogram: range should have 2 elements");
      const auto number = [&](Py_ssize_t i) { return Converter<double>(PyTuple_GET_ITEM(pair.ptr(), i)).get(); };
      limits = {number(0), number(1)};
    }
    return histogram(x, to_index(bins), limits, weight, density);
  };
  return named_tuple<2>({"histogram", {"hist", "bin_edges"}}, result());
}

PyObject* search(const Variable& sorted, const Number& values, bool narrow, bool right,
                 const std::optional<std::string>& side, const OptionalVariable& order) {
  if (side && *side != "left" && *side != "right")
    fail<Error>("searchsorted(): side can only be 'left' or 'right' but got ", *side);
  if (side && *side == "left" && right)
    fail<Error>("searchsorted(): side and right can't be set to opposites, got side of left while right was True");
  return wrap(searchsorted(sorted, values, narrow, right || (side && *side == "right"), order));
}

template <Variable (*with_points)(const Variable&, const Variable&, Index),
          Variable (*with_step)(const Variable&, const Scalar&, Index)>
Variable integral(const char* name, const Variable& y, const OptionalVariable& x, const std::optional<Scalar>& dx,
                  Index dim) {
  if (x && dx) fail<TypeError>(name, "() takes `x` or `dx`, not both");
  return x ? with_points(y, *x, dim) : with_step(y, dx.value_or(1), dim);
}

/// A number for all dimensions, or numbers or coordinates for each.
std::vector<Spacing> spacings(const Variable& x, PyObject* spacing, const Dims& dims, bool all) {
  const std::size_t count = all ? x.ndim() : dims.size();
  if (spacing == Py_None) return std::vector<Spacing>(count);
  if (!PyTuple_Check(spacing) && !PyList_Check(spacing))
    return std::vector<Spacing>(count, Spacing{Converter<Scalar>(spacing).get(), {}});
  const auto given = static_cast<std::size_t>(PySequence_Fast_GET_SIZE(spacing));
  if (given != count)
    fail<Error>(
        "gradient expected spacing to be unspecified, a scalar, or a list of length equal to the number of "
        "dimensions, ",
        count, ", but got a list of length ", given);
  std::vector<Spacing> found;
  each_item(spacing, [&](PyObject* item) {
    if (is_variable(item) || is_ndarray(item)) found.push_back({1, Converter<Variable>(item).get()});
    else found.push_back({Converter<Scalar>(item).get(), {}});
  });
  return found;
}

Variable quantile_of(const Variable& x, const Number& q, std::optional<Index> dim, bool keepdim,
                     const std::string& interpolation, bool without_nans) {
  const DType dtype = is_floating(x.dtype()) ? x.dtype() : DType::Float32;
  return quantile(x, q.is_scalar() ? full({}, q.scalar(), dtype) : q.variable(), dim, keepdim, interpolation,
                  without_nans);
}

constexpr Function kTable[] = {
    function<[](const Variable& x, bool, bool inverse, bool counts, std::optional<Index> dim) {
      return chosen(unique(x, dim, inverse), inverse, counts);
    }>("unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None)",
       "The distinct elements, or slices along `dim`, ascending; with their places in the result and how often each "
       "comes, where that is asked for.",
       As::Both),
    function<[](const Variable& x, bool inverse, bool counts, std::optional<Index> dim) {
      return chosen(unique_consecutive(x, dim, inverse), inverse, counts);
    }>("unique_consecutive(input, return_inverse=False, return_counts=False, dim=None)",
       "As unique(), but of equal neighbours one is left, and nothing is sorted.", As::Both),
    function<bincount>("bincount(input, weights=None, minlength=0)",
                       "How often each of 0, 1, ... comes, or the sums of its weights.", As::Both),
    function<histc>(
        "histc(input, bins=100, min=0, max=0)",
        "How many elements lie in each of `bins` bins between `min` and `max`, the extremes where these are "
        "equal; others do not count.",
        As::BothOut),
    function<histogram_of>("histogram(input, bins, *, range=None, weight=None, density=False)",
                           "(hist, bin_edges): how many elements, or what weight, lie in each bin, the last edge "
                           "included. `bins` is a number or the edges.",
                           As::BothOut),
    function<search>(
        "searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None)",
        "Where each value would have to stand in its sorted row: before those equal to it, or with `right` "
        "after them.",
        As::FunctionOut),
    function<[](const Number& values, const Variable& boundaries, bool narrow, bool right) {
      return bucketize(values, boundaries, narrow, right);
    }>("bucketize(input, boundaries, *, out_int32=False, right=False)",
       "searchsorted() with the sorted boundaries second.", As::FunctionOut),

    function<[](const Number& elements, const Number& tested, bool, bool invert) {
      return isin(elements, tested, invert);
    }>("isin(elements, test_elements, *, assume_unique=False, invert=False)",
       "Which elements are among test_elements; one of the two may be a number.", As::FunctionOut),

    function<diff>("diff(input, n=1, dim=-1, prepend=None, append=None)",
                   "Differences of neighbours along `dim`, n times over; of bools whether they differ.", As::BothOut),
    function<[](const Variable& y, const OptionalVariable& x, const std::optional<Scalar>& dx, Index dim) {
      return integral<trapezoid, trapezoid>("trapezoid", y, x, dx, dim);
    }>("trapezoid(y, x=None, *, dx=None, dim=-1)",
       "Integral along `dim` by the trapezoidal rule, of samples at x, or dx (1) apart.", As::Function),
    function<[](const Variable& y, const OptionalVariable& x, const std::optional<Scalar>& dx, Index dim) {
      return integral<trapezoid, trapezoid>("trapz", y, x, dx, dim);
    }>("trapz(y, x=None, *, dx=None, dim=-1)", "trapezoid().", As::Function),
    function<[](const Variable& y, const OptionalVariable& x, const std::optional<Scalar>& dx, Index dim) {
      return integral<cumulative_trapezoid, cumulative_trapezoid>("cumulative_trapezoid", y, x, dx, dim);
    }>("cumulative_trapezoid(y, x=None, *, dx=None, dim=-1)", "trapezoid() up to each sample from the second on.",
       As::Function),
    function<[](const Variable& x, PyObject* spacing, PyObject* dim, Index edge_order) {
      const Dims dims = dim == Py_None ? Dims{} : to_dims(dim);
      return gradient(x, spacings(x, spacing, dims, dim == Py_None), dims, edge_order);
    }>("gradient(input, *, spacing=None, dim=None, edge_order=1)",
       "Slopes along each dimension by central differences; `spacing` is a number, one a dimension, or coordinates.",
       As::Function),

    function<[](const Variable& x, const Number& q, std::optional<Index> dim, bool keepdim, const std::string& way) {
      return quantile_of(x, q, dim, keepdim, way, false);
    }>("quantile(input, q, dim=None, keepdim=False, *, interpolation='linear')",
       "The q-th quantiles, q in [0, 1]: of all elements or along `dim`; NaN where there is one. Several come first.",
       As::BothOut),
    function<[](const Variable& x, const Number& q, std::optional<Index> dim, bool keepdim, const std::string& way) {
      return quantile_of(x, q, dim, keepdim, way, true);
    }>("nanquantile(input, q, dim=None, keepdim=False, *, interpolation='linear')",
       "quantile() of those that are no NaN.", As::BothOut),
    function<cov>("cov(input, *, correction=1, fweights=None, aweights=None)",
                  "Covariances of the variables in rows, with observations in columns, which may be weighted.",
                  As::Both),
    function<corrcoef>("corrcoef(input)", "Correlations of the variables in rows.", As::Both),
};

}  // namespace

void register_sets(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
