#pragma once
// Special functions that have no place in the table of loops: computed one by one, in double.

#include "kernels/elementwise.h"

namespace tapegrad::kernels {

enum class SpecialFn : std::uint8_t {
  AiryAi,
  SphericalBesselJ0,
  ModifiedBesselK0,
  ModifiedBesselK1,
  ScaledModifiedBesselK0,  // times exp(x)
  ScaledModifiedBesselK1,
};

/// out = fn(x), computed from and to `compute`, which is floating; as unary().
void special(SpecialFn fn, DType compute, Tensor& out, const Input& x);

/// Families of polynomials p_0 = 1, p_1, p_2, ...; shifted ones are those of 2x - 1.
enum class Polynomial : std::uint8_t {
  ChebyshevT,
  ChebyshevU,
  ChebyshevV,
  ChebyshevW,
  ShiftedChebyshevT,
  ShiftedChebyshevU,
  ShiftedChebyshevV,
  ShiftedChebyshevW,
  HermiteH,
  HermiteHe,
  LaguerreL,
  LegendreP,
};

/// out = p_n(x) with n truncated to an integer, 0 where n is negative; as binary(). NaN for a Hermite polynomial of a
/// degree above 512, and for one of Laguerre and Legendre above a million.
void polynomial(Polynomial family, DType compute, Tensor& out, const Input& x, const Input& n);

}  // namespace tapegrad::kernels
