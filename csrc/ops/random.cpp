// Random numbers: arrays of them, by arrays of parameters, and in place.

#include "ops/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "graph/view.h"
#include "kernels/rows.h"
#include "ops/elementwise.h"

namespace tapegrad {
namespace {

void check_floating(DType dtype, const char* function) {
  if (!is_floating(dtype))
    fail<Error>(function, " is not implemented for ", name(dtype),
                ": it is a continuous distribution, and the dtype must be a floating point one");
}

// --- in place

/// What to fill an array with, and the generator, which is looked at during the call alone.
struct DrawAttributes {
  void (*fill)(Tensor& out, const Scalar& first, const Scalar& second, Generator& generator);
  Scalar first, second;
  Generator* generator;
};

void draw_forward(Call& call) {
  const auto& a = call.attributes<DrawAttributes>();
  Tensor& self = *call.destination;
  if (self.contiguous()) return a.fill(self, a.first, a.second, *a.generator);
  const TensorRef rows = new_tensor(self.dtype(), self.shape());
  a.fill(*rows, a.first, a.second, *a.generator);
  kernels::copy(self, *rows);
}

void zeros_derivative(Backward& b) {
  for (std::size_t i = 0; i < b.inputs(); ++i)
    if (b.needs(i)) set_zeros(b, i);
}

constexpr Op::Row draw_row(const char* name, const char* node) {
  return {
      .name = name, .node = node, .forward = draw_forward, .derivative = zeros_derivative, .category = Category::Copy};
}
const Op kUniform(draw_row("uniform_", "UniformBackward0"));
const Op kNormal(draw_row("normal_", "NormalBackward0"));
const Op kLogNormal(draw_row("log_normal_", "LogNormalBackward0"));
const Op kExponential(draw_row("exponential_", "ExponentialBackward0"));
const Op kCauchy(draw_row("cauchy_", "CauchyBackward0"));
const Op kGeometric(draw_row("geometric_", "GeometricBackward0"));
const Op kBernoulliNumber(draw_row("bernoulli_number_", "BernoulliBackward2"));
const Op kRandomBetween(draw_row("random_between_", "RandomBackward0"));
const Op kRandomBelow(draw_row("random_below_", "RandomBackward1"));
const Op kRandom(draw_row("random_", "RandomBackward2"));

/// A kernel of two parameters, or of one, as DrawAttributes has it.
template <void (*kernel)(Tensor&, double, double, Generator&)>
void fill_by_two(Tensor& out, const Scalar& a, const Scalar& b, Generator& generator) {
  kernel(out, a.to<double>(), b.to<double>(), generator);
}
template <void (*kernel)(Tensor&, double, Generator&)>
void fill_by_one(Tensor& out, const Scalar& a, const Scalar&, Generator& generator) {
  kernel(out, a.to<double>(), generator);
}

// --- by arrays of parameters

struct GeneratorAttributes {
  Generator* generator;
};

/// Raises Error unless every element is in [low, high].
void check_between(const Tensor& values, double low, double high, const char* refusal) {
  const TensorRef numbers = new_tensor(DType::Float64, values.shape());
  kernels::copy(*numbers, values);
  const auto* const at = numbers->data_as<double>();
  for (Index i = 0; i < numbers->numel(); ++i)
    if (!(at[i] >= low && at[i] <= high)) fail<Error>(refusal, ", but one is ", at[i]);
}

constexpr const char* kChances = "bernoulli expects all probabilities to satisfy p_in >= 0 && p_in <= 1";

/// The parameters broadcast to the shape of the result.
TensorRef spread(const Tensor& parameter, const Dims& shape) {
  if (parameter.shape() == shape) return TensorRef(const_cast<Tensor*>(&parameter));
  const TensorRef wide = new_tensor(parameter.dtype(), shape);
  kernels::copy(*wide, parameter);
  return wide;
}

const Op kBernoulliInto({.name = "bernoulli_",
                         .node = "BernoulliBackward1",
                         .forward =
                             [](Call& call) {
                               Tensor& self = *call.destination;
                               const TensorRef rows = new_tensor(self.dtype(), self.shape());
                               kernels::bernoulli(*rows, *spread(call.tensor(1), self.shape()),
                                                  *call.attributes<GeneratorAttributes>().generator);
                               kernels::copy(self, *rows);
                             },
                         .derivative = zeros_derivative,
                         .category = Category::Copy,
                         .inputs = 2});

template <void (*kernel)(Tensor&, const Tensor&, Generator&)>
constexpr Op::Row parameter_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward =
              [](Call& call) {
                kernel(call.new_output(call.tensor(0).dtype(), call.tensor(0).shape()), call.tensor(0),
                       *call.attributes<GeneratorAttributes>().generator);
              },
          .derivative = zeros_derivative,
          .category = Category::Copy};
}
const Op kBernoulli(parameter_row<kernels::bernoulli>("bernoulli", "BernoulliBackward0"));
const Op kPoisson(parameter_row<kernels::poisson>("poisson", "PoissonBackward0"));

