#pragma once
// Matrix products beyond those of ops.h, and contractions of any dimensions. Contracts are those of PyTorch's functions
// of the same names.

#include <string_view>

#include "ops/ops.h"

namespace tapegrad {

/// out = a @ b, for the forwards of ops: two vectors, a matrix and a vector, two matrices, two batches of matrices.
void multiply(Tensor& out, const Tensor& a, const Tensor& b);
/// Raises Error unless all are of one dtype.
void check_same_dtype(const char* function, std::span<const Operand> operands);

// --- beta * input + alpha * product; with beta = 0 the input is not read
Variable addmm(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta = 1,
               const Scalar& alpha = 1);
Variable addmv(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta = 1,
               const Scalar& alpha = 1);
Variable addbmm(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta = 1,
                const Scalar& alpha = 1);
Variable baddbmm(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta = 1,
                 const Scalar& alpha = 1);
Variable addr(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta = 1,
              const Scalar& alpha = 1);

Variable vdot(const Variable& a, const Variable& b);
Variable outer(const Variable& a, const Variable& b);
Variable inner(const Variable& a, const Variable& b);
Variable kron(const Variable& a, const Variable& b);
Variable linalg_cross(const Variable& a, const Variable& b, Index dim = -1);
/// A product of matrices, of which the first and the last may be vectors, in the cheapest order.
Variable multi_dot(std::span<const Variable> factors);

/// The sum over the dimensions `left` of a and `right` of b, paired in order.
Variable tensordot(const Variable& a, const Variable& b, const Dims& left, const Dims& right);
/// Sums of products in Einstein's notation, contracted pair by pair, the pair that saves most memory first.
Variable einsum(std::string_view text, std::span<const Variable> operands);

/// The elements at equal indices of two dimensions, as the last dimension: a view.
Variable diagonal_of(const Variable& x, Index dim0 = -2, Index dim1 = -1);

}  // namespace tapegrad
