// The table of arithmetic: elementwise functions, reductions, matrix products.

#include "ops/math.h"
#include "bindings/function_table.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

/// max and min are three functions in one: of all elements, along a dimension, of two arrays.
template <Variable (*over_all)(const Operand&), ValuesIndices (*along)(const Operand&, Index, bool),
          Variable (*of_two)(const Operand&, const Operand&)>
PyObject* extremum(const char* name, const Operand& x, PyObject* dim, bool keepdim, PyObject* other) {
  if (other != Py_None) {
    if (dim != Py_None) fail<TypeError>(name, "() takes one of `dim` and `other`, not both");
    return wrap(of_two(x, Converter<Operand>(other).get()));
  }
  if (dim == Py_None) return wrap(over_all(x));
  if (is_variable(dim) || is_ndarray(dim)) return wrap(of_two(x, OperandArgument(dim).get()));
  ValuesIndices found = along(x, to_index(dim), keepdim);
  return named_tuple<2>({name, {"values", "indices"}}, {std::move(found.values), std::move(found.indices)});
}

Variable divide(const Number& a, const Number& b, const std::optional<std::string>& rounding) {
  if (!rounding) return div(a, b);
  if (*rounding == "floor") return div_floor(a, b);
  if (*rounding == "trunc") return div_trunc(a, b);
  fail<Error>("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '", *rounding, "'");
}

PyObject* choose(const Operand& condition, std::optional<Number> a, std::optional<Number> b) {
  if (a && b) return wrap(where(condition, *a, *b));
  if (a || b) fail<TypeError>("where() takes a condition alone, or `input` and `other` both");
  const Variable flat = condition.variable().ndim() == 0 ? unsqueeze(condition.variable(), 0) : condition.variable();
  return to_python(mask_indices(ne(flat, 0)));
}

using OptionalDType = std::optional<DType>;

