// Functions that networks are made of: what has a bend, and losses.

#include "ops/networks.h"

#include "graph/grad_mode.h"
#include "ops/arranging.h"
#include "ops/elementwise.h"
#include "ops/scatter.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

// --- bends

struct LeakyAttributes {
  double slope;
  std::vector<Field> fields() const { return {{"negative_slope", Scalar(slope)}}; }
  Variable gradient(const Variable& g, const Variable& x) const { return where(gt(x, 0), g, g * slope); }
};

struct HardtanhAttributes {
  double low, high;
  std::vector<Field> fields() const { return {{"min_val", Scalar(low)}, {"max_val", Scalar(high)}}; }
  Variable gradient(const Variable& g, const Variable& x) const {
    return where(logical_or(le(x, low), ge(x, high)), 0.0, g);
  }
};

/// A bound of hardtanh as an operand beside x: integers stay what they are.
Operand bound(double value, DType dtype) {
  return is_floating(dtype) ? Operand(value) : Operand(Scalar(static_cast<std::int64_t>(value)));
}

/// The row of a gradient: a further derivative by x is zeros, not an error.
template <class Attributes>
constexpr Op::Row bend_gradient(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward =
              [](Call& call) {
                const GradModeGuard off(false);
                const auto& a = call.attributes<Attributes>();
                call.out[0] = a.gradient(call.in[0].variable(), call.in[1].variable()).tensor_ref();
              },
          .derivative =
              [](Backward& b) {
                const auto& a = b.attributes<Attributes>();
                if (b.needs(0)) b.set(0, a.gradient(b.grad(), b.input(1).variable));
                if (b.needs(1)) set_zeros(b, 1);
              },
          .category = Category::Binary,
          .inputs = 2,
          .saves = {.inputs = {0, kFor0}}};
}

const Op kLeakyReluGradient(bend_gradient<LeakyAttributes>("leaky_relu_gradient", "LeakyReluBackwardBackward0"));
const Op kHardtanhGradient(bend_gradient<HardtanhAttributes>("hardtanh_gradient", "HardtanhBackwardBackward0"));

template <const Op& gradient, class Attributes>
void bend_derivative(Backward& b) {
  const auto& a = b.attributes<Attributes>();
  const Variable x = b.input(0).variable;
  b.set(0, GradMode::enabled() ? apply(gradient, {b.grad(), x}, a) : a.gradient(b.grad(), x));
}

const Op kLeakyRelu({.name = "leaky_relu",
                     .node = "LeakyReluBackward0",
                     .forward =
                         [](Call& call) {
                           const GradModeGuard off(false);
                           const Variable& x = call.in[0].variable();
                           call.out[0] = where(gt(x, 0), x, x * call.attributes<LeakyAttributes>().slope).tensor_ref();
                         },
                     .derivative = bend_derivative<kLeakyReluGradient, LeakyAttributes>,
                     .category = Category::Unary,
                     .saves = kSelf});

const Op kHardtanh({.name = "hardtanh",
                    .node = "HardtanhBackward0",
                    .forward =
                        [](Call& call) {
                          const GradModeGuard off(false);
                          const Variable& x = call.in[0].variable();
                          const auto& [low, high] = call.attributes<HardtanhAttributes>();
                          call.out[0] = clamp(x, bound(low, x.dtype()), bound(high, x.dtype())).tensor_ref();
                        },
                    .derivative = bend_derivative<kHardtanhGradient, HardtanhAttributes>,
                    .category = Category::Unary,
                    .saves = kSelf});

// --- losses

struct LossAttributes {
  Reduction reduction;
  std::vector<Field> fields() const { return {{"reduction", static_cast<Index>(reduction)}}; }
};

void mse_forward(Call& call) {
  const GradModeGuard off(false);
  call.out[0] = reduced(square(call.in[0] - call.in[1]), call.attributes<LossAttributes>().reduction).tensor_ref();
}

