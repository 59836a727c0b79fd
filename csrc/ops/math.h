#pragma once
// More elementwise functions, one section a file of this folder; the contract is that of ops.h.

#include "kernels/elementwise.h"
#include "ops/ops.h"

namespace tapegrad {

// --- elementary -----------------------------------------------------------------------------------------------------
Variable sgn(const Operand& x);
Variable rsqrt(const Operand& x);
Variable exp2(const Operand& x);
Variable expm1(const Operand& x);
Variable log2(const Operand& x);
Variable log10(const Operand& x);
Variable log1p(const Operand& x);
Variable tan(const Operand& x);
Variable asin(const Operand& x);
Variable acos(const Operand& x);
Variable atan(const Operand& x);
Variable sinh(const Operand& x);
Variable cosh(const Operand& x);
Variable asinh(const Operand& x);
Variable acosh(const Operand& x);
Variable atanh(const Operand& x);
Variable sinc(const Operand& x);
Variable deg2rad(const Operand& x);
Variable rad2deg(const Operand& x);
/// log(x / (1 - x)), of x moved into [eps, 1 - eps].
Variable logit(const Operand& x, std::optional<double> eps = {});

// --- special --------------------------------------------------------------------------------------------------------
Variable erf(const Operand& x);
Variable erfc(const Operand& x);
Variable erfinv(const Operand& x);
Variable erfcx(const Operand& x);
Variable ndtr(const Operand& x);
Variable ndtri(const Operand& x);
Variable log_ndtr(const Operand& x);
Variable entr(const Operand& x);
Variable lgamma(const Operand& x);
Variable digamma(const Operand& x);
Variable polygamma(Index n, const Operand& x);
Variable mvlgamma(const Operand& x, Index p);
Variable i0(const Operand& x);
Variable i0e(const Operand& x);
Variable i1(const Operand& x);
Variable i1e(const Operand& x);
Variable bessel_j0(const Operand& x);
Variable bessel_j1(const Operand& x);
Variable bessel_y0(const Operand& x);
Variable bessel_y1(const Operand& x);
Variable zeta(const Operand& s, const Operand& q);
/// The regularised incomplete gamma functions P(a, x) and Q(a, x), with derivatives by x.
Variable igamma(const Operand& a, const Operand& x);
Variable igammac(const Operand& a, const Operand& x);
Variable xlogy(const Operand& x, const Operand& y);
Variable xlog1py(const Operand& x, const Operand& y);
// These have no derivative in PyTorch, and none here.
Variable airy_ai(const Operand& x);
Variable spherical_bessel_j0(const Operand& x);
Variable modified_bessel_k0(const Operand& x);
Variable modified_bessel_k1(const Operand& x);
/// Times exp(x).
Variable scaled_modified_bessel_k0(const Operand& x);
Variable scaled_modified_bessel_k1(const Operand& x);
/// p_n(x) of a family of orthogonal polynomials (TAPEGRAD_POLYNOMIALS in kernels/elementwise.h).
Variable polynomial(kernels::BinaryFn family, const Operand& x, const Operand& n);

// --- rounding: whole numbers, quotients and remainders --------------------------------------------------------------
Variable floor(const Operand& x);
Variable ceil(const Operand& x);
Variable trunc(const Operand& x);
Variable round(const Operand& x, Index decimals = 0);
Variable frac(const Operand& x);
/// Division rounded towards minus infinity, and towards zero.
Variable div_floor(const Operand& a, const Operand& b);
Variable div_trunc(const Operand& a, const Operand& b);
/// The former without a gradient: `//`.
Variable floor_divide(const Operand& a, const Operand& b);
/// What is left, with the sign of a, and with that of b.
Variable fmod(const Operand& a, const Operand& b);
Variable remainder(const Operand& a, const Operand& b);

// --- pairs: of two operands -----------------------------------------------------------------------------------------
Variable rsub(const Operand& a, const Operand& b, const Scalar& alpha = 1);
Variable float_power(const Operand& base, const Operand& exponent);
Variable fmax(const Operand& a, const Operand& b);
Variable fmin(const Operand& a, const Operand& b);
Variable atan2(const Operand& y, const Operand& x);
Variable hypot(const Operand& a, const Operand& b);
Variable copysign(const Operand& a, const Operand& b);
Variable nextafter(const Operand& a, const Operand& b);
Variable heaviside(const Operand& a, const Operand& b);
Variable ldexp(const Operand& a, const Operand& b);
Variable logaddexp(const Operand& a, const Operand& b);
Variable logaddexp2(const Operand& a, const Operand& b);
Variable bitwise_left_shift(const Operand& a, const Operand& b);
Variable bitwise_right_shift(const Operand& a, const Operand& b);
Variable gcd(const Operand& a, const Operand& b);
Variable lcm(const Operand& a, const Operand& b);
/// At least, and at most, a number or an array of them.
Variable clamp_min(const Operand& x, const Operand& least);
Variable clamp_max(const Operand& x, const Operand& most);
struct MantissaExponent {
  Variable mantissa, exponent;
};
MantissaExponent frexp(const Operand& x);

// --- predicates -----------------------------------------------------------------------------------------------------
Variable isnan(const Operand& x);
/// pi for negative numbers, 0 for others.
Variable angle(const Operand& x);
Variable isinf(const Operand& x);
Variable isposinf(const Operand& x);
Variable isneginf(const Operand& x);
Variable isfinite(const Operand& x);
Variable signbit(const Operand& x);
Variable isreal(const Operand& x);
Variable isclose(const Operand& a, const Operand& b, double rtol, double atol, bool equal_nan);
bool allclose(const Operand& a, const Operand& b, double rtol, double atol, bool equal_nan);
/// Same shape and same elements.
bool equal(const Variable& a, const Variable& b);

// --- blends: of three operands, and what replaces some elements ------------------------------------------------------
Variable lerp(const Operand& start, const Operand& end, const Operand& weight);
Variable addcmul(const Operand& x, const Operand& a, const Operand& b, const Scalar& value = 1);
Variable addcdiv(const Operand& x, const Operand& a, const Operand& b, const Scalar& value = 1);
/// Infinities become the greatest and the least finite number where nothing else is given.
Variable nan_to_num(const Operand& x, double nan, std::optional<double> posinf, std::optional<double> neginf);

}  // namespace tapegrad
