// Conversions between element types.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

// A float that is out of an integer's range gives what the processor's conversion gives (to int32 first, for the types
// below it), and is no error.
template <class To>
struct Convert {
  template <class From>
  [[gnu::no_sanitize("float-cast-overflow")]] static To of(From x) {
    if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To> && sizeof(To) < 4)
      return static_cast<To>(static_cast<std::int32_t>(x));
    else return static_cast<To>(x);
  }
};
struct ToBool {
  template <class From>
  static Bool of(From x) {
    return x != 0;
  }
};

template <class From>
void set_from(Row row) {
  at(row, DType::Bool) = unary_loop<ToBool, From, Bool>;
  at(row, DType::UInt8) = unary_loop<Convert<std::uint8_t>, From, std::uint8_t>;
  at(row, DType::Int8) = unary_loop<Convert<std::int8_t>, From, std::int8_t>;
  at(row, DType::Int16) = unary_loop<Convert<std::int16_t>, From, std::int16_t>;
  at(row, DType::Int32) = unary_loop<Convert<std::int32_t>, From, std::int32_t>;
  at(row, DType::Int64) = unary_loop<Convert<std::int64_t>, From, std::int64_t>;
  at(row, DType::Float32) = unary_loop<Convert<float>, From, float>;
  at(row, DType::Float64) = unary_loop<Convert<double>, From, double>;
}

}  // namespace

void fill_convert(VectorTable& table) {
  const auto row = [&](DType from) -> Row { return table.convert[static_cast<int>(from)]; };
  set_from<std::uint8_t>(row(DType::UInt8));
  set_from<std::int8_t>(row(DType::Int8));
  set_from<std::int16_t>(row(DType::Int16));
  set_from<std::int32_t>(row(DType::Int32));
  set_from<std::int64_t>(row(DType::Int64));
  set_from<float>(row(DType::Float32));
  set_from<double>(row(DType::Float64));
  // A bool is a byte of 0 or 1.
  set_from<std::uint8_t>(row(DType::Bool));
  at(row(DType::Bool), DType::Bool) = at(row(DType::UInt8), DType::UInt8);
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
