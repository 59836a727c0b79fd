#include "kernels/matmul.h"

#include <cblas.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/host.h"
#include "core/parallel.h"
#include "kernels/elementwise_loop.h"
#include "kernels/transpose.h"

namespace tapegrad::kernels {
namespace {

/// One thread, for ever: its own threads would make results depend on their number, and do not survive a fork.
[[maybe_unused]] const bool one_thread = [] {
  scipy_openblas_set_num_threads64_(1);
  return true;
}();

/// Multiplications below which a call of BLAS costs more than it saves.
constexpr Index kSmall = 16384;
/// Multiplications that are worth a thread.
constexpr Index kGrain = Index{1} << 20;

/// A batch of matrices; strides in elements.
struct Matrices {
  const void* data;
  Index rows, columns, batch_step, row_step, column_step;
};

Matrices matrices(const Tensor& t) {
  return {t.data(), t.shape()[1], t.shape()[2], t.strides()[0], t.strides()[1], t.strides()[2]};
}

/// How BLAS is to read a matrix: transposed or not, and its leading dimension. Negative where it cannot.
struct Reading {
  CBLAS_TRANSPOSE transpose;
  Index leading;
};

Reading reading(const Matrices& m) {
  // Steps over a single row or column do not matter.
  const Index row_step = m.rows == 1 ? m.columns : m.row_step, column_step = m.columns == 1 ? m.rows : m.column_step;
  if ((m.columns == 1 || m.column_step == 1) && row_step >= std::max<Index>(1, m.columns))
    return {CblasNoTrans, row_step};
  if ((m.rows == 1 || m.row_step == 1) && column_step >= std::max<Index>(1, m.rows)) return {CblasTrans, column_step};
  return {CblasNoTrans, -1};
}

// BLAS for float and double.
void gemm(const Reading& a, const Reading& b, Index m, Index n, Index k, const float* x, const float* y, float* out,
          Index ld) {
  scipy_cblas_sgemm64_(CblasRowMajor, a.transpose, b.transpose, m, n, k, 1, x, a.leading, y, b.leading, 0, out, ld);
}
void gemm(const Reading& a, const Reading& b, Index m, Index n, Index k, const double* x, const double* y, double* out,
          Index ld) {
  scipy_cblas_dgemm64_(CblasRowMajor, a.transpose, b.transpose, m, n, k, 1, x, a.leading, y, b.leading, 0, out, ld);
}
void gemv(CBLAS_TRANSPOSE transpose, Index rows, Index columns, const float* a, Index ld, const float* x, Index step,
          float* out) {
  scipy_cblas_sgemv64_(CblasRowMajor, transpose, rows, columns, 1, a, ld, x, step, 1, out, 1);
}
void gemv(CBLAS_TRANSPOSE transpose, Index rows, Index columns, const double* a, Index ld, const double* x, Index step,
          double* out) {
  scipy_cblas_dgemv64_(CblasRowMajor, transpose, rows, columns, 1, a, ld, x, step, 1, out, 1);
}

void syrk(const Reading& a, Index n, Index k, const float* x, float* out, Index ld) {
  scipy_cblas_ssyrk64_(CblasRowMajor, CblasLower, a.transpose, n, k, 1, x, a.leading, 0, out, ld);
}
void syrk(const Reading& a, Index n, Index k, const double* x, double* out, Index ld) {
  scipy_cblas_dsyrk64_(CblasRowMajor, CblasLower, a.transpose, n, k, 1, x, a.leading, 0, out, ld);
}

float dot(Index n, const float* x, Index x_step, const float* y, Index y_step) {
  return scipy_cblas_sdot64_(n, x, x_step, y, y_step);
}
double dot(Index n, const double* x, Index x_step, const double* y, Index y_step) {
  return scipy_cblas_ddot64_(n, x, x_step, y, y_step);
}

/// The product of two vectors, in parts whose sums are added in their order, whoever computed them.
template <class T>
T inner_product(Index n, const T* x, Index x_step, const T* y, Index y_step) {
  constexpr Index kPart = Index{1} << 16;
  if (n <= kPart) return dot(n, x, x_step, y, y_step);
  std::vector<T> sums(static_cast<std::size_t>((n + kPart - 1) / kPart));
  parallel_for(static_cast<Index>(sums.size()), 1, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index first = i * kPart;
      sums[static_cast<std::size_t>(i)] =
          dot(std::min(kPart, n - first), x + first * x_step, x_step, y + first * y_step, y_step);
    }
  });
  return std::accumulate(sums.begin(), sums.end(), T(0));
}

