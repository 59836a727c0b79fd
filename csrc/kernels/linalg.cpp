#include "kernels/linalg.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/batches.h"
#include "kernels/elementwise.h"
#include "kernels/factorisations.h"
#include "kernels/lapack.h"
#include "kernels/small_lu.h"

namespace tapegrad::kernels {
namespace {

using lapack::Int;

std::vector<Int> widened(const std::int32_t* from, Index count) { return {from, from + count}; }

}  // namespace

TensorRef new_columns(DType dtype, const Dims& shape) {
  Dims swapped = shape;
  const std::size_t n = shape.size();
  std::swap(swapped[n - 1], swapped[n - 2]);
  const auto memory = new_tensor(dtype, swapped);
  Layout to = memory->layout();
  std::swap(to.shape[n - 1], to.shape[n - 2]);
  std::swap(to.strides[n - 1], to.strides[n - 2]);
  return memory->view(std::move(to));
}

TensorRef columns(const Tensor& x) {
  TensorRef result = new_columns(x.dtype(), x.shape());
  copy(*result, x);
  return result;
}

void cholesky(Tensor& a, Tensor& info) {
  const Batch b = batch(a);
  const Index n = b.rows;
  auto* const status = info.data_as<std::int32_t>();
  each(a.dtype(), b.count, cube(n), [&]<class T>(Index first, Index last) {
    for (Index i = first; i < last; ++i) {
      T* const m = a.data_as<T>() + i * n * n;
      // What is the lower triangle in rows is the upper one in columns.
      status[i] = static_cast<std::int32_t>(factorisations::cholesky(n, m));
      for (Index row = 0; row < n; ++row) {
        if (status[i] == 0 && std::isnan(m[row * n + row])) status[i] = static_cast<std::int32_t>(row + 1);
        std::fill(m + row * n + row + 1, m + (row + 1) * n, T(0));
      }
    }
  });
}

void inverse(Tensor& a, Tensor& info) {
  const Batch b = batch(a);
  const Index n = b.rows;
  auto* const status = info.data_as<std::int32_t>();
  each(a.dtype(), b.count, 2 * cube(n), [&]<class T>(Index first, Index last) {
    if (n <= small_lu::kMostInverted) {
      std::int32_t pivots[small_lu::kMostInverted];
      for (Index i = first; i < last; ++i) {
        T* const m = a.data_as<T>() + i * n * n;
        status[i] = small_lu::factor(n, m, pivots);
        if (status[i] == 0) small_lu::invert(n, m, pivots);
      }
      return;
    }
    std::vector<Int> pivots(static_cast<std::size_t>(n));
    lapack::Workspace<T> work;
    for (Index i = first; i < last; ++i) {
      T* const m = a.data_as<T>() + i * n * n;
      status[i] = static_cast<std::int32_t>(factorisations::lu(n, n, m, pivots.data()));
      if (status[i] == 0) factorisations::inverse(n, m, pivots.data(), work);
    }
  });
}

void lu_factor(Tensor& a, Tensor& pivots, Tensor& info) {
  const Batch b = batch(a);
  const Index k = std::min(b.rows, b.columns);
  auto* const status = info.data_as<std::int32_t>();
  auto* const swaps = pivots.data_as<std::int32_t>();
  each(a.dtype(), b.count, cube(k), [&]<class T>(Index first, Index last) {
    std::vector<Int> wide(static_cast<std::size_t>(k));
    for (Index i = first; i < last; ++i) {
      T* const m = a.data_as<T>() + i * b.rows * b.columns;
      if (b.rows == b.columns && k <= small_lu::kMost) {
        status[i] = small_lu::factor(k, m, swaps + i * k);
        continue;
      }
      status[i] = static_cast<std::int32_t>(factorisations::lu(b.rows, b.columns, m, wide.data()));
      std::transform(wide.begin(), wide.end(), swaps + i * k, [](Int row) { return static_cast<std::int32_t>(row); });
    }
  });
}

void lu_solve(Tensor& x, const Tensor& lu, const Tensor& pivots, bool transposed) {
  const Batch b = batch(x);
  const Index n = b.rows, k = b.columns;
  if (n == 0 || k == 0) return;
  each_strip(x.dtype(), b.count, n, k, [&]<class T>(Index i, Index first, Index last) {
    const T* const factors = lu.data_as<T>() + i * n * n;
    const std::int32_t* const swaps = pivots.data_as<std::int32_t>() + i * n;
    T* const sides = x.data_as<T>() + i * n * k;
    if (n <= small_lu::kMost) {
      for (Index j = first; j < last; ++j) small_lu::solve(transposed, n, factors, swaps, sides + j * n);
    } else {
      const std::vector<Int> wide = widened(swaps, n);
      factorisations::lu_solve(transposed ? 'T' : 'N', n, last - first, factors, wide.data(), sides + first * n);
    }
  });
}

void cholesky_solve(Tensor& x, const Tensor& l, bool upper) {
  const Batch b = batch(x);
  const Index n = b.rows, k = b.columns;
  if (n == 0 || k == 0) return;
  each_strip(x.dtype(), b.count, n, k, [&]<class T>(Index i, Index first, Index last) {
    factorisations::cholesky_solve(upper ? 'U' : 'L', n, last - first, l.data_as<T>() + i * n * n,
                                   x.data_as<T>() + (i * k + first) * n);
  });
}

void triangular_solve(Tensor& x, const Tensor& a, bool left, bool upper, bool unit) {
  const Batch b = batch(x);
  const Index m = b.rows, k = b.columns;
  if (m * k == 0) return;
  if (left) {
    return each_strip(x.dtype(), b.count, m, k, [&]<class T>(Index i, Index first, Index last) {
      factorisations::solve_triangular('L', upper ? 'U' : 'L', 'N', unit ? 'U' : 'N', m, last - first,
                                       a.data_as<T>() + i * m * m, m, x.data_as<T>() + (i * k + first) * m, m);
    });
  }
  each(x.dtype(), b.count, static_cast<double>(k) * static_cast<double>(m * k), [&]<class T>(Index first, Index last) {
    for (Index i = first; i < last; ++i)
      factorisations::solve_triangular('R', upper ? 'U' : 'L', 'N', unit ? 'U' : 'N', m, k, a.data_as<T>() + i * k * k,
                                       k, x.data_as<T>() + i * m * k, m);
  });
}

void qr_factor(Tensor& a, Tensor& tau) {
  const Batch b = batch(a);
  const Index m = b.rows, n = b.columns, k = std::min(m, n);
  if (k == 0) return;
  each(a.dtype(), b.count, 2 * cube(k), [&]<class T>(Index first, Index last) {
    lapack::Workspace<T> work;
    for (Index i = first; i < last; ++i)
      factorisations::qr(m, n, a.data_as<T>() + i * m * n, tau.data_as<T>() + i * k, work);
  });
}

void qr_product(Tensor& a, const Tensor& tau) {
  const Batch b = batch(a);
  const Index m = b.rows, n = b.columns, k = tau.shape().back();
  if (m == 0 || n == 0) return;
  each(a.dtype(), b.count, 2 * cube(n), [&]<class T>(Index first, Index last) {
    lapack::Workspace<T> work;
    for (Index i = first; i < last; ++i)
      factorisations::reflectors_product(m, n, k, a.data_as<T>() + i * m * n, tau.data_as<T>() + i * k, work);
  });
}

void reflect(Tensor& x, const Tensor& a, const Tensor& tau, bool left, bool transposed) {
  const Batch b = batch(x);
  const Index m = b.rows, n = b.columns, size = left ? m : n, k = tau.shape().back();
  if (m == 0 || n == 0 || k == 0) return;
  const Index step = size * a.shape().back();
  const char trans = transposed ? 'T' : 'N';
  if (left)
    return each_strip(x.dtype(), b.count, m, n, [&]<class T>(Index i, Index first, Index last) {
      lapack::Workspace<T> work;
      lapack::ormqr('L', trans, m, last - first, k, nullptr, m, nullptr, nullptr, &work.wanted, -1);
      const Int room = work.size();
      lapack::ormqr('L', trans, m, last - first, k, a.data_as<T>() + i * step, m, tau.data_as<T>() + i * k,
                    x.data_as<T>() + (i * n + first) * m, work.room.data(), room);
    });
  each(x.dtype(), b.count, 2.0 * static_cast<double>(m * n * k), [&]<class T>(Index first, Index last) {
    lapack::Workspace<T> work;
    lapack::ormqr('R', trans, m, n, k, nullptr, size, nullptr, nullptr, &work.wanted, -1);
    const Int room = work.size();
    for (Index i = first; i < last; ++i)
      lapack::ormqr('R', trans, m, n, k, a.data_as<T>() + i * step, size, tau.data_as<T>() + i * k,
                    x.data_as<T>() + i * m * n, work.room.data(), room);
  });
}

void eigh(Tensor& a, Tensor& values, bool upper, bool vectors, Tensor& info) {
  const Batch b = batch(a);
  const Index n = b.rows;
  auto* const status = info.data_as<std::int32_t>();
  std::fill_n(status, info.numel(), 0);
  if (n == 0) return;
  const char job = vectors ? 'V' : 'N', uplo = upper ? 'U' : 'L';
  each(a.dtype(), b.count, 9 * cube(n), [&]<class T>(Index first, Index last) {
    lapack::Workspace<T> work;
    Int isize = 0;
    lapack::syevd(job, uplo, n, nullptr, nullptr, &work.wanted, -1, &isize, -1);
    const Int size = work.size();
    std::vector<Int> iwork(static_cast<std::size_t>(std::max<Int>(1, isize)));
    for (Index i = first; i < last; ++i)
      status[i] =
          static_cast<std::int32_t>(lapack::syevd(job, uplo, n, a.data_as<T>() + i * n * n, values.data_as<T>() + i * n,
                                                  work.room.data(), size, iwork.data(), isize));
  });
}

void svd(Tensor& a, Tensor& s, Tensor* u, Tensor* vh, Tensor& info) {
  const Batch b = batch(a);
  const Index m = b.rows, n = b.columns, k = std::min(m, n);
  auto* const status = info.data_as<std::int32_t>();
  std::fill_n(status, info.numel(), 0);
  if (k == 0) return;
  const Index uk = u ? batch(*u).columns : 0, vk = vh ? batch(*vh).rows : 0;
  const char job = !u ? 'N' : uk == m && vk == n ? 'A' : 'S';
  each(a.dtype(), b.count, 12 * cube(k), [&]<class T>(Index first, Index last) {
    lapack::Workspace<T> work;
    const Int ldvt = std::max<Int>(1, vk);
    lapack::gesdd(job, m, n, nullptr, nullptr, nullptr, nullptr, ldvt, &work.wanted, -1, nullptr);
    const Int size = work.size();
    std::vector<Int> iwork(static_cast<std::size_t>(8 * k));
    for (Index i = first; i < last; ++i) {
      T* const x = a.data_as<T>() + i * m * n;
      if (!std::all_of(x, x + m * n, [](T v) { return std::isfinite(v); })) {
        status[i] = -4;  // gesdd might not come back
        continue;
      }
      status[i] = static_cast<std::int32_t>(
          lapack::gesdd(job, m, n, x, s.data_as<T>() + i * k, u ? u->data_as<T>() + i * m * uk : nullptr,
                        vh ? vh->data_as<T>() + i * vk * n : nullptr, ldvt, work.room.data(), size, iwork.data()));
    }
  });
}

}  // namespace tapegrad::kernels
