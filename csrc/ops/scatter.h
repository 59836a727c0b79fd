#pragma once
// Reading and writing by an index for each element, by positions along a dimension, and by masks. All are as PyTorch's
// functions of the same names. Indices are checked before anything is written; negative ones count from the end only
// in index_fill, take, put and take_along_dim.

#include <string>

#include "ops/ops.h"

namespace tapegrad {

// --- an index for each element: int64 or int32, of as many dimensions as x
// --------------------------------------------
Variable gather(const Operand& x, Index dim, const Operand& index);
/// `reduce` is "", "add" or "multiply"; with one of these there is no derivative.
Variable scatter(const Operand& x, Index dim, const Operand& index, const Operand& src, const std::string& reduce = "");
Variable scatter_add(const Operand& x, Index dim, const Operand& index, const Operand& src);
/// `reduce` is "sum", "prod", "mean", "amax" or "amin".
Variable scatter_reduce(const Operand& x, Index dim, const Operand& index, const Operand& src,
                        const std::string& reduce, bool include_self = true);
/// What scatter_reduce and index_reduce, which has an index for each element made of its own, are: a node name each.
enum class ReduceBy : std::uint8_t { Element, Position };
Variable reduce_into(ReduceBy by, const Operand& x, Index dim, const Operand& index, const Operand& src,
                     const std::string& reduce, bool include_self);
/// Indices broadcast to x apart from `dim`; without one both are flattened.
Variable take_along_dim(const Variable& x, const Variable& indices, std::optional<Index> dim = {});

// --- a vector of positions along a dimension
// --------------------------------------------------------------------------
Variable index_select(const Operand& x, Index dim, const Operand& index);
Variable index_add(const Operand& x, Index dim, const Operand& index, const Operand& source, const Scalar& alpha = 1);
Variable index_copy(const Operand& x, Index dim, const Operand& index, const Operand& source);
/// `value` is a number or of no dimensions.
Variable index_fill(const Operand& x, Index dim, const Operand& index, const Operand& value);

/// `reduce` is "prod", "mean", "amax" or "amin".
Variable index_reduce(const Operand& x, Index dim, const Operand& index, const Operand& source,
                      const std::string& reduce, bool include_self = true);

// --- positions in the flattened array
// ---------------------------------------------------------------------------------
Variable take(const Operand& x, const Operand& index);
Variable put(const Operand& x, const Operand& index, const Operand& source, bool accumulate = false);

// --- masks: bool, broadcast with x
// ------------------------------------------------------------------------------------
Variable masked_fill(const Operand& x, const Operand& mask, const Operand& value);
Variable masked_select(const Operand& x, const Operand& mask);
Variable masked_scatter(const Operand& x, const Operand& mask, const Operand& source);

}  // namespace tapegrad
