#pragma once
// LU factors of small square matrices in columns, with partial pivoting, as LAPACK's getrf, getrs and getri make and
// use them, whose calls would cost more than their work (Golub and Van Loan, Matrix Computations, algorithm 3.4.1).

#include <cmath>
#include <cstdint>
#include <utility>

#include "core/shape.h"

namespace tapegrad::kernels::small_lu {

/// Rows of the largest matrix that is small, and of the largest that is for its inverse.
inline constexpr Index kMost = 8, kMostInverted = 4;

/// a = P L U in place; `pivots` are LAPACK's, from 1. Returns 0, or the number of the first pivot that is zero.
template <class T, class Pivot>
Pivot factor(Index n, T* a, Pivot* pivots) {
  Pivot info = 0;
  for (Index j = 0; j < n; ++j) {
    T* const column = a + j * n;
    Index at = j;
    for (Index i = j + 1; i < n; ++i)
      if (std::abs(column[i]) > std::abs(column[at])) at = i;
    pivots[j] = static_cast<Pivot>(at + 1);
    if (column[at] == 0) {
      if (info == 0) info = static_cast<Pivot>(j + 1);
      continue;
    }
    if (at != j)
      for (Index k = 0; k < n; ++k) std::swap(a[j + k * n], a[at + k * n]);
    for (Index i = j + 1; i < n; ++i) column[i] /= column[j];
    for (Index k = j + 1; k < n; ++k)
      for (Index i = j + 1; i < n; ++i) a[i + k * n] -= column[i] * a[j + k * n];
  }
  return info;
}

/// Solves A x = b, or with `transposed` A' x = b, for one column, in place.
template <class T, class Pivot>
void solve(bool transposed, Index n, const T* lu, const Pivot* pivots, T* b) {
  if (!transposed) {
    for (Index i = 0; i < n; ++i) std::swap(b[i], b[pivots[i] - 1]);
    for (Index j = 0; j < n; ++j)
      for (Index i = j + 1; i < n; ++i) b[i] -= lu[i + j * n] * b[j];
    for (Index j = n; j-- > 0;) {
      b[j] /= lu[j + j * n];
      for (Index i = 0; i < j; ++i) b[i] -= lu[i + j * n] * b[j];
    }
  } else {
    for (Index j = 0; j < n; ++j) {
      for (Index i = 0; i < j; ++i) b[j] -= lu[i + j * n] * b[i];
      b[j] /= lu[j + j * n];
    }
    for (Index j = n; j-- > 0;)
      for (Index i = j + 1; i < n; ++i) b[j] -= lu[i + j * n] * b[i];
    for (Index i = n; i-- > 0;) std::swap(b[i], b[pivots[i] - 1]);
  }
}

/// The inverse of what `lu` are the factors of.
template <class T, class Pivot>
void invert(Index n, T* lu, const Pivot* pivots) {
  T result[kMostInverted * kMostInverted] = {};
  for (Index j = 0; j < n; ++j) {
    result[j + j * n] = 1;
    solve(false, n, lu, pivots, result + j * n);
  }
  for (Index i = 0; i < n * n; ++i) lu[i] = result[i];
}

}  // namespace tapegrad::kernels::small_lu
