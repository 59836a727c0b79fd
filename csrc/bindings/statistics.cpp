// The table of statistics: products, moments, norms.

#include "ops/statistics.h"

#include "bindings/function_table.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

using OptionalDType = std::optional<DType>;

/// PyTorch's two ways to say what the count is lessened by: unbiased=False, also in the place of dim, or correction=.
struct Moment {
  Moment(const char* function, PyObject* dim, std::optional<bool> unbiased, std::optional<double> given) {
    if (PyBool_Check(dim)) {
      if (unbiased) fail<TypeError>(function, "(): `unbiased` is given twice");
      unbiased = dim == Py_True;
    } else if (dim != Py_None) {
      dims = to_dims(dim);
    }
    if (unbiased && given) fail<TypeError>(function, "() takes `unbiased` or `correction`, not both");
    correction = given.value_or(unbiased.value_or(true) ? 1 : 0);
  }
  Dims dims;
  double correction;
};

template <auto f>
auto moment(const char* name, const Operand& x, PyObject* dim, std::optional<bool> unbiased, bool keepdim,
            std::optional<double> correction) {
  const Moment m(name, dim, unbiased, correction);
  const Tensor& t = x.tensor();
  const Index results = count_elements(reduced_shape(t.shape(), dim_mask(m.dims, t.ndim()), false));
  auto result = f(x, m.dims, m.correction, keepdim);
  if (m.correction >= static_cast<double>(results ? t.numel() / results : 0))
    warn((std::string(name) + "(): degrees of freedom is <= 0: `correction` is not less than the number of elements")
             .c_str());
  return result;
}

PyObject* pair(const std::array<Variable, 2>& both) { return to_python(both); }

/// torch.norm: 'fro' and 'nuc' are norms of matrices, but 'fro' of all elements or along one dimension too.
Variable norm(const Variable& x, PyObject* p, const Dims& dim, bool keepdim, OptionalDType dtype) {
  if (p != Py_None && !PyUnicode_Check(p)) return vector_norm(x, Converter<double>(p).get(), dim, keepdim, dtype);
  const std::string order = p == Py_None ? "fro" : text_of(p);
  if (order == "nuc") {
    if (dim.empty() && x.ndim() > 2)
      fail<Error>("linalg.matrix_norm: dim must be a 2-tuple, as the input has ", x.ndim(), " dimensions");
    return nuclear_norm(x, dim, keepdim, dtype);
  }
  if (order != "fro") fail<Error>("norm(): Order ", order, " not supported: p is a number, 'fro' or 'nuc'");
  if (dim.size() > 2)
    fail<Error>("linalg.matrix_norm: dim must be a 2-tuple, not of ", dim.size(), " elements: p=2 takes any number");
  return vector_norm(x, 2, dim, keepdim, dtype);
}

constexpr Function kTable[] = {
    function<prod>("prod(input, dim=None, keepdim=False, *, dtype=None)",
                   "Product, of all elements or along one dimension; of integers and bools in int64. Zeros have exact "
                   "gradients.",
                   As::BothOut),
    function<nansum>("nansum(input, dim=None, keepdim=False, *, dtype=None)", "Sum of those that are no NaN.",
                     As::BothOut),
    function<nanmean>("nanmean(input, dim=None, keepdim=False, *, dtype=None)", "Mean of those that are no NaN.",
                      As::BothOut),
    function<count_nonzero>("count_nonzero(input, dim=None)", "How many elements are not zero: int64."),
    function<[](const Operand& x, std::optional<Index> dim, bool keepdim) {
      return named_tuple<2>({"aminmax", {"min", "max"}}, aminmax(x, dim, keepdim));
    }>("aminmax(input, *, dim=None, keepdim=False)",
       "(min, max), of all elements or along a dimension; equal elements share their gradients.", As::BothOut),

    function<[](const Operand& x, PyObject* dim, std::optional<bool> unbiased, bool keepdim,
                std::optional<double> correction) {
      return moment<variance>("var", x, dim, unbiased, keepdim, correction);
    }>("var(input, dim=None, unbiased=None, keepdim=False, *, correction=None)",
       "Variance: the squares' mean distance from the mean, divided by the count less `correction`, 1 unless given; "
       "unbiased=False is correction=0.",
       As::BothOut),
    function<[](const Operand& x, PyObject* dim, std::optional<bool> unbiased, bool keepdim,
                std::optional<double> correction) {
      return moment<standard_deviation>("std", x, dim, unbiased, keepdim, correction);
    }>("std(input, dim=None, unbiased=None, keepdim=False, *, correction=None)",
       "Standard deviation, the root of var(); its slope is 0 where all elements are equal.", As::BothOut),
    function<[](const Operand& x, PyObject* dim, std::optional<bool> unbiased, bool keepdim,
                std::optional<double> correction) {
      return pair(moment<var_mean>("var_mean", x, dim, unbiased, keepdim, correction));
    }>("var_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=None)", "(var(), mean()).", As::Function),
    function<[](const Operand& x, PyObject* dim, std::optional<bool> unbiased, bool keepdim,
                std::optional<double> correction) {
      return pair(moment<std_mean>("std_mean", x, dim, unbiased, keepdim, correction));
    }>("std_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=None)", "(std(), mean()).", As::Function),

    function<norm>("norm(input, p='fro', dim=None, keepdim=False, dtype=None)",
                   "The norm of order p of all elements or along dimensions; 'nuc' sums singular values.", As::BothOut),
    function<dist>("dist(input, other, p=2)", "The norm of order p of input - other.", As::Both),
    function<renorm>("renorm(input, p, dim, maxnorm)",
                     "input, with slices along `dim` whose norm of order p is greater than `maxnorm` scaled to it.",
                     As::AllOut),
};

}  // namespace

void register_statistics(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
