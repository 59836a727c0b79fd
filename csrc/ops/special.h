#pragma once
// Functions of PyTorch's module special that have no derivative there.

#include "kernels/special.h"
#include "ops/ops.h"

namespace tapegrad {

Variable airy_ai(const Operand& x);
Variable spherical_bessel_j0(const Operand& x);
Variable modified_bessel_k0(const Operand& x);
Variable modified_bessel_k1(const Operand& x);
Variable scaled_modified_bessel_k0(const Operand& x);
Variable scaled_modified_bessel_k1(const Operand& x);

/// p_n(x) of a family of orthogonal polynomials.
Variable polynomial(kernels::Polynomial family, const Operand& x, const Operand& n);

}  // namespace tapegrad
