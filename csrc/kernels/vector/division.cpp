// Binary functions that choose or compute element by element: rounded division and remainders, shifts, fmax and its
// like.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

float fmod(float a, float b) { return __builtin_fmodf(a, b); }
double fmod(double a, double b) { return __builtin_fmod(a, b); }
float copysign(float a, float b) { return __builtin_copysignf(a, b); }
double copysign(double a, double b) { return __builtin_copysign(a, b); }
float floor(float x) { return __builtin_floorf(x); }
double floor(double x) { return __builtin_floor(x); }

/// Integers: the processor traps at x / 0, which the caller refuses, and at the least number / -1, which wraps.
template <class T>
T quotient(T a, T b) {
  if (b == 0) return 0;
  if constexpr (std::is_signed_v<T>)
    if (b == -1) return Sub::of(T(0), a);
  return static_cast<T>(a / b);
}
template <class T>
T rest(T a, T b) {
  return Sub::of(a, Mul::of(quotient(a, b), b));
}
template <class T>
bool of_other_sign(T rest, T b) {
  if constexpr (std::is_floating_point_v<T>) return rest * copysign(T(1), b) < 0;  // one comparison, in vectors
  else return rest != 0 && (b < 0) != (rest < 0);
}

/// fmod as a - trunc(a / b) * b, which is exact where the quotient has few enough bits; one that was rounded up to a
/// whole number gives a rest of the wrong sign, and b puts it right. NaN where that does not do: fmod() is to be asked.
struct QuickFmod {
  static float of(float a, float b) {
    const double x = a, y = b, q = __builtin_trunc(x / y), r = x - q * y;
    const double rest = of_other_sign(r, x) ? r + __builtin_copysign(y, x) : r;
    return __builtin_fabs(q) < 0x1p29 ? static_cast<float>(__builtin_copysign(rest, x)) : __builtin_nanf("");
  }
  static double of(double a, double b) {
#ifdef __FMA__
    const double q = __builtin_trunc(a / b), r = __builtin_fma(-q, b, a);
    const double rest = of_other_sign(r, a) ? r + __builtin_copysign(b, a) : r;
    return __builtin_fabs(q) < 0x1p53 ? __builtin_copysign(rest, a) : __builtin_nan("");
#else
    return fmod(a, b);
#endif
  }
};

/// A function of a, b and fmod(a, b), in blocks of which few need the C library's.
template <class F, class T>
void rest_loop(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  constexpr int kStep = 64;
  using Word = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;
  auto* o = static_cast<T*>(out);
  T same[2][kStep];
  for (int k = 0; k < 2; ++k)
    if (repeated >> k & 1)
      for (T& x : same[k]) x = *static_cast<const T*>(in[k]);
  const auto operand = [&](int k, std::int64_t i) {
    return repeated >> k & 1 ? same[k] : static_cast<const T*>(in[k]) + i;
  };
  for (std::int64_t i = 0; i < n; i += kStep) {
    const int m = n - i < kStep ? static_cast<int>(n - i) : kStep;
    const T *const a = operand(0, i), *const b = operand(1, i);
    T result[kStep];
    Word unsure = 0;  // as wide as T: of bools compilers make no vectors here
    for (int j = 0; j < m; ++j) {
      const T r = QuickFmod::of(a[j], b[j]);
      unsure |= r != r ? Word{1} : Word{0};
      result[j] = F::with(a[j], b[j], r);
    }
    if (unsure)
      for (int j = 0; j < m; ++j) result[j] = F::of(a[j], b[j]);
    __builtin_memcpy(o + i, result, static_cast<unsigned>(m) * sizeof(T));
  }
}

