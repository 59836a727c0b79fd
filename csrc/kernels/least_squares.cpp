#include <cmath>
#include <vector>

#include "kernels/batches.h"
#include "kernels/elementwise.h"
#include "kernels/lapack.h"
#include "kernels/linalg.h"

namespace tapegrad::kernels {
namespace {

using lapack::Int;

/// The sizes of one problem, and the workspace for it.
template <class T>
class Solver {
 public:
  Solver(LeastSquares driver, Index m, Index n, Index sides, double rcond)
      : driver_(driver), m_(m), n_(n), sides_(sides), rcond_(static_cast<T>(rcond)) {
    solve(nullptr, nullptr, nullptr, nullptr, -1);
    size_ = work_.size();
    small_.resize(static_cast<std::size_t>(std::max<Int>({1, n_, small_wanted_})));
  }

  Int operator()(T* a, T* b, T* s, Int* rank) {
    if (!std::all_of(a, a + m_ * n_, [](T v) { return std::isfinite(v); })) return -4;
    std::fill(small_.begin(), small_.end(), 0);
    return solve(a, b, s, rank, size_);
  }

 private:
  /// With size -1 only asks how much room is wanted.
  Int solve(T* a, T* b, T* s, Int* rank, Int size) {
    T* const room = size < 0 ? &work_.wanted : work_.room.data();
    Int* const small = size < 0 ? &small_wanted_ : small_.data();
    switch (driver_) {
      case LeastSquares::Gels: return lapack::gels(m_, n_, sides_, a, b, room, size);
      case LeastSquares::Gelsy: return lapack::gelsy(m_, n_, sides_, a, b, small, rcond_, rank, room, size);
      case LeastSquares::Gelsd: return lapack::gelsd(m_, n_, sides_, a, b, s, rcond_, rank, room, size, small);
      case LeastSquares::Gelss: return lapack::gelss(m_, n_, sides_, a, b, s, rcond_, rank, room, size);
    }
    return 0;
  }

  LeastSquares driver_;
  Int m_, n_, sides_;
  T rcond_;
  lapack::Workspace<T> work_;
  std::vector<Int> small_;
  Int small_wanted_ = 0, size_ = 0;
};

}  // namespace

void least_squares(Tensor& a, Tensor& b, LeastSquares driver, double rcond, Tensor* rank, Tensor* s, Tensor& info) {
  const Batch size = batch(a);
  const Index m = size.rows, n = size.columns, k = std::min(m, n), sides = batch(b).columns;
  std::fill_n(info.data_as<std::int32_t>(), info.numel(), 0);
  if (rank) std::fill_n(rank->data_as<std::int64_t>(), rank->numel(), 0);
  if (k == 0) return copy(b, Scalar(0));
  each(a.dtype(), size.count, 10 * cube(k), [&]<class T>(Index first, Index last) {
    Solver<T> solver(driver, m, n, sides, rcond);
    Int found = 0;
    for (Index i = first; i < last; ++i) {
      T* const values = s ? s->data_as<T>() + i * k : nullptr;
      const Int status =
          solver(a.data_as<T>() + i * m * n, b.data_as<T>() + i * std::max(m, n) * sides, values, &found);
      info.data_as<std::int32_t>()[i] = static_cast<std::int32_t>(status);
      if (rank) rank->data_as<std::int64_t>()[i] = found;
    }
  });
}

}  // namespace tapegrad::kernels