void mse_derivative(Backward& b) {
  const Variable x = b.input(0).variable, target = b.input(1).variable;
  const bool mean = b.attributes<LossAttributes>().reduction == Reduction::Mean;
  const double twice = 2 / (mean ? static_cast<double>(x.numel()) : 1.0);
  const Variable slope = (x - target) * (b.grad() * twice);
  if (b.needs(1)) b.set(1, -slope);
  if (b.needs(0)) b.set(0, slope);
}

const Op kMseLoss({.name = "mse_loss",
                   .node = "MseLossBackward0",
                   .forward = mse_forward,
                   .derivative = mse_derivative,
                   .category = Category::Reduction,
                   .inputs = 2,
                   .saves = {.inputs = {kForAny, kForAny}}});

struct NllAttributes {
  Reduction reduction;
  Index ignored;
  Dims shape;  // of the log-probabilities
  std::vector<Field> fields() const {
    return {{"reduction", static_cast<Index>(reduction)}, {"ignore_index", ignored}};
  }
};

/// The targets of samples as indices of one column, and how much each sample counts.
struct Targets {
  Variable counts;  // whether it does at all
  Variable index, weights;

  Targets(const Variable& target, const Variable& weight, const NllAttributes& a, DType dtype)
      : counts(ne(target, Scalar(a.ignored))), index(where(counts, target, Scalar(Index{0}))) {
    weights = where(counts, weight.defined() ? index_select(weight, 0, index) : full(target.shape(), 1.0, dtype), 0.0);
    index = unsqueeze(index, 1);
  }
};

void nll_forward(Call& call) {
  const GradModeGuard off(false);
  const auto& a = call.attributes<NllAttributes>();
  const Variable& x = call.in[0].variable();
  const Targets t(call.in[1].variable(), call.in.size() > 2 ? call.in[2].variable() : Variable(), a, x.dtype());
  Variable losses = where(t.counts, -(squeeze(gather(x, 1, t.index), 1) * t.weights), 0.0);
  losses = a.reduction == Reduction::Mean ? sum(losses) / sum(t.weights) : reduced(losses, a.reduction);
  call.out[0] = losses.tensor_ref();
}

void nll_derivative(Backward& b) {
  const auto& a = b.attributes<NllAttributes>();
  const DType dtype = b.output().dtype;
  const Targets t(b.input(1).variable, b.inputs() > 2 ? b.input(2).variable : Variable(), a, dtype);
  const Variable g = a.reduction == Reduction::Mean ? b.grad() / sum(t.weights) : b.grad();
  const Variable slopes = where(t.counts, -(t.weights * g), 0.0);
  b.set(0, scatter(full(a.shape, 0.0, dtype), 1, t.index, unsqueeze(slopes, 1)));
}

const Op kNllLoss({.name = "nll_loss",
                   .node = "NllLossBackward0",
                   .forward = nll_forward,
                   .derivative = nll_derivative,
                   .category = Category::Reduction,
                   .inputs = kVariadic,
                   .saves = {.inputs = {0, kFor0, kFor0}},
                   .constants = kFor1 | kFor2});

void check_floating(const char* function, DType dtype) {
  if (!is_floating(dtype))
    fail<Error>(function, " is not implemented for ", name(dtype), ": convert the input to a floating dtype");
}

