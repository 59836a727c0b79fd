// Statistics of samples that are made of other functions: quantiles and covariances.

#include <cmath>
#include <limits>

#include "ops/arranging.h"
#include "ops/math.h"
#include "ops/scatter.h"
#include "ops/sort.h"
#include "ops/statistics.h"

namespace tapegrad {
namespace {

enum class Interpolation : std::uint8_t { Linear, Lower, Higher, Midpoint, Nearest };

bool is_true(const Variable& v) { return *v.tensor().data_as<bool>(); }

Interpolation interpolation_of(const char* op, const std::string& name) {
  constexpr const char* kNames[] = {"linear", "lower", "higher", "midpoint", "nearest"};
  for (int i = 0; i < 5; ++i)
    if (name == kNames[i]) return static_cast<Interpolation>(i);
  fail<Error>(op, "() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ", name);
}

void check_quantile(const char* op, const Variable& x, const Variable& q) {
  if (x.numel() == 0) fail<Error>(op, "() input tensor must be non-empty");
  if (q.ndim() > 1) fail<Error>(op, "() q must be a scalar or 1D tensor, not of ", q.ndim(), " dimensions");
  if (!is_floating(x.dtype()))
    fail<Error>(op, "() input tensor must be either float or double dtype, not ", name(x.dtype()));
  if (q.dtype() != x.dtype())
    fail<Error>(op, "() q tensor must be same dtype as the input tensor: they are ", name(q.dtype()), " and ",
                name(x.dtype()));
  if (!is_true(all(logical_and(ge(detach(q), 0), le(detach(q), 1)))))
    fail<Error>(op, "() q values must be in the range [0, 1]");
}

/// Where the quantiles q stand in rows that are sorted: the last element, a NaN if there is one, where NaNs count.
Variable ranks_of(const Variable& sorted, const Variable& q, bool without_nans) {
  const Variable nans = isnan(detach(sorted));
  if (without_nans) {
    const Variable ranks = q * (sum(logical_not(nans), {-1}, true) - 1);
    return masked_fill(ranks, lt(ranks, 0), 0);
  }
  const auto last = static_cast<double>(sorted.shape().back() - 1);
  const Variable none = any(nans, {-1}, true);
  const Dims shape = broadcast(none.shape(), q.shape());
  return masked_fill(expand(q * last, shape), expand(none, shape), last);
}

/// The weights of observations, checked.
void check_weights(const char* which, const Variable& w, Index observations) {
  if (w.ndim() > 1)
    fail<Error>("cov(): expected ", which, " to have one or fewer dimensions but got ", which, " with ", w.ndim(),
                " dimensions");
  const bool floating = which[0] == 'a';
  if (is_floating(w.dtype()) != floating || w.dtype() == DType::Bool)
    fail<Error>("cov(): expected ", which, " to have ", floating ? "floating point" : "integral", " dtype but got ",
                which, " with ", name(w.dtype()), " dtype");
  if (w.numel() != observations)
    fail<Error>("cov(): expected ", which, " to have the same numel as there are observations in the input but got ",
                w.numel(), " != ", observations);
  if (is_true(any(lt(detach(w), 0)))) fail<Error>("cov(): ", which, " cannot be negative");
}

}  // namespace

Variable quantile(const Variable& x, const Variable& q, std::optional<Index> dim, bool keepdim,
                  const std::string& interpolation, bool without_nans) {
  const char* const op = without_nans ? "nanquantile" : "quantile";
  check_quantile(op, x, q);
  const Interpolation way = interpolation_of(op, interpolation);
  const std::size_t at = wrap_dim(dim.value_or(0), x.ndim());
  const bool rows = dim && x.ndim() > 0;
  const Variable sorted = sort(rows ? movedim(x, {static_cast<Index>(at)}, {-1}) : flatten(x)).values;

  Variable ranks = ranks_of(sorted, q.ndim() ? q : unsqueeze(q, 0), without_nans);
  if (way == Interpolation::Lower) ranks = floor(ranks);
  if (way == Interpolation::Higher) ranks = ceil(ranks);
  if (way == Interpolation::Nearest) ranks = round(ranks);
  const Variable below = to(detach(ranks), DType::Int64);
  Variable values = gather(sorted, -1, below);
  if (way == Interpolation::Linear || way == Interpolation::Midpoint) {
    const Variable above = gather(sorted, -1, to(ceil(detach(ranks)), DType::Int64));
    const Variable weights = way == Interpolation::Midpoint ? full(ranks.shape(), 0.5, ranks.dtype()) : ranks - below;
    values = lerp(values, above, weights);
  }
  values = q.ndim() ? movedim(values, {-1}, {0}) : squeeze(values, -1);
  if (!keepdim || x.ndim() == 0) return values;
  Dims shape = rows ? x.shape() : Dims(x.ndim(), 1);
  if (rows) shape[at] = 1;
  if (q.ndim()) shape.insert(0, q.numel());
  return reshape(values, shape);
}

Variable cov(const Variable& x, Index correction, const std::optional<Variable>& frequencies,
             const std::optional<Variable>& weights) {
  if (x.ndim() > 2)
    fail<Error>("cov(): expected input to have two or fewer dimensions but got an input with ", x.ndim(),
                " dimensions");
  if (x.dtype() == DType::Bool) fail<Error>("cov(): bool dtype is not supported for input");
  const Variable in = x.ndim() < 2 ? reshape(x, {1, x.numel()}) : x;
  const Index observations = in.shape()[1];
  if (frequencies) check_weights("fweights", *frequencies, observations);
  if (weights) check_weights("aweights", *weights, observations);
  const bool unsigned_only = in.dtype() == DType::UInt64;  // which no signed integer promotes with
  Variable w =
      frequencies ? reshape(unsigned_only ? to(*frequencies, in.dtype()) : *frequencies, {observations}) : Variable();
  if (weights) w = w.defined() ? w * reshape(*weights, {observations}) : reshape(*weights, {observations});
  const auto weighted = [&](const Variable& v) { return w.defined() ? v * w : v; };

  const Variable total = w.defined() ? sum(w) : full({}, observations, DType::Int64);
  if (w.defined() && !is_true(ne(detach(total), 0))) fail<Error>("cov(): weights sum to zero, can't be normalized");
  const Variable center = sum(weighted(in), {1}) / total;
  Variable freedom = total - Scalar(correction);
  if (weights && correction != 0) freedom = total - sum(w * *weights) / total * Scalar(correction);
  if (is_true(le(detach(freedom), 0))) freedom = full({}, 0, freedom.dtype());
  const Variable deviations = in - unsqueeze(center, 1);
  return squeeze(mm(deviations, t(weighted(deviations))) / freedom);
}

Variable corrcoef(const Variable& x) {
  if (x.ndim() > 2)
    fail<Error>("corrcoef(): expected input to have two or fewer dimensions but got an input with ", x.ndim(),
                " dimensions");
  const Variable c = cov(x);
  if (c.ndim() == 0) return c / c;
  const Variable deviation = sqrt(diag(c));
  return clamp(c / unsqueeze(deviation, 1) / unsqueeze(deviation, 0), -1, 1);
}

}  // namespace tapegrad
