#pragma once
// Elementwise functions over strided, broadcast operands of any dtype.
//
// Where to start reading: a BlockFn (vector_table.h) computes one block of contiguous elements; elementwise.cpp walks
// the operands block by block, and loads, converts and stores what is strided or of another dtype on the way.

#include <cstdint>

#include "core/dtype.h"

namespace tapegrad {
class Tensor;
}

namespace tapegrad::kernels {

// Functions that are computed in one way are lists of X(enumerator, name in C), so that a function more is one word
// more. Those of one and of two numbers that the C library has, scalar (libm) and most of them on vectors too
// (libmvec):
// clang-format off
#define TAPEGRAD_LIBM(X)                                                                                              \
  X(Exp, exp) X(Exp2, exp2) X(Expm1, expm1) X(Log, log) X(Log2, log2) X(Log10, log10) X(Log1p, log1p)                 \
  X(Sin, sin) X(Cos, cos) X(Tan, tan) X(Asin, asin) X(Acos, acos) X(Atan, atan)                                       \
  X(Sinh, sinh) X(Cosh, cosh) X(Tanh, tanh) X(Asinh, asinh) X(Acosh, acosh) X(Atanh, atanh)                           \
  X(Erf, erf) X(Erfc, erfc)
#define TAPEGRAD_LIBM2(X) X(Pow, pow) X(Atan2, atan2) X(Hypot, hypot)
// What is made of the former:
#define TAPEGRAD_COMPOSED(X) X(Sigmoid) X(Sinc) X(Logit) X(Entr) X(Ndtr)
#define TAPEGRAD_COMPOSED2(X) X(Logaddexp) X(Logaddexp2) X(Xlogy) X(Xlog1py)
// Special functions, one by one in double (special.cpp), or on vectors (vector/gamma.cpp):
#define TAPEGRAD_SPECIAL(X)                                                                                           \
  X(Lgamma, lgamma) X(Digamma, digamma) X(Trigamma, trigamma) X(Erfinv, erfinv) X(Erfcx, erfcx) X(Ndtri, ndtri)       \
  X(LogNdtr, log_ndtr) X(I0, i0) X(I0e, i0e) X(I1, i1) X(I1e, i1e)                                                    \
  X(BesselJ0, bessel_j0) X(BesselJ1, bessel_j1) X(BesselY0, bessel_y0) X(BesselY1, bessel_y1)                         \
  X(BesselK0, bessel_k0) X(BesselK0e, bessel_k0e) X(BesselK1, bessel_k1) X(BesselK1e, bessel_k1e)                     \
  X(SphericalBesselJ0, spherical_bessel_j0) X(AiryAi, airy_ai)
// Orthogonal polynomials p_n(x), of x and n, with n truncated to an integer and 0 where n is negative; shifted ones are
// those of 2x - 1. NaN for one of Hermite of a degree above 512, and for one of Laguerre and Legendre above a million.
#define TAPEGRAD_POLYNOMIALS(X)                                                                                       \
  X(ChebyshevT) X(ChebyshevU) X(ChebyshevV) X(ChebyshevW)                                                             \
  X(ShiftedChebyshevT) X(ShiftedChebyshevU) X(ShiftedChebyshevV) X(ShiftedChebyshevW)                                 \
  X(HermiteH) X(HermiteHe) X(LaguerreL) X(LegendreP)
// clang-format on

enum class UnaryFn : std::uint8_t {
  Identity,
  Neg,
  Abs,
  Sign,
  Square,
  Relu,
  BitwiseNot,
  Floor,
  Ceil,
  Round,  // half to even
  Trunc,
  Reciprocal,  // floats alone from here on
  Sqrt,
  Rsqrt,
  Frac,
  NanToZero,
  Mantissa,  // of frexp
  Exponent,  // of frexp, as a float
  TAPEGRAD_LIBM(TAPEGRAD_ENUMERATOR) TAPEGRAD_COMPOSED(TAPEGRAD_ENUMERATOR) TAPEGRAD_SPECIAL(TAPEGRAD_ENUMERATOR)
      LogicalNot,  // any type again; the result is bool from here on
  IsNan,
  IsInf,
  IsFinite,
  IsPosInf,
  IsNegInf,
  SignBit,
  kCount
};
inline constexpr std::size_t kUnaryFns = static_cast<std::size_t>(UnaryFn::kCount);

enum class BinaryFn : std::uint8_t {
  Add,
  Sub,
  Mul,
  Div,
  FloorDivide,
  TruncDivide,
  Fmod,       // of the sign of a
  Remainder,  // of the sign of b
  Maximum,
  Minimum,
  Fmax,  // the other one where one is NaN
  Fmin,
  Copysign,
  Nextafter,
  Heaviside,
  Ldexp,
  BitwiseAnd,
  BitwiseOr,
  BitwiseXor,
  ShiftLeft,
  ShiftRight,
  Gcd,
  Lcm,
  TAPEGRAD_LIBM2(TAPEGRAD_ENUMERATOR) TAPEGRAD_COMPOSED2(TAPEGRAD_ENUMERATOR) TAPEGRAD_POLYNOMIALS(TAPEGRAD_ENUMERATOR)
      Zeta,
  Igamma,  // regularised incomplete gamma functions, lower and upper
  Igammac,
  Eq,
  Ne,
  Lt,
  Le,
  Gt,
  Ge,
  LogicalAnd,
  LogicalOr,
  LogicalXor,  // the result is bool from Eq on
  kCount
};
inline constexpr std::size_t kBinaryFns = static_cast<std::size_t>(BinaryFn::kCount);

constexpr bool is_predicate(UnaryFn fn) { return fn >= UnaryFn::LogicalNot; }
constexpr bool is_predicate(BinaryFn fn) { return fn >= BinaryFn::Eq; }
/// Elements of these take long, and are approximate.
constexpr bool is_costly(UnaryFn fn) { return fn >= UnaryFn::Exp && !is_predicate(fn); }
constexpr bool is_costly(BinaryFn fn) { return fn >= BinaryFn::Pow && !is_predicate(fn); }

/// A tensor that broadcasts to the result's shape, or one number.
struct Input {
  Input() = default;
  Input(const Tensor& t) : tensor(&t) {}
  Input(const Scalar& s) : scalar(s) {}
  const Tensor* tensor = nullptr;
  Scalar scalar;
};

/// out = fn(a), computed in `compute`; the result is converted to out's dtype. `out` may be `a` itself (the same view),
/// but must not overlap it otherwise, nor itself. Floating `compute` only for Reciprocal ... AiryAi. Integers wrap.
void unary(UnaryFn fn, DType compute, Tensor& out, const Input& a);

/// out = fn(a, b), likewise. Maximum and Minimum give NaN where either operand is NaN. Integers: not for Div, Copysign,
/// Nextafter, Ldexp and Atan2 ... Igammac; those alone for BitwiseX, ShiftX, Gcd and Lcm; exponents of Pow are 0 or
/// more, and no divisor is 0 (the caller sees to both).
void binary(BinaryFn fn, DType compute, Tensor& out, const Input& a, const Input& b);
/// The same, sooner for small arrays of one layout.
void binary(BinaryFn fn, DType compute, Tensor& out, const Tensor& a, const Tensor& b);

/// out = condition ? a : b. `condition` is bool.
void where(DType compute, Tensor& out, const Input& condition, const Input& a, const Input& b);

/// out = a, broadcast and converted. A float that is not in an integer's range gives some integer, never a trap.
void copy(Tensor& out, const Input& a);

}  // namespace tapegrad::kernels