/// out = a @ b; rows of `out` are `ld` apart. A product with a vector is left to gemv, which reads its matrix once.
template <class T>
void product(const Reading& a, const Reading& b, Index m, Index n, Index k, const T* x, const T* y, T* out, Index ld) {
  if (m > 1 && (n > 1 || ld > 1)) return gemm(a, b, m, n, k, x, y, out, ld);
  const auto step_of = [](const Reading& v, bool row) {
    return (v.transpose == CblasNoTrans) == row ? Index{1} : static_cast<Index>(v.leading);
  };
  if (m == 1 && n == 1) {
    *out = inner_product(k, x, step_of(a, true), y, step_of(b, false));
    return;
  }
  const bool row = m == 1;
  std::fill_n(out, row ? n : m, T(0));  // and gemv adds to that: what was there is not read
  const Reading &matrix = row ? b : a, &vector = row ? a : b;
  const bool stored = (matrix.transpose == CblasNoTrans) != row;  // whether its rows, as stored, make one result each
  const Index step = step_of(vector, row);
  const Index results = row ? n : m;
  gemv(stored ? CblasNoTrans : CblasTrans, stored ? results : k, stored ? k : results, row ? y : x, matrix.leading,
       row ? x : y, step, out);
}

/// Products without BLAS: small ones, and integers. The rows of b must have no gaps.
void multiply_all(const Tensor& out, const Matrices& a, const Matrices& b, Index batch) {
  const MatmulFn multiply = vector_table().matmul[static_cast<std::size_t>(out.dtype())];
  const auto item = static_cast<Index>(itemsize(out.dtype()));
  const Index row_work = std::max<Index>(1, a.columns * b.columns);
  auto* const to = static_cast<Byte*>(out.data());
  const auto rows = [&, n = b.columns](Index at, Index first, Index last) {
    multiply({last - first, n, a.columns, a.row_step, a.column_step, b.row_step}, to + (at * a.rows + first) * n * item,
             static_cast<const Byte*>(a.data) + (at * a.batch_step + first * a.row_step) * item,
             static_cast<const Byte*>(b.data) + at * b.batch_step * item);
  };
  if (batch == 1 && a.rows * row_work <= kSmall) return rows(0, 0, a.rows);
  const HostUnlocked unlocked(batch * a.rows * row_work >= kUnlockFrom);
  parallel_for(batch * a.rows, std::max<Index>(1, kGrain / 16 / row_work), [&](Index begin, Index end) {
    for (Index i = begin; i < end;) {
      const Index at = i / a.rows, first = i % a.rows, last = std::min(a.rows, first + end - i);
      rows(at, first, last);
      i += last - first;
    }
  });
}

/// How a result is cut into blocks, by size alone: into four, and more where there is work for more threads. Each block
/// copies its part of both operands, so that more of them take longer, and those of a great product are large. What is
/// cut is the longer side, until the blocks are four times as long the other way: measured on 256 x 784 @ 784 x 512,
/// four blocks of 256 x 128 take 8 % less than as many of 128 x 256.
struct Blocks {
  Index rows, columns;
};
constexpr Index kLeast = 64, kWide = 1024;  // sides

/// A side of a block, so that few are cut within what BLAS computes at a time.
Index whole_side(Index side) {
  constexpr Index kMultiple = 16;
  return (side + kMultiple - 1) / kMultiple * kMultiple;
}

Blocks blocks_of(Index m, Index n, Index k, Index batch) {
  Blocks block{m, n};
  const Index most = std::max(64 * kGrain, kWide * kWide * k);
  const Index largest = m == 1 || n == 1 ? kGrain / 4 : std::clamp(batch * m * n * k / 4, kGrain / 2, most);
  while (block.rows * block.columns * k > largest && std::max(block.rows, block.columns) > kLeast) {
    const bool down = m >= n ? 4 * block.rows > block.columns : block.rows > 4 * block.columns;
    Index& side = (down && block.rows > kLeast) || block.columns <= kLeast ? block.rows : block.columns;
    side = whole_side(side / 2);
  }
  return block;
}

template <class T>
void blas_all(T* out, const Matrices& a, const Matrices& b, Index batch) {
  const Reading left = reading(a), right = reading(b);
  const Index m = a.rows, n = b.columns, k = a.columns;
  const Blocks block = blocks_of(m, n, k, batch);
  const Index down = (m + block.rows - 1) / block.rows, across = (n + block.columns - 1) / block.columns;
  const Index each = std::max<Index>(1, kGrain / 4 / (block.rows * block.columns * k));
  const HostUnlocked unlocked(batch * m * n * k >= 16 * kUnlockFrom);
  parallel_for(batch * down * across, each, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const Index at = i / (down * across), row = i / across % down * block.rows, column = i % across * block.columns;
      const T* const x = static_cast<const T*>(a.data) + at * a.batch_step + row * a.row_step;
      const T* const y = static_cast<const T*>(b.data) + at * b.batch_step + column * b.column_step;
      product(left, right, std::min(block.rows, m - row), std::min(block.columns, n - column), k, x, y,
              out + at * m * n + row * n + column, n);
    }
  });
}

