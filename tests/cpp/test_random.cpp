#include "kernels/random.h"

#include <map>

#include "arrays.h"
#include "check.h"
#include "core/parallel.h"

using namespace arrays;
using kernels::Generator;

namespace {

struct Moments {
  double mean = 0, variance = 0, fourth = 0;
};

Moments moments(const std::vector<double>& x) {
  Moments m;
  for (const double v : x) m.mean += v / static_cast<double>(x.size());
  for (const double v : x) {
    const double d = (v - m.mean) * (v - m.mean);
    m.variance += d / static_cast<double>(x.size());
    m.fourth += d * d / static_cast<double>(x.size());
  }
  return m;
}

}  // namespace

TEST(uniform_numbers) {
  for (const DType t : kFloats) {
    Generator g{7, 0};
    const auto out = new_tensor(t, {1000003});
    kernels::uniform(*out, -1, 3, g);
    const auto x = values<double>(*out);
    for (const double v : x) CHECK(v >= -1 && v < 3, v);
    const Moments m = moments(x);
    CHECK(std::abs(m.mean - 1) < 0.01 && std::abs(m.variance - 16.0 / 12) < 0.01, m.mean, m.variance);
    double product = 0;
    for (std::size_t i = 1; i < x.size(); ++i) product += (x[i] - 1) * (x[i - 1] - 1) / static_cast<double>(x.size());
    CHECK(std::abs(product) < 0.01, product);
  }
}

TEST(normal_numbers) {
  for (const DType t : kFloats)
    for (const Index n : {1000001, 1000002}) {
      Generator g{8, 0};
      const auto out = new_tensor(t, {n});
      kernels::normal(*out, 2, 3, g);
      const Moments m = moments(values<double>(*out));
      CHECK(std::abs(m.mean - 2) < 0.02 && std::abs(m.variance - 9) < 0.1 && std::abs(m.fourth / 81 - 3) < 0.1, m.mean,
            m.variance, m.fourth);
    }
}

TEST(integer_numbers) {
  for (const DType t : kAll) {
    Generator g{9, 0};
    const auto out = new_tensor(t, {70000});
    const Index low = is_signed(t) ? -3 : 0, high = t == DType::Bool ? 2 : 4;
    kernels::integers(*out, low, high, g);
    std::map<double, int> counts;
    for (const double v : values<double>(*out)) ++counts[v];
    CHECK(static_cast<Index>(counts.size()) == high - low && counts.begin()->first == static_cast<double>(low),
          name(t));
    for (const auto& [v, count] : counts)
      CHECK(std::abs(count - 70000.0 / static_cast<double>(high - low)) < 1000, v, count);
  }
  Generator g{1, 0};
  const auto wide = new_tensor(DType::Int64, {10000});
  kernels::integers(*wide, INT64_MIN, INT64_MAX, g);
  CHECK(std::abs(moments(values<double>(*wide)).mean) < 0x1p63 * 0.05);
  kernels::integers(*wide, 5, 5 + (Index{3} << 40), g);
  for (const Index v : values<Index>(*wide)) CHECK(v >= 5 && v < 5 + (Index{3} << 40));
}

TEST(draws_are_reproducible_and_move_on) {
  const int before = num_threads();
  std::vector<double> first;
  for (int threads = 1; threads <= 3; ++threads) {
    set_num_threads(threads);
    Generator g{42, 0};
    std::vector<double> all;
    for (const DType t : kFloats)
      for (const Index n : {1, 5, 4096, 100003}) {
        const auto out = new_tensor(t, {n});
        kernels::uniform(*out, 0, 1, g);
        for (const double v : values<double>(*out)) all.push_back(v);
        kernels::normal(*out, 0, 1, g);
        for (const double v : values<double>(*out)) all.push_back(v);
      }
    if (threads == 1) first = all;
    CHECK(all == first, threads);
  }
  set_num_threads(before);
  Generator g{42, 0}, other{43, 0};
  const auto a = new_tensor(DType::Float64, {3}), b = new_tensor(DType::Float64, {3}),
             c = new_tensor(DType::Float64, {3});
  kernels::uniform(*a, 0, 1, g);
  CHECK(g.position > 0);
  kernels::uniform(*b, 0, 1, g);
  kernels::uniform(*c, 0, 1, other);
  CHECK(values<double>(*a) != values<double>(*b) && values<double>(*a) != values<double>(*c));
}

// Known answers of Random123's kat_vectors for philox4x32 with 10 rounds: counter and key 0.
TEST(philox_known_answer) {
  Generator g{0, 0};
  const auto out = new_tensor(DType::Int64, {4});
  kernels::integers(*out, 0, Index{1} << 31, g);
  const std::uint32_t words[] = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  for (int i = 0; i < 4; ++i) CHECK(out->data_as<std::int64_t>()[i] == words[i] >> 1, i);
}
