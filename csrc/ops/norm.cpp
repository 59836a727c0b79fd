// Norms of vectors, and what they measure.

#include <cmath>

#include "ops/arranging.h"
#include "ops/linalg.h"
#include "ops/math.h"
#include "ops/reduce.h"
#include "ops/scatter.h"
#include "ops/statistics.h"

namespace tapegrad {
namespace {

using kernels::BinaryFn;
using kernels::Map;
using kernels::MapFn;
using kernels::ReduceFn;
using kernels::UnaryFn;

struct NormAttributes {
  ReduceAttributes over;
  double order;
};

void norm_into(Tensor& out, const Tensor& x, std::uint64_t mask, double order) {
  const auto reduce = [&](ReduceFn fn, const Map& map) { kernels::reduce(fn, out, x, mask, map); };
  if (order == 0) return reduce(ReduceFn::Sum, {.fn = MapFn::NonZero});
  if (order == 1) return reduce(ReduceFn::Sum, {.fn = MapFn::Abs});
  if (std::isinf(order)) return reduce(order > 0 ? ReduceFn::Max : ReduceFn::Min, {.fn = MapFn::Abs});
  if (order == 2) {
    reduce(ReduceFn::Sum, {.fn = MapFn::Square});
    return kernels::unary(UnaryFn::Sqrt, out.dtype(), out, out);
  }
  reduce(ReduceFn::Sum, {.fn = MapFn::AbsPower, .exponent = order});
  kernels::binary(BinaryFn::Pow, out.dtype(), out, out, Scalar(1 / order));
}

/// Of the norm by x; `g` and `norm` lie beside x. At 0 the slope is 0; of order 0 there is none.
Variable norm_gradient(const Variable& g, const Variable& x, const Variable& norm, const NormAttributes& a) {
  const double p = a.order;
  const auto unless_zero = [](const Variable& v, const Variable& tested) { return masked_fill(v, eq(tested, 0), 0); };
  if (p == 0) return {};
  if (p == 1) return sgn(x) * g;
  if (p == 2) return g * unless_zero(x / norm, norm);
  if (std::isinf(p)) {
    const Variable size = abs(x);
    const Variable chosen = to(logical_or(eq(size, norm), isnan(size)), x.dtype());
    return sgn(x) * (g / sum_reduced(chosen, a.over) * chosen);
  }
  if (p < 1) return sgn(x) * unless_zero(pow(abs(x), p - 1), x) * g * pow(norm, 1 - p);
  const Variable scale = unless_zero(g / pow(norm, p - 1), norm);
  return (p < 2 ? sgn(x) * pow(abs(x), p - 1) : x * pow(abs(x), p - 2)) * scale;
}

const Op kVectorNorm({.name = "linalg_vector_norm",
                      .node = "LinalgVectorNormBackward0",
                      .forward =
                          [](Call& call) {
                            const auto& a = call.attributes<NormAttributes>();
                            Tensor& out = call.new_output(a.over.dtype, result_shape(a.over));
                            norm_into(out, call.tensor(0), a.over.mask, a.order);
                          },
                      .derivative =
                          [](Backward& b) {
                            const auto& a = b.attributes<NormAttributes>();
                            const Variable x = to(b.input(0), a.over.dtype);
                            b.set(0, norm_gradient(aligned(b.take(), a.over), x, aligned(b.result(), a.over), a));
                          },
                      .category = Category::Reduction,
                      .saves = {.inputs = {kFor0}, .result = true}});

const Op kDist({.name = "dist",
                .node = "DistBackward0",
                .forward =
                    [](Call& call) {
                      const auto& a = call.attributes<NormAttributes>();
                      const auto difference = new_tensor(a.over.dtype, a.over.shape);
                      kernels::binary(BinaryFn::Sub, a.over.dtype, *difference, call.tensor(0), call.tensor(1));
                      norm_into(call.new_output(a.over.dtype, {}), *difference, a.over.mask, a.order);
                    },
                .derivative =
                    [](Backward& b) {
                      const auto& a = b.attributes<NormAttributes>();
                      const Variable g = norm_gradient(b.take(), b.input(0) - b.input(1), b.result(), a);
                      if (!g.defined()) return;
                      if (b.needs(0)) b.set(0, g);
                      if (b.needs(1)) b.set(1, -g);
                    },
                .category = Category::Reduction,
                .inputs = 2,
                .saves = {.inputs = {kForAny, kForAny}, .result = true}});

/// Torch divides by the norm and this much, so that a quotient stays finite.
constexpr double kSmall = 1e-7;

struct RenormAttributes {
  NormAttributes norm;
  double most;
};

void renorm_forward(Call& call) {
  const auto& a = call.attributes<RenormAttributes>();
  const Tensor& x = call.tensor(0);
  const auto factors = new_tensor(x.dtype(), result_shape(a.norm.over));
  norm_into(*factors, x, a.norm.over.mask, a.norm.order);
  visit(x.dtype(), [&]<class T>() {
    T* const values = factors->data_as<T>();
    for (Index i = 0; i < factors->numel(); ++i)
      values[i] =
          static_cast<T>(values[i] > static_cast<T>(a.most) ? a.most / (static_cast<double>(values[i]) + kSmall) : 1);
  });
  kernels::binary(BinaryFn::Mul, x.dtype(), call.elementwise_output(x.dtype(), x), x, *factors);
}

void renorm_derivative(Backward& b) {
  const auto& a = b.attributes<RenormAttributes>();
  const Variable x = b.input(0).variable, g = b.take();
  const Variable norm = vector_norm(x, a.norm.order, a.norm.over.dims(), true);
  const Variable along = norm_gradient(sum_reduced(x * g, a.norm.over), x, norm, a.norm);
  const Variable inverse = reciprocal(norm + kSmall);
  b.set(0, where(gt(norm, a.most), a.most * inverse * (g - inverse * along), g));
}

const Op kRenorm({.name = "renorm",
                  .node = "RenormBackward0",
                  .forward = renorm_forward,
                  .derivative = renorm_derivative,
                  .category = Category::Reduction,
                  .saves = kSelf});

void check_floating(const char* op, const Operand& x) {
  if (!is_floating(x.tensor().dtype()))
    fail<Error>(op, ": Expected a floating point tensor as input. Got ", name(x.tensor().dtype()),
                ": convert it, say with .to(tapegrad.float32)");
}

/// Over nothing, powers of order 0 and more sum to 0; there is no greatest or least element.
void check_identity(const NormAttributes& a) {
  const bool over_nothing =
      count_reduced(a.over) == 0 && count_elements(reduced_shape(a.over.shape, a.over.mask, false)) > 0;
  if (over_nothing && (a.order < 0 || std::isinf(a.order)))
    fail<Error>("linalg.vector_norm cannot compute the ", a.order,
                " norm on an empty tensor because the operation does not have an identity: the shape is ",
                to_string(a.over.shape));
}

}  // namespace

Variable vector_norm(const Operand& x, double order, const Dims& dims, bool keepdim, std::optional<DType> dtype) {
  check_floating("linalg.vector_norm", x);
  const DType given = x.tensor().dtype(), wanted = dtype.value_or(given);
  if (!is_floating(wanted)) fail<Error>("linalg.vector_norm: dtype should be floating point, but got ", name(wanted));
  if (promote(given, wanted) != wanted)
    fail<Error>("linalg.vector_norm: the dtype of the input (", name(given),
                ") should be convertible without narrowing to the specified dtype (", name(wanted), ")");
  const NormAttributes attributes{reduction(x, dims, keepdim, wanted), order};
  check_identity(attributes);
  return apply(kVectorNorm, {x}, attributes);
}

Variable nuclear_norm(const Variable& given, const Dims& dims, bool keepdim, std::optional<DType> dtype) {
  check_floating("linalg.matrix_norm", given);
  const Variable x = dtype ? to(given, *dtype) : given;
  check_matrices("linalg.matrix_norm", x);
  if (!dims.empty() && dims.size() != 2)
    fail<Error>("linalg.matrix_norm: dim must be a 2-tuple, not of ", dims.size(), " elements");
  const std::uint64_t mask = dim_mask(dims.empty() ? Dims{-2, -1} : dims, x.ndim());
  const Variable norm = sum(svdvals(dims.empty() ? x : movedim(x, dims, {-2, -1})), {-1});
  return keepdim ? reshape(norm, reduced_shape(x.shape(), mask, true)) : norm;
}

Variable dist(const Operand& a, const Operand& b, double order) {
  const Operand both[] = {a, b};
  const DType dtype = result_type(both);
  if (kind_of(a) == Kind::Bool || kind_of(b) == Kind::Bool)
    fail<Error>("dist(): Subtraction, the `-` operator, with a bool tensor is not supported: convert it");
  if (!is_floating(dtype))
    fail<Error>("dist(): input dtype should be floating point. Got ", name(dtype), " instead: convert the inputs");
  const Dims shape = broadcast_shape(both);
  const NormAttributes attributes{{shape, dim_mask({}, shape.size()), false, dtype}, order};
  check_identity(attributes);
  return apply(kDist, {a, b}, attributes);
}

Variable renorm(const Operand& x, double order, Index dim, double most) {
  check_floating("renorm", x);
  const std::size_t ndim = x.tensor().ndim();
  if (!(order > 0)) fail<Error>("renorm: non-positive-norm not supported: p is ", order);
  if (ndim < 2) fail<Error>("renorm: input needs at least 2 dimensions, got ", ndim, " dimensions");
  if (!(most >= 0)) fail<Error>("renorm: expected maxnorm to be >= 0 but got ", most);
  const std::uint64_t mask = dim_mask({}, ndim) & ~(std::uint64_t{1} << wrap_dim(dim, ndim));
  const NormAttributes norm{{x.tensor().shape(), mask, true, x.tensor().dtype()}, order};
  check_identity(norm);
  return apply(kRenorm, {x}, RenormAttributes{norm, most});
}

}  // namespace tapegrad