/// Whether b is a's transpose, in the same memory, and large enough for half of the product to pay.
bool is_gram(const Matrices& a, const Matrices& b) {
  constexpr Index kLeastRows = 64, kLeastColumns = 32;
  return a.data == b.data && a.rows == b.columns && a.columns == b.rows && a.row_step == b.column_step &&
         a.column_step == b.row_step && a.batch_step == b.batch_step && a.rows >= kLeastRows &&
         a.columns >= kLeastColumns;
}

/// out = a @ a.T of each matrix: the blocks below the diagonal and on it are computed, and written above it too, so
/// that the result is symmetric to the bit. They are four a side, or two of a small result.
template <class T>
void gram_all(T* out, const Matrices& a, Index batch) {
  constexpr Index kShort = 768;
  const Reading left = reading(a), right{left.transpose == CblasTrans ? CblasNoTrans : CblasTrans, left.leading};
  const Index n = a.rows, k = a.columns;
  const Index side = std::clamp(whole_side(n / (n < kShort ? 2 : 4)), kLeast, kWide);
  const Index blocks = (n + side - 1) / side, all = blocks * (blocks + 1) / 2;
  const HostUnlocked unlocked(batch * n * n / 2 * k >= 16 * kUnlockFrom);
  parallel_for(batch * all, std::max<Index>(1, kGrain / 4 / (side * side * k)), [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const T* const x = static_cast<const T*>(a.data) + i / all * a.batch_step;
      T* const to = out + i / all * n * n;
      Index down = 0, across = i % all;  // block `across` of row `down` of the triangle
      while (across > down) across -= ++down;
      const Index row = down * side, column = across * side, rows = std::min(side, n - row);
      T* const block = to + row * n + column;
      if (row == column) {
        syrk(left, rows, k, x + row * a.row_step, block, n);
        for (Index r = 0; r < rows; ++r)
          for (Index c = 0; c < r; ++c) block[c * n + r] = block[r * n + c];
      } else {
        gemm(left, right, rows, side, k, x + row * a.row_step, x + column * a.row_step, block, n);
        const Index step = n * static_cast<Index>(sizeof(T));
        transpose({reinterpret_cast<Byte*>(to + column * n + row), reinterpret_cast<const Byte*>(block), sizeof(T),
                   side, rows, step, step},
                  0, side);
      }
    }
  });
}

/// A row-major copy; one matrix of it where the batch has only one.
TensorRef dense(const Tensor& t) {
  Layout one = t.layout();
  const bool same = one.strides[0] == 0;
  if (same) one.shape[0] = 1;
  auto result = new_tensor(t.dtype(), one.shape);
  copy(*result, *t.view(std::move(one)));
  if (!same) return result;
  Layout many = result->layout();
  many.shape[0] = t.shape()[0];
  many.strides[0] = 0;
  return result->view(std::move(many));
}

/// A tensor, or what replaces it while this lives.
class Operand {
 public:
  explicit Operand(const Tensor& t) : given_(t) {}
  Matrices matrices() const { return kernels::matrices(copy_ ? *copy_ : given_); }
  void replace() { copy_ = dense(given_); }

 private:
  const Tensor& given_;
  TensorRef copy_;
};

template <class T>
void blas(Tensor& out, Operand& left, Operand& right) {
  for (Operand* const operand : {&left, &right})
    if (reading(operand->matrices()).leading < 0) operand->replace();
  Matrices a = left.matrices();
  const Matrices b = right.matrices();
  Index batch = out.shape()[0];
  if (is_gram(a, b)) return gram_all(out.data_as<T>(), a, batch);
  // One right operand for the whole batch: the rows of all left ones make one matrix.
  if (batch > 1 && b.batch_step == 0 && a.column_step == 1 && (a.rows == 1 || a.batch_step == a.rows * a.row_step) &&
      a.batch_step >= a.columns) {
    if (a.rows == 1) a.row_step = a.batch_step;
    a.rows *= batch;
    batch = 1;
  }
  blas_all(out.data_as<T>(), a, b, batch);
}

}  // namespace

void matmul(Tensor& out, const Tensor& a, const Tensor& b) {
  if (out.numel() == 0) return;
  if (a.shape()[2] == 0) return copy(out, Scalar(0));
  if (out.dtype() == DType::Bool) fail<Error>("matrix products are not implemented for bool");
  Operand left(a), right(b);
  const Index rows = b.strides()[0] == 0 ? a.shape()[0] * a.shape()[1] : a.shape()[1];
  if (is_floating(out.dtype()) && rows * a.shape()[2] * b.shape()[2] > kSmall) {
    if (out.dtype() == DType::Float32) blas<float>(out, left, right);
    else blas<double>(out, left, right);
  } else {
    if (b.strides()[2] != 1 && b.shape()[2] > 1) right.replace();
    multiply_all(out, left.matrices(), right.matrices(), out.shape()[0]);
  }
}

const char* blas_config() { return scipy_openblas_get_config64_(); }

}  // namespace tapegrad::kernels
