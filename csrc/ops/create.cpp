// Constructors. What they make is a leaf without history, so they have no rows.

#include <cmath>

#include "kernels/elementwise.h"
#include "ops/ops.h"

namespace tapegrad {
namespace {

template <class Value>
Variable tabulate(Index count, DType dtype, Value value) {
  auto result = new_tensor(dtype, Dims{count});
  visit(dtype, [&]<class T>() {
    T* out = result->data_as<T>();
    for (Index i = 0; i < count; ++i) out[i] = value.template operator()<T>(i);
  });
  return Variable(std::move(result));
}

/// f of numbers from `start` to `end`, counted from both ends, so that the last one is exact.
template <class F>
Variable spaced(const char* function, double start, double end, Index steps, DType dtype, F f) {
  if (steps < 0) fail<Error>(function, ": number of steps must be non-negative, but is ", steps);
  if (!is_floating(dtype)) start = std::trunc(start), end = std::trunc(end);
  const double by = steps > 1 ? (end - start) / static_cast<double>(steps - 1) : 0;
  return tabulate(steps, dtype, [&]<class T>(Index i) {
    return Scalar(f(i < steps / 2 || steps == 1 ? start + by * static_cast<double>(i)
                                                : end - by * static_cast<double>(steps - i - 1)))
        .to<T>();
  });
}

/// How many integers there are from `start` on, before `end`, `step` apart; -1 where that leads away from it.
double count_of(const Scalar& start, const Scalar& end, const Scalar& step) {
  __extension__ using Wide = __int128;  // the difference of any two integers
  const auto wide = [](const Scalar& n) {
    return n.is_large() ? static_cast<Wide>(n.to<std::uint64_t>()) : static_cast<Wide>(n.to<std::int64_t>());
  };
  const Wide by = wide(step), away = wide(end) - wide(start);
  if (away != 0 && (away < 0) != (by < 0)) return -1;
  const Wide count = away / by + (away % by != 0);
  return static_cast<double>(count);
}

}  // namespace

Variable full(const Dims& shape, const Scalar& value, DType dtype) {
  refuse_large(value, dtype);
  if (value == Scalar(0)) return Variable(zeros(dtype, shape));
  auto result = new_tensor(dtype, shape);
  kernels::copy(*result, value);
  return Variable(std::move(result));
}

Variable full_like(const Variable& x, const Scalar& value, DType dtype, MemoryFormat format) {
  refuse_large(value, dtype);
  auto result = new_tensor_like(x.tensor(), dtype, format);
  kernels::copy(*result, value);
  return Variable(std::move(result));
}

Variable arange(const Scalar& start, const Scalar& end, const Scalar& step, std::optional<DType> dtype) {
  const bool fractions = start.is_float() || end.is_float() || step.is_float();
  const DType made = dtype.value_or(fractions ? DType::Float32 : DType::Int64);
  const bool large = start.is_large() || end.is_large();
  const bool floating = is_floating(made) && (fractions || large);
  for (const Scalar& number : {start, end, step}) refuse_large(number, made);
  const auto first = start.to<double>(), last = end.to<double>(), by = step.to<double>();
  if (!std::isfinite(first) || !std::isfinite(last) || !std::isfinite(by))
    fail<Error>("arange: unsupported range: ", first, " -> ", last, " by ", by, "; all three must be finite");
  // int64 is counted out in whole numbers; the smaller types have as many elements as the numbers given say.
  if (fractions && made == DType::Int64)
    return arange(start.to<std::int64_t>(), end.to<std::int64_t>(), step.to<std::int64_t>(), made);
  if (by == 0) fail<Error>("arange: step must be nonzero");
  const double size = fractions ? std::ceil((last - first) / by) : count_of(start, end, step);
  if ((last - first) * by < 0 || size < 0)
    fail<Error>("arange: upper bound and lower bound inconsistent with step sign: ", first, " -> ", last, " by ", by);
  if (size > 9e18) fail<Error>("arange: ", size, " elements are too many");
  const auto count = static_cast<Index>(size);
  if (floating)
    return tabulate(count, made, [=]<class T>(Index i) { return Scalar(first + static_cast<double>(i) * by).to<T>(); });
  const auto from = start.to<std::uint64_t>(), each = step.to<std::uint64_t>();  // which wrap
  return tabulate(count, made, [=]<class T>(Index i) {
    return static_cast<T>(static_cast<std::int64_t>(from + static_cast<std::uint64_t>(i) * each));
  });
}

Variable linspace(double start, double end, Index steps, DType dtype) {
  return spaced("linspace", start, end, steps, dtype, [](double x) { return x; });
}

Variable logspace(double start, double end, Index steps, double base, DType dtype) {
  return spaced("logspace", start, end, steps, dtype, [=](double x) { return std::pow(base, x); });
}

Variable eye(Index rows, std::optional<Index> columns, DType dtype) {
  const Index width = columns.value_or(rows);
  auto result = zeros(dtype, {rows, width});
  const auto diagonal =
      make_ref<Tensor>(dtype, Layout{{std::min(rows, width)}, {width + 1}, 0}, result->storage_ref(), nullptr);
  kernels::copy(*diagonal, Scalar(1));
  return Variable(std::move(result));
}

}  // namespace tapegrad
