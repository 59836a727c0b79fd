// Conversions between element types.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

// A float that is out of an integer's range gives what the processor's conversion to int32 (for types below it) or
// int64 (for unsigned ones) gives of it, on every instruction set, and is no error.
template <class To>
struct Convert {
  template <class From>
  [[gnu::no_sanitize("float-cast-overflow")]] static To of(From x) {
    if constexpr (std::is_integral_v<From> || std::is_floating_point_v<To>) {
      return static_cast<To>(x);
    } else if constexpr (std::is_same_v<To, std::uint64_t>) {
      constexpr From kHalf = 9223372036854775808.0F;
      const bool upper = x >= kHalf;
      return static_cast<To>(static_cast<std::int64_t>(upper ? x - kHalf : x)) ^ To { upper } << 63;
    } else {
      using Through =
          std::conditional_t<(sizeof(To) < 4 || std::is_same_v<To, std::int32_t>), std::int32_t, std::int64_t>;
      return static_cast<To>(static_cast<Through>(x));
    }
  }
};
struct ToBool {
  template <class From>
  static Bool of(From x) {
    return x != 0;
  }
};

template <class From, class To>
constexpr BlockFn loop = unary_loop<Convert<To>, From, To>;

/// To what is no wider than From: of integers, whether they are signed makes no difference.
template <class From>
void set_narrow(Row row) {
  at(row, DType::Bool) = unary_loop<ToBool, From, Bool>;
  at(row, DType::UInt8) = loop<From, std::uint8_t>;
  if constexpr (sizeof(From) >= 2) at(row, DType::UInt16) = loop<From, std::uint16_t>;
  if constexpr (sizeof(From) >= 4) at(row, DType::UInt32) = loop<From, std::uint32_t>;
  if constexpr (sizeof(From) >= 8) at(row, DType::UInt64) = loop<From, std::uint64_t>;
}
template <class From>
void set_wide(Row row) {
  if constexpr (sizeof(From) < 2) at(row, DType::UInt16) = loop<From, std::uint16_t>;
  if constexpr (sizeof(From) < 4) at(row, DType::UInt32) = loop<From, std::uint32_t>;
  if constexpr (sizeof(From) < 8) at(row, DType::UInt64) = loop<From, std::uint64_t>;
  share_with_signed(row);
  at(row, DType::Float32) = loop<From, float>;
  at(row, DType::Float64) = loop<From, double>;
}

template <class Unsigned>
void set_from_integers(Row from_unsigned, Row from_signed) {
  set_narrow<Unsigned>(from_unsigned);
  set_narrow<Unsigned>(from_signed);
  set_wide<Unsigned>(from_unsigned);
  set_wide<std::make_signed_t<Unsigned>>(from_signed);
}
template <class From>
void set_from_floats(Row row) {
  set_narrow<From>(row);
  set_wide<From>(row);
  at(row, DType::Int32) = loop<From, std::int32_t>;
  at(row, DType::Int64) = loop<From, std::int64_t>;
}

}  // namespace

void fill_convert(VectorTable& table) {
  const auto row = [&](DType from) -> Row { return table.convert[static_cast<int>(from)]; };
  set_from_integers<std::uint8_t>(row(DType::UInt8), row(DType::Int8));
  set_from_integers<std::uint16_t>(row(DType::UInt16), row(DType::Int16));
  set_from_integers<std::uint32_t>(row(DType::UInt32), row(DType::Int32));
  set_from_integers<std::uint64_t>(row(DType::UInt64), row(DType::Int64));
  set_from_floats<float>(row(DType::Float32));
  set_from_floats<double>(row(DType::Float64));
  // A bool is a byte of 0 or 1.
  set_narrow<std::uint8_t>(row(DType::Bool));
  set_wide<std::uint8_t>(row(DType::Bool));
  at(row(DType::Bool), DType::Bool) = at(row(DType::UInt8), DType::UInt8);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