/// Raises what PyTorch does where the shapes or dtypes of a loss do not belong together.
void check_classes(const Variable& x, const Variable& target, const std::optional<Variable>& weight, Index ignored) {
  check_floating("nll_loss", x.dtype());
  if (target.dtype() != DType::Int64 && target.dtype() != DType::UInt8)
    fail<Error>("nll_loss expected scalar type Long (int64) for the target, but found ", name(target.dtype()));
  Dims expected = x.shape();
  expected.erase(1);
  if (!expected.empty() && expected[0] != target.shape()[0])
    fail<ValueError>("Expected input batch_size (", expected[0], ") to match target batch_size (", target.shape()[0],
                     ")");
  if (target.shape() != expected)
    fail<Error>("Expected target size ", to_string(expected), ", got ", to_string(target.shape()));
  const Index classes = x.shape()[1];
  if (weight && weight->shape() != Dims{classes})
    fail<Error>("weight tensor should be defined either for all ", classes,
                " classes or no classes but got weight tensor of shape: ", to_string(weight->shape()));
  if (weight && weight->dtype() != x.dtype())
    fail<Error>("nll_loss expected scalar type ", name(x.dtype()), " for the weight, but found ",
                name(weight->dtype()));
  const GradModeGuard off(false);
  const Variable outside =
      logical_and(logical_or(lt(target, Scalar(Index{0})), ge(target, Scalar(classes))), ne(target, Scalar(ignored)));
  if (any(outside).tensor().data_as<bool>()[0])
    fail<IndexError>("a target is out of bounds: there are ", classes, " classes, counted from 0, and ", ignored,
                     " is ignored");
}

}  // namespace

Variable leaky_relu(const Operand& x, double slope) {
  check_floating("leaky_relu", x.tensor().dtype());
  return apply(kLeakyRelu, {x}, LeakyAttributes{slope});
}

Variable hardtanh(const Operand& x, double low, double high) {
  if (low > high) fail<ValueError>("min_val cannot be greater than max_val, but they are ", low, " and ", high);
  const DType dtype = x.tensor().dtype();
  if (dtype == DType::Bool) fail<Error>("Bool inputs not supported for hardtanh");
  if (is_unsigned(dtype) && low < 0)
    fail<Error>("cannot do hardtanh on an unsigned type with negative limits: min_val is ", low);
  for (const double bound : {low, high}) check_fits(Scalar(bound), dtype);
  return apply(kHardtanh, {x}, HardtanhAttributes{low, high});
}

Variable reduced(const Variable& losses, Reduction reduction) {
  return reduction == Reduction::None ? losses : reduction == Reduction::Mean ? mean(losses) : sum(losses);
}

Variable l1_loss(const Variable& x, const Variable& target, Reduction reduction) {
  return reduced(abs(x - target), reduction);
}

Variable mse_loss(const Variable& x, const Variable& target, Reduction reduction) {
  const Operand operands[] = {x, target};
  const DType dtype = result_type(operands);
  check_floating("mse_loss", dtype);
  const Dims shape = broadcast(x.shape(), target.shape());
  const auto alike = [&](const Variable& v) { return v.shape() == shape ? to(v, dtype) : expand(to(v, dtype), shape); };
  return apply(kMseLoss, {alike(x), alike(target)}, LossAttributes{reduction});
}

Variable nll_loss(const Variable& x, const Variable& target, const std::optional<Variable>& weight, Index ignored,
                  Reduction reduction) {
  if (x.ndim() == 1 && target.ndim() <= 1 && target.numel() == 1) {
    const Variable loss = nll_loss(unsqueeze(x, 0), reshape(target, {1}), weight, ignored, reduction);
    return reduction == Reduction::None ? reshape(loss, target.shape()) : loss;
  }
  if (x.ndim() < 2 || target.ndim() == 0)
    fail<ValueError>("Expected 1 or more dimensions, and (samples, classes, ...) beside a target (samples, ...), got ",
                     to_string(x.shape()), " and ", to_string(target.shape()));
  check_classes(x, target, weight, ignored);
  if (x.ndim() > 2) {
    const Variable rows = reshape(movedim(x, {1}, {-1}), {-1, x.shape()[1]});
    const Variable loss = nll_loss(rows, flatten(target), weight, ignored, reduction);
    return reduction == Reduction::None ? reshape(loss, target.shape()) : loss;
  }
  const Variable classes = to(target, DType::Int64);
  std::vector<Operand> operands{x, classes};
  if (weight) operands.emplace_back(*weight);
  return apply(kNllLoss, operands, NllAttributes{reduction, ignored, x.shape()});
}

}  // namespace tapegrad
