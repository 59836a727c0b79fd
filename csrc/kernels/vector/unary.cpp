// Unary functions that the processor has instructions for.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

struct Identity {
  template <class T>
  static T of(T x) {
    return x;
  }
};
struct Neg {
  template <class T>
  static T of(T x) {
    if constexpr (std::is_integral_v<T>) return static_cast<T>(Wide<T>(0) - Wide<T>(x));
    else return -x;
  }
};
struct Abs {
  static float of(float x) { return __builtin_fabsf(x); }
  static double of(double x) { return __builtin_fabs(x); }
  template <class T>
  static T of(T x) {
    using U = std::make_unsigned_t<T>;
    return x < 0 ? static_cast<T>(Neg::of(static_cast<U>(x))) : x;
  }
};
// 0 at a NaN, as in PyTorch.
struct Sign {
  template <class T>
  static T of(T x) {
    return static_cast<T>(static_cast<T>(x > 0) - static_cast<T>(x < 0));
  }
};
struct Square {
  template <class T>
  static T of(T x) {
    return Mul::of(x, x);
  }
};
struct Reciprocal {
  template <class T>
  static T of(T x) {
    return 1 / x;
  }
};
struct Sqrt {
  static float of(float x) { return __builtin_sqrtf(x); }
  static double of(double x) { return __builtin_sqrt(x); }
};
struct Rsqrt {
  template <class T>
  static T of(T x) {
    return 1 / Sqrt::of(x);
  }
};
struct Floor {
  static float of(float x) { return __builtin_floorf(x); }
  static double of(double x) { return __builtin_floor(x); }
};
struct Ceil {
  static float of(float x) { return __builtin_ceilf(x); }
  static double of(double x) { return __builtin_ceil(x); }
};
struct Round {
  static float of(float x) { return __builtin_rintf(x); }
  static double of(double x) { return __builtin_rint(x); }
};
struct Trunc {
  static float of(float x) { return __builtin_truncf(x); }
  static double of(double x) { return __builtin_trunc(x); }
};
struct Frac {
  template <class T>
  static T of(T x) {
    return x - Trunc::of(x);
  }
};
struct NanToZero {
  template <class T>
  static T of(T x) {
    return x != x ? T(0) : x;
  }
};
struct Mantissa {
  static float of(float x) {
    int exponent;
    return __builtin_frexpf(x, &exponent);
  }
  static double of(double x) {
    int exponent;
    return __builtin_frexp(x, &exponent);
  }
};
// 0 of what is not finite.
struct Exponent {
  template <class T>
  static T of(T x) {
    int exponent = 0;
    __builtin_frexp(static_cast<double>(x), &exponent);
    return x - x == 0 ? static_cast<T>(exponent) : T(0);
  }
};
struct Relu {
  template <class T>
  static T of(T x) {
    return x <= 0 ? T(0) : x;
  }
};
struct BitwiseNot {
  template <class T>
  static T of(T x) {
    return static_cast<T>(~x);
  }
};
struct LogicalNot {
  template <class T>
  static Bool of(T x) {
    return x == 0;
  }
};

}  // namespace

void fill_unary(VectorTable& table) {
  const auto row = [&](UnaryFn fn) -> Row { return table.unary[static_cast<int>(fn)]; };
  const BlockFn same_byte = unary_loop<Identity, std::uint8_t, std::uint8_t>;

  for (const UnaryFn fn : {UnaryFn::Identity, UnaryFn::Abs, UnaryFn::Sign, UnaryFn::Square, UnaryFn::Relu})
    at(row(fn), DType::Bool) = same_byte;

  set_wrapping_integers(row(UnaryFn::Identity), kUnary<Identity>);
  at(row(UnaryFn::Identity), DType::Float32) = unary_loop<Identity, std::uint32_t, std::uint32_t>;
  at(row(UnaryFn::Identity), DType::Float64) = unary_loop<Identity, std::uint64_t, std::uint64_t>;

  set_wrapping(row(UnaryFn::Neg), kUnary<Neg>);
  set_signed(row(UnaryFn::Abs), kUnary<Abs>);
  set_floats(row(UnaryFn::Abs), kUnary<Abs>);
  set_numbers(row(UnaryFn::Sign), kUnary<Sign>);
  set_wrapping(row(UnaryFn::Square), kUnary<Square>);
  set_floats(row(UnaryFn::Reciprocal), kUnary<Reciprocal>);
  set_floats(row(UnaryFn::Sqrt), kUnary<Sqrt>);
  set_floats(row(UnaryFn::Rsqrt), kUnary<Rsqrt>);
  set_floats(row(UnaryFn::Floor), kUnary<Floor>);
  set_floats(row(UnaryFn::Ceil), kUnary<Ceil>);
  set_floats(row(UnaryFn::Round), kUnary<Round>);
  set_floats(row(UnaryFn::Trunc), kUnary<Trunc>);
  for (const UnaryFn fn : {UnaryFn::Floor, UnaryFn::Ceil, UnaryFn::Round, UnaryFn::Trunc})
    set_wrapping_integers(row(fn), kUnary<Identity>);
  set_floats(row(UnaryFn::Frac), kUnary<Frac>);
  set_floats(row(UnaryFn::NanToZero), kUnary<NanToZero>);
  set_floats(row(UnaryFn::Mantissa), kUnary<Mantissa>);
  set_floats(row(UnaryFn::Exponent), kUnary<Exponent>);
  set_signed(row(UnaryFn::Relu), kUnary<Relu>);
  set_floats(row(UnaryFn::Relu), kUnary<Relu>);
  for (const UnaryFn fn : {UnaryFn::Abs, UnaryFn::Relu}) set_unsigned(row(fn), kUnary<Identity>);
  set_wrapping_integers(row(UnaryFn::BitwiseNot), kUnary<BitwiseNot>);

  Row logical_not = row(UnaryFn::LogicalNot);
  set_wrapping(logical_not, kTest<LogicalNot>);
  at(row(UnaryFn::BitwiseNot), DType::Bool) = at(logical_not, DType::Bool) = at(logical_not, DType::UInt8);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
