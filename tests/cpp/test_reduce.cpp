#include "kernels/reduce.h"

#include "arrays.h"
#include "check.h"
#include "core/parallel.h"
#include "kernels/elementwise.h"

using namespace arrays;
using namespace tapegrad::kernels;

namespace {

const std::vector<Dims>& reduce_shapes() {
  static const std::vector<Dims> all = {{},          {1},         {5},         {9, 4},          {4, 9},
                                        {3000},      {0, 3},      {40, 70},    {1500, 3},       {3, 1500},
                                        {2, 3, 4},   {5, 40, 6},  {33, 2, 40}, {2, 3, 2, 3, 2}, {1, 7, 1},
                                        {300, 5, 7}, {2, 900, 4}, {3000, 130}, {70, 2100}};
  return all;
}

/// The index of the result that an element belongs to.
Index result_of(const Dims& shape, std::uint64_t mask, Index element) {
  Index result = 0, step = 1;
  for (std::size_t d = shape.size(); d-- > 0; element /= shape[d])
    if (!(mask >> d & 1)) {
      result += element % shape[d] * step;
      step *= shape[d];
    }
  return result;
}

template <class T>
T combine(ReduceFn fn, T a, T b) {
  const bool a_wins = a != a, b_wins = b != b;
  switch (fn) {
    case ReduceFn::Sum:
      if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
      else return a + b;
    case ReduceFn::Prod:
      if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
      else return a * b;
    case ReduceFn::Max: return a_wins ? a : b_wins || b > a ? b : a;
    case ReduceFn::Min: return a_wins ? a : b_wins || b < a ? b : a;
    case ReduceFn::All: return a != 0 && b != 0;
    case ReduceFn::Any: return a != 0 || b != 0;
  }
  return a;
}

template <class T>
void check_reduce(ReduceFn fn, const Tensor& in, DType to, std::uint64_t mask) {
  const Dims shape = reduced_shape(in.shape(), mask, false);
  if ((fn == ReduceFn::Max || fn == ReduceFn::Min) && in.numel() == 0) return;
  const auto out = new_tensor(to, shape);
  reduce(fn, *out, in, mask);
  using Wide = std::conditional_t<std::is_same_v<T, float> || std::is_same_v<T, double>, long double, T>;
  const bool nothing_is_one = fn == ReduceFn::Prod || fn == ReduceFn::All;
  std::vector<Wide> wanted(static_cast<std::size_t>(out->numel()), static_cast<Wide>(nothing_is_one));
  std::vector<bool> started(wanted.size());
  std::vector<long double> sizes(wanted.size());
  const auto x = values<T>(in);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto r = static_cast<std::size_t>(result_of(in.shape(), mask, static_cast<Index>(i)));
    const Wide value =
        fn == ReduceFn::All || fn == ReduceFn::Any ? static_cast<Wide>(x[i] != 0) : static_cast<Wide>(x[i]);
    wanted[r] = started[r] ? combine<Wide>(fn, wanted[r], value) : value;
    started[r] = true;
    sizes[r] += std::abs(static_cast<long double>(x[i]));
  }
  const auto got = values<T>(*out);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto w = static_cast<long double>(wanted[i]), g = static_cast<long double>(got[i]);
    if (std::is_floating_point_v<T> && (fn == ReduceFn::Sum || fn == ReduceFn::Prod)) {
      const long double eps = sizeof(T) == 4 ? 0x1p-24L : 0x1p-53L;
      const long double n = static_cast<long double>(x.size()) / static_cast<long double>(got.size());
      const long double bound = fn == ReduceFn::Sum ? (12 + std::log2(n + 1)) * eps * sizes[i]
                                                    : (n + 1) * eps * std::abs(w) + std::numeric_limits<T>::min();
      CHECK(same(static_cast<T>(w), got[i]) || std::abs(g - w) <= bound, static_cast<int>(fn), to_string(in.shape()),
            mask, i, g, w, bound);
    } else {
      CHECK(same(g, w), static_cast<int>(fn), to_string(in.shape()), mask, i, g, w, name(to));
    }
  }
}

