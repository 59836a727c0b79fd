#pragma once
// Elements in another order, repeated, or on diagonals; and arrays cut into several. All as PyTorch's functions of the
// same names.

#include <string>
#include <vector>

#include "ops/ops.h"

namespace tapegrad {

// --- another order
// ----------------------------------------------------------------------------------------------------
Variable flip(const Operand& x, const Dims& dims);
Variable roll(const Operand& x, const Dims& shifts, const Dims& dims = {});
Variable rot90(const Operand& x, Index k, const Dims& dims);
Variable movedim(const Variable& x, const Dims& source, const Dims& destination);
Variable unflatten(const Variable& x, Index dim, const Dims& sizes);

// --- repeated
// ---------------------------------------------------------------------------------------------------------
Variable repeat(const Operand& x, const Dims& repeats);
Variable tile(const Operand& x, const Dims& repeats);
Variable repeat_interleave(const Variable& x, Index repeats, std::optional<Index> dim = {});
/// The positions 0, 1, ... each as often as `repeats` says.
Variable repeat_interleave(const Variable& repeats);

// --- diagonals and triangles
// ------------------------------------------------------------------------------------------
Variable diagonal(const Variable& x, Index offset = 0, Index dim1 = 0, Index dim2 = 1);
Variable diag_embed(const Operand& x, Index offset = 0, Index dim1 = -2, Index dim2 = -1);
/// Of a vector the matrix, of a matrix a copy of its diagonal.
Variable diag(const Variable& x, Index offset = 0);
Variable trace(const Variable& x);
/// Writes on the diagonal of a matrix, or of an array of one size everywhere; with `wrap` a tall matrix has one more
/// diagonal below each, a row apart.
void fill_diagonal_(const Variable& x, const Operand& value, bool wrap);
Variable tril(const Operand& x, Index diagonal = 0);
Variable triu(const Operand& x, Index diagonal = 0);

// --- several views
// ----------------------------------------------------------------------------------------------------
Variable narrow(const Variable& x, Index dim, Index start, Index length);
std::vector<Variable> unbind(const Variable& x, Index dim = 0);
/// `unsafe`: arrays of their own on the same memory, not views, so that each may be written in place.
std::vector<Variable> split(const Variable& x, Index size, Index dim = 0, bool unsafe = false);
std::vector<Variable> split(const Variable& x, const Dims& sizes, Index dim = 0, bool unsafe = false);
std::vector<Variable> chunk(const Variable& x, Index chunks, Index dim = 0, bool unsafe = false);
std::vector<Variable> tensor_split(const Variable& x, Index sections, Index dim = 0);
std::vector<Variable> tensor_split(const Variable& x, const Dims& indices, Index dim = 0);
/// Windows of `size` along a dimension, each `step` from the last, as a last dimension more: a view.
Variable unfold(const Variable& x, Index dim, Index size, Index step);

// --- a copy in which the part that the view of the same name shows is replaced by src
Variable select_scatter(const Operand& x, const Operand& src, Index dim, Index index);
Variable slice_scatter(const Operand& x, const Operand& src, Index dim, Index start, Index end, Index step);
Variable diagonal_scatter(const Operand& x, const Operand& src, Index offset, Index dim1, Index dim2);
Variable as_strided_scatter(const Variable& x, const Operand& src, const Layout& to);

// --- joined, combined
/// Matrices along a diagonal; vectors count as rows.
Variable block_diag(std::span<const Variable> parts);
/// All choices of `r` elements of a vector, in order, as rows.
Variable combinations(const Variable& x, Index r, bool with_replacement);
/// Rows and columns of the places of a triangle, int64 of shape (2, count).
Variable triangle_indices(bool upper, Index rows, Index columns, Index offset);

/// `amounts` are (before, after) of the last dimension, the one before it, ...; negative ones cut off. `mode` is
/// "constant", "reflect", "replicate" or "circular"; a value is for "constant" only.
Variable pad(const Variable& x, const Dims& amounts, const std::string& mode, std::optional<Scalar> value);

}  // namespace tapegrad