const Op kBinomial({.name = "binomial",
                    .node = "NotImplemented",
                    .forward =
                        [](Call& call) {
                          const Dims shape = broadcast_shape(call.in);
                          kernels::binomial(call.new_output(call.tensor(0).dtype(), shape),
                                            *spread(call.tensor(0), shape), *spread(call.tensor(1), shape),
                                            *call.attributes<GeneratorAttributes>().generator);
                        },
                    .derivative = [](Backward&) { fail<Error>("derivative for binomial is not implemented"); },
                    .category = Category::Copy,
                    .inputs = 2});

/// mean + std * noise of operands that are there; the result has the noise's dtype.
void normal_forward(Call& call) {
  const auto constant = [](const Operand& x) {
    return x.is_scalar() ? Variable() : Variable(x.variable().tensor_ref());
  };
  const Variable mean = constant(call.in[0]), std = constant(call.in[1]), noise = constant(call.in[2]);
  const Variable scaled = mul(noise, std.defined() ? Operand(std) : call.in[1]);
  call.out[0] = to(add(scaled, mean.defined() ? Operand(mean) : call.in[0]), noise.dtype()).tensor_ref();
}

constexpr Op::Row normal_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = normal_forward,
          .derivative =
              [](Backward& b) {
                if (b.needs(0)) b.set(0, b.grad());
                if (b.needs(1)) b.set(1, b.grad() * b.input(2));
              },
          .category = Category::Copy,
          .inputs = 3,
          .saves = {.inputs = {0, 0, kFor1}}};
}
const Op kNormalMean(normal_row("normal_mean", "NormalBackward1"));
const Op kNormalStd(normal_row("normal_std", "NormalBackward2"));
const Op kNormalBoth(normal_row("normal_both", "NormalBackward3"));

void check_limits(const char* function, Index low, Index most, DType dtype) {
  const auto fits = [&](Index value) {
    return visit(dtype, [&]<class T>() {
      if constexpr (std::is_floating_point_v<T>) return true;
      else if constexpr (std::is_same_v<T, bool>) return value == 0 || value == 1;
      else return std::in_range<T>(value);
    });
  };
  if (low > most)
    fail<Error>(function, ": random_ expects 'from' to be less than 'to', but got from=", low, " >= to=", most + 1);
  if (!fits(low)) fail<Error>(function, ": from = ", low, " is out of bounds for ", name(dtype));
  if (!fits(most)) fail<Error>(function, ": to - 1 = ", most, " is out of bounds for ", name(dtype));
}

/// The greatest whole number of the dtype, or the last that it counts to without gaps.
std::uint64_t greatest(DType dtype) {
  return visit(dtype, [&]<class T>() -> std::uint64_t {
    if constexpr (std::is_floating_point_v<T>) return std::uint64_t{1} << std::numeric_limits<T>::digits;
    else return std::numeric_limits<T>::max();
  });
}

}  // namespace

Variable uniform(const Dims& shape, DType dtype, Generator& generator) {
  check_floating(dtype, "rand");
  auto result = new_tensor(dtype, shape);
  kernels::uniform(*result, 0, 1, generator);
  return Variable(std::move(result));
}

Variable standard_normal(const Dims& shape, DType dtype, Generator& generator) {
  check_floating(dtype, "randn");
  auto result = new_tensor(dtype, shape);
  kernels::normal(*result, 0, 1, generator);
  return Variable(std::move(result));
}

Variable randint(Index low, Index high, const Dims& shape, DType dtype, Generator& generator) {
  if (low >= high)
    fail<Error>("randint: random_ expects 'from' to be less than 'to', but got from=", low, " >= to=", high);
  check_limits("randint", low, high - 1, dtype);
  auto result = new_tensor(dtype, shape);
  kernels::integers(*result, low, high, generator);
  return Variable(std::move(result));
}