/// Floats whose products neither overflow nor vanish, in whichever order they are multiplied; integers as they are.
TensorRef near_one(const TensorRef& t) {
  if (!is_floating(t->dtype())) return t;
  const auto result = blank(t->dtype(), t->shape(), any_style());
  binary(BinaryFn::Mul, t->dtype(), *result, *t, Scalar(0.001));
  binary(BinaryFn::Add, t->dtype(), *result, *result, Scalar(1));
  return result;
}

constexpr ReduceFn kArithmetic[] = {ReduceFn::Sum, ReduceFn::Prod, ReduceFn::Max, ReduceFn::Min};

}  // namespace

TEST(reduce_all_masks_types_and_layouts) {
  for (const Dims& shape : reduce_shapes())
    for (std::uint64_t mask = 0; mask < std::uint64_t{1} << shape.size(); ++mask)
      for (const DType t : kAll) {
        if (count_elements(shape) > 50000 && t != DType::Float32 && t != DType::Int8) continue;
        const auto in = below(4) ? random(t, shape, any_style()) : random_broadcast(t, shape);
        const auto full = in->shape() == shape ? in : random(t, shape, Style::Strided);
        visit(t, [&]<class T>() {
          if constexpr (!std::is_same_v<T, bool>)
            for (const ReduceFn fn : kArithmetic)
              check_reduce<T>(fn, fn == ReduceFn::Prod ? *near_one(full) : *full, t, mask);
        });
        for (const ReduceFn fn : {ReduceFn::All, ReduceFn::Any}) check_reduce<bool>(fn, *full, DType::Bool, mask);
        if (!is_floating(t)) check_reduce<std::int64_t>(ReduceFn::Sum, *full, DType::Int64, mask);
        check_reduce<double>(ReduceFn::Sum, *full, DType::Float64, mask);
      }
}

TEST(reduce_expanded) {
  const auto one = random(DType::Float32, {1, 3, 1}, Style::Contiguous);
  const auto many = one->view({{700, 3, 90}, {0, 1, 0}, 0});
  for (std::uint64_t mask = 0; mask < 8; ++mask)
    for (const ReduceFn fn : {ReduceFn::Sum, ReduceFn::Max}) {
      check_reduce<float>(fn, *many, DType::Float32, mask);
      check_reduce<double>(fn, *many, DType::Float64, mask);
    }
}

TEST(reduce_a_nan_wins) {
  for (const DType t : kFloats)
    for (const Index n : {1, 3, 40, 5000})
      for (const std::uint64_t mask : {1, 2}) {
        const auto in = random(t, {n, n > 100 ? 3 : 50}, any_style());
        const auto at = below(in->numel());
        visit(t, [&]<class T>() {
          each_offset(*in, in->shape(), [&](Index i, Index offset) {
            if (i == at) in->data_as<T>()[offset] = std::numeric_limits<T>::quiet_NaN();
          });
          for (const ReduceFn fn : {ReduceFn::Sum, ReduceFn::Max, ReduceFn::Min}) check_reduce<T>(fn, *in, t, mask);
        });
      }
}

TEST(reduce_nothing) {
  const auto in = zeros(DType::Float32, {0, 3});
  const auto out = new_tensor(DType::Float32, {3});
  reduce(ReduceFn::Sum, *out, *in, 1);
  CHECK(values<float>(*out) == std::vector<float>({0, 0, 0}));
  reduce(ReduceFn::Prod, *out, *in, 1);
  CHECK(values<float>(*out) == std::vector<float>({1, 1, 1}));
  CHECK_THROWS(reduce(ReduceFn::Max, *out, *in, 1), Error, "no elements");
}

