#pragma once
// Reductions beyond those of ops.h; contracts are those of PyTorch's functions of the same names. `dims` empty means
// all.

#include <array>
#include <string>

#include "ops/ops.h"

namespace tapegrad {

// --- totals ---------------------------------------------------------------------------------------------------------
Variable prod(const Operand& x, std::optional<Index> dim = {}, bool keepdim = false, std::optional<DType> dtype = {});
/// NaNs count as zeros.
Variable nansum(const Operand& x, const Dims& dims = {}, bool keepdim = false, std::optional<DType> dtype = {});
/// NaNs are left out.
Variable nanmean(const Operand& x, const Dims& dims = {}, bool keepdim = false, std::optional<DType> dtype = {});
Variable count_nonzero(const Operand& x, const Dims& dims = {});
/// The least and the greatest element; equal ones share their gradients.
std::array<Variable, 2> aminmax(const Operand& x, std::optional<Index> dim = {}, bool keepdim = false);

// --- moments, divided by the count less `correction` ----------------------------------------------------------------
Variable variance(const Operand& x, const Dims& dims = {}, double correction = 1, bool keepdim = false);
Variable standard_deviation(const Operand& x, const Dims& dims = {}, double correction = 1, bool keepdim = false);
/// With the mean second.
std::array<Variable, 2> var_mean(const Operand& x, const Dims& dims = {}, double correction = 1, bool keepdim = false);
std::array<Variable, 2> std_mean(const Operand& x, const Dims& dims = {}, double correction = 1, bool keepdim = false);

// --- norms of vectors, of any order, 0 and the infinities included --------------------------------------------------
Variable vector_norm(const Operand& x, double order = 2, const Dims& dims = {}, bool keepdim = false,
                     std::optional<DType> dtype = {});
/// The sum of the singular values of the matrices in two dimensions; the last two where `dims` is empty.
Variable nuclear_norm(const Variable& given, const Dims& dims = {}, bool keepdim = false,
                      std::optional<DType> dtype = {});
Variable dist(const Operand& a, const Operand& b, double order = 2);
/// Slices along `dim` whose norm is greater than `most` are scaled down to it.
Variable renorm(const Operand& x, double order, Index dim, double most);

// --- samples --------------------------------------------------------------------------------------------------------
/// `interpolation` is "linear", "lower", "higher", "midpoint" or "nearest"; a NaN is the result unless they are left
/// out.
Variable quantile(const Variable& x, const Variable& q, std::optional<Index> dim, bool keepdim,
                  const std::string& interpolation, bool without_nans);
/// Of variables in rows and observations in columns.
Variable cov(const Variable& x, Index correction = 1, const std::optional<Variable>& frequencies = {},
             const std::optional<Variable>& weights = {});
Variable corrcoef(const Variable& x);

}  // namespace tapegrad
