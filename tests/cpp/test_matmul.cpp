#include "kernels/matmul.h"

#include <string>

#include "arrays.h"
#include "check.h"
#include "core/parallel.h"
#include "kernels/elementwise.h"

using namespace arrays;

namespace {

template <class T>
void check_matmul(DType t, Index batch, Index m, Index k, Index n, const Tensor& a, const Tensor& b) {
  const auto out = new_tensor(t, {batch, m, n});
  kernels::copy(*out, Scalar(std::nan("")));  // what was there must not be read
  kernels::matmul(*out, a, b);
  const auto x = values<T>(a), y = values<T>(b), got = values<T>(*out);
  using Wide = std::conditional_t<std::is_integral_v<T>, std::uint64_t, long double>;
  for (Index i = 0; i < batch * m * n; ++i) {
    const Index c = i % n, r = i / n % m, at = i / (m * n);
    Wide sum = 0;
    long double size = 0;
    for (Index p = 0; p < k; ++p) {
      const T left = x[static_cast<std::size_t>((at * m + r) * k + p)],
              right = y[static_cast<std::size_t>((at * k + p) * n + c)];
      sum += static_cast<Wide>(left) * static_cast<Wide>(right);
      size += std::abs(static_cast<long double>(left) * static_cast<long double>(right));
    }
    const T g = got[static_cast<std::size_t>(i)];
    const bool near = std::is_integral_v<T>
                          ? g == static_cast<T>(sum)
                          : std::abs(static_cast<long double>(g) - static_cast<long double>(sum)) <=
                                static_cast<long double>(k + 2) * (sizeof(T) == 4 ? 0x1p-24L : 0x1p-53L) * size;
    CHECK(near, name(t), batch, m, k, n, i, +g, static_cast<long double>(sum));
  }
}

/// Sometimes one matrix for the whole batch.
TensorRef operand(DType t, Index batch, Index rows, Index columns) {
  const auto one = random(t, {below(3) ? batch : 1, rows, columns}, any_style());
  Layout layout = one->layout();
  if (layout.shape[0] == batch && batch != 1) return one;
  layout.shape[0] = batch;
  layout.strides[0] = 0;
  return one->view(std::move(layout));
}

}  // namespace

TEST(matmul_shapes_types_and_layouts) {
  const Index sizes[][4] = {{1, 1, 1, 1},     {1, 3, 4, 5},    {2, 4, 4, 4},    {1, 1, 50, 7},   {3, 20, 1, 20},
                            {1, 40, 30, 20},  {2, 33, 47, 29}, {1, 1, 400, 60}, {1, 60, 400, 1}, {5, 7, 30, 40},
                            {1, 200, 3, 300}, {4, 1, 64, 64},  {0, 3, 3, 3},    {2, 3, 0, 3},    {2, 0, 3, 3},
                            {40, 1, 30, 30},  {1, 1, 5000, 1}, {6, 64, 1, 64}};
  for (const DType t : kAll) {
    if (t == DType::Bool) continue;
    for (const auto& [batch, m, k, n] : sizes)
      for (int repeat = 0; repeat < 6; ++repeat)
        visit(t, [&]<class T>() {
          if constexpr (!std::is_same_v<T, bool>)
            check_matmul<T>(t, batch, m, k, n, *operand(t, batch, m, k), *operand(t, batch, k, n));
        });
  }
  const auto flags = zeros(DType::Bool, {1, 2, 2});
  CHECK_THROWS(kernels::matmul(*flags, *flags, *flags), Error, "bool");
}

TEST(matmul_blocks_cover_the_result) {
  check_matmul<float>(DType::Float32, 1, 517, 211, 389, *operand(DType::Float32, 1, 517, 211),
                      *operand(DType::Float32, 1, 211, 389));
  check_matmul<double>(DType::Float64, 1, 2, 700, 6001, *operand(DType::Float64, 1, 2, 700),
                       *operand(DType::Float64, 1, 700, 6001));
}

TEST(matmul_does_not_depend_on_the_number_of_threads) {
  const int before = num_threads();
  for (const auto& [m, k, n] :
       {std::array<Index, 3>{300, 400, 500}, {1, 3000, 2000}, {2000, 3000, 1}, {3, 2000, 3000}, {5000, 700, 1}}) {
    const auto a = random(DType::Float32, {1, m, k}, Style::Contiguous),
               b = random(DType::Float32, {1, k, n}, Style::Contiguous);
    std::vector<float> first;
    for (int threads = 1; threads <= 4; ++threads) {
      set_num_threads(threads);
      const auto out = new_tensor(DType::Float32, {1, m, n});
      kernels::matmul(*out, *a, *b);
      if (threads == 1) first = values<float>(*out);
      CHECK(values<float>(*out) == first, threads, m, k, n);
    }
  }
  set_num_threads(before);
}

TEST(matmul_nan_times_zero) {
  for (const Index n : {3, 100}) {
    const auto a = zeros(DType::Float32, {1, n, n}), b = random(DType::Float32, {1, n, n}, Style::Contiguous);
    b->data_as<float>()[0] = std::numeric_limits<float>::quiet_NaN();
    const auto out = zeros(DType::Float32, {1, n, n});
    kernels::matmul(*out, *a, *b);
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < n; ++j) {
        const float v = out->data_as<float>()[i * n + j];
        CHECK(j == 0 ? v != v : v == 0, n, i, j, v);
      }
  }
}

TEST(blas_describes_itself) { CHECK(std::string(kernels::blas_config()).find("OpenBLAS") != std::string::npos); }

TEST(matmul_vectors_read_matrices_of_any_layout) {
  for (const DType t : kFloats)
    for (int repeat = 0; repeat < 40; ++repeat) {
      const Index m = below(3) ? 1 : 300, n = m == 1 && below(3) ? 1 + below(300) : 1, k = 1 + below(400);
      visit(t, [&]<class T>() {
        if constexpr (std::is_floating_point_v<T>)
          check_matmul<T>(t, 1, m, k, n, *operand(t, 1, m, k), *operand(t, 1, k, n));
      });
    }
}

TEST(matmul_vector_nan_times_zero) {
  const auto zero = zeros(DType::Float32, {1, 1, 200}), column = zeros(DType::Float32, {1, 200, 1});
  const auto matrix = random(DType::Float32, {1, 200, 200}, Style::Contiguous);
  arrays::fill(*matrix, []<class T>() { return static_cast<T>(NAN); });
  const auto row = zeros(DType::Float32, {1, 1, 200}), out = zeros(DType::Float32, {1, 200, 1});
  for (const auto& m : {matrix, matrix->view({{1, 200, 200}, {0, 1, 200}, 0})}) {
    kernels::matmul(*row, *zero, *m);
    kernels::matmul(*out, *m, *column);
    for (const float v : values<float>(*row)) CHECK(v != v, v);
    for (const float v : values<float>(*out)) CHECK(v != v, v);
  }
}
