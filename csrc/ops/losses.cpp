// Losses.

#include "ops/losses.h"

#include "graph/grad_mode.h"
#include "ops/activations.h"
#include "ops/arranging.h"
#include "ops/elementwise.h"
#include "ops/gradients.h"
#include "ops/math.h"
#include "ops/scatter.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

struct LossAttributes {
  Reduction reduction;
  std::vector<Field> fields() const { return {{"reduction", static_cast<Index>(reduction)}}; }
};

void mse_forward(Call& call) {
  const GradModeGuard off(false);
  // As variables: an operand that the caller is done with would be computed in, and is still to be saved.
  const Variable difference = call.in[0].variable() - call.in[1].variable();
  call.out[0] = reduced(square(difference), call.attributes<LossAttributes>().reduction).tensor_ref();
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

/// The logarithm as binary cross-entropy takes it: a probability of 0 costs 100, not infinity.
Variable bounded(const Variable& logs) { return clamp_min(logs, -100.0); }

Variable weighted(const Variable& losses, const Variable& weight) {
  return weight.defined() ? losses * weight : losses;
}

void binary_forward(Call& call) {
  const GradModeGuard off(false);
  const Variable &x = call.in[0].variable(), &target = call.in[1].variable();
  const Variable losses = (target - 1.0) * bounded(log1p(-x)) - target * bounded(log(x));
  const Variable weight = call.in.size() > 2 ? call.in[2].variable() : Variable();
  call.out[0] = reduced(weighted(losses, weight), call.attributes<LossAttributes>().reduction).tensor_ref();
}

void binary_derivative(Backward& b) {
  constexpr double kLeast = 1e-12;  // so that certainty has a gradient, as in PyTorch
  const Variable x = b.input(0).variable, target = b.input(1).variable;
  const bool mean = b.attributes<LossAttributes>().reduction == Reduction::Mean;
  Variable g = mean ? b.grad() / static_cast<double>(x.numel()) : b.grad();
  if (b.inputs() > 2) g = g * b.input(2).variable;
  if (b.needs(0)) b.set(0, g * (x - target) / clamp_min((1.0 - x) * x, kLeast));
  if (b.needs(1)) b.set(1, g * (log1p(-x) - log(x)));
}

const Op kBinaryCrossEntropy({.name = "binary_cross_entropy",
                              .node = "BinaryCrossEntropyBackward0",
                              .forward = binary_forward,
                              .derivative = binary_derivative,
                              .category = Category::Reduction,
                              .inputs = kVariadic,
                              .saves = {.inputs = {kForAny, kForAny, kForAny}},
                              .constants = kFor2});

/// The row of a loss of arrays of one shape, element by element: formulas of x, the target and numbers, and before
/// them, of the gradients, the cotangent.
template <class Loss>
constexpr Op::Row elementwise_loss(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = [](Call& call) { pointwise_forward<Loss::value, 2>(call, call.attributes<Loss>().numbers()); },
          .derivative =
              [](Backward& b) {
                const Variable x = b.input(0).variable, target = b.input(1).variable;
                const auto set = [&]<auto gradient>(std::size_t i) {
                  std::apply(
                      [&](auto... numbers) { set_pointwise<gradient>(b, i, b.grad_as_is(), x, target, numbers...); },
                      b.attributes<Loss>().numbers());
                };
                if (b.needs(0)) set.template operator()<Loss::by_x>(0);
                if (b.needs(1)) set.template operator()<Loss::by_target>(1);
              },
          .category = Category::Binary,
          .inputs = 2,
          .saves = {.inputs = {kForAny, kForAny}}};
}

/// distance ** 2 / 2, continued by a straight line from the bend on, and scaled.
struct SmoothL1 {
  double beta;
  std::vector<Field> fields() const { return {{"beta", Scalar(beta)}}; }
  std::array<double, 2> numbers() const { return {beta, 1 / beta}; }
  static constexpr auto value = [](const auto& x, const auto& target, const auto& bend, const auto& scale) {
    return let(abs(x - target), [&](const auto& distance) {
      return minimum(distance, bend) * (distance - minimum(distance, bend) * 0.5) * scale;
    });
  };
  static constexpr auto by_x = [](const auto& g, const auto& x, const auto& target, const auto& bend,
                                  const auto& scale) { return g * (kept_within(x - target, -bend, bend) * scale); };
  static constexpr auto by_target = [](const auto& g, const auto& x, const auto& target, const auto& bend,
                                       const auto& scale) { return by_x(-g, x, target, bend, scale); };
};

struct Huber {
  double delta;
  std::vector<Field> fields() const { return {{"delta", Scalar(delta)}}; }
  std::array<double, 2> numbers() const { return {delta, 1}; }
  static constexpr auto value = SmoothL1::value;
  static constexpr auto by_x = SmoothL1::by_x;
  static constexpr auto by_target = SmoothL1::by_target;
};

/// Of log-odds: log(1 + exp(x)) - target * x, by what does not overflow.
struct BinaryWithLogits {
  std::vector<Field> fields() const { return {}; }
  std::array<double, 0> numbers() const { return {}; }
  static constexpr auto value = [](const auto& x, const auto& target) {
    return (1.0 - target) * x + logaddexp(-x, 0.0);
  };
  static constexpr auto by_x = [](const auto& g, const auto& x, const auto& target) {
    return g * (sigmoid(x) - target);
  };
  static constexpr auto by_target = [](const auto& g, const auto& x, const auto&) { return -(g * x); };
};

