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
// Of integers both differences are 0.
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
void set_bitwise(Row row) {
  at(row, DType::Bool) = at(row, DType::UInt8) = at(row, DType::Int8) = loop<F, std::uint8_t>;
  at(row, DType::Int16) = loop<F, std::uint16_t>;
  at(row, DType::Int32) = loop<F, std::uint32_t>;
  at(row, DType::Int64) = loop<F, std::uint64_t>;
  at(row, DType::Float32) = loop<F, float>;
  at(row, DType::Float64) = loop<F, double>;
}

template <class F>
void set_unary(Row row) {
  at(row, DType::Bool) = at(row, DType::UInt8) = unary_loop<F, std::uint8_t, Bool>;
  at(row, DType::Int8) = unary_loop<F, std::int8_t, Bool>;
  at(row, DType::Int16) = unary_loop<F, std::int16_t, Bool>;
  at(row, DType::Int32) = unary_loop<F, std::int32_t, Bool>;
  at(row, DType::Int64) = unary_loop<F, std::int64_t, Bool>;
  at(row, DType::Float32) = unary_loop<F, float, Bool>;
  at(row, DType::Float64) = unary_loop<F, double, Bool>;
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
  set_unary<IsNan>(unary(UnaryFn::IsNan));
  set_unary<IsInf>(unary(UnaryFn::IsInf));
  set_unary<IsFinite>(unary(UnaryFn::IsFinite));
  set_unary<IsPosInf>(unary(UnaryFn::IsPosInf));
  set_unary<IsNegInf>(unary(UnaryFn::IsNegInf));
  set_unary<SignBit>(unary(UnaryFn::SignBit));
  set_bitwise<Eq>(row(BinaryFn::Eq));
  set_bitwise<Ne>(row(BinaryFn::Ne));
  set_order<Lt>(row(BinaryFn::Lt), row(BinaryFn::Gt));
  set_order<Le>(row(BinaryFn::Le), row(BinaryFn::Ge));
  set_bitwise<LogicalAnd>(row(BinaryFn::LogicalAnd));
  set_bitwise<LogicalOr>(row(BinaryFn::LogicalOr));
  set_bitwise<LogicalXor>(row(BinaryFn::LogicalXor));
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
