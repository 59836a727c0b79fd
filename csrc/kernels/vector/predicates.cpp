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

template <class F, class T>
constexpr BlockFn loop = binary_loop<F, T, Bool>;

template <class F>
void set_floats(Row row) {
  at(row, DType::Float32) = unary_loop<F, float, Bool>;
  at(row, DType::Float64) = unary_loop<F, double, Bool>;
}
template <class F, Bool of_integers>
void set_unary(Row row) {
  for (int t = 0; t < static_cast<int>(DType::Float32); ++t) row[t] = constant_loop<of_integers>;
  set_floats<F>(row);
}

template <class F>
void set_bitwise(Row row) {
  at(row, DType::Bool) = at(row, DType::UInt8) = loop<F, std::uint8_t>;
  at(row, DType::UInt16) = loop<F, std::uint16_t>;
  at(row, DType::UInt32) = loop<F, std::uint32_t>;
  at(row, DType::UInt64) = loop<F, std::uint64_t>;
  share_with_signed(row);
  at(row, DType::Float32) = loop<F, float>;
  at(row, DType::Float64) = loop<F, double>;
}

template <class F, class T>
void set_order_of(Row row, Row mirrored, DType t) {
  at(row, t) = loop<F, T>;
  at(mirrored, t) = exchanged<binary_loop<F, T, Bool>>;
}

/// a > b is b < a.
template <class F>
void set_order(Row row, Row mirrored) {
  set_order_of<F, std::uint8_t>(row, mirrored, DType::Bool);
  set_order_of<F, std::uint8_t>(row, mirrored, DType::UInt8);
  set_order_of<F, std::uint16_t>(row, mirrored, DType::UInt16);
  set_order_of<F, std::uint32_t>(row, mirrored, DType::UInt32);
  set_order_of<F, std::uint64_t>(row, mirrored, DType::UInt64);
  set_order_of<F, std::int8_t>(row, mirrored, DType::Int8);
  set_order_of<F, std::int16_t>(row, mirrored, DType::Int16);
  set_order_of<F, std::int32_t>(row, mirrored, DType::Int32);
  set_order_of<F, std::int64_t>(row, mirrored, DType::Int64);
  set_order_of<F, float>(row, mirrored, DType::Float32);
  set_order_of<F, double>(row, mirrored, DType::Float64);
}

}  // namespace

void fill_predicates(VectorTable& table) {
  const auto row = [&](BinaryFn fn) -> Row { return table.binary[static_cast<int>(fn)]; };
  const auto unary = [&](UnaryFn fn) -> Row { return table.unary[static_cast<int>(fn)]; };
  set_unary<IsNan, 0>(unary(UnaryFn::IsNan));
  set_unary<IsInf, 0>(unary(UnaryFn::IsInf));
  set_unary<IsFinite, 1>(unary(UnaryFn::IsFinite));
  set_unary<IsPosInf, 0>(unary(UnaryFn::IsPosInf));
  set_unary<IsNegInf, 0>(unary(UnaryFn::IsNegInf));
  Row sign_bit = unary(UnaryFn::SignBit);
  set_unary<SignBit, 0>(sign_bit);
  at(sign_bit, DType::Int8) = unary_loop<SignBit, std::int8_t, Bool>;
  at(sign_bit, DType::Int16) = unary_loop<SignBit, std::int16_t, Bool>;
  at(sign_bit, DType::Int32) = unary_loop<SignBit, std::int32_t, Bool>;
  at(sign_bit, DType::Int64) = unary_loop<SignBit, std::int64_t, Bool>;
  set_bitwise<Eq>(row(BinaryFn::Eq));
  set_bitwise<Ne>(row(BinaryFn::Ne));
  set_order<Lt>(row(BinaryFn::Lt), row(BinaryFn::Gt));
  set_order<Le>(row(BinaryFn::Le), row(BinaryFn::Ge));
  set_bitwise<LogicalAnd>(row(BinaryFn::LogicalAnd));
  set_bitwise<LogicalOr>(row(BinaryFn::LogicalOr));
  set_bitwise<LogicalXor>(row(BinaryFn::LogicalXor));
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