constexpr Function kTable[] = {
    // Elementwise, of one operand.
    function<neg>("neg(input)", "-input.", As::AllOut),
    function<abs>("abs(input)", "|input|; its slope at 0 is 0.", As::AllOut),
    function<sign>("sign(input)", "-1, 0 or 1; its gradient is zero.", As::AllOut),
    function<square>("square(input)", "input ** 2.", As::AllOut),
    function<reciprocal>("reciprocal(input)", "1 / input; integers give float32.", As::AllOut),
    function<sqrt>("sqrt(input)", "Square root; its slope at 0 is inf. Integers give float32.", As::AllOut),
    function<exp>("exp(input)", "e ** input; integers give float32.", As::AllOut),
    function<log>("log(input)", "Natural logarithm; integers give float32.", As::AllOut),
    function<sin>("sin(input)", "Sine, of radians; integers give float32.", As::AllOut),
    function<cos>("cos(input)", "Cosine, of radians; integers give float32.", As::AllOut),
    function<tanh>("tanh(input)", "Hyperbolic tangent; integers give float32.", As::AllOut),
    function<sigmoid>("sigmoid(input)", "1 / (1 + exp(-input)); integers give float32.", As::AllOut),
    function<relu>("relu(input)", "max(input, 0); its slope at 0 is 0, at NaN 1.", As::All),
    function<logical_not>("logical_not(input)", "Whether each element is zero: bool.", As::AllOut),
    function<bitwise_not>("bitwise_not(input)", "~input, of integers and bools.", As::AllOut),
    function<[](const Operand& x) { return x.variable(); }>("positive(input)", "+input: the same Variable."),

    // Elementwise, of several; operands broadcast, and numbers bend to the dtype of the arrays.
    function<[](const Number& a, const Number& b, const Scalar& alpha) { return add(a, b, alpha); }>(
        "add(input, other, *, alpha=1)", "input + alpha * other.", As::AllOut),
    function<[](const Number& a, const Number& b, const Scalar& alpha) { return sub(a, b, alpha); }>(
        "sub(input, other, *, alpha=1)", "input - alpha * other.", As::AllOut),
    function<[](const Number& a, const Number& b) { return mul(a, b); }>("mul(input, other)", "input * other.",
                                                                         As::AllOut),
    function<divide>(
        "div(input, other, *, rounding_mode=None)",
        "input / other; of two integers float32. `rounding_mode`: 'floor' or 'trunc', which keep integers.",
        As::AllOut),
    function<[](const Number& a, const Number& b) { return pow(a, b); }>("pow(input, exponent)", "input ** exponent.",
                                                                         As::AllOut),
    function<[](const Number& a, const Number& b) { return maximum(a, b); }>(
        "maximum(input, other)", "The greater of each pair; NaN if either is.", As::BothOut),
    function<[](const Number& a, const Number& b) { return minimum(a, b); }>(
        "minimum(input, other)", "The less of each pair; NaN if either is.", As::BothOut),
    function<[](const Number& a, const Number& b) { return bitwise_and(a, b); }>(
        "bitwise_and(input, other)", "input & other, of integers and bools.", As::AllOut),
    function<[](const Number& a, const Number& b) { return bitwise_or(a, b); }>(
        "bitwise_or(input, other)", "input | other, of integers and bools.", As::AllOut),
    function<[](const Number& a, const Number& b) { return bitwise_xor(a, b); }>(
        "bitwise_xor(input, other)", "input ^ other, of integers and bools.", As::AllOut),
    function<[](const Number& a, const Number& b) { return eq(a, b); }>("eq(input, other)", "input == other: bool.",
                                                                        As::AllOut),
    function<[](const Number& a, const Number& b) { return ne(a, b); }>("ne(input, other)", "input != other: bool.",
                                                                        As::AllOut),
    function<[](const Number& a, const Number& b) { return lt(a, b); }>("lt(input, other)", "input < other: bool.",
                                                                        As::AllOut),
    function<[](const Number& a, const Number& b) { return le(a, b); }>("le(input, other)", "input <= other: bool.",
                                                                        As::AllOut),
    function<[](const Number& a, const Number& b) { return gt(a, b); }>("gt(input, other)", "input > other: bool.",
                                                                        As::AllOut),
    function<[](const Number& a, const Number& b) { return ge(a, b); }>("ge(input, other)", "input >= other: bool.",
                                                                        As::AllOut),
    function<[](const Number& a, const Number& b) { return logical_and(a, b); }>(
        "logical_and(input, other)", "Whether both are non-zero: bool.", As::AllOut),
    function<[](const Number& a, const Number& b) { return logical_or(a, b); }>(
        "logical_or(input, other)", "Whether either is non-zero: bool.", As::AllOut),
    function<[](const Number& a, const Number& b) { return logical_xor(a, b); }>(
        "logical_xor(input, other)", "Whether just one is non-zero: bool.", As::AllOut),
    function<choose>("where(condition, input=None, other=None)",
                     "input where the bool `condition` holds, else other; with the condition alone the indices of its "
                     "non-zero elements, an array a dimension.",
                     As::FunctionOut),
    function<[](const Operand& x, const Operand& condition, const Number& other) {
      return where(condition, x, other);
    }>("where(input, condition, other)", "input where the bool `condition` holds, else other.", As::Method),
    function<[](const Operand& x, std::optional<Number> low, std::optional<Number> high) {
      return clamp(x, low ? std::optional<Operand>(*low) : std::nullopt,
                   high ? std::optional<Operand>(*high) : std::nullopt);
    }>("clamp(input, min=None, max=None)",
       "input, but at least `min` and at most `max`; the slope is 1 at the bounds themselves.", As::AllOut),

    // Reductions: dim is an int, a tuple, or None for all.
    function<[](const Operand& x, const Dims& dim, bool keepdim, OptionalDType dtype) {
      return sum(x, dim, keepdim, dtype);
    }>("sum(input, dim=None, keepdim=False, *, dtype=None)", "Sum; of integers and bools in int64.", As::BothOut),
    function<[](const Operand& x, const Dims& dim, bool keepdim, OptionalDType dtype) {
      return mean(x, dim, keepdim, dtype);
    }>("mean(input, dim=None, keepdim=False, *, dtype=None)",
       "Mean of floating elements. Raises RuntimeError for integers.", As::BothOut),
    function<[](const Operand& x, PyObject* dim, bool keepdim, PyObject* other) {
      return extremum<max, max, maximum>("max", x, dim, keepdim, other);
    }>("max(input, dim=None, keepdim=False, *, other=None)",
       "The greatest element; along `dim`, (values, indices); with an array as second argument, or as `other`, "
       "maximum(). Equal elements share the gradient of the first, the returned index gets that of the second.",
       As::BothOut),
    function<[](const Operand& x, PyObject* dim, bool keepdim, PyObject* other) {
      return extremum<min, min, minimum>("min", x, dim, keepdim, other);
    }>("min(input, dim=None, keepdim=False, *, other=None)", "The least element, as max() gives the greatest.",
       As::BothOut),
    function<[](const Operand& x, const Dims& dim, bool keepdim) { return amax(x, dim, keepdim); }>(
        "amax(input, dim=None, keepdim=False)", "The greatest elements; equal ones share the gradient.", As::BothOut),
    function<[](const Operand& x, const Dims& dim, bool keepdim) { return amin(x, dim, keepdim); }>(
        "amin(input, dim=None, keepdim=False)", "The least elements; equal ones share the gradient.", As::BothOut),
    function<[](const Operand& x, std::optional<Index> dim, bool keepdim) { return argmax(x, dim, keepdim); }>(
        "argmax(input, dim=None, keepdim=False)", "Index of the greatest element, the first among equals: int64.",
        As::BothOut),
    function<[](const Operand& x, std::optional<Index> dim, bool keepdim) { return argmin(x, dim, keepdim); }>(
        "argmin(input, dim=None, keepdim=False)", "Index of the least element, the first among equals: int64.",
        As::BothOut),
    function<[](const Operand& x, const Dims& dim, bool keepdim) { return all(x, dim, keepdim); }>(
        "all(input, dim=None, keepdim=False)", "Whether all elements are non-zero: bool.", As::BothOut),
    function<[](const Operand& x, const Dims& dim, bool keepdim) { return any(x, dim, keepdim); }>(
        "any(input, dim=None, keepdim=False)", "Whether an element is non-zero: bool.", As::BothOut),
    function<[](const Operand& x, const Dims& dim, bool keepdim) { return logsumexp(x, dim, keepdim); }>(
        "logsumexp(input, dim, keepdim=False)", "log(sum(exp(input))), without overflow.", As::BothOut),
    function<[](const Operand& x, Index dim, OptionalDType dtype) { return softmax(x, dim, dtype); }>(
        "softmax(input, dim, dtype=None)", "exp(input) / sum(exp(input)) along `dim`, without overflow.", As::BothOut),
    function<[](const Operand& x, Index dim, OptionalDType dtype) { return log_softmax(x, dim, dtype); }>(
        "log_softmax(input, dim, dtype=None)", "log(softmax(input)), exactly.", As::BothOut),
    function<[](const Operand& x, const Dims& size) { return size.empty() ? sum(x) : sum_to_size(x, size); }>(
        "sum_to_size(input, *size)", "Sums what broadcasting from `size` had repeated.", As::Method),

    // Matrix products.
    function<matmul>("matmul(input, other)", "Product of matrices, vectors, or batches of them, which broadcast.",
                     As::BothOut),
    function<mm>("mm(input, mat2)", "Product of two matrices, (m, k) and (k, n).", As::BothOut),
    function<bmm>("bmm(input, mat2)", "Product of batches of matrices, (b, m, k) and (b, k, n).", As::BothOut),
    function<mv>("mv(input, vec)", "Product of a matrix (m, k) and a vector (k,).", As::BothOut),
    function<dot>("dot(input, tensor)", "Inner product of two vectors (k,).", As::BothOut),
};

}  // namespace

void register_math(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