const Op kSmoothL1(elementwise_loss<SmoothL1>("smooth_l1_loss", "SmoothL1LossBackward0"));
const Op kHuber(elementwise_loss<Huber>("huber_loss", "HuberLossBackward0"));
const Op kBinaryWithLogits(elementwise_loss<BinaryWithLogits>("binary_cross_entropy_with_logits",
                                                              "BinaryCrossEntropyWithLogitsBackward0"));

/// x and target of one dtype and shape. Raises Error where that is not floating.
std::array<Variable, 2> alike(const char* function, const Variable& x, const Variable& target) {
  const Operand operands[] = {x, target};
  const DType dtype = result_type(operands);
  check_floating(function, dtype);
  const Dims shape = broadcast(x.shape(), target.shape());
  const auto as_result = [&](const Variable& v) {
    return v.shape() == shape ? to(v, dtype) : expand(to(v, dtype), shape);
  };
  return {as_result(x), as_result(target)};
}

/// Raises Error where weights would want a gradient that the loss does not give them.
void check_constant(const char* function, const std::optional<Variable>& weight) {
  if (weight && weight->requires_grad() && GradMode::enabled())
    fail<Error>("The function '", function,
                "' is not differentiable with respect to argument 'weight'. This input cannot have requires_grad True: "
                "detach() it");
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

Variable reduced(const Variable& losses, Reduction reduction) {
  return reduction == Reduction::None ? losses : reduction == Reduction::Mean ? mean(losses) : sum(losses);
}

Variable l1_loss(const Variable& x, const Variable& target, Reduction reduction) {
  return reduced(abs(x - target), reduction);
}

Variable smooth_l1_loss(const Variable& x, const Variable& target, Reduction reduction, double beta) {
  if (!(beta >= 0)) fail<Error>("smooth_l1_loss does not support negative values for beta.");
  if (beta == 0) return l1_loss(x, target, reduction);
  const auto [a, b] = alike("smooth_l1_loss", x, target);
  return reduced(apply(kSmoothL1, {a, b}, SmoothL1{beta}), reduction);
}

Variable huber_loss(const Variable& x, const Variable& target, Reduction reduction, double delta) {
  if (!(delta > 0)) fail<Error>("huber_loss does not support non-positive values for delta.");
  const auto [a, b] = alike("huber_loss", x, target);
  return reduced(apply(kHuber, {a, b}, Huber{delta}), reduction);
}

Variable mse_loss(const Variable& x, const Variable& target, Reduction reduction) {
  const auto [a, b] = alike("mse_loss", x, target);
  return apply(kMseLoss, {a, b}, LossAttributes{reduction});
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
  check_constant("nll_loss", weight);
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

Variable binary_cross_entropy(const Variable& x, const Variable& target, const std::optional<Variable>& weight,
                              Reduction reduction) {
  check_floating("binary_cross_entropy", x.dtype());
  check_constant("binary_cross_entropy", weight);
  if (weight && !is_expandable(weight->shape(), x.shape()))
    fail<Error>("binary_cross_entropy: a weight of shape ", to_string(weight->shape()),
                " doesn't match the broadcast shape of an input ", to_string(x.shape()));
  if (target.shape() != x.shape())
    fail<ValueError>("Using a target size (", to_string(target.shape()), ") that is different to the input size (",
                     to_string(x.shape()), ") is deprecated. Please ensure they have the same size.");
  {
    const GradModeGuard off(false);
    if (!all(logical_and(ge(x, 0.0), le(x, 1.0))).tensor().data_as<bool>()[0])
      fail<Error>("all elements of input should be between 0 and 1");
  }
  const Variable wanted = to(target, x.dtype()), weights = weight ? to(*weight, x.dtype()) : Variable();
  std::vector<Operand> operands{x, wanted};
  if (weight) operands.emplace_back(weights);
  return apply(kBinaryCrossEntropy, operands, LossAttributes{reduction});
}

Variable binary_cross_entropy_with_logits(const Variable& x, const Variable& target,
                                          const std::optional<Variable>& weight, Reduction reduction,
                                          const std::optional<Variable>& positive_weight) {
  check_floating("binary_cross_entropy_with_logits", x.dtype());
  if (target.shape() != x.shape())
    fail<ValueError>("Target size (", to_string(target.shape()), ") must be the same as input size (",
                     to_string(x.shape()), ")");
  Variable losses;
  if (positive_weight) {
    // Of either outcome the logarithm of its probability, as it is: a difference would lose the smaller one.
    losses = (target - 1.0) * logsigmoid(-x) - *positive_weight * target * logsigmoid(x);
  } else {
    const auto [a, b] = alike("binary_cross_entropy_with_logits", x, target);
    losses = apply(kBinaryWithLogits, {a, b}, BinaryWithLogits{});
  }
  return reduced(weighted(losses, weight.value_or(Variable())), reduction);
}

}  // namespace tapegrad
