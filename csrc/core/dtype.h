#pragma once
// Element types, Python-like scalars, and the promotion lattice.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "core/error.h"

namespace tapegrad {

// Unsigned and signed integers each by width: promote() counts on it.
#define TAPEGRAD_DTYPES(X)                    \
  X(Bool, bool, "bool", Bool)                 \
  X(UInt8, std::uint8_t, "uint8", Integer)    \
  X(UInt16, std::uint16_t, "uint16", Integer) \
  X(UInt32, std::uint32_t, "uint32", Integer) \
  X(UInt64, std::uint64_t, "uint64", Integer) \
  X(Int8, std::int8_t, "int8", Integer)       \
  X(Int16, std::int16_t, "int16", Integer)    \
  X(Int32, std::int32_t, "int32", Integer)    \
  X(Int64, std::int64_t, "int64", Integer)    \
  X(Float32, float, "float32", Float)         \
  X(Float64, double, "float64", Float)

#define TAPEGRAD_ENUMERATOR(enumerator, ...) enumerator,
enum class DType : std::uint8_t { TAPEGRAD_DTYPES(TAPEGRAD_ENUMERATOR) };

/// The kinds of number, from low to high.
enum class Kind : std::uint8_t { Bool, Integer, Float };

struct DTypeInfo {
  const char* name;
  std::uint8_t bytes;
  Kind kind;
};

#define TAPEGRAD_INFO(enumerator, type, name, kind) DTypeInfo{name, sizeof(type), Kind::kind},
inline constexpr auto kDTypeInfo = std::to_array({TAPEGRAD_DTYPES(TAPEGRAD_INFO)});
#undef TAPEGRAD_INFO
inline constexpr std::size_t kDTypes = kDTypeInfo.size();

constexpr const DTypeInfo& info(DType t) { return kDTypeInfo[static_cast<std::size_t>(t)]; }
constexpr std::size_t itemsize(DType t) { return info(t).bytes; }
constexpr const char* name(DType t) { return info(t).name; }
constexpr bool is_floating(DType t) { return t >= DType::Float32; }
constexpr bool is_integral(DType t) { return t < DType::Float32; }  // bool included
constexpr bool is_signed(DType t) { return t >= DType::Int8; }
constexpr bool is_unsigned(DType t) { return t >= DType::UInt8 && t <= DType::UInt64; }

template <class T>
struct DTypeOf;
#define TAPEGRAD_DTYPE_OF(enumerator, type, name, kind) \
  template <>                                           \
  struct DTypeOf<type> {                                \
    static constexpr DType value = DType::enumerator;   \
  };
TAPEGRAD_DTYPES(TAPEGRAD_DTYPE_OF)
#undef TAPEGRAD_DTYPE_OF
template <class T>
inline constexpr DType dtype_of = DTypeOf<T>::value;

/// Calls f.template operator()<T>() with the C++ type of t.
template <class F>
decltype(auto) visit(DType t, F&& f) {
#define TAPEGRAD_CASE(enumerator, type, name, kind) \
  case DType::enumerator: return f.template operator()<type>();
  switch (t) { TAPEGRAD_DTYPES(TAPEGRAD_CASE) }
#undef TAPEGRAD_CASE
  __builtin_unreachable();
}

/// What elements of T are to a function that wraps or moves bits: those of the unsigned type of their size, so that
/// signed and unsigned ones share its code; bools are bytes, floats themselves.
template <class T>
struct BitsOf : std::make_unsigned<T> {};
template <>
struct BitsOf<bool> : std::type_identity<std::uint8_t> {};
template <>
struct BitsOf<float> : std::type_identity<float> {};
template <>
struct BitsOf<double> : std::type_identity<double> {};

/// Raises Error: there is no integer type for the values of both.
[[noreturn]] void refuse_promotion(DType a, DType b);

/// The smallest type both convert to: PyTorch's lattice, in which a float wins over any integer, and NumPy's for
/// unsigned integers, which with signed ones give a wider signed one. Raises Error for uint64 and a signed integer.
constexpr DType promote(DType a, DType b) {
  if (a == b) return a;
  if (a > b) std::swap(a, b);
  if (!is_unsigned(a) || is_unsigned(b) || is_floating(b)) return b;
  constexpr int kUnsigned = static_cast<int>(DType::UInt8), kSigned = static_cast<int>(DType::Int8);
  const int wider = static_cast<int>(a) - kUnsigned + kSigned + 1;
  if (wider > static_cast<int>(DType::Int64)) refuse_promotion(a, b);
  return static_cast<DType>(std::max(wider, static_cast<int>(b)));
}

/// A number without a shape, as Python's bool, int and float are: it bends to the dtype of what it meets. Integers are
/// those of int64 and uint64.
class Scalar {
 public:
  constexpr Scalar() : Scalar(std::int64_t{0}) {}
  constexpr Scalar(bool v) : bits_(v), form_(Form::Bool) {}
  constexpr Scalar(int v) : bits_(v), form_(Form::Integer) {}
  constexpr Scalar(std::int64_t v) : bits_(v), form_(Form::Integer) {}
  constexpr Scalar(std::uint64_t v)
      : bits_(static_cast<std::int64_t>(v)), form_(bits_ < 0 ? Form::Large : Form::Integer) {}
  constexpr Scalar(double v) : bits_(std::bit_cast<std::int64_t>(v)), form_(Form::Float) {}
  // Note [Copied word by word]: what was just written in parts and is then read whole, by one wide load, waits until
  // the parts have left the processor's store buffer, some 5 ns each time. So the small structs that every call hands
  // on (Scalar, Operand, Dims) are copied member by member, and SLP vectorisation is off outside the kernels.
  constexpr Scalar(const Scalar& other) : bits_(other.bits_), form_(other.form_) {}
  constexpr Scalar& operator=(const Scalar& other) {
    bits_ = other.bits_;
    form_ = other.form_;
    return *this;
  }

