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
  return rest != 0 && (b < 0) != (rest < 0);
}

// As Python's //, of floats too: floor(a / b) of the exact quotient.
struct FloorDivide {
  template <class T>
  static T of(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
      const T q = quotient(a, b);
      return of_other_sign(rest(a, b), b) ? static_cast<T>(q - 1) : q;
    } else {
      if (b == 0) return a / b;
      const T mod = fmod(a, b);
      T q = (a - mod) / b;
      if (of_other_sign(mod, b)) q -= 1;
      if (q == 0) return copysign(T(0), a / b);
      const T whole = floor(q);
      return q - whole > T(0.5) ? whole + 1 : whole;
    }
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
};
struct Remainder {
  template <class T>
  static T of(T a, T b) {
    const T r = Fmod::of(a, b);
    return of_other_sign(r, b) ? static_cast<T>(r + b) : r;
  }
};
struct Fmax {
  template <class T>
  static T of(T a, T b) {
    return (a >= b) | (b != b) ? a : b;
  }
};
struct Fmin {
  template <class T>
  static T of(T a, T b) {
    return (a <= b) | (b != b) ? a : b;
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
// All bits are shifted out where there are not as many.
struct ShiftLeft {
  template <class T>
  static T of(T a, T b) {
    constexpr int kBits = 8 * sizeof(T);
    return b < 0 || b >= kBits ? T(0) : static_cast<T>(Wide<T>(a) << b);
  }
};
struct ShiftRight {
  template <class T>
  static T of(T a, T b) {
    constexpr int kMost = 8 * sizeof(T) - std::is_signed_v<T>;
    return static_cast<T>(a >> (b < 0 || b >= kMost ? T(kMost) : b));
  }
};

template <class F>
void set_floats(Row row) {
  at(row, DType::Float32) = binary_loop<F, float, float>;
  at(row, DType::Float64) = binary_loop<F, double, double>;
}
template <class F>
void set_integers(Row row) {
  at(row, DType::UInt8) = binary_loop<F, std::uint8_t, std::uint8_t>;
  at(row, DType::Int8) = binary_loop<F, std::int8_t, std::int8_t>;
  at(row, DType::Int16) = binary_loop<F, std::int16_t, std::int16_t>;
  at(row, DType::Int32) = binary_loop<F, std::int32_t, std::int32_t>;
  at(row, DType::Int64) = binary_loop<F, std::int64_t, std::int64_t>;
}
template <class F>
void set_numbers(Row row) {
  set_floats<F>(row);
  set_integers<F>(row);
}

}  // namespace

void fill_division(VectorTable& table) {
  const auto row = [&](BinaryFn fn) -> Row { return table.binary[static_cast<int>(fn)]; };
  set_numbers<FloorDivide>(row(BinaryFn::FloorDivide));
  set_numbers<TruncDivide>(row(BinaryFn::TruncDivide));
  set_numbers<Fmod>(row(BinaryFn::Fmod));
  set_numbers<Remainder>(row(BinaryFn::Remainder));
  set_numbers<Fmax>(row(BinaryFn::Fmax));
  set_numbers<Fmin>(row(BinaryFn::Fmin));
  set_floats<Copysign>(row(BinaryFn::Copysign));
  set_floats<Nextafter>(row(BinaryFn::Nextafter));
  set_floats<Ldexp>(row(BinaryFn::Ldexp));
  set_numbers<Heaviside>(row(BinaryFn::Heaviside));
  set_integers<ShiftLeft>(row(BinaryFn::ShiftLeft));
  set_integers<ShiftRight>(row(BinaryFn::ShiftRight));
  for (const BinaryFn fn : {BinaryFn::Fmax, BinaryFn::Fmin, BinaryFn::Heaviside})  // bools are 0 and 1
    at(row(fn), DType::Bool) = at(row(fn), DType::UInt8);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
