#pragma once
// The public operations on variables, one section a file of this folder. Each runs its op and records it.
// Shapes broadcast as NumPy's; dtypes promote as PyTorch's (Promotion, core/dtype.h). Where the contract of a function
// is not given here, it is that of PyTorch's function of the same name. All raise Error, TypeError, ValueError or
// IndexError for what they cannot take, with nothing changed.

#include <optional>
#include <span>
#include <vector>

#include "core/memory_format.h"
#include "core/tensor.h"
#include "graph/operand.h"
#include "graph/record.h"

namespace tapegrad {

// --- create: fresh leaves, never uninitialised -----------------------------------------------------------------------
Variable full(const Dims& shape, const Scalar& value, DType dtype);
/// Of the shape of `x`, and with its strides by default.
Variable full_like(const Variable& x, const Scalar& value, DType dtype, MemoryFormat format = MemoryFormat::Preserve);
Variable arange(const Scalar& start, const Scalar& end, const Scalar& step, std::optional<DType> dtype);
Variable linspace(double start, double end, Index steps, DType dtype);
Variable logspace(double start, double end, Index steps, double base, DType dtype);
Variable eye(Index rows, std::optional<Index> columns, DType dtype);

// --- unary ----------------------------------------------------------------------------------------------------------
Variable neg(const Operand& x);
Variable abs(const Operand& x);
Variable sign(const Operand& x);
Variable square(const Operand& x);
Variable reciprocal(const Operand& x);
Variable sqrt(const Operand& x);
Variable exp(const Operand& x);
Variable log(const Operand& x);
Variable sin(const Operand& x);
Variable cos(const Operand& x);
Variable tanh(const Operand& x);
Variable sigmoid(const Operand& x);
Variable relu(const Operand& x);
Variable logical_not(const Operand& x);
Variable bitwise_not(const Operand& x);

// --- binary ---------------------------------------------------------------------------------------------------------
Variable add(const Operand& a, const Operand& b);
Variable add(const Operand& a, const Operand& b, const Scalar& alpha);
Variable sub(const Operand& a, const Operand& b, const Scalar& alpha = 1);
Variable mul(const Operand& a, const Operand& b);
Variable div(const Operand& a, const Operand& b);
Variable pow(const Operand& base, const Operand& exponent);
Variable maximum(const Operand& a, const Operand& b);
Variable minimum(const Operand& a, const Operand& b);
Variable bitwise_and(const Operand& a, const Operand& b);
Variable bitwise_or(const Operand& a, const Operand& b);
Variable bitwise_xor(const Operand& a, const Operand& b);
Variable eq(const Operand& a, const Operand& b);
Variable ne(const Operand& a, const Operand& b);
Variable lt(const Operand& a, const Operand& b);
Variable le(const Operand& a, const Operand& b);
Variable gt(const Operand& a, const Operand& b);
Variable ge(const Operand& a, const Operand& b);
Variable logical_and(const Operand& a, const Operand& b);
Variable logical_or(const Operand& a, const Operand& b);
Variable logical_xor(const Operand& a, const Operand& b);
/// The dtype that operands are computed in together.
DType result_type(std::span<const Operand> operands);

// --- ternary --------------------------------------------------------------------------------------------------------
Variable where(const Operand& condition, const Operand& a, const Operand& b);
/// Bounds that are absent do not bound. Raises Error where both are.
Variable clamp(const Operand& x, std::optional<Operand> low, std::optional<Operand> high);

// --- reduce: `dims` empty means all ---------------------------------------------------------------------------------
struct ValuesIndices {
  Variable values;
  Variable indices;
};
Variable sum(const Operand& x, const Dims& dims = {}, bool keepdim = false, std::optional<DType> dtype = {});
Variable mean(const Operand& x, const Dims& dims = {}, bool keepdim = false, std::optional<DType> dtype = {});
Variable max(const Operand& x);
Variable min(const Operand& x);
ValuesIndices max(const Operand& x, Index dim, bool keepdim = false);
ValuesIndices min(const Operand& x, Index dim, bool keepdim = false);
Variable amax(const Operand& x, const Dims& dims = {}, bool keepdim = false);
Variable amin(const Operand& x, const Dims& dims = {}, bool keepdim = false);
Variable argmax(const Operand& x, std::optional<Index> dim, bool keepdim = false);
Variable argmin(const Operand& x, std::optional<Index> dim, bool keepdim = false);
Variable all(const Operand& x, const Dims& dims = {}, bool keepdim = false);
Variable any(const Operand& x, const Dims& dims = {}, bool keepdim = false);
Variable logsumexp(const Operand& x, const Dims& dims, bool keepdim = false);
Variable softmax(const Operand& x, Index dim, std::optional<DType> dtype = {});
Variable log_softmax(const Operand& x, Index dim, std::optional<DType> dtype = {});
/// Sums what broadcasting had repeated: the result has `shape`, which must broadcast to x's.
Variable sum_to_size(const Operand& x, const Dims& shape);

// --- shape: views where the layout allows ---------------------------------------------------------------------------
Variable view(const Variable& x, const Dims& shape);
/// The same bytes as elements of another dtype, without history.
Variable view(const Variable& x, DType dtype);
Variable reshape(const Variable& x, const Dims& shape);
/// Another shape of a fresh row-major array that nobody else sees: the second half of a reshape that copied.
Variable unsafe_view(const Variable& x, const Dims& shape);
Variable flatten(const Variable& x, Index start = 0, Index end = -1);
Variable transpose(const Variable& x, Index dim0, Index dim1);
Variable t(const Variable& x);
Variable permute(const Variable& x, const Dims& dims);
/// `.T`, which reverses the dimensions, and `.mT`, which swaps the last two.
Variable reversed(const Variable& x);
Variable matrix_transpose(const Variable& x);
/// -1 keeps a size.
Variable expand(const Variable& x, const Dims& shape);
Variable squeeze(const Variable& x);
Variable squeeze(const Variable& x, Index dim);
Variable squeeze(const Variable& x, const Dims& dims);
Variable unsqueeze(const Variable& x, Index dim);
Variable select(const Variable& x, Index dim, Index index);
/// x[i, j, ...] of the first dimensions, as many as there are indices: one view, with a node for each index.
Variable select_leading(const Variable& x, std::span<const Index> indices);
/// `start` and `end` as in Python's slices, already made non-negative and clipped; step at least 1.
Variable slice(const Variable& x, Index dim, Index start, Index end, Index step);
Variable as_strided(const Variable& x, const Layout& to, bool with_offset = true);
/// A view of the whole: `x[...]`.
Variable alias(const Variable& x);
Variable cat(std::span<const Variable> parts, Index dim = 0);
Variable stack(std::span<const Variable> parts, Index dim = 0);

// --- copy -----------------------------------------------------------------------------------------------------------
Variable clone(const Operand& x, MemoryFormat format = MemoryFormat::Preserve);
/// The same variable where nothing is to be done.
Variable contiguous(const Variable& x, MemoryFormat format = MemoryFormat::Contiguous);
Variable to(const Operand& x, DType dtype, MemoryFormat format = MemoryFormat::Preserve);
void copy_(const Variable& self, const Operand& source);
void fill_(const Variable& self, const Operand& value);
Variable fill(const Variable& x, const Operand& value);
void zero_(const Variable& self);
/// self += value, in place.
void add_(const Variable& self, const Operand& value);

// --- index: integer arrays of one dimension each, or undefined for a dimension that is kept whole --------------------
Variable index(const Variable& x, std::span<const Variable> indices);
void index_put_(const Variable& self, std::span<const Variable> indices, const Operand& values,
                bool accumulate = false);
Variable index_put(const Variable& x, std::span<const Variable> indices, const Operand& values,
                   bool accumulate = false);
/// A mask's indices, one variable a dimension.
std::vector<Variable> mask_indices(const Variable& mask);
Variable nonzero(const Variable& x);

// --- matrix ---------------------------------------------------------------------------------------------------------
Variable matmul(const Variable& a, const Variable& b);
Variable mm(const Operand& a, const Operand& b);
Variable bmm(const Operand& a, const Operand& b);
Variable mv(const Variable& a, const Variable& b);
Variable dot(const Variable& a, const Variable& b);

// --- operators for formulas -----------------------------------------------------------------------------------------
inline Variable operator+(const Operand& a, const Operand& b) { return add(a, b); }
inline Variable operator-(const Operand& a, const Operand& b) { return sub(a, b); }
inline Variable operator*(const Operand& a, const Operand& b) { return mul(a, b); }
inline Variable operator/(const Operand& a, const Operand& b) { return div(a, b); }
inline Variable operator-(const Operand& a) { return neg(a); }

}  // namespace tapegrad
