#include "bindings/out.h"

#include <structseq.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "bindings/variable.h"
#include "graph/grad_mode.h"
#include "graph/view.h"
#include "ops/ops.h"

namespace tapegrad::bindings {
namespace {

// Whose `out` has the dtype of the result, as PyTorch asks; others' may be of a higher kind too.
// clang-format off
constexpr std::string_view kExact[] = {
    "abs", "addbmm", "addmm", "addmv", "amax", "amin", "aminmax", "argmax", "argmin", "baddbmm", "bitwise_not", "bmm",
    "bucketize", "ceil", "cholesky_ex", "conj_physical", "cross", "cummax", "cummin", "det", "diag", "dot", "eigh",
    "eigvalsh", "float_power", "floor", "frac", "frexp", "gather", "heaviside", "histc", "histogram", "index_add",
    "index_reduce", "index_select", "inner", "inv", "inv_ex", "isin", "isneginf", "isposinf", "kthvalue",
    "log_softmax", "logcumsumexp", "lu_factor", "lu_factor_ex", "lu_solve", "lu_unpack", "masked_select", "matmul",
    "matrix_norm", "matrix_power", "mm", "mode", "msort", "multi_dot", "multinomial", "mv", "nan_to_num",
    "nanquantile", "neg", "nonzero", "norm", "ormqr", "qr", "quantile", "renorm", "round", "scatter", "scatter_add",
    "scatter_reduce", "searchsorted", "sgn", "sign", "signbit", "slice_scatter", "slogdet", "softmax", "solve",
    "solve_ex", "solve_triangular", "sort", "svd", "svdvals", "take", "take_along_dim", "tensordot", "topk",
    "triangular_solve", "tril", "triu", "trunc", "vdot", "vecdot", "vector_norm", "where"};
// clang-format on

}  // namespace

bool out_dtype_is_exact(std::string_view function, bool several) {
  // max and min of two arrays are maximum and minimum.
  if (function == "max" || function == "min") return several;
  return function.ends_with("_copy") || std::binary_search(std::begin(kExact), std::end(kExact), function);
}

namespace {

/// The Variables of a result or an out=: itself, or the items of a tuple or list.
std::vector<Variable> items(const char* function, PyObject* object) {
  if (is_variable(object)) return {variable_of(object)};
  if (!PyTuple_Check(object) && !PyList_Check(object))
    fail<TypeError>(function, "(): out must be a Variable or a tuple of them, not ", type_name(object));
  std::vector<Variable> found;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); ++i) {
    PyObject* const item = PySequence_Fast_GET_ITEM(object, i);
    if (!is_variable(item))
      fail<TypeError>(function, "(): element ", i, " of out must be a Variable, not ", type_name(item));
    found.push_back(variable_of(item));
  }
  return found;
}

void check_dtype(const char* function, const Variable& result, const Variable& out) {
  if (info(result.dtype()).kind <= info(out.dtype()).kind) return;
  fail<Error>(function, ": result type ", name(result.dtype()), " can't be cast to the desired output type ",
              name(out.dtype()));
}

void check_out_dtype(const char* function, const Variable& result, const Variable& out, bool several) {
  if (out.dtype() == result.dtype() || function == std::string_view("bernoulli")) return;  // 0 and 1 fit in all
  if (out_dtype_is_exact(function, several))
    fail<Error>(function, ": Expected out tensor to have dtype ", name(result.dtype()), ", but got ", name(out.dtype()),
                " instead: make out with dtype=tapegrad.", name(result.dtype()));
  check_dtype(function, result, out);
}

void check(const char* function, const Variable& result, const Variable& out, bool several) {
  if (GradMode::enabled() && (result.requires_grad() || out.requires_grad())) {
    fail<Error>(function,
                "(): functions with out=... arguments don't support automatic differentiation, but one of the "
                "arguments requires grad: call it under tapegrad.no_grad(), or without out=");
  }
  check_out_dtype(function, result, out, several);
  if (out.shape() == result.shape()) return check_writable(out, false);
  if (out.numel() == 0 && !out.meta().view && !out.tensor().storage().foreign()) return;
  fail<Error>(function, "(): out has the shape ", to_string(out.shape()), ", but the result ",
              to_string(result.shape()), ": pass an out of that shape, or an empty one");
}

/// Raises where an argument, or an element of one, lies partly in the memory that is to be written.
void refuse_overlaps(const Variable& written, std::span<PyObject* const> arguments, bool within = true) {
  for (PyObject* const argument : arguments) {
    if (!argument) continue;
    if (is_variable(argument)) refuse_overlap(written.tensor(), variable_of(argument).tensor());
    else if (within && (PyTuple_Check(argument) || PyList_Check(argument)))
      refuse_overlaps(written,
                      {PySequence_Fast_ITEMS(argument), static_cast<std::size_t>(PySequence_Fast_GET_SIZE(argument))},
                      false);
  }
}

}  // namespace

PyObject* write_out(const char* function, PyObject* result, PyObject* out, std::span<PyObject* const> arguments) {
  const py::object owned = steal(result);
  const std::vector<Variable> results = items(function, result), outs = items(function, out);
  if (is_variable(result) != is_variable(out) || results.size() != outs.size())
    fail<TypeError>(function, "(): out must hold ", results.size(), " Variables, as the result does");
  for (std::size_t i = 0; i < outs.size(); ++i) check(function, results[i], outs[i], outs.size() > 1);
  for (const Variable& written : outs) refuse_overlaps(written, arguments);
  const GradModeGuard no_grad(false);
  for (std::size_t i = 0; i < outs.size(); ++i) {
    if (outs[i].shape() != results[i].shape())
      outs[i].meta().replace_tensor(new_tensor(outs[i].dtype(), results[i].shape()));
    copy_(outs[i], results[i]);
  }
  if (is_variable(out)) return Py_NewRef(out);
  if (PyTuple_CheckExact(result)) return checked(PySequence_Tuple(out));
  const py::object named = steal(PyStructSequence_New(Py_TYPE(result)));
  for (std::size_t i = 0; i < outs.size(); ++i)
    PyStructSequence_SetItem(named.ptr(), static_cast<Py_ssize_t>(i), wrap(outs[i]));
  return Py_NewRef(named.ptr());
}

void write_back(const char* function, const Variable& self, const Variable& result) {
  check_dtype(function, result, self);
  if (result.shape() != self.shape()) {
    fail<Error>("output with shape ", to_string(self.shape()), " doesn't match the broadcast shape ",
                to_string(result.shape()), ": an in-place ", function, " cannot enlarge its own operand");
  }
  const Meta& made = result.meta();
  const bool takes_node = GradMode::enabled() && made.interior && made.output == 0 && !self.meta().view &&
                          result.dtype() == self.dtype() && &result.tensor().storage() != &self.tensor().storage();
  if (!takes_node) return copy_(self, result);
  check_writable(self, true);
  {
    const GradModeGuard off(false);
    copy_(self, result);
  }
  set_own_history(self, made.node);
}

}  // namespace tapegrad::bindings
