// The table of random functions.

#include "ops/random.h"

#include "bindings/function_table.h"
#include "bindings/generator.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

using OptionalDType = std::optional<DType>;
constexpr DType kDefault = DType::Float32;

using Draw = Variable (*)(const Dims&, DType, Generator&);

template <Draw draw>
Variable sized(const Dims& size, Generator& generator, OptionalDType dtype, PyObject* device, bool requires_grad) {
  return constructed(draw(size, dtype.value_or(kDefault), generator), device, requires_grad);
}

/// The drawn numbers, in row-major order, in the format asked for.
Variable laid_as(const Variable& x, Variable drawn, MemoryFormat format) {
  if (row_major_like(x.tensor(), format)) return drawn;
  Variable result(new_tensor_like(x.tensor(), drawn.dtype(), format));
  copy_(result, drawn);
  return result;
}

template <Draw draw>
Variable like(const Variable& x, Generator& generator, OptionalDType dtype, PyObject* device, bool requires_grad,
              MemoryFormat format) {
  return constructed(laid_as(x, draw(x.shape(), dtype.value_or(x.dtype()), generator), format), device, requires_grad);
}

/// randint(high, size), randint(low, high, size), with or without the names.
Variable randint_any(PyObject* low, PyObject* high, PyObject* size, Generator& generator, OptionalDType dtype,
                     PyObject* device, bool requires_grad) {
  if (size == Py_None && low != Py_None) std::swap(high, size);
  if (size == Py_None) fail<TypeError>("randint() missing required argument 'size'");
  if (high == Py_None) std::swap(low, high);
  if (high == Py_None) fail<TypeError>("randint() missing required argument 'high'");
  return constructed(randint(low == Py_None ? 0 : to_index(low), to_index(high), to_dims(size),
                             dtype.value_or(DType::Int64), generator),
                     device, requires_grad);
}

/// randint_like(input, high), randint_like(input, low, high), with or without the names.
Variable randint_like(const Variable& x, std::optional<Index> low, std::optional<Index> high, Generator& generator,
                      OptionalDType dtype, PyObject* device, bool requires_grad, MemoryFormat format) {
  if (!high) std::swap(low, high);
  if (!high) fail<TypeError>("randint_like() missing required argument 'high'");
  Variable drawn = randint(low.value_or(0), *high, x.shape(), dtype.value_or(x.dtype()), generator);
  return constructed(laid_as(x, std::move(drawn), format), device, requires_grad);
}

/// normal(mean, std) of which one at least is an array; normal(mean, std, size) of numbers.
Variable normal_any(const Number& mean, const Number& std, PyObject* size, Generator& generator, OptionalDType dtype,
                    PyObject* device, bool requires_grad, PyObject* out) {
  const bool numbers = mean.is_scalar() && std.is_scalar();
  if (numbers == (size == Py_None))
    fail<TypeError>("normal() takes two numbers and a size, or arrays and no size: (mean, std, size) or (mean, std)");
  if (!numbers) {
    if ((dtype && out == Py_None) || requires_grad || device != Py_None)  // out has filled dtype in
      fail<TypeError>("normal() of arrays has their dtype: dtype, device and requires_grad are for numbers and a size");
    return normal(mean, std, generator);
  }
  Variable result = full(to_dims(size), 0, dtype.value_or(kDefault));
  normal_(result, mean.scalar().to<double>(), std.scalar().to<double>(), generator);
  return constructed(std::move(result), device, requires_grad);
}

/// bernoulli(p), or of one probability for all, which gives input's shape and dtype.
Variable bernoulli_any(const Operand& x, std::optional<Scalar> p, Generator& generator) {
  if (!p) return bernoulli(x, generator);
  const Variable result = full(x.tensor().shape(), 0, x.tensor().dtype());
  bernoulli_(result, *p, generator);
  return result;
}

/// random_(), random_(to), random_(from, to), random_(from, None).
void random_any(const Variable& x, PyObject* bounds, std::optional<Index> from, std::optional<Index> to,
                Generator& generator) {
  const py::tuple given = PyTuple_Check(bounds) ? borrow(bounds) : py::object(py::make_tuple(borrow(bounds)));
  if (from) {
    if (!given.empty()) fail<TypeError>("random_() got multiple values for argument 'from'");
    return random_(x, from, to, generator);
  }
  if (given.size() > 2 || (to && given.size() > 1))
    fail<TypeError>("random_() takes (), (to) or (from, to); got ", given.size() + (to ? 1 : 0), " bounds");
  if (given.empty()) return random_(x, {}, to, generator);
  const Index first = to_index(given[0].ptr());
  if (to) return random_(x, first, to, generator);
  if (given.size() == 1) return random_(x, {}, first, generator);
  random_(x, first, Converter<std::optional<Index>>(given[1].ptr()).get(), generator);
}

