// The table of matrix products and contractions beyond mm (math.cpp).

#include "ops/products.h"

#include "bindings/function_table.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

template <auto f>
Variable added(const Operand& x, const Operand& a, const Operand& b, const Scalar& beta, const Scalar& alpha) {
  return f(x, a, b, beta, alpha);
}

/// einsum's subscripts as numbers (or Ellipsis), in letters.
void append_letters(std::string& text, PyObject* subscripts) {
  const py::object items = steal(PySequence_Fast(subscripts, "einsum(): a list of subscripts is expected"));
  each_item(items.ptr(), [&](PyObject* item) {
    if (item == Py_Ellipsis) {
      text += "...";
      return;
    }
    const Index number = to_index(item);
    if (number < 0 || number >= 52)
      fail<ValueError>("einsum(): subscript in subscript list is not within the valid range [0, 52)");
    text += static_cast<char>(number < 26 ? 'A' + number : 'a' + number - 26);
  });
}

/// einsum("ij,jk", a, b), einsum("ij,jk", [a, b]), einsum(a, [0, 1], b, [1, 2], [0, 2]).
Variable einsum_any(PyObject* arguments) {
  const py::object all = steal(PySequence_Tuple(arguments));
  const Py_ssize_t count = PyTuple_GET_SIZE(all.ptr());
  if (count < 2 || PyUnicode_Check(arguments)) {
    fail<ValueError>(
        "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
        "subscripts list");
  }
  const auto item = [&](Py_ssize_t i) { return PyTuple_GET_ITEM(all.ptr(), i); };
  std::vector<Variable> operands;
  std::string equation;
  if (PyUnicode_Check(item(0))) {
    equation = text_of(item(0));
    const bool listed = count == 2 && (PyList_Check(item(1)) || PyTuple_Check(item(1)));
    operands = to_variables(listed ? item(1) : steal(PyTuple_GetSlice(all.ptr(), 1, count)).ptr());
  } else {
    for (Py_ssize_t i = 0; i + 1 < count; i += 2) {
      if (i > 0) equation += ',';
      operands.push_back(Converter<Variable>(item(i)).get());
      append_letters(equation, item(i + 1));
    }
    if (count % 2 == 1) {
      equation += "->";
      append_letters(equation, item(count - 1));
    }
  }
  return einsum(equation, operands);
}

/// `dims` is how many dimensions, the last of a and the first of b, or the two lists of them.
Variable tensordot_any(const Variable& a, const Variable& b, PyObject* dims) {
  py::object given = borrow(dims);
  if (is_variable(dims)) given = given.attr("tolist")();
  if (PyIndex_Check(given.ptr())) {
    const Index count = to_index(given.ptr());
    if (count < 0) fail<Error>("tensordot expects dims >= 0, but got dims=", count);
    if (count > static_cast<Index>(std::min(a.ndim(), b.ndim())))
      fail<Error>("tensordot expects dims < ndim_a or ndim_b, but got dims=", count);
    Dims left, right;
    for (Index i = 0; i < count; ++i) {
      left.push_back(i - count);
      right.push_back(i);
    }
    return tensordot(a, b, left, right);
  }
  const py::object pair = steal(PySequence_Fast(given.ptr(), "tensordot(): dims must be an int or two lists of ints"));
  if (PySequence_Fast_GET_SIZE(pair.ptr()) != 2) throw Refused{dims, "an int or two lists of ints"};
  PyObject* const lists[] = {PySequence_Fast_GET_ITEM(pair.ptr(), 0), PySequence_Fast_GET_ITEM(pair.ptr(), 1)};
  for (PyObject* const list : lists)
    if (PyIndex_Check(list)) throw Refused{dims, "an int or two lists of ints"};
  return tensordot(a, b, to_dims(lists[0]), to_dims(lists[1]));
}

Variable cross(const Variable& a, const Variable& b, std::optional<Index> dim) {
  if (dim) return linalg_cross(a, b, *dim);
  warn(
      "cross() without dim takes the first dimension of size 3, which is deprecated: pass dim, or call "
      "tapegrad.linalg.cross(), which takes the last");
  for (std::size_t i = 0; i < a.ndim(); ++i)
    if (a.shape()[i] == 3) return linalg_cross(a, b, static_cast<Index>(i));
  fail<Error>("no dimension of size 3 in input");
}

constexpr As kAdded = static_cast<As>(static_cast<int>(As::All) | static_cast<int>(As::Out));

constexpr Function kTable[] = {
    function<added<addmm>>("addmm(input, mat1, mat2, *, beta=1, alpha=1)",
                           "beta * input + alpha * mat1 @ mat2; with beta 0 the input is not read.", kAdded),
    function<added<addmv>>("addmv(input, mat, vec, *, beta=1, alpha=1)",
                           "beta * input + alpha * mat @ vec; with beta 0 the input is not read.", kAdded),
    function<added<addbmm>>("addbmm(input, batch1, batch2, *, beta=1, alpha=1)",
                            "beta * input + alpha * (batch1 @ batch2).sum(0).", kAdded),
    function<added<baddbmm>>("baddbmm(input, batch1, batch2, *, beta=1, alpha=1)",
                             "beta * input + alpha * batch1 @ batch2.", kAdded),
    function<added<addr>>("addr(input, vec1, vec2, *, beta=1, alpha=1)", "beta * input + alpha * outer(vec1, vec2).",
                          kAdded),
    function<vdot>("vdot(input, other)", "Inner product of two vectors.", As::BothOut),
    function<outer>("outer(input, vec2)", "All products of the elements of two vectors.", As::BothOut),
    function<outer>("ger(input, vec2)", "outer().", As::BothOut),
    function<inner>("inner(input, other)", "Sums of products over the last dimensions of both.", As::BothOut),
    function<kron>("kron(input, other)", "Kronecker product.", As::BothOut),
    function<cross>("cross(input, other, dim=None)",
                    "Cross products along `dim`, of size 3. Without it, along the first dimension of that size, which "
                    "is deprecated.",
                    As::BothOut),
    function<[](const std::vector<Variable>& matrices) { return multi_dot(matrices); }>(
        "chain_matmul(*matrices)", "The product of matrices in the cheapest order.", As::FunctionOut),
    function<tensordot_any>("tensordot(a, b, dims=2)",
                            "Sums of products over `dims` dimensions, the last of a and the first of b, or over those "
                            "in two lists.",
                            As::FunctionOut),
    function<einsum_any>("einsum(*args)",
                         "Sums of products in Einstein's notation: einsum('ij,jk->ik', a, b), or "
                         "einsum(a, [0, 1], b, [1, 2], [0, 2]).",
                         As::Function),
};

}  // namespace

void register_products(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
