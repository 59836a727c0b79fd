// exp(A) by scaling and squaring: a Pade approximant of exp(A / 2^s), squared s times.
// Source: N. Higham, "The scaling and squaring method for the matrix exponential revisited" (2005), algorithm 2.3; the
// bounds for float32 are those of the same analysis.

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/batches.h"
#include "kernels/factorisations.h"
#include "kernels/lapack.h"
#include "kernels/linalg.h"

namespace tapegrad::kernels {
namespace {

using lapack::Int;

/// The approximant of degree m is exact to rounding up to the 1-norm `bound`.
struct Approximant {
  int degree;
  double bound;
  std::vector<double> coefficients;
};

template <class T>
const std::vector<Approximant>& approximants();

template <>
const std::vector<Approximant>& approximants<float>() {
  static const std::vector<Approximant> all{
      {3, 4.258730016922831e-1, {120, 60, 12, 1}},
      {5, 1.880152677804762, {30240, 15120, 3360, 420, 30, 1}},
      {7, 3.925724783138660, {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1}}};
  return all;
}

template <>
const std::vector<Approximant>& approximants<double>() {
  static const std::vector<Approximant> all{
      {3, 1.495585217958292e-2, {120, 60, 12, 1}},
      {5, 2.539398330063230e-1, {30240, 15120, 3360, 420, 30, 1}},
      {7, 9.504178996162932e-1, {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1}},
      {9, 2.097847961257068, {17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1}},
      {13,
       5.371920351148152,
       {64764752532480000.0, 32382376266240000.0, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
        670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1}}};
  return all;
}

template <class T>
class Exponential {
 public:
  explicit Exponential(Index n) : n_(n), size_(static_cast<std::size_t>(n * n)), pivots_(static_cast<std::size_t>(n)) {
    for (std::vector<T>* room : {&scaled_, &even_, &odd_, &product_}) room->resize(size_);
  }

  void operator()(T* a) {
    if (n_ == 1) {
      *a = std::exp(*a);
      return;
    }
    const double norm = one_norm(a);
    if (!std::isfinite(norm)) {
      std::fill_n(a, size_, std::numeric_limits<T>::quiet_NaN());
      return;
    }
    const auto& all = approximants<T>();
    auto chosen = all.begin();
    while (chosen + 1 != all.end() && norm > chosen->bound) ++chosen;
    const int squarings = norm > chosen->bound ? static_cast<int>(std::ceil(std::log2(norm / chosen->bound))) : 0;
    for (std::size_t i = 0; i < size_; ++i) scaled_[i] = std::ldexp(a[i], -squarings);
    approximate(*chosen, a);
    for (int i = 0; i < squarings; ++i) {
      multiply(a, a, product_.data());
      std::copy(product_.begin(), product_.end(), a);
    }
  }

 private:
  double one_norm(const T* a) const {
    double most = 0;
    for (Index column = 0; column < n_; ++column) {
      double total = 0;
      for (Index row = 0; row < n_; ++row) total += std::abs(static_cast<double>(a[column * n_ + row]));
      if (!(total <= most)) most = total;
    }
    return most;
  }

  void multiply(const T* a, const T* b, T* c) const {
    if (n_ > 8) return lapack::gemm('N', 'N', n_, n_, n_, T(1), a, n_, b, n_, T(0), c, n_);
    for (Index column = 0; column < n_; ++column) {
      for (Index row = 0; row < n_; ++row) {
        T total = 0;
        for (Index k = 0; k < n_; ++k) total += a[k * n_ + row] * b[column * n_ + k];
        c[column * n_ + row] = total;
      }
    }
  }

  /// sum[i] += factor * (the identity or the power's element).
  void add(std::vector<T>& sum, double factor, std::size_t power) const {
    const T c = static_cast<T>(factor);
    if (power == 0)
      for (Index i = 0; i < n_; ++i) sum[static_cast<std::size_t>(i * (n_ + 1))] += c;
    else
      for (std::size_t i = 0; i < size_; ++i) sum[i] += c * powers_[power - 1][i];
  }

  /// The parts of even and odd powers are summed in powers of A^2; above degree 9, A^6 is taken out of the upper ones.
  void approximate(const Approximant& p, T* result) {
    const auto half = static_cast<std::size_t>(p.degree / 2), kept = std::min<std::size_t>(half, p.degree > 9 ? 3 : 4);
    if (powers_.size() < kept) powers_.resize(kept, std::vector<T>(size_));
    multiply(scaled_.data(), scaled_.data(), powers_[0].data());
    for (std::size_t i = 1; i < kept; ++i) multiply(powers_[0].data(), powers_[i - 1].data(), powers_[i].data());
    for (const bool odd : {false, true}) {
      std::vector<T>& sum = odd ? odd_ : even_;
      std::fill(sum.begin(), sum.end(), T(0));
      for (std::size_t i = kept + 1; i <= half; ++i) add(sum, p.coefficients[2 * i + odd], i - kept);
      if (half > kept) {
        multiply(powers_[kept - 1].data(), sum.data(), product_.data());
        std::swap(sum, product_);
      }
      for (std::size_t i = 0; i <= kept; ++i) add(sum, p.coefficients[2 * i + odd], i);
    }
    multiply(scaled_.data(), odd_.data(), product_.data());
    for (std::size_t i = 0; i < size_; ++i) {
      result[i] = even_[i] + product_[i];
      even_[i] -= product_[i];
    }
    factorisations::lu(n_, n_, even_.data(), pivots_.data());
    factorisations::lu_solve('N', n_, n_, even_.data(), pivots_.data(), result);
  }

  Index n_;
  std::size_t size_;
  std::vector<T> scaled_, even_, odd_, product_;
  std::vector<std::vector<T>> powers_;  // A^2, A^4, ...
  std::vector<Int> pivots_;
};

}  // namespace

void matrix_exp(Tensor& a) {
  const Batch b = batch(a);
  const Index n = b.rows;
  if (n == 0) return;
  each(a.dtype(), b.count, 20 * cube(n), [&]<class T>(Index first, Index last) {
    Exponential<T> exponential(n);
    for (Index i = first; i < last; ++i) exponential(a.data_as<T>() + i * n * n);
  });
}

}  // namespace tapegrad::kernels
