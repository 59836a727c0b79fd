// The elementary functions: accuracy, special values, and that a place in a block makes no difference.

#include "arrays.h"
#include "check.h"
#include "kernels/elementwise.h"

using namespace arrays;
using namespace tapegrad::kernels;

namespace {

struct Function {
  UnaryFn fn;
  const char* name;
  long double (*exact)(long double);
  double low, high;
};

long double sigmoid(long double x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }

const Function kFunctions[] = {{UnaryFn::Exp, "exp", [](long double x) { return std::exp(x); }, -750, 720},
                               {UnaryFn::Log, "log", [](long double x) { return std::log(x); }, 0, 1e6},
                               {UnaryFn::Sin, "sin", [](long double x) { return std::sin(x); }, -1000, 1000},
                               {UnaryFn::Cos, "cos", [](long double x) { return std::cos(x); }, -1000, 1000},
                               {UnaryFn::Tanh, "tanh", [](long double x) { return std::tanh(x); }, -25, 25},
                               {UnaryFn::Sigmoid, "sigmoid", sigmoid, -800, 100}};

template <class T>
std::vector<T> results(UnaryFn fn, const std::vector<T>& x) {
  const TensorRef in = new_tensor(dtype_of<T>, {static_cast<Index>(x.size())}),
                  out = new_tensor(dtype_of<T>, in->shape());
  std::copy(x.begin(), x.end(), in->data_as<T>());
  unary(fn, dtype_of<T>, *out, *in);
  return values<T>(*out);
}
template <class T>
std::vector<T> power(const std::vector<T>& x, const std::vector<T>& y) {
  const TensorRef a = new_tensor(dtype_of<T>, {static_cast<Index>(x.size())}), b = new_tensor(dtype_of<T>, a->shape());
  const TensorRef out = new_tensor(dtype_of<T>, a->shape());
  std::copy(x.begin(), x.end(), a->data_as<T>());
  std::copy(y.begin(), y.end(), b->data_as<T>());
  binary(BinaryFn::Pow, dtype_of<T>, *out, *a, *b);
  return values<T>(*out);
}

template <class T>
void check_accuracy() {
  constexpr double kScale = sizeof(T) == 4 ? 0.125 : 1;
  for (const Function& f : kFunctions) {
    std::vector<T> x;
    const bool bounded = f.fn == UnaryFn::Exp || f.fn == UnaryFn::Sigmoid;
    std::uniform_real_distribution<double> wide(f.low * (bounded ? kScale : 1), f.high * (bounded ? kScale : 1)),
        narrow(-1, 1);
    for (int i = 0; i < 20000; ++i) {
      x.push_back(static_cast<T>(wide(rng())));
      x.push_back(static_cast<T>(f.fn == UnaryFn::Log ? 1 + narrow(rng()) * 0.9 : narrow(rng())));
      x.push_back(static_cast<T>(std::ldexp(narrow(rng()), -static_cast<int>(below(40)))));
    }
    const auto got = results(f.fn, x);
    for (std::size_t i = 0; i < x.size(); ++i)
      CHECK(ulps(got[i], f.exact(x[i])) <= 4, f.name, x[i], got[i], f.exact(x[i]), ulps(got[i], f.exact(x[i])),
            sizeof(T));
  }
}

template <class T>
void check_special() {
  using L = std::numeric_limits<T>;
  const std::vector<T> x = {
      T(0),      -T(0),           L::infinity(),    -L::infinity(), L::quiet_NaN(), L::max(), L::lowest(), L::min(),
      -L::min(), L::denorm_min(), -L::denorm_min(), T(1e5),         T(-1e5),        T(1e22),  T(-3e30),    T(88.7),
      T(-103.9), T(709.7),        T(-745.1),        T(-746),        T(1),           T(-1)};
  for (const Function& f : kFunctions) {
    const auto got = results(f.fn, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const long double wanted = f.exact(x[i]);
      CHECK(ulps(got[i], wanted) <= 4, f.name, x[i], got[i], wanted, sizeof(T));
      if (wanted == 0) CHECK(std::signbit(got[i]) == std::signbit(wanted), f.name, x[i], got[i]);
    }
  }
  std::vector<T> a, b;
  for (const T p : x)
    for (const T q : x) {
      a.push_back(p);
      b.push_back(q);
    }
  for (const T p : {T(2), T(-2), T(0.5), T(-0.5), T(3), T(0), -T(0)})
    for (const T q : {T(2), T(-2), T(0.5), T(-0.5), T(3), T(-3), T(2.5), T(0), T(-1), T(1e3), T(-1e3), T(1e10)}) {
      a.push_back(p);
      b.push_back(q);
    }
  const auto got = power(a, b);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const long double wanted = std::pow(static_cast<long double>(a[i]), static_cast<long double>(b[i]));
    CHECK(ulps(got[i], wanted) <= 4, "pow", a[i], b[i], got[i], wanted, sizeof(T));
  }
}

