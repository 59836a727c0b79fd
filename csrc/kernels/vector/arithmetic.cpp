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
  set_wrapping(row(BinaryFn::Add), kBinary<Add>);
  set_wrapping(row(BinaryFn::Sub), kBinary<Sub>);
  set_wrapping(row(BinaryFn::Mul), kBinary<Mul>);
  set_floats(row(BinaryFn::Div), kBinary<Div>);
  set_integers(row(BinaryFn::Pow), kBinary<IntegerPow>);
  set_numbers(row(BinaryFn::Maximum), kBinary<Maximum>);
  set_numbers(row(BinaryFn::Minimum), kBinary<Minimum>);
  set_wrapping_integers(row(BinaryFn::BitwiseAnd), kBinary<And>);
  set_wrapping_integers(row(BinaryFn::BitwiseOr), kBinary<Or>);
  set_wrapping_integers(row(BinaryFn::BitwiseXor), kBinary<Xor>);
  // bool: + is or, * is and, as in PyTorch.
  for (const BinaryFn fn : {BinaryFn::Add, BinaryFn::Maximum, BinaryFn::BitwiseOr})
    at(row(fn), DType::Bool) = binary_loop<Or, Bool, Bool>;
  for (const BinaryFn fn : {BinaryFn::Mul, BinaryFn::Minimum, BinaryFn::BitwiseAnd})
    at(row(fn), DType::Bool) = binary_loop<And, Bool, Bool>;
  at(row(BinaryFn::BitwiseXor), DType::Bool) = binary_loop<Xor, Bool, Bool>;
  at(row(BinaryFn::Pow), DType::Bool) = binary_loop<BoolPow, Bool, Bool>;

  Row where = table.where;
  at(where, DType::Bool) = at(where, DType::UInt8) = where_loop<std::uint8_t>;
  at(where, DType::UInt16) = where_loop<std::uint16_t>;
  at(where, DType::UInt32) = at(where, DType::Float32) = where_loop<std::uint32_t>;
  at(where, DType::UInt64) = at(where, DType::Float64) = where_loop<std::uint64_t>;
  share_with_signed(where);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