  constexpr Kind kind() const { return is_large() ? Kind::Integer : static_cast<Kind>(form_); }
  constexpr bool is_float() const { return form_ == Form::Float; }
  /// Whether it is an integer that uint64 alone holds, from 2^63 on.
  constexpr bool is_large() const { return form_ == Form::Large; }
  /// Whether it is an integer below 0.
  constexpr bool is_negative() const { return form_ == Form::Integer && bits_ < 0; }
  /// The value in T; integers wrap, as a C++ conversion does; a float that does not fit an integer saturates.
  template <class T>
  constexpr T to() const {
    if constexpr (std::is_same_v<T, bool>) return is_float() ? real() != 0 : bits_ != 0;
    else if constexpr (std::is_floating_point_v<T>)
      return static_cast<T>(is_float()   ? real()
                            : is_large() ? static_cast<T>(static_cast<std::uint64_t>(bits_))
                                         : static_cast<T>(bits_));
    else if constexpr (std::is_same_v<T, std::uint64_t>)
      return is_float() ? to_unsigned(real()) : static_cast<std::uint64_t>(bits_);
    else return static_cast<T>(is_float() ? saturate(real()) : bits_);
  }
  /// The dtype of a 0-d tensor made of it: bool, int64, or float32 (the default dtype).
  constexpr DType dtype() const {
    return form_ == Form::Bool ? DType::Bool : form_ == Form::Float ? DType::Float32 : DType::Int64;
  }
  constexpr bool operator==(const Scalar& other) const {
    if (is_float() || other.is_float()) return to<double>() == other.to<double>();
    return bits_ == other.bits_ && is_large() == other.is_large();
  }

 private:
  /// The kinds, by their numbers, and one form more.
  enum class Form : std::uint8_t { Bool, Integer, Float, Large };
  static_assert(static_cast<int>(Kind::Float) == static_cast<int>(Form::Float));

  static constexpr std::int64_t saturate(double v) {
    if (!(v >= -9223372036854775808.0)) return INT64_MIN;
    return v >= 9223372036854775808.0 ? INT64_MIN : static_cast<std::int64_t>(v);
  }
  /// Below 0 and from 2^64 on as the kernels' conversions (vector/convert.cpp).
  static constexpr std::uint64_t to_unsigned(double v) {
    constexpr double kHalf = 9223372036854775808.0;
    if (!(v >= kHalf)) return static_cast<std::uint64_t>(saturate(v));
    return static_cast<std::uint64_t>(saturate(v - kHalf)) ^ std::uint64_t{1} << 63;
  }
  constexpr double real() const { return std::bit_cast<double>(bits_); }
  /// An integer, a large one unsigned, or the bits of a double.
  std::int64_t bits_;
  Form form_;
};

/// The number that an element is.
template <class T>
constexpr Scalar number_in(T element) {
  if constexpr (std::is_same_v<T, bool>) return Scalar(element);
  else if constexpr (std::is_floating_point_v<T>) return Scalar(static_cast<double>(element));
  else if constexpr (std::is_signed_v<T>) return Scalar(static_cast<std::int64_t>(element));
  else return Scalar(static_cast<std::uint64_t>(element));
}

/// Raises Error for a number from 2^63 on where elements of t are integers that do not hold it: it would wrap.
inline void refuse_large(const Scalar& value, DType t) {
  if (!value.is_large() || t == DType::Bool || t == DType::UInt64 || is_floating(t)) return;
  fail<Error>("Overflow: ", value.to<std::uint64_t>(), " does not fit ", name(t), ": uint64 and floats alone hold it");
}

/// Where the value of a dtype stands: a dimensioned tensor outranks a 0-d one, which outranks a Python number.
enum class Tier : std::uint8_t { Dimensioned, ZeroDim, Number };

/// Collects operands and gives the dtype they are computed in. A lower tier counts only if of a higher kind.
/// Source: PyTorch's documentation of torch.result_type.
class Promotion {
 public:
  void add(DType t, Tier tier) {
    auto& slot = best_[static_cast<std::size_t>(tier)];
    slot = slot.first ? std::pair{true, promote(slot.second, t)} : std::pair{true, t};
  }
  DType result() const {
    auto result = best_[0];
    for (std::size_t tier = 1; tier < best_.size(); ++tier) {
      const auto& [present, t] = best_[tier];
      if (!present) continue;
      if (!result.first) result = best_[tier];
      else if (info(t).kind > info(result.second).kind) result.second = promote(result.second, t);
    }
    return result.second;
  }

 private:
  std::array<std::pair<bool, DType>, 3> best_{};
};

}  // namespace tapegrad
