#pragma once
// Element types, Python-like scalars, and PyTorch's promotion lattice.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "core/error.h"

namespace tapegrad {

enum class DType : std::uint8_t { Bool, UInt8, Int8, Int16, Int32, Int64, Float32, Float64 };
inline constexpr std::size_t kDTypes = 8;

/// The kinds of number, from low to high.
enum class Kind : std::uint8_t { Bool, Integer, Float };

struct DTypeInfo {
  const char* name;
  std::uint8_t bytes;
  Kind kind;
};

inline constexpr std::array<DTypeInfo, kDTypes> kDTypeInfo = {{{"bool", 1, Kind::Bool},
                                                               {"uint8", 1, Kind::Integer},
                                                               {"int8", 1, Kind::Integer},
                                                               {"int16", 2, Kind::Integer},
                                                               {"int32", 4, Kind::Integer},
                                                               {"int64", 8, Kind::Integer},
                                                               {"float32", 4, Kind::Float},
                                                               {"float64", 8, Kind::Float}}};

constexpr const DTypeInfo& info(DType t) { return kDTypeInfo[static_cast<std::size_t>(t)]; }
constexpr std::size_t itemsize(DType t) { return info(t).bytes; }
constexpr const char* name(DType t) { return info(t).name; }
constexpr bool is_floating(DType t) { return t >= DType::Float32; }
constexpr bool is_integral(DType t) { return t < DType::Float32; }  // bool included

template <class T>
struct DTypeOf;
template <>
struct DTypeOf<bool> {
  static constexpr DType value = DType::Bool;
};
template <>
struct DTypeOf<std::uint8_t> {
  static constexpr DType value = DType::UInt8;
};
template <>
struct DTypeOf<std::int8_t> {
  static constexpr DType value = DType::Int8;
};
template <>
struct DTypeOf<std::int16_t> {
  static constexpr DType value = DType::Int16;
};
template <>
struct DTypeOf<std::int32_t> {
  static constexpr DType value = DType::Int32;
};
template <>
struct DTypeOf<std::int64_t> {
  static constexpr DType value = DType::Int64;
};
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::Float32;
};
template <>
struct DTypeOf<double> {
  static constexpr DType value = DType::Float64;
};
template <class T>
inline constexpr DType dtype_of = DTypeOf<T>::value;

constexpr bool is_signed(DType t) { return t != DType::Bool && t != DType::UInt8; }

/// Calls f.template operator()<T>() with the C++ type of t.
template <class F>
decltype(auto) visit(DType t, F&& f) {
  switch (t) {
    case DType::Bool: return f.template operator()<bool>();
    case DType::UInt8: return f.template operator()<std::uint8_t>();
    case DType::Int8: return f.template operator()<std::int8_t>();
    case DType::Int16: return f.template operator()<std::int16_t>();
    case DType::Int32: return f.template operator()<std::int32_t>();
    case DType::Int64: return f.template operator()<std::int64_t>();
    case DType::Float32: return f.template operator()<float>();
    case DType::Float64: return f.template operator()<double>();
  }
  __builtin_unreachable();
}

/// The smallest type both convert to (PyTorch's lattice: a float wins over any integer, int8 and uint8 give int16).
constexpr DType promote(DType a, DType b) {
  if (a == b) return a;
  if (a > b) std::swap(a, b);
  if (a == DType::UInt8 && b == DType::Int8) return DType::Int16;
  return b;
}

/// A number without a shape, as Python's bool, int and float are: it bends to the dtype of what it meets.
class Scalar {
 public:
  constexpr Scalar() : Scalar(std::int64_t{0}) {}
  constexpr Scalar(bool v) : bits_(v), kind_(Kind::Bool) {}
  constexpr Scalar(int v) : bits_(v), kind_(Kind::Integer) {}
  constexpr Scalar(std::int64_t v) : bits_(v), kind_(Kind::Integer) {}
  constexpr Scalar(double v) : bits_(std::bit_cast<std::int64_t>(v)), kind_(Kind::Float) {}
  // Note [Copied word by word]: what was just written in parts and is then read whole, by one wide load, waits until
  // the parts have left the processor's store buffer, some 5 ns each time. So the small structs that every call hands
  // on (Scalar, Operand, Dims) are copied member by member, and SLP vectorisation is off outside the kernels.
  constexpr Scalar(const Scalar& other) : bits_(other.bits_), kind_(other.kind_) {}
  constexpr Scalar& operator=(const Scalar& other) {
    bits_ = other.bits_;
    kind_ = other.kind_;
    return *this;
  }

  constexpr Kind kind() const { return kind_; }
  constexpr bool is_float() const { return kind_ == Kind::Float; }
  /// The value in T; integers wrap, as a C++ conversion does; a float that does not fit an integer saturates.
  template <class T>
  constexpr T to() const {
    if constexpr (std::is_same_v<T, bool>) return is_float() ? real() != 0 : bits_ != 0;
    else if constexpr (std::is_floating_point_v<T>) return static_cast<T>(is_float() ? real() : static_cast<T>(bits_));
    else return static_cast<T>(is_float() ? saturate(real()) : bits_);
  }
  /// The dtype of a 0-d tensor made of it: bool, int64, or float32 (the default dtype).
  constexpr DType dtype() const {
    return kind_ == Kind::Bool ? DType::Bool : kind_ == Kind::Integer ? DType::Int64 : DType::Float32;
  }
  constexpr bool operator==(const Scalar& other) const {
    return is_float() || other.is_float() ? to<double>() == other.to<double>() : bits_ == other.bits_;
  }

 private:
  static constexpr std::int64_t saturate(double v) {
    if (!(v >= -9223372036854775808.0)) return INT64_MIN;
    return v >= 9223372036854775808.0 ? INT64_MIN : static_cast<std::int64_t>(v);
  }
  constexpr double real() const { return std::bit_cast<double>(bits_); }
  /// An integer, or the bits of a double.
  std::int64_t bits_;
  Kind kind_;
};

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