Variable randperm(Index n, DType dtype, Generator& generator) {
  if (n < 0) fail<Error>("randperm: n must be non-negative (Trying to create tensor with negative dimension ", n, ")");
  if (dtype == DType::Bool) fail<Error>("randperm is not implemented for bool");
  if (n > 0 && static_cast<std::uint64_t>(n - 1) > greatest(dtype))
    fail<Error>("randperm: value cannot be converted to type ", name(dtype), " without overflow: ", n - 1);
  auto result = new_tensor(dtype, {n});
  kernels::permutation(*result, generator);
  return Variable(std::move(result));
}

Variable normal(const Operand& mean, const Operand& std, Generator& generator) {
  const Operand in[] = {mean, std};
  const DType dtype = (mean.is_scalar() ? std : mean).tensor().dtype();
  check_floating(dtype, "normal");
  if (std.is_scalar() && !(std.scalar().to<double>() >= 0))
    fail<Error>("normal expects std >= 0.0, but found std ", std.scalar().to<double>());
  if (!std.is_scalar())
    check_between(std.tensor(), 0, std::numeric_limits<double>::infinity(),
                  "normal expects all elements of std >= 0.0");
  const Variable noise = standard_normal(broadcast_shape(in), dtype, generator);
  const Op& op = std.is_scalar() ? kNormalMean : mean.is_scalar() ? kNormalStd : kNormalBoth;
  return apply(op, {mean, std, noise});
}

Variable bernoulli(const Operand& p, Generator& generator) {
  check_floating(p.tensor().dtype(), "bernoulli");
  check_between(p.tensor(), 0, 1, kChances);
  return apply(kBernoulli, {p}, GeneratorAttributes{&generator});
}

Variable poisson(const Operand& rates, Generator& generator) {
  check_floating(rates.tensor().dtype(), "poisson");
  check_between(rates.tensor(), 0, std::numeric_limits<double>::max(),
                "invalid Poisson rate, expected rate to be non-negative and finite");
  return apply(kPoisson, {rates}, GeneratorAttributes{&generator});
}

Variable binomial(const Operand& counts, const Operand& p, Generator& generator) {
  for (const Operand* x : {&counts, &p}) {
    if (!is_floating(x->tensor().dtype()))
      fail<ValueError>("binomial only supports floating-point dtypes for count and prob, got: ",
                       name(x->tensor().dtype()));
    if (x->tensor().dtype() != counts.tensor().dtype())
      fail<Error>("binomial: Found dtype ", name(x->tensor().dtype()), " but expected ", name(counts.tensor().dtype()));
  }
  return apply(kBinomial, {counts, p}, GeneratorAttributes{&generator});
}

Variable multinomial(const Variable& weights, Index samples, bool replacement, Generator& generator) {
  if (!is_floating(weights.dtype()))
    fail<Error>("multinomial only supports floating-point dtypes for input, got: ", name(weights.dtype()));
  if (weights.ndim() != 1 && weights.ndim() != 2)
    fail<Error>("prob_dist must be 1 or 2 dim, but is ", weights.ndim(), "-D");
  const Index categories = weights.shape().back();
  if (samples <= 0) fail<Error>("cannot sample n_sample <= 0 samples, but num_samples is ", samples);
  if (!replacement && samples > categories)
    fail<Error>("cannot sample n_sample > prob_dist.size(-1) samples without replacement: ", samples, " of ",
                categories);
  check_between(weights.tensor(), 0, std::numeric_limits<double>::max(),
                "probability tensor contains either `inf`, `nan` or element < 0");
  const Variable totals = sum(detach(weights), {-1});
  if (categories == 0 || *any(le(totals, 0)).tensor().data_as<std::uint8_t>() != 0)
    fail<Error>("invalid multinomial distribution (sum of probabilities <= 0)");
  Dims shape = weights.shape();
  shape[shape.size() - 1] = samples;
  TensorRef result = new_tensor(DType::Int64, shape);
  kernels::multinomial(*result, weights.tensor(), replacement, generator);
  return Variable(std::move(result));
}

namespace {

void draw_into(const Op& op, const Variable& self, const DrawAttributes& a) { apply_in_place(op, self, {self}, a); }

}  // namespace

