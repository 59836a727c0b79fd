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

template <class F, class T>
constexpr BlockFn loop = unary_loop<F, T, T>;

template <class F>
void set_floats(Row row) {
  at(row, DType::Float32) = loop<F, float>;
  at(row, DType::Float64) = loop<F, double>;
}
template <class F>
void set_signed(Row row) {
  at(row, DType::Int8) = loop<F, std::int8_t>;
  at(row, DType::Int16) = loop<F, std::int16_t>;
  at(row, DType::Int32) = loop<F, std::int32_t>;
  at(row, DType::Int64) = loop<F, std::int64_t>;
}
template <class F>
void set_unsigned(Row row) {
  at(row, DType::UInt8) = loop<F, std::uint8_t>;
  at(row, DType::UInt16) = loop<F, std::uint16_t>;
  at(row, DType::UInt32) = loop<F, std::uint32_t>;
  at(row, DType::UInt64) = loop<F, std::uint64_t>;
}
template <class F>
void set_wrapping(Row row) {
  set_unsigned<F>(row);
  share_with_signed(row);
}

}  // namespace

void fill_unary(VectorTable& table) {
  const auto row = [&](UnaryFn fn) -> Row { return table.unary[static_cast<int>(fn)]; };
  const BlockFn same_byte = loop<Identity, std::uint8_t>;

  for (const UnaryFn fn : {UnaryFn::Identity, UnaryFn::Abs, UnaryFn::Sign, UnaryFn::Square, UnaryFn::Relu})
    at(row(fn), DType::Bool) = same_byte;

  set_wrapping<Identity>(row(UnaryFn::Identity));
  at(row(UnaryFn::Identity), DType::Float32) = loop<Identity, std::uint32_t>;
  at(row(UnaryFn::Identity), DType::Float64) = loop<Identity, std::uint64_t>;

  set_wrapping<Neg>(row(UnaryFn::Neg));
  set_floats<Neg>(row(UnaryFn::Neg));
  set_signed<Abs>(row(UnaryFn::Abs));
  set_floats<Abs>(row(UnaryFn::Abs));
  set_signed<Sign>(row(UnaryFn::Sign));
  set_floats<Sign>(row(UnaryFn::Sign));
  set_unsigned<Sign>(row(UnaryFn::Sign));
  set_wrapping<Square>(row(UnaryFn::Square));
  set_floats<Square>(row(UnaryFn::Square));
  set_floats<Reciprocal>(row(UnaryFn::Reciprocal));
  set_floats<Sqrt>(row(UnaryFn::Sqrt));
  set_floats<Rsqrt>(row(UnaryFn::Rsqrt));
  set_floats<Floor>(row(UnaryFn::Floor));
  set_floats<Ceil>(row(UnaryFn::Ceil));
  set_floats<Round>(row(UnaryFn::Round));
  set_floats<Trunc>(row(UnaryFn::Trunc));
  for (const UnaryFn fn : {UnaryFn::Floor, UnaryFn::Ceil, UnaryFn::Round, UnaryFn::Trunc})
    set_wrapping<Identity>(row(fn));
  set_floats<Frac>(row(UnaryFn::Frac));
  set_floats<NanToZero>(row(UnaryFn::NanToZero));
  set_floats<Mantissa>(row(UnaryFn::Mantissa));
  set_floats<Exponent>(row(UnaryFn::Exponent));
  set_signed<Relu>(row(UnaryFn::Relu));
  set_floats<Relu>(row(UnaryFn::Relu));
  for (const UnaryFn fn : {UnaryFn::Abs, UnaryFn::Relu}) set_unsigned<Identity>(row(fn));
  set_wrapping<BitwiseNot>(row(UnaryFn::BitwiseNot));

  Row logical_not = row(UnaryFn::LogicalNot);
  at(logical_not, DType::UInt8) = unary_loop<LogicalNot, std::uint8_t, Bool>;
  at(logical_not, DType::UInt16) = unary_loop<LogicalNot, std::uint16_t, Bool>;
  at(logical_not, DType::UInt32) = unary_loop<LogicalNot, std::uint32_t, Bool>;
  at(logical_not, DType::UInt64) = unary_loop<LogicalNot, std::uint64_t, Bool>;
  share_with_signed(logical_not);
  at(logical_not, DType::Float32) = unary_loop<LogicalNot, float, Bool>;
  at(logical_not, DType::Float64) = unary_loop<LogicalNot, double, Bool>;
  at(row(UnaryFn::BitwiseNot), DType::Bool) = at(logical_not, DType::Bool) = at(logical_not, DType::UInt8);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