TEST(sum_of_many_floats_is_accurate) {
  const Index n = 10000000;
  const auto in = new_tensor(DType::Float32, {n});
  double exact = 0;
  for (Index i = 0; i < n; ++i)
    exact += in->data_as<float>()[i] = static_cast<float>(static_cast<double>(rng()() >> 40) * 0x1p-24);
  const auto check = [&](const Tensor& t, std::uint64_t mask) {
    const auto out = new_tensor(DType::Float32, reduced_shape(t.shape(), mask, false)),
               all = new_tensor(DType::Float64, {});
    reduce(ReduceFn::Sum, *out, t, mask);
    reduce(ReduceFn::Sum, *all, *out, (std::uint64_t{1} << out->ndim()) - 1);
    const double error = std::abs(values<double>(*all)[0] - exact) / exact;
    CHECK(error < 1e-6, to_string(t.shape()), mask, error);
  };
  check(*in, 1);
  check(*in->view({{n / 10, 10}, {10, 1}, 0}), 1);
  check(*in->view({{n / 10, 10}, {10, 1}, 0}), 3);
  check(*in->view({{10, n / 10}, {n / 10, 1}, 0}), 2);
  check(*in->view({{n / 1000, 1000}, {1000, 1}, 0}), 1);
  check(*in->view({{n / 1000, 1000}, {1, n / 1000}, 0}), 1);
  check(*in->view({{n / 1000, 10, 100}, {1000, 100, 1}, 0}), 5);
}

TEST(results_do_not_depend_on_the_number_of_threads) {
  const int before = num_threads();
  const auto in = random(DType::Float32, {600, 70, 9}, Style::Contiguous);
  const auto transposed = in->view({{9, 600, 70}, {1, 630, 9}, 0});
  for (const auto& t : {in, transposed})
    for (std::uint64_t mask = 1; mask < 8; ++mask) {
      std::vector<float> first[3];
      for (int threads = 1; threads <= 4; ++threads) {
        set_num_threads(threads);
        const auto out = new_tensor(DType::Float32, reduced_shape(t->shape(), mask, false)),
                   soft = new_tensor(DType::Float32, t->shape());
        reduce(ReduceFn::Sum, *out, *t, mask);
        const auto sums = values<float>(*out);
        logsumexp(*out, *t, mask);
        softmax(true, *soft, *t, mask % 3);
        if (threads == 1) first[0] = sums, first[1] = values<float>(*out), first[2] = values<float>(*soft);
        CHECK(sums == first[0] && values<float>(*out) == first[1] && values<float>(*soft) == first[2], threads, mask);
      }
    }
  set_num_threads(before);
}

TEST(arg_reduce_finds_the_first) {
  for (const DType t : kAll)
    for (const Dims& shape : reduce_shapes())
      for (std::size_t dim = 0; dim < std::max<std::size_t>(shape.size(), 1); ++dim) {
        if (count_elements(shape) == 0) continue;
        for (const bool greatest : {true, false}) {
          const auto in = random(t, shape, any_style(), below(2) == 0);
          const Dims left = shape.empty() ? shape : reduced_shape(shape, std::uint64_t{1} << dim, false);
          const auto best = new_tensor(t, left), places = new_tensor(DType::Int64, left);
          arg_reduce(greatest, best.get(), *places, *in, dim);
          visit(t, [&]<class T>() {
            const auto x = values<T>(*in);
            const std::uint64_t mask = shape.empty() ? 0 : std::uint64_t{1} << dim;
            Index inner = 1, length = shape.empty() ? 1 : shape[dim];
            for (std::size_t d = dim + 1; d < shape.size(); ++d) inner *= shape[d];
            std::vector<Index> wanted(static_cast<std::size_t>(places->numel()), -1), at(wanted.size());
            for (std::size_t i = 0; i < x.size(); ++i) {
              const auto r = static_cast<std::size_t>(result_of(shape, mask, static_cast<Index>(i)));
              const T held = wanted[r] < 0 ? x[i] : x[static_cast<std::size_t>(at[r])];
              if (wanted[r] < 0 || (greatest ? x[i] > held : x[i] < held) || (x[i] != x[i] && held == held)) {
                at[r] = static_cast<Index>(i);
                wanted[r] = static_cast<Index>(i) / inner % length;
              }
            }
            const auto got = values<Index>(*places);
            const auto value = values<T>(*best);
            for (std::size_t r = 0; r < got.size(); ++r)
              CHECK(got[r] == wanted[r] && same<T>(value[r], x[static_cast<std::size_t>(at[r])]), name(t),
                    to_string(shape), dim, got[r], wanted[r]);
          });
          arg_reduce(greatest, nullptr, *places, *in, dim);
        }
      }
}