constexpr Function kTable[] = {
    function<sized<uniform>>("rand(*size, generator=None, dtype=None, device=None, requires_grad=False)",
                             "Uniform in [0, 1).", As::FunctionOut),
    function<sized<standard_normal>>("randn(*size, generator=None, dtype=None, device=None, requires_grad=False)",
                                     "Standard normal.", As::FunctionOut),
    function<like<uniform>>("rand_like(input, *, generator=None, dtype=None, device=None, requires_grad=False, "
                            "memory_format=None)",
                            "Uniform in [0, 1), of input's shape and dtype.", As::Function),
    function<like<standard_normal>>(
        "randn_like(input, *, generator=None, dtype=None, device=None, requires_grad=False, "
        "memory_format=None)",
        "Standard normal, of input's shape and dtype.", As::Function),
    function<randint_any>("randint(low=None, high=None, size=None, *, generator=None, dtype=None, device=None, "
                          "requires_grad=False)",
                          "randint(high, size) or randint(low, high, size): integers in [low, high), int64 by default.",
                          As::FunctionOut),
    function<randint_like>(
        "randint_like(input, low=None, high=None, *, generator=None, dtype=None, device=None, requires_grad=False, "
        "memory_format=None)",
        "randint(low, high) of input's shape and dtype.", As::Function),
    function<[](Index n, Generator& generator, OptionalDType dtype, PyObject* device, bool requires_grad) {
      return constructed(randperm(n, dtype.value_or(DType::Int64), generator), device, requires_grad);
    }>("randperm(n, *, generator=None, dtype=None, device=None, requires_grad=False)",
       "0, 1, ... n - 1 in random order; int64 by default.", As::FunctionOut),
    function<normal_any>(
        "normal(mean, std=1.0, size=None, *, generator=None, dtype=None, device=None, requires_grad=False)",
        "Normal numbers by arrays of means and standard deviations, through which gradients flow (the "
        "reparameterisation mean + std * noise), or by two numbers and a size.",
        As::FunctionOut),
    function<bernoulli_any>("bernoulli(input, p=None, *, generator=None)",
                            "1 with these probabilities, else 0; or with one probability `p` for all.", As::BothOut),
    function<poisson>("poisson(input, generator=None)", "Poisson numbers by their rates.", As::Function),
    function<binomial>("binomial(count, prob, generator=None)", "Successes of `count` tries of probability `prob`.",
                       As::Function),
    function<multinomial>("multinomial(input, num_samples, replacement=False, *, generator=None)",
                          "Positions drawn by weights, those of a vector or of each row of a matrix.", As::BothOut),

    function<[](const Variable& x, double from, double to, Generator& g) { uniform_(x, from, to, g); }>(
        "uniform_(input, from_=0.0, to=1.0, *, generator=None)", "Uniform in [from_, to), in place.", As::Method),
    function<[](const Variable& x, double mean, double std, Generator& g) { normal_(x, mean, std, g); }>(
        "normal_(input, mean=0.0, std=1.0, *, generator=None)", "Normal numbers, in place.", As::Method),
    function<[](const Variable& x, double mean, double std, Generator& g) { log_normal_(x, mean, std, g); }>(
        "log_normal_(input, mean=1.0, std=2.0, *, generator=None)", "exp() of normal numbers, in place.", As::Method),
    function<[](const Variable& x, double rate, Generator& g) { exponential_(x, rate, g); }>(
        "exponential_(input, lambd=1.0, *, generator=None)", "Exponential numbers of mean 1 / lambd, in place.",
        As::Method),
    function<[](const Variable& x, double median, double sigma, Generator& g) { cauchy_(x, median, sigma, g); }>(
        "cauchy_(input, median=0.0, sigma=1.0, *, generator=None)", "Cauchy numbers, in place.", As::Method),
    function<[](const Variable& x, double p, Generator& g) { geometric_(x, p, g); }>(
        "geometric_(input, p, *, generator=None)",
        "The try, from 1 on, that first succeeds with probability p, in "
        "place.",
        As::Method),
    function<[](const Variable& x, const Number& p, Generator& g) { bernoulli_(x, p, g); }>(
        "bernoulli_(input, p=0.5, *, generator=None)", "1 with probability p, a number or an array, else 0, in place.",
        As::Method),
    function<random_any>("random_(input, *bounds, from_=None, to=None, generator=None)",
                         "Whole numbers, in place: random_() of all that the dtype has, random_(to) in [0, to), "
                         "random_(from, to) in [from, to).",
                         As::Method),
};

}  // namespace

void register_random(py::object& m) { register_table<kTable>(m); }

}  // namespace tapegrad::bindings
