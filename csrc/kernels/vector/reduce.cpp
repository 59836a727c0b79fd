// A block of elements reduced to one, and eight rows to one.
//
// Note [Order of summation]: kWidth partial results (16 bytes of them where there are fewer elements), element i going
// to partial i % kWidth, over at most kLeaf elements; then halves of the partials onto each other, and leaves pairwise.
// No instruction set changes that order, so all give the same bits, and the error grows with the logarithm of the
// length.

#include "kernels/vector/functors.h"

namespace tapegrad::kernels::vector::TAPEGRAD_ISA {
namespace {

constexpr std::int64_t kLeaf = 1024;
template <class T>
constexpr int kWidth = 128 / static_cast<int>(sizeof(T));

// A reduction: what combines two elements (scalars or vectors), where it starts, and whether an element may come twice.
struct Sum {
  static constexpr bool kIdempotent = false;
  template <class T>
  static T start(T) {
    return T(0);
  }
  template <class X>
  static X of(X a, X b) {
    if constexpr (std::is_integral_v<X>) return Add::of(a, b);
    else return a + b;
  }
};
struct Prod {
  static constexpr bool kIdempotent = false;
  template <class T>
  static T start(T) {
    return T(1);
  }
  template <class X>
  static X of(X a, X b) {
    if constexpr (std::is_integral_v<X>) return Mul::of(a, b);
    else return a * b;
  }
};
template <class F>
struct Selecting {
  static constexpr bool kIdempotent = true;
  template <class T>
  static T start(T first) {
    return first;
  }
  template <class X>
  static X of(X a, X b) {
    return F::of(a, b);
  }
};
using Max = Selecting<Maximum>;
using Min = Selecting<Minimum>;
using All = Selecting<And>;
using Any = Selecting<Or>;

using Bytes16 = Vector<unsigned char, 16>;

/// The lanes of 16 bytes, halves onto each other. In vectors to the end: of numbers in no order, a scalar maximum would
/// mispredict its branches.
template <class F, class T>
T fold_lanes(Vector<T, 16> v) {
  using V = Vector<T, 16>;
  const auto b = [&] { return reinterpret_cast<Bytes16>(v); };
  v = F::of(
      v, reinterpret_cast<V>(__builtin_shufflevector(b(), b(), 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)));
  if constexpr (sizeof(T) <= 4)
    v = F::of(v,
              reinterpret_cast<V>(__builtin_shufflevector(b(), b(), 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3)));
  if constexpr (sizeof(T) <= 2)
    v = F::of(v,
              reinterpret_cast<V>(__builtin_shufflevector(b(), b(), 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1)));
  if constexpr (sizeof(T) == 1)
    v = F::of(v,
              reinterpret_cast<V>(__builtin_shufflevector(b(), b(), 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0)));
  return v[0];
}

/// Fewer than kWidth elements.
template <class F, class T>
T fold_few(const T* in, std::int64_t n) {
  using V = Vector<T, 16>;
  constexpr int kStep = 16 / static_cast<int>(sizeof(T));
  const T start = F::start(in[0]);
  if (n < kStep) {
    T result = start;
    for (std::int64_t i = 0; i < n; ++i) result = F::of(result, in[i]);
    return result;
  }
  const auto load16 = [&](std::int64_t at) {
    V v;
    __builtin_memcpy(&v, in + at, sizeof v);
    return v;
  };
  V sums = V{} + start;
  std::int64_t i = 0;
  for (; i + kStep <= n; i += kStep) sums = F::of(sums, load16(i));
  if constexpr (F::kIdempotent) return fold_lanes<F, T>(F::of(sums, load16(n - kStep)));
  T result = fold_lanes<F, T>(sums);
  for (; i < n; ++i) result = F::of(result, in[i]);
  return result;
}

template <class F, class T>
T fold_leaf(const T* in, std::int64_t n) {
  constexpr int kStep = kLanes<T>, kWide = kWidth<T>, kVectors = kWide / kStep;
  if (n < kWide) return fold_few<F>(in, n);
  Vector<T> sums[kVectors];
  for (auto& sum : sums) sum = Vector<T>{} + F::start(in[0]);
  const auto add = [&](std::int64_t at) {
    for (int v = 0; v < kVectors; ++v) sums[v] = F::of(sums[v], load(in + at + v * kStep));
  };
  std::int64_t i = 0;
  for (; i + kWide <= n; i += kWide) add(i);
  if constexpr (F::kIdempotent) {
    add(n - kWide);
  } else if (i < n) {
    alignas(kVectorBytes) T partial[kWide];
    __builtin_memcpy(partial, sums, sizeof sums);
    for (int j = 0; i + j < n; ++j) partial[j] = F::of(partial[j], in[i + j]);
    __builtin_memcpy(sums, partial, sizeof sums);
  }
  for (int half = kVectors / 2; half > 0; half /= 2)
    for (int v = 0; v < half; ++v) sums[v] = F::of(sums[v], sums[v + half]);
  Vector<T, 16> parts[kVectorBytes / 16];
  __builtin_memcpy(parts, sums, sizeof parts);
  for (int half = kVectorBytes / 32; half > 0; half /= 2)
    for (int v = 0; v < half; ++v) parts[v] = F::of(parts[v], parts[v + half]);
  return fold_lanes<F, T>(parts[0]);
}

template <class F, class T>
T fold_any(const T* in, std::int64_t n) {
  if (n <= kLeaf) return fold_leaf<F>(in, n);
  const std::int64_t half = (n / 2 + kLeaf - 1) / kLeaf * kLeaf;
  const T first = fold_any<F>(in, half);
  return F::of(first, fold_any<F>(in + half, n - half));
}

template <class F, class T>
void fold(std::int64_t n, void* out, const void* const* in, unsigned) {
  *static_cast<T*>(out) = fold_any<F>(static_cast<const T*>(in[0]), n);
}

template <class F, class T>
void rows8(std::int64_t n, void* out, const void* const* in, unsigned) {
  auto* o = static_cast<T*>(out);
  const auto row = [&](int i) { return static_cast<const T*>(in[i]); };
  const T *a = row(0), *b = row(1), *c = row(2), *d = row(3), *e = row(4), *f = row(5), *g = row(6), *h = row(7);
  const auto of = [](auto s, auto t, auto u, auto v, auto w, auto x, auto y, auto z) {
    return F::of(F::of(F::of(s, t), F::of(u, v)), F::of(F::of(w, x), F::of(y, z)));
  };
  // In vectors by hand: what selects (a maximum) is not made into them by the compiler when it is nested so deep.
  constexpr int kStep = kLanes<T>;
  std::int64_t i = 0;
  for (; i + kStep <= n; i += kStep)
    store<T>(o + i, of(load(a + i), load(b + i), load(c + i), load(d + i), load(e + i), load(f + i), load(g + i),
                       load(h + i)));
  for (; i < n; ++i) o[i] = of(a[i], b[i], c[i], d[i], e[i], f[i], g[i], h[i]);
}

template <class F>
constexpr auto kFold = []<class T>() -> BlockFn { return fold<F, T>; };
template <class F>
constexpr auto kRows8 = []<class T>() -> BlockFn { return rows8<F, T>; };

}  // namespace

void fill_reduce(VectorTable& table) {
  const auto folds = [&](ReduceFn fn) -> Row { return table.fold[static_cast<int>(fn)]; };
  const auto rows = [&](ReduceFn fn) -> Row { return table.rows8[static_cast<int>(fn)]; };
  set_wrapping(folds(ReduceFn::Sum), kFold<Sum>);
  set_wrapping(rows(ReduceFn::Sum), kRows8<Sum>);
  set_wrapping(folds(ReduceFn::Prod), kFold<Prod>);
  set_wrapping(rows(ReduceFn::Prod), kRows8<Prod>);
  set_numbers(folds(ReduceFn::Max), kFold<Max>);
  set_numbers(rows(ReduceFn::Max), kRows8<Max>);
  set_numbers(folds(ReduceFn::Min), kFold<Min>);
  set_numbers(rows(ReduceFn::Min), kRows8<Min>);
  for (const ReduceFn fn : {ReduceFn::Prod, ReduceFn::Min, ReduceFn::All}) {
    at(folds(fn), DType::Bool) = fold<All, Bool>;
    at(rows(fn), DType::Bool) = rows8<All, Bool>;
  }
  for (const ReduceFn fn : {ReduceFn::Sum, ReduceFn::Max, ReduceFn::Any}) {
    at(folds(fn), DType::Bool) = fold<Any, Bool>;
    at(rows(fn), DType::Bool) = rows8<Any, Bool>;
  }
}

}  // namespace tapegrad::kernels::vector::TAPEGRAD_ISA