template <class T>
void check_positions() {
  std::vector<T> x;
  for (int i = 0; i < 70; ++i) x.push_back(static_cast<T>(std::uniform_real_distribution<double>(0.01, 5)(rng())));
  for (const Function& f : kFunctions) {
    const auto whole = results(f.fn, x);
    for (std::size_t begin = 0; begin < x.size(); ++begin)
      for (std::size_t end = begin + 1; end <= x.size(); ++end) {
        const auto part =
            results(f.fn, std::vector<T>(x.begin() + static_cast<long>(begin), x.begin() + static_cast<long>(end)));
        for (std::size_t i = begin; i < end; ++i) CHECK(part[i - begin] == whole[i], f.name, begin, end, i);
      }
  }
  const auto whole = power(x, x);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(power<T>({x[i]}, {x[i]})[0] == whole[i]);
}

}  // namespace

TEST(math_accuracy) {
  check_accuracy<float>();
  check_accuracy<double>();
}

TEST(math_special_values) {
  check_special<float>();
  check_special<double>();
}

TEST(math_does_not_depend_on_position) {
  check_positions<float>();
  check_positions<double>();
}

TEST(math_pow_accuracy) {
  std::vector<float> x, y;
  std::vector<double> xd, yd;
  for (int i = 0; i < 50000; ++i) {
    xd.push_back(std::uniform_real_distribution<double>(0, 100)(rng()));
    yd.push_back(std::uniform_real_distribution<double>(-15, 15)(rng()));
    x.push_back(static_cast<float>(xd.back()));
    y.push_back(static_cast<float>(yd.back()));
  }
  const auto f = power(x, y);
  const auto d = power(xd, yd);
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(ulps(f[i], std::pow(static_cast<long double>(x[i]), static_cast<long double>(y[i]))) <= 4, x[i], y[i], f[i]);
    CHECK(ulps(d[i], std::pow(static_cast<long double>(xd[i]), static_cast<long double>(yd[i]))) <= 4, xd[i], yd[i],
          d[i]);
  }
}

TEST(pow_with_one_exponent) {
  for (const double y : {2.0, 1.0, 3.0, 0.5, -1.0, -2.0, 0.0, 1.5, -0.5, 4.0}) {
    const auto x = random(DType::Float64, {50}, Style::Contiguous), out = zeros(DType::Float64, {50});
    binary(BinaryFn::Pow, DType::Float64, *out, *x, Scalar(y));
    const auto got = values<double>(*out), base = values<double>(*x);
    for (std::size_t i = 0; i < base.size(); ++i) {
      const double v = base[i];
      const double wanted = y == 2    ? v * v
                            : y == 3  ? v * v * v
                            : y == -2 ? 1 / (v * v)
                            : y == -1 ? 1 / v
                                      : std::pow(v, y);
      CHECK(y == 1.5 || y == -0.5 || y == 4 ? ulps(got[i], std::pow(static_cast<long double>(v), y)) <= 4
                                            : same(got[i], wanted),
            y, v, got[i], wanted);
    }
  }
}
