#include "kernels/factorisations.h"

#include <algorithm>
#include <vector>

#include "core/parallel.h"

namespace tapegrad::kernels::factorisations {
namespace {

using lapack::Int;

constexpr Index kLarge = 512;  // the smaller size of a matrix from which blocks are worth it
constexpr Index kStrip = 128;  // columns that one thread works out at a time

/// Calls f(first, last) for strips of the columns [begin, end), in several threads.
template <class F>
void strips(Index begin, Index end, const F& f) {
  const Index count = (end - begin + kStrip - 1) / kStrip;
  if (count < 1) return;
  parallel_for(count, 1, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i) f(begin + i * kStrip, std::min(begin + (i + 1) * kStrip, end));
  });
}

constexpr Index kReflectors = 64;  // that are applied together

/// A block of reflectors in the form I - v t v^T, to be applied to columns of matrices of m rows.
template <class T>
class BlockReflector {
 public:
  BlockReflector(Index rows, Index count, const T* v, Index ld, const T* tau)
      : rows_(rows), count_(count), ld_(ld), v_(v), t_(static_cast<std::size_t>(count * count)) {
    lapack::larft(rows, count, v, ld, tau, t_.data());
  }
  void apply(char transposed, T* columns, Index count) const {
    std::vector<T> room(static_cast<std::size_t>(count * count_));
    lapack::larfb(transposed, rows_, count, count_, v_, ld_, t_.data(), columns, ld_, room.data());
  }

 private:
  Index rows_, count_, ld_;
  const T* v_;
  std::vector<T> t_;
};

}  // namespace

template <class T>
Int cholesky(Index n, T* a) {
  constexpr Index kBlock = 128;
  if (n < kLarge) return n == 0 ? 0 : lapack::potrf('U', n, a, n);
  for (Index j = 0; j < n; j += kBlock) {
    const Index width = std::min(kBlock, n - j), rest = j + width;
    T* const diagonal = a + j * n + j;
    if (const Int minor = lapack::potrf('U', width, diagonal, n)) return j + minor;
    strips(rest, n, [&](Index first, Index last) {
      lapack::trsm('L', 'U', 'T', 'N', width, last - first, diagonal, n, a + first * n + j, n);
    });
    strips(rest, n, [&](Index first, Index last) {
      lapack::gemm('T', 'N', last - rest, last - first, width, T(-1), a + rest * n + j, n, a + first * n + j, n, T(1),
                   a + first * n + rest, n);
    });
  }
  return 0;
}

template <class T>
Int lu(Index m, Index n, T* a, Int* pivots) {
  constexpr Index kBlock = 256;
  const Index k = std::min(m, n);
  if (k < kLarge) return k == 0 ? 0 : lapack::getrf(m, n, a, m, pivots);
  Int info = 0;
  for (Index j = 0; j < k; j += kBlock) {
    const Index width = std::min(kBlock, k - j), rest = j + width;
    T* const panel = a + j * m + j;
    const Int zero = lapack::getrf(m - j, width, panel, m, pivots + j);
    if (zero && !info) info = j + zero;
    const auto swap_rows = [&](Index first, Index last) {
      lapack::laswp(last - first, a + first * m + j, m, width, pivots + j);
    };
    strips(0, j, swap_rows);
    strips(rest, n, [&](Index first, Index last) {
      swap_rows(first, last);
      T* const top = a + first * m + j;
      lapack::trsm('L', 'L', 'N', 'U', width, last - first, panel, m, top, m);
      if (rest < m)
        lapack::gemm('N', 'N', m - rest, last - first, width, T(-1), panel + width, m, top, m, T(1), top + width, m);
    });
    for (Index i = j; i < rest; ++i) pivots[i] += j;
  }
  return info;
}

template <class T>
void qr(Index m, Index n, T* a, T* tau, lapack::Workspace<T>& work) {
  const Index k = std::min(m, n), block = k < kLarge ? n : kReflectors;
  if (work.room.empty()) {
    lapack::geqrf(m, block, nullptr, m, nullptr, &work.wanted, -1);
    work.size();
  }
  const auto size = static_cast<Int>(work.room.size());
  if (k < kLarge) return lapack::geqrf(m, n, a, m, tau, work.room.data(), size);
  for (Index j = 0; j < k; j += block) {
    const Index width = std::min(block, k - j);
    T* const panel = a + j * m + j;
    lapack::geqrf(m - j, width, panel, m, tau + j, work.room.data(), size);
    if (j + width == n) break;
    const BlockReflector<T> reflector(m - j, width, panel, m, tau + j);
    strips(j + width, n, [&](Index first, Index last) { reflector.apply('T', a + first * m + j, last - first); });
  }
}

template <class T>
void reflectors_product(Index m, Index n, Index k, T* a, const T* tau, lapack::Workspace<T>& work) {
  if (work.room.empty()) {
    lapack::orgqr(m, n, k, nullptr, m, nullptr, &work.wanted, -1);
    work.size();
  }
  const auto size = static_cast<Int>(work.room.size());
  if (k < kLarge) return lapack::orgqr(m, n, k, a, m, tau, work.room.data(), size);
  for (Index j = k; j < n; ++j) {
    std::fill_n(a + j * m, m, T(0));
    a[j * m + j] = T(1);
  }
  for (Index j = (k - 1) / kReflectors * kReflectors; j >= 0; j -= kReflectors) {
    const Index width = std::min(kReflectors, k - j);
    T* const panel = a + j * m + j;
    if (j + width < n) {
      const BlockReflector<T> reflector(m - j, width, panel, m, tau + j);
      strips(j + width, n, [&](Index first, Index last) { reflector.apply('N', a + first * m + j, last - first); });
    }
    lapack::orgqr(m - j, width, width, panel, m, tau + j, work.room.data(), size);
    for (Index i = j; i < j + width; ++i) std::fill_n(a + i * m, j, T(0));
  }
}

#define TAPEGRAD_FACTORISATIONS(T)                                         \
  template Int cholesky(Index n, T* a);                                    \
  template Int lu(Index m, Index n, T* a, Int* pivots);                    \
  template void qr(Index m, Index n, T* a, T* tau, lapack::Workspace<T>&); \
  template void reflectors_product(Index m, Index n, Index k, T* a, const T* tau, lapack::Workspace<T>&);
TAPEGRAD_FACTORISATIONS(float)
TAPEGRAD_FACTORISATIONS(double)
#undef TAPEGRAD_FACTORISATIONS

}  // namespace tapegrad::kernels::factorisations
