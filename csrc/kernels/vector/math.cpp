// Elementary functions: on the vector library's functions where it has them, else a scalar loop.

#include "kernels/vector/map.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

template <class T, VectorMath::Fn Fn>
void math_loop(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  using Function = Vector<T> (*)(Vector<T>);
  const auto function = reinterpret_cast<Function>(vector_function<T>(Fn));
  if (!function) return unary_loop<Libm<Fn>, T, T>(n, out, in, repeated);
  auto* o = static_cast<T*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  map(repeated ? 1 : n, o, a, function);
  if (repeated && n > 0) fill_with(n, o, o[0]);
}

/// The powers that need no logarithm, as PyTorch and NumPy compute them. True where y was one of them.
template <class T>
bool simple_power(std::int64_t n, T* o, const T* x, T y) {
  const auto each = [&](auto f) {
    TAPEGRAD_NO_CARRY
    for (std::int64_t i = 0; i < n; ++i) o[i] = f(x[i]);
    return true;
  };
  if (y == 2) return each([](T v) { return v * v; });
  if (y == 1) return each([](T v) { return v; });
  if (y == 3) return each([](T v) { return v * v * v; });
  if (y == T(0.5))
    return each([](T v) { return sizeof(T) == 4 ? T(__builtin_sqrtf(float(v))) : T(__builtin_sqrt(v)); });
  if (y == -1) return each([](T v) { return 1 / v; });
  if (y == -2) return each([](T v) { return 1 / (v * v); });
  if (y == 0) return each([](T) { return T(1); });
  return false;
}

template <class T>
void pow_loop(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  using Function = Vector<T> (*)(Vector<T>, Vector<T>);
  auto* o = static_cast<T*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  const auto* b = static_cast<const T*>(in[1]);
  if (n <= 0) return;
  if (repeated == 3) {
    pow_loop<T>(1, out, in, 2);
    return fill_with(n, o, o[0]);
  }
  if (repeated == 2 && simple_power(n, o, a, *b)) return;
  const auto function = reinterpret_cast<Function>(vector_function<T>(VectorMath::Pow));
  if (!function) return binary_loop<Libm<VectorMath::Pow>, T, T>(n, out, in, repeated);
  map2(n, o, a, b, repeated, function);
}

template <class T, VectorMath::Fn Fn>
void math_loop2(std::int64_t n, void* out, const void* const* in, unsigned repeated) {
  using Function = Vector<T> (*)(Vector<T>, Vector<T>);
  const auto function = reinterpret_cast<Function>(vector_function<T>(Fn));
  if (!function) return binary_loop<Libm<Fn>, T, T>(n, out, in, repeated);
  if (n > 0)
    map2(n, static_cast<T*>(out), static_cast<const T*>(in[0]), static_cast<const T*>(in[1]), repeated, function);
}

template <VectorMath::Fn Fn>
void set(Row row) {
  at(row, DType::Float32) = math_loop<float, Fn>;
  at(row, DType::Float64) = math_loop<double, Fn>;
}
template <VectorMath::Fn Fn>
void set2(Row row) {
  at(row, DType::Float32) = math_loop2<float, Fn>;
  at(row, DType::Float64) = math_loop2<double, Fn>;
}

}  // namespace

void fill_math(VectorTable& table) {
#define TAPEGRAD_SET(fn, ...) set<VectorMath::fn>(table.unary[static_cast<int>(UnaryFn::fn)]);
  TAPEGRAD_LIBM(TAPEGRAD_SET)
#undef TAPEGRAD_SET
#define TAPEGRAD_SET(fn, ...) set2<VectorMath::fn>(table.binary[static_cast<int>(BinaryFn::fn)]);
  TAPEGRAD_LIBM2(TAPEGRAD_SET)
#undef TAPEGRAD_SET
  Row pow = table.binary[static_cast<int>(BinaryFn::Pow)];
  at(pow, DType::Float32) = pow_loop<float>;
  at(pow, DType::Float64) = pow_loop<double>;
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
