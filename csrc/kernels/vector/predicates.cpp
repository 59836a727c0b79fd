// Functions whose result is bool.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

struct IsNan {
  template <class T>
  static Bool of(T x) {
    return x != x;
  }
};
struct IsFinite {
  template <class T>
  static Bool of(T x) {
    return x - x == 0;
  }
};
struct IsPosInf {
  template <class T>
  static Bool of(T x) {
    return static_cast<Bool>((x > 0) & (x - x != 0));
  }
};
struct IsNegInf {
  template <class T>
  static Bool of(T x) {
    return static_cast<Bool>((x < 0) & (x - x != 0));
  }
};
struct IsInf {
  template <class T>
  static Bool of(T x) {
    return static_cast<Bool>((x == x) & (x - x != 0));
  }
};
// Integers: all are finite.
template <Bool answer>
void constant_loop(std::int64_t n, void* out, const void* const*, unsigned) {
  auto* o = static_cast<Bool*>(out);
  for (std::int64_t i = 0; i < n; ++i) o[i] = answer;
}
struct SignBit {
  static Bool of(float x) { return __builtin_signbit(x) != 0; }
  static Bool of(double x) { return __builtin_signbit(x) != 0; }
  template <class T>
  static Bool of(T x) {
    return x < 0;
  }
};
struct Eq {
  template <class T>
  static Bool of(T a, T b) {
    return a == b;
  }
};
struct Ne {
  template <class T>
  static Bool of(T a, T b) {
    return a != b;
  }
};
struct Lt {
  template <class T>
  static Bool of(T a, T b) {
    return a < b;
  }
};
struct Le {
  template <class T>
  static Bool of(T a, T b) {
    return a <= b;
  }
};
struct LogicalAnd {
  template <class T>
  static Bool of(T a, T b) {
    return static_cast<Bool>((a != 0) & (b != 0));
  }
};
struct LogicalOr {
  template <class T>
  static Bool of(T a, T b) {
    return static_cast<Bool>((a != 0) | (b != 0));
  }
};
struct LogicalXor {
  template <class T>
  static Bool of(T a, T b) {
    return static_cast<Bool>((a != 0) ^ (b != 0));
  }
};

template <class F, Bool of_integers>
void set_of_floats(Row row) {
  for (int t = 0; t < static_cast<int>(DType::Float32); ++t) row[t] = constant_loop<of_integers>;
  set_floats(row, kTest<F>);
}

template <class F>
void set_bitwise(Row row) {
  set_wrapping(row, kTest2<F>);
  at(row, DType::Bool) = at(row, DType::UInt8);
}

/// a > b is b < a.
template <class F>
void set_order(Row row, Row mirrored) {
  set_numbers(row, kTest2<F>);
  set_numbers(mirrored, []<class T>() -> BlockFn { return exchanged<binary_loop<F, T, Bool>>; });
  at(row, DType::Bool) = at(row, DType::UInt8);
  at(mirrored, DType::Bool) = at(mirrored, DType::UInt8);
}

}  // namespace

void fill_predicates(VectorTable& table) {
  const auto row = [&](BinaryFn fn) -> Row { return table.binary[static_cast<int>(fn)]; };
  const auto unary = [&](UnaryFn fn) -> Row { return table.unary[static_cast<int>(fn)]; };
  set_of_floats<IsNan, 0>(unary(UnaryFn::IsNan));
  set_of_floats<IsInf, 0>(unary(UnaryFn::IsInf));
  set_of_floats<IsFinite, 1>(unary(UnaryFn::IsFinite));
  set_of_floats<IsPosInf, 0>(unary(UnaryFn::IsPosInf));
  set_of_floats<IsNegInf, 0>(unary(UnaryFn::IsNegInf));
  Row sign_bit = unary(UnaryFn::SignBit);
  set_of_floats<SignBit, 0>(sign_bit);
  set_signed(sign_bit, kTest<SignBit>);
  set_bitwise<Eq>(row(BinaryFn::Eq));
  set_bitwise<Ne>(row(BinaryFn::Ne));
  set_order<Lt>(row(BinaryFn::Lt), row(BinaryFn::Gt));
  set_order<Le>(row(BinaryFn::Le), row(BinaryFn::Ge));
  set_bitwise<LogicalAnd>(row(BinaryFn::LogicalAnd));
  set_bitwise<LogicalOr>(row(BinaryFn::LogicalOr));
  set_bitwise<LogicalXor>(row(BinaryFn::LogicalXor));
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