TEST(softmax_all_dims) {
  for (const DType t : kFloats)
    for (const Dims& shape : reduce_shapes())
      for (std::size_t dim = 0; dim < shape.size(); ++dim)
        for (const bool logarithm : {false, true}) {
          if (count_elements(shape) > 50000) continue;
          const auto in = random(t, shape, any_style());
          const auto out = new_tensor(t, shape);
          softmax(logarithm, *out, *in, dim);
          const auto x = values<double>(*in), got = values<double>(*out);
          std::vector<long double> sums(
              static_cast<std::size_t>(count_elements(reduced_shape(shape, std::uint64_t{1} << dim, false))));
          for (std::size_t i = 0; i < x.size(); ++i)
            sums[static_cast<std::size_t>(result_of(shape, std::uint64_t{1} << dim, static_cast<Index>(i)))] +=
                std::exp(x[i]);
          for (std::size_t i = 0; i < x.size(); ++i) {
            const long double sum =
                sums[static_cast<std::size_t>(result_of(shape, std::uint64_t{1} << dim, static_cast<Index>(i)))];
            const auto wanted = static_cast<double>(logarithm ? x[i] - std::log(sum) : std::exp(x[i]) / sum);
            const double tolerance = (t == DType::Float32 ? 4e-6 : 4e-15) * (logarithm ? 1 + std::abs(wanted) : wanted);
            CHECK(std::abs(got[i] - wanted) <= tolerance, to_string(shape), dim, logarithm, got[i], wanted, x[i],
                  got[i] / wanted - 1);
          }
        }
  // Large numbers do not overflow.
  const auto in = zeros(DType::Float32, {2}), out = zeros(DType::Float32, {2});
  copy(*in, Scalar(1e30));
  softmax(false, *out, *in, 0);
  CHECK(values<float>(*out) == std::vector<float>({0.5F, 0.5F}));
}

TEST(logsumexp_all_masks) {
  for (const DType t : kFloats)
    for (const Dims& shape : reduce_shapes())
      for (std::uint64_t mask = 0; mask < std::uint64_t{1} << shape.size(); ++mask) {
        if (count_elements(shape) > 50000) continue;
        const auto in = random(t, shape, any_style());
        const auto out = new_tensor(t, reduced_shape(shape, mask, false));
        logsumexp(*out, *in, mask);
        const auto x = values<double>(*in), got = values<double>(*out);
        std::vector<long double> sums(got.size());
        for (std::size_t i = 0; i < x.size(); ++i)
          sums[static_cast<std::size_t>(result_of(shape, mask, static_cast<Index>(i)))] += std::exp(x[i]);
        for (std::size_t i = 0; i < got.size(); ++i) {
          const auto wanted = static_cast<double>(std::log(sums[i]));
          CHECK(same(got[i], wanted) ||
                    std::abs(got[i] - wanted) <= (t == DType::Float32 ? 4e-6 : 4e-15) * (1 + std::abs(wanted)),
                to_string(shape), mask, got[i], wanted);
        }
      }
}

TEST(logsumexp_infinities) {
  const double inf = std::numeric_limits<double>::infinity();
  const auto in = new_tensor(DType::Float64, {4, 2}), out = new_tensor(DType::Float64, {4});
  const double rows[] = {-inf, -inf, inf, 1, -inf, 1, 1, std::nan("")};
  std::copy(std::begin(rows), std::end(rows), in->data_as<double>());
  logsumexp(*out, *in, 2);
  const auto got = values<double>(*out);
  CHECK(got[0] == -inf && got[1] == inf && got[2] == 1 && got[3] != got[3], got[0], got[1], got[2], got[3]);
}