void uniform_(const Variable& self, double low, double high, Generator& generator) {
  check_overwritten(self);
  check_floating(self.dtype(), "uniform_");
  const double most = self.dtype() == DType::Float32 ? static_cast<double>(std::numeric_limits<float>::max())
                                                     : std::numeric_limits<double>::max();
  if (!(std::abs(low) <= most)) fail<Error>("uniform_: from is out of bounds for ", name(self.dtype()), ": ", low);
  if (!(std::abs(high) <= most)) fail<Error>("uniform_: to is out of bounds for ", name(self.dtype()), ": ", high);
  if (low > high) fail<Error>("uniform_ expects to return a [from, to) range, but found from=", low, " > to=", high);
  if (!(high - low <= most))
    fail<Error>("uniform_ expects to-from <= the greatest ", name(self.dtype()), ", but found to=", high,
                " and from=", low);
  draw_into(kUniform, self, {fill_by_two<kernels::uniform>, low, high, &generator});
}

void normal_(const Variable& self, double mean, double std, Generator& generator) {
  check_overwritten(self);
  check_floating(self.dtype(), "normal_");
  if (!(std >= 0)) fail<Error>("normal expects std >= 0.0, but found std ", std);
  draw_into(kNormal, self, {fill_by_two<kernels::normal>, mean, std, &generator});
}

void log_normal_(const Variable& self, double mean, double std, Generator& generator) {
  check_overwritten(self);
  check_floating(self.dtype(), "log_normal_");
  if (!(std > 0)) fail<Error>("log_normal_ expects std > 0.0, but found std=", std);
  draw_into(kLogNormal, self, {fill_by_two<kernels::log_normal>, mean, std, &generator});
}

void exponential_(const Variable& self, double rate, Generator& generator) {
  check_overwritten(self);
  check_floating(self.dtype(), "exponential_");
  if (!(rate > 0)) fail<Error>("exponential_ expects lambda > 0.0, but found lambda=", rate);
  draw_into(kExponential, self, {fill_by_one<kernels::exponential>, rate, 0, &generator});
}

void cauchy_(const Variable& self, double median, double scale, Generator& generator) {
  check_overwritten(self);
  check_floating(self.dtype(), "cauchy_");
  if (!(scale > 0)) fail<Error>("cauchy_ expects sigma > 0.0, but found sigma=", scale);
  draw_into(kCauchy, self, {fill_by_two<kernels::cauchy>, median, scale, &generator});
}

void geometric_(const Variable& self, double p, Generator& generator) {
  check_overwritten(self);
  if (self.dtype() == DType::Bool) fail<Error>("geometric_ is not implemented for bool");
  if (!(p > 0 && p < 1)) fail<Error>("geometric_ expects p to be in (0, 1), but got p=", p);
  draw_into(kGeometric, self, {fill_by_one<kernels::geometric>, p, 0, &generator});
}

void bernoulli_(const Variable& self, const Operand& p, Generator& generator) {
  check_overwritten(self);
  if (p.is_scalar()) {
    const auto chance = p.scalar().to<double>();
    if (!(chance >= 0 && chance <= 1)) fail<Error>("bernoulli_ expects p to be in [0, 1], but got p=", chance);
    return draw_into(kBernoulliNumber, self, {fill_by_one<kernels::bernoulli>, chance, 0, &generator});
  }
  check_floating(p.tensor().dtype(), "bernoulli_");
  if (!is_expandable(p.tensor().shape(), self.shape()))
    fail<Error>("The expanded size of the tensor must match the existing size: probabilities of shape ",
                to_string(p.tensor().shape()), " do not broadcast to ", to_string(self.shape()));
  check_between(p.tensor(), 0, 1, kChances);
  apply_in_place(kBernoulliInto, self, {self, p}, GeneratorAttributes{&generator});
}

void random_(const Variable& self, std::optional<Index> low, std::optional<Index> high, Generator& generator) {
  check_overwritten(self);
  if (high && *high <= low.value_or(0))
    fail<Error>("random_ expects 'from' to be less than 'to', but got from=", low.value_or(0), " >= to=", *high);
  const Index from = low.value_or(0);
  const std::uint64_t all = greatest(self.dtype());
  check_limits("random_", from, high ? *high - 1 : static_cast<Index>(std::min<std::uint64_t>(all, INT64_MAX)),
               self.dtype());
  const Scalar most = high ? Scalar(*high - 1) : Scalar(all);
  const auto fill = [](Tensor& out, const Scalar& first, const Scalar& last, Generator& g) {
    // One past the last may wrap, which the kernel allows.
    const auto end = static_cast<Index>(last.to<std::uint64_t>() + 1);
    kernels::integers(out, first.to<Index>(), end, g);
  };
  draw_into(low ? kRandomBetween : high ? kRandomBelow : kRandom, self, {fill, from, most, &generator});
}

}  // namespace tapegrad
