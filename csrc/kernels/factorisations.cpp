#include "kernels/factorisations.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/parallel.h"

namespace tapegrad::kernels::factorisations {
namespace {

using lapack::Int;

constexpr Index kLarge = 512;   // the smaller size of a matrix from which blocks are worth it
constexpr Index kStrip = 128;   // columns that one thread works out at a time
constexpr Index kFewSides = 8;  // right-hand sides that products are not worth it for

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

/// The size of the workspace, which the first call asks LAPACK for.
template <class T, class Ask>
Int size_of(lapack::Workspace<T>& work, const Ask& ask) {
  if (!work.room.empty()) return static_cast<Int>(work.room.size());
  ask(&work.wanted);
  return work.size();
}

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
void solve_triangular(char side, char uplo, char trans, char unit, Index m, Index n, const T* a, Index lda, T* b,
                      Index ldb) {
  constexpr Index kSmall = 32;
  const bool left = side == 'L', lower = uplo == 'L';
  const Index size = left ? m : n, sides = left ? n : m;
  if (size <= kSmall || sides < kFewSides) return lapack::trsm(side, uplo, trans, unit, m, n, a, lda, b, ldb);
  const Index half = (size / 2 + kSmall - 1) / kSmall * kSmall, rest = size - half;
  const T* const corner = lower ? a + half : a + half * lda;
  T* const second = left ? b + half : b + half * ldb;
  const auto solve = [&](Index count, const T* triangle, T* part) {
    solve_triangular(side, uplo, trans, unit, left ? count : m, left ? n : count, triangle, lda, part, ldb);
  };
  const auto subtract = [&](Index count, T* part, Index of, const T* solved) {
    if (left) lapack::gemm(trans, 'N', count, n, of, T(-1), corner, lda, solved, ldb, T(1), part, ldb);
    else lapack::gemm('N', trans, m, count, of, T(-1), solved, ldb, corner, lda, T(1), part, ldb);
  };
  if ((lower == left) == (trans == 'N')) {  // the first half does not depend on the second
    solve(half, a, b);
    subtract(rest, second, half, b);
    solve(rest, a + half * lda + half, second);
  } else {
    solve(rest, a + half * lda + half, second);
    subtract(half, b, rest, second);
    solve(half, a, b);
  }
}

template <class T>
void lu_solve(char trans, Index n, Index columns, const T* lu, const Int* pivots, T* b) {
  if (columns < kFewSides) return lapack::getrs(trans, n, columns, lu, pivots, b);
  if (trans == 'N') {
    lapack::laswp(columns, b, n, n, pivots);
    solve_triangular('L', 'L', 'N', 'U', n, columns, lu, n, b, n);
    solve_triangular('L', 'U', 'N', 'N', n, columns, lu, n, b, n);
  } else {
    solve_triangular('L', 'U', 'T', 'N', n, columns, lu, n, b, n);
    solve_triangular('L', 'L', 'T', 'U', n, columns, lu, n, b, n);
    lapack::laswp(columns, b, n, n, pivots, -1);
  }
}

template <class T>
void cholesky_solve(char uplo, Index n, Index columns, const T* a, T* b) {
  const bool lower = uplo == 'L';
  solve_triangular('L', uplo, lower ? 'N' : 'T', 'N', n, columns, a, n, b, n);
  solve_triangular('L', uplo, lower ? 'T' : 'N', 'N', n, columns, a, n, b, n);
}

template <class T>
Int cholesky(Index n, T* a) {
  constexpr Index kBlock = 128;
  if (n < kLarge) return n == 0 ? 0 : lapack::potrf('U', n, a, n);
  for (Index j = 0; j < n; j += kBlock) {
    const Index width = std::min(kBlock, n - j), rest = j + width;
    T* const diagonal = a + j * n + j;
    if (const Int minor = lapack::potrf('U', width, diagonal, n)) return j + minor;
    strips(rest, n, [&](Index first, Index last) {
      solve_triangular('L', 'U', 'T', 'N', width, last - first, diagonal, n, a + first * n + j, n);
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
      solve_triangular('L', 'L', 'N', 'U', width, last - first, panel, m, top, m);
      if (rest < m)
        lapack::gemm('N', 'N', m - rest, last - first, width, T(-1), panel + width, m, top, m, T(1), top + width, m);
    });
    for (Index i = j; i < rest; ++i) pivots[i] += j;
  }
  return info;
}

template <class T>
void inverse(Index n, T* a, const Int* pivots, lapack::Workspace<T>& work) {
  constexpr Index kSmall = 256;
  if (n < kSmall) {
    const Int size = size_of(work, [&](T* wanted) { lapack::getri(n, nullptr, pivots, wanted, -1); });
    return lapack::getri(n, a, pivots, work.room.data(), size);
  }
  // u^-1 l^-1, and then the columns where the swaps of rows want them.
  work.room.resize(static_cast<std::size_t>(n * n));
  strips(0, n, [&](Index first, Index last) {
    T* const columns = work.room.data() + first * n;
    std::fill_n(columns, (last - first) * n, T(0));
    for (Index i = first; i < last; ++i) columns[(i - first) * n + i] = T(1);
    // l^-1 is triangular too: what is above the strip's diagonal stays zero.
    solve_triangular('L', 'L', 'N', 'U', n - first, last - first, a + first * n + first, n, columns + first, n);
    solve_triangular('L', 'U', 'N', 'N', n, last - first, a, n, columns, n);
  });
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  for (Index i = 0; i < n; ++i)
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(pivots[i] - 1)]);
  strips(0, n, [&](Index first, Index last) {
    for (Index i = first; i < last; ++i)
      std::copy_n(work.room.data() + i * n, n, a + order[static_cast<std::size_t>(i)] * n);
  });
}

template <class T>
void qr(Index m, Index n, T* a, T* tau, lapack::Workspace<T>& work) {
  const Index k = std::min(m, n), block = k < kLarge ? n : kReflectors;
  const Int size = size_of(work, [&](T* wanted) { lapack::geqrf(m, block, nullptr, m, nullptr, wanted, -1); });
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
  const Int size = size_of(work, [&](T* wanted) { lapack::orgqr(m, n, k, nullptr, m, nullptr, wanted, -1); });
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

#define TAPEGRAD_FACTORISATIONS(T)                                                                                     \
  template Int cholesky(Index n, T* a);                                                                                \
  template Int lu(Index m, Index n, T* a, Int* pivots);                                                                \
  template void inverse(Index n, T* a, const Int* pivots, lapack::Workspace<T>& work);                                 \
  template void solve_triangular(char side, char uplo, char trans, char unit, Index m, Index n, const T* a, Index lda, \
                                 T* b, Index ldb);                                                                     \
  template void lu_solve(char trans, Index n, Index columns, const T* lu, const Int* pivots, T* b);                    \
  template void cholesky_solve(char uplo, Index n, Index columns, const T* a, T* b);                                   \
  template void qr(Index m, Index n, T* a, T* tau, lapack::Workspace<T>&);                                             \
  template void reflectors_product(Index m, Index n, Index k, T* a, const T* tau, lapack::Workspace<T>&);
TAPEGRAD_FACTORISATIONS(float)
TAPEGRAD_FACTORISATIONS(double)
#undef TAPEGRAD_FACTORISATIONS

}  // namespace tapegrad::kernels::factorisations