// As Python's //, of floats too: floor(a / b) of the exact quotient.
struct FloorDivide {
  template <class T>
  static T of(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      const T q = quotient(a, b);
      return of_other_sign(rest(a, b), b) ? static_cast<T>(q - 1) : q;
    } else {
      return b == 0 ? a / b : with(a, b, fmod(a, b));
    }
  }
  template <class T>
  static T with(T a, T b, T mod) {
    const T q = (a - mod) / b - (of_other_sign(mod, b) ? T(1) : T(0)), whole = floor(q);
    const T result = q - whole > T(0.5) ? whole + 1 : whole;
    return q == 0 ? copysign(T(0), a / b) : result;
  }
};
struct TruncDivide {
  static float of(float a, float b) { return __builtin_truncf(a / b); }
  static double of(double a, double b) { return __builtin_trunc(a / b); }
  template <class T>
  static T of(T a, T b) {
    return quotient(a, b);
  }
};
struct Fmod {
  template <class T>
  static T of(T a, T b) {
    if constexpr (std::is_integral_v<T>) return rest(a, b);
    else return fmod(a, b);
  }
  template <class T>
  static T with(T, T, T mod) {
    return mod;
  }
};
struct Remainder {
  template <class T>
  static T of(T a, T b) {
    return with(a, b, Fmod::of(a, b));
  }
  template <class T>
  static T with(T, T b, T mod) {
    const auto other = static_cast<T>(mod + b);
    return of_other_sign(mod, b) ? other : mod;
  }
};
struct Fmax {
  template <class T>
  static T of(T a, T b) {
    return ((a >= b) | (b != b)) ? a : b;
  }
};
struct Fmin {
  template <class T>
  static T of(T a, T b) {
    return ((a <= b) | (b != b)) ? a : b;
  }
};
struct Copysign {
  template <class T>
  static T of(T a, T b) {
    return copysign(a, b);
  }
};
struct Nextafter {
  static float of(float a, float b) { return __builtin_nextafterf(a, b); }
  static double of(double a, double b) { return __builtin_nextafter(a, b); }
};
struct Heaviside {
  template <class T>
  static T of(T a, T b) {
    return a == 0 ? b : static_cast<T>(a > 0);
  }
};
// Exact where b is a whole number.
struct Ldexp {
  template <class T>
  static T of(T a, T b) {
    const bool whole = b == floor(b) && b > -10000 && b < 10000;
    return static_cast<T>(whole ? __builtin_ldexp(static_cast<double>(a), static_cast<int>(b))
                                : a * __builtin_exp2(static_cast<double>(b)));
  }
};
// All bits are shifted out where there are not as many. Of unsigned types: a negative number is one of many bits.
struct ShiftLeft {
  template <class T>
  static T of(T a, T b) {
    constexpr int kBits = 8 * sizeof(T);
    return b >= kBits ? T(0) : static_cast<T>(Wide<T>(a) << b);
  }
};
struct ShiftRight {
  template <class T>
  static T of(T a, T b) {
    constexpr int kMost = 8 * sizeof(T) - 1;
    const bool all = b < 0 || b > kMost;
    if constexpr (std::is_unsigned_v<T>) return all ? T(0) : static_cast<T>(a >> b);
    else return static_cast<T>(a >> (all ? T(kMost) : b));
  }
};

/// Euclid's, of absolute values.
struct Gcd {
  template <class T>
  static T of(T a, T b) {
    using U = std::make_unsigned_t<T>;
    U x = static_cast<U>(a < 0 ? Sub::of(T(0), a) : a), y = static_cast<U>(b < 0 ? Sub::of(T(0), b) : b);
    while (y != 0) {
      const U left = static_cast<U>(x % y);
      x = y;
      y = left;
    }
    return static_cast<T>(x);
  }
};
struct Lcm {
  template <class T>
  static T of(T a, T b) {
    const T multiple = Mul::of(quotient(a, Gcd::of(a, b)), b);  // 0 where both are
    return multiple < 0 ? Sub::of(T(0), multiple) : multiple;
  }
};

template <class F>
constexpr auto kRest = []<class T>() -> BlockFn { return rest_loop<F, T>; };
void set_same_integers(Row row, Row as) {
  for (int t = 0; t < static_cast<int>(DType::Float32); ++t) row[t] = as[t];
}

}  // namespace

void fill_division(VectorTable& table) {
  const auto row = [&](BinaryFn fn) -> Row { return table.binary[static_cast<int>(fn)]; };
  set_floats(row(BinaryFn::FloorDivide), kRest<FloorDivide>);
  set_numbers(row(BinaryFn::TruncDivide), kBinary<TruncDivide>);
  set_same_integers(row(BinaryFn::FloorDivide), row(BinaryFn::TruncDivide));
  set_signed(row(BinaryFn::FloorDivide), kBinary<FloorDivide>);
  set_integers(row(BinaryFn::Fmod), kBinary<Fmod>);
  set_floats(row(BinaryFn::Fmod), kRest<Fmod>);
  set_same_integers(row(BinaryFn::Remainder), row(BinaryFn::Fmod));
  set_signed(row(BinaryFn::Remainder), kBinary<Remainder>);
  set_floats(row(BinaryFn::Remainder), kRest<Remainder>);
  set_floats(row(BinaryFn::Fmax), kBinary<Fmax>);
  set_same_integers(row(BinaryFn::Fmax), row(BinaryFn::Maximum));
  set_floats(row(BinaryFn::Fmin), kBinary<Fmin>);
  set_same_integers(row(BinaryFn::Fmin), row(BinaryFn::Minimum));
  set_floats(row(BinaryFn::Copysign), kBinary<Copysign>);
  set_floats(row(BinaryFn::Nextafter), kBinary<Nextafter>);
  set_floats(row(BinaryFn::Ldexp), kBinary<Ldexp>);
  set_numbers(row(BinaryFn::Heaviside), kBinary<Heaviside>);
  set_wrapping_integers(row(BinaryFn::ShiftLeft), kBinary<ShiftLeft>);
  set_integers(row(BinaryFn::ShiftRight), kBinary<ShiftRight>);
  set_integers(row(BinaryFn::Gcd), kBinary<Gcd>);
  set_integers(row(BinaryFn::Lcm), kBinary<Lcm>);
  at(row(BinaryFn::Heaviside), DType::Bool) = at(row(BinaryFn::Heaviside), DType::UInt8);  // bools are 0 and 1
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
