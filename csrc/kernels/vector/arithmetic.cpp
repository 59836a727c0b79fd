// Binary functions whose result is of their operands' type, and `where`.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

// Negative exponents are the caller's to refuse; they give what an exact result truncates to.
struct IntegerPow {
  template <class T>
  static T of(T base, T exponent) {
    using U = std::make_unsigned_t<T>;
    if constexpr (std::is_signed_v<T>)
      if (exponent < 0) return base == 1 ? T(1) : base == -1 ? T(exponent & 1 ? -1 : 1) : T(0);
    U result = 1, power = static_cast<U>(base);
    for (U left = static_cast<U>(exponent); left; left = static_cast<U>(left >> 1)) {
      if (left & 1) result = Mul::of(result, power);
      power = Mul::of(power, power);
    }
    return static_cast<T>(result);
  }
};
struct BoolPow {
  static Bool of(Bool base, Bool exponent) { return static_cast<Bool>(base | (exponent ^ 1)); }
};

template <class F, class T>
constexpr BlockFn loop = binary_loop<F, T, T>;

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
void set_integers(Row row) {
  set_signed<F>(row);
  set_unsigned<F>(row);
}
template <class F>
void set_wrapping(Row row) {
  set_unsigned<F>(row);
  share_with_signed(row);
}

template <class T, unsigned Repeated>
void where_loop_of(std::int64_t n, T* o, const Bool* c, const T* a, const T* b) {
  const Bool first_c = *c;
  const T first_a = *a, first_b = *b;
  TAPEGRAD_NO_CARRY
  for (std::int64_t i = 0; i < n; ++i) {
    const T x = Repeated & 2 ? first_a : a[i], y = Repeated & 4 ? first_b : b[i];
    o[i] = (Repeated & 1 ? first_c : c[i]) ? x : y;
  }
}

template <class T>
void where_loop(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  auto* o = static_cast<T*>(out);
  const auto* c = static_cast<const Bool*>(in[0]);
  const auto* a = static_cast<const T*>(in[1]);
  const auto* b = static_cast<const T*>(in[2]);
  if (n <= 0) return;
  switch (repeated) {
    case 0: return where_loop_of<T, 0>(n, o, c, a, b);
    case 1: return where_loop_of<T, 1>(n, o, c, a, b);
    case 2: return where_loop_of<T, 2>(n, o, c, a, b);
    case 3: return where_loop_of<T, 3>(n, o, c, a, b);
    case 4: return where_loop_of<T, 4>(n, o, c, a, b);
    case 5: return where_loop_of<T, 5>(n, o, c, a, b);
    case 6: return where_loop_of<T, 6>(n, o, c, a, b);
    default: return where_loop_of<T, 7>(n, o, c, a, b);
  }
}

}  // namespace

void fill_arithmetic(VectorTable& table) {
  const auto row = [&](BinaryFn fn) -> Row { return table.binary[static_cast<int>(fn)]; };
  set_wrapping<Add>(row(BinaryFn::Add));
  set_floats<Add>(row(BinaryFn::Add));
  set_wrapping<Sub>(row(BinaryFn::Sub));
  set_floats<Sub>(row(BinaryFn::Sub));
  set_wrapping<Mul>(row(BinaryFn::Mul));
  set_floats<Mul>(row(BinaryFn::Mul));
  set_floats<Div>(row(BinaryFn::Div));
  set_integers<IntegerPow>(row(BinaryFn::Pow));
  set_integers<Maximum>(row(BinaryFn::Maximum));
  set_floats<Maximum>(row(BinaryFn::Maximum));
  set_integers<Minimum>(row(BinaryFn::Minimum));
  set_floats<Minimum>(row(BinaryFn::Minimum));
  set_wrapping<And>(row(BinaryFn::BitwiseAnd));
  set_wrapping<Or>(row(BinaryFn::BitwiseOr));
  set_wrapping<Xor>(row(BinaryFn::BitwiseXor));
  // bool: + is or, * is and, as in PyTorch.
  for (const BinaryFn fn : {BinaryFn::Add, BinaryFn::Maximum, BinaryFn::BitwiseOr})
    at(row(fn), DType::Bool) = loop<Or, Bool>;
  for (const BinaryFn fn : {BinaryFn::Mul, BinaryFn::Minimum, BinaryFn::BitwiseAnd})
    at(row(fn), DType::Bool) = loop<And, Bool>;
  at(row(BinaryFn::BitwiseXor), DType::Bool) = loop<Xor, Bool>;
  at(row(BinaryFn::Pow), DType::Bool) = loop<BoolPow, Bool>;

  Row where = table.where;
  at(where, DType::Bool) = at(where, DType::UInt8) = where_loop<std::uint8_t>;
  at(where, DType::UInt16) = where_loop<std::uint16_t>;
  at(where, DType::UInt32) = at(where, DType::Float32) = where_loop<std::uint32_t>;
  at(where, DType::UInt64) = at(where, DType::Float64) = where_loop<std::uint64_t>;
  share_with_signed(where);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
