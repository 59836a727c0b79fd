// Activations: elementwise functions between the layers of a network. Each is a struct of its parameters with its value
// and its gradient as formulas (kernels/formula.h) of x, or of the cotangent and x, and of numbers: what has no bend
// can be differentiated again and again through those.

#include "ops/activations.h"

#include <array>
#include <numbers>

#include "ops/elementwise.h"
#include "ops/gradients.h"
#include "ops/math.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

template <class Activation>
void value_forward(Call& call) {
  pointwise_forward<Activation::value, 1>(call, call.attributes<Activation>().numbers());
}

/// The gradient from the cotangent and x.
template <class Activation>
void set_gradient(Backward& b, Variable cotangent, const Variable& x) {
  std::apply([&](auto... numbers) { set_pointwise<Activation::gradient>(b, 0, std::move(cotangent), x, numbers...); },
             b.attributes<Activation>().numbers());
}

/// The row of a function whose slope changes with x.
template <class Activation>
constexpr Op::Row curve(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = value_forward<Activation>,
          .derivative = [](Backward& b) { set_gradient<Activation>(b, b.take_as_is(), b.input(0).variable); },
          .category = Category::Unary,
          .saves = kSelf};
}

/// The row of the gradient of a function made of straight lines: a further derivative by x is zeros, not an error.
template <class Activation>
constexpr Op::Row bend_gradient(const char* name, const char* node) {
  return {
      .name = name,
      .node = node,
      .forward =
          [](Call& call) { pointwise_forward<Activation::gradient, 2>(call, call.attributes<Activation>().numbers()); },
      .derivative =
          [](Backward& b) {
            if (b.needs(1)) set_zeros(b, 1);
            if (b.needs(0)) set_gradient<Activation>(b, b.take_as_is(), b.input(1).variable);
          },
      .category = Category::Binary,
      .inputs = 2,
      .saves = {.inputs = {0, kFor0}}};
}

/// The row of such a function.
template <class Activation, const Op& gradient>
constexpr Op::Row bend(const char* name, const char* node, void (*forward)(Call&) = value_forward<Activation>) {
  return {.name = name,
          .node = node,
          .forward = forward,
          .derivative =
              [](Backward& b) {
                const Variable x = b.input(0).variable;
                if (GradMode::enabled()) b.set(0, apply(gradient, {b.grad(), x}, b.attributes<Activation>()));
                else set_gradient<Activation>(b, b.take_as_is(), x);
              },
          .category = Category::Unary,
          .saves = kSelf};
}

// --- bends

struct LeakyRelu {
  double slope;
  std::vector<Field> fields() const { return {{"negative_slope", Scalar(slope)}}; }
  std::array<double, 1> numbers() const { return {slope}; }
  static constexpr auto gradient = [](const auto& g, const auto& x, const auto& slope) {
    return where(gt(x, 0.0), g, g * slope);
  };
  static constexpr auto value = [](const auto& x, const auto& slope) { return gradient(x, x, slope); };
};

struct Hardtanh {
  double low, high;
  std::vector<Field> fields() const { return {{"min_val", Scalar(low)}, {"max_val", Scalar(high)}}; }
  std::array<double, 2> numbers() const { return {low, high}; }
  static constexpr auto value = kept_within;
  static constexpr auto gradient = [](const auto& g, const auto& x, const auto& low, const auto& high) {
    return where(le(x, low), 0.0, where(ge(x, high), 0.0, g));
  };
};

struct Hardsigmoid {
  std::vector<Field> fields() const { return {}; }
  std::array<double, 0> numbers() const { return {}; }
  static constexpr auto value = [](const auto& x) { return kept_within(x + 3.0, 0.0, 6.0) / 6.0; };
  static constexpr auto gradient = [](const auto& g, const auto& x) {
    return where(gt(x, -3.0), where(lt(x, 3.0), g / 6.0, 0.0), 0.0);
  };
};

struct Threshold {
  double threshold, otherwise;
  std::vector<Field> fields() const { return {{"threshold", Scalar(threshold)}}; }
  std::array<double, 1> numbers() const { return {threshold}; }
  static constexpr auto gradient = [](const auto& g, const auto& x, const auto& threshold) {
    return where(le(x, threshold), 0.0, g);
  };
};

/// Functions that are 0 within [-lambd, lambd], and go up by x elsewhere.
struct Shrink {
  double lambd;
  std::vector<Field> fields() const { return {{"lambd", Scalar(lambd)}}; }
  std::array<double, 2> numbers() const { return {-lambd, lambd}; }
  static constexpr auto gradient = [](const auto& g, const auto& x, const auto& low, const auto& high) {
    return where(ge(x, low), where(le(x, high), 0.0, g), g);
  };
};

struct Hardshrink : Shrink {
  static constexpr auto value = [](const auto& x, const auto& low, const auto& high) {
    return gradient(x, x, low, high);
  };
};

struct Softshrink : Shrink {
  static constexpr auto value = [](const auto& x, const auto& low, const auto& high) {
    return x - kept_within(x, low, high);
  };
};

/// A parameter as an operand beside x: integers stay what they are.
Operand beside(double number, DType dtype) {
  return is_floating(dtype) ? Operand(number) : Operand(Scalar(static_cast<std::int64_t>(number)));
}

void hardtanh_forward(Call& call) {
  const auto [low, high] = call.attributes<Hardtanh>();
  const DType dtype = call.tensor(0).dtype();
  if (is_floating(dtype)) return value_forward<Hardtanh>(call);
  const GradModeGuard off(false);
  call.out[0] = clamp(call.in[0].variable(), beside(low, dtype), beside(high, dtype)).tensor_ref();
}

void threshold_forward(Call& call) {
  const auto [threshold, otherwise] = call.attributes<Threshold>();
  const Variable& x = call.in[0].variable();
  const GradModeGuard off(false);
  call.out[0] = where(le(x, beside(threshold, x.dtype())), beside(otherwise, x.dtype()), x).tensor_ref();
}

const Op kLeakyReluGradient(bend_gradient<LeakyRelu>("leaky_relu_gradient", "LeakyReluBackwardBackward0"));
const Op kLeakyRelu(bend<LeakyRelu, kLeakyReluGradient>("leaky_relu", "LeakyReluBackward0"));
const Op kHardtanhGradient(bend_gradient<Hardtanh>("hardtanh_gradient", "HardtanhBackwardBackward0"));
const Op kHardtanh(bend<Hardtanh, kHardtanhGradient>("hardtanh", "HardtanhBackward0", hardtanh_forward));
const Op kHardsigmoidGradient(bend_gradient<Hardsigmoid>("hardsigmoid_gradient", "HardsigmoidBackwardBackward0"));
const Op kHardsigmoid(bend<Hardsigmoid, kHardsigmoidGradient>("hardsigmoid", "HardsigmoidBackward0"));
const Op kThresholdGradient(bend_gradient<Threshold>("threshold_gradient", "ThresholdBackwardBackward0"));
const Op kThreshold(bend<Threshold, kThresholdGradient>("threshold", "ThresholdBackward0", threshold_forward));
const Op kHardshrinkGradient(bend_gradient<Hardshrink>("hardshrink_gradient", "HardshrinkBackwardBackward0"));
const Op kHardshrink(bend<Hardshrink, kHardshrinkGradient>("hardshrink", "HardshrinkBackward0"));
const Op kSoftshrinkGradient(bend_gradient<Softshrink>("softshrink_gradient", "SoftshrinkBackwardBackward0"));
const Op kSoftshrink(bend<Softshrink, kSoftshrinkGradient>("softshrink", "SoftshrinkBackward0"));

// --- curves

/// log(1 + exp(beta * x)) / beta; a straight line for PyTorch where beta * x is above the threshold.
struct Softplus {
  double beta, threshold;
  std::vector<Field> fields() const { return {{"beta", Scalar(beta)}, {"threshold", Scalar(threshold)}}; }
  std::array<double, 2> numbers() const { return {beta, threshold}; }
  static constexpr auto value = [](const auto& x, const auto& beta, const auto& threshold) {
    return where(gt(x * beta, threshold), x, logaddexp(x * beta, 0.0) / beta);
  };
  static constexpr auto gradient = [](const auto& g, const auto& x, const auto& beta, const auto& threshold) {
    return where(gt(x * beta, threshold), g, g * sigmoid(x * beta));
  };
};

/// A curve without parameters.
struct Plain {
  std::vector<Field> fields() const { return {}; }
  std::array<double, 0> numbers() const { return {}; }
};

struct LogSigmoid : Plain {
  static constexpr auto value = [](const auto& x) { return -logaddexp(-x, 0.0); };
  static constexpr auto gradient = [](const auto& g, const auto& x) { return g * sigmoid(-x); };
};

struct Silu : Plain {
  static constexpr auto value = [](const auto& x) { return x * sigmoid(x); };
  static constexpr auto gradient = [](const auto& g, const auto& x) {
    return let(sigmoid(x), [&](const auto& s) { return g * (s * ((1.0 - s) * x + 1.0)); });
  };
};

struct Mish : Plain {
  static constexpr auto value = [](const auto& x) { return x * tanh(logaddexp(x, 0.0)); };
  static constexpr auto gradient = [](const auto& g, const auto& x) {
    return let(tanh(logaddexp(x, 0.0)), [&](const auto& t) { return g * (t + x * sigmoid(x) * (1.0 - t * t)); });
  };
};

/// x times the probability of a standard normal variable below it (Hendrycks and Gimpel, arXiv:1606.08415), or their
/// approximation by tanh.
constexpr double kTwiceDensity = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;  // of that variable at 0: sqrt(2 / pi)

struct Gelu {
  std::vector<Field> fields() const { return {{"approximate", "none"}}; }
  std::array<double, 0> numbers() const { return {}; }
  static constexpr auto value = [](const auto& x) { return x * ndtr(x); };
  static constexpr auto gradient = [](const auto& g, const auto& x) {
    return g * (ndtr(x) + x * exp(x * x * -0.5) * (0.5 * kTwiceDensity));
  };
};

struct TanhGelu {
  static constexpr double kCubic = 0.044715;
  std::vector<Field> fields() const { return {{"approximate", "tanh"}}; }
  std::array<double, 0> numbers() const { return {}; }
  static constexpr auto step = [](const auto& x) { return tanh((x + x * x * x * kCubic) * kTwiceDensity); };
  static constexpr auto value = [](const auto& x) { return x * ((step(x) + 1.0) * 0.5); };
  static constexpr auto gradient = [](const auto& g, const auto& x) {
    return let(step(x), [&](const auto& t) {
      return g * ((t + 1.0) * 0.5 + x * (1.0 - t * t) * ((x * x * (3 * kCubic) + 1.0) * kTwiceDensity) * 0.5);
    });
  };
};

/// scale * x where x is positive, else scale * alpha * (exp(input_scale * x) - 1).
struct Elu {
  double alpha, scale, input_scale;
  std::vector<Field> fields() const {
    return {{"alpha", Scalar(alpha)}, {"scale", Scalar(scale)}, {"input_scale", Scalar(input_scale)}};
  }
  std::array<double, 3> numbers() const { return {alpha * scale, scale, input_scale}; }
  static constexpr auto value = [](const auto& x, const auto& alpha, const auto& scale, const auto& input_scale) {
    return where(gt(x, 0.0), x * scale, expm1(x * input_scale) * alpha);
  };
  static constexpr auto gradient = [](const auto& g, const auto& x, const auto& alpha, const auto& scale,
                                      const auto& input_scale) {
    return g * where(le(x, 0.0), exp(where(lt(x, 0.0), x, 0.0) * input_scale) * (alpha * input_scale), scale);
  };
};

struct Celu {
  double alpha;
  std::vector<Field> fields() const { return {{"alpha", Scalar(alpha)}}; }
  std::array<double, 3> numbers() const { return {alpha, 1, 1 / alpha}; }
  static constexpr auto value = Elu::value;
  static constexpr auto gradient = Elu::gradient;
};

struct Hardswish : Plain {
  static constexpr auto value = [](const auto& x) { return x * kept_within(x + 3.0, 0.0, 6.0) / 6.0; };
  static constexpr auto gradient = [](const auto& g, const auto& x) {
    return g * where(le(x, -3.0), 0.0, where(lt(x, 3.0), x / 3.0 + 0.5, 1.0));
  };
};

const Op kSoftplus(curve<Softplus>("softplus", "SoftplusBackward0"));
const Op kLogSigmoid(curve<LogSigmoid>("logsigmoid", "LogSigmoidBackward0"));
const Op kSilu(curve<Silu>("silu", "SiluBackward0"));
const Op kMish(curve<Mish>("mish", "MishBackward0"));
const Op kGelu(curve<Gelu>("gelu", "GeluBackward0"));
const Op kTanhGelu(curve<TanhGelu>("gelu", "GeluBackward0"));
const Op kElu(curve<Elu>("elu", "EluBackward0"));
const Op kCelu(curve<Celu>("celu", "CeluBackward0"));
const Op kHardswish(curve<Hardswish>("hardswish", "HardswishBackward0"));

/// x through the op, which takes floats alone.
template <class Activation>
Variable activated(const Op& op, const Operand& x, const Activation& activation) {
  check_floating(op->name, x.tensor().dtype());
  return apply(op, {x}, activation);
}

}  // namespace

void check_floating(const char* function, DType dtype) {
  if (!is_floating(dtype))
    fail<Error>(function, " is not implemented for ", name(dtype), ": convert the input to a floating dtype");
}

Variable leaky_relu(const Operand& x, double slope) { return activated(kLeakyRelu, x, LeakyRelu{slope}); }

Variable hardtanh(const Operand& x, double low, double high) {
  if (low > high) fail<ValueError>("min_val cannot be greater than max_val, but they are ", low, " and ", high);
  const DType dtype = x.tensor().dtype();
  if (dtype == DType::Bool) fail<Error>("Bool inputs not supported for hardtanh");
  if (is_unsigned(dtype) && low < 0)
    fail<Error>("cannot do hardtanh on an unsigned type with negative limits: min_val is ", low);
  for (const double bound : {low, high}) check_fits(Scalar(bound), dtype);
  return apply(kHardtanh, {x}, Hardtanh{low, high});
}

Variable hardsigmoid(const Operand& x) { return activated(kHardsigmoid, x, Hardsigmoid{}); }

Variable threshold(const Operand& x, double threshold, double otherwise) {
  const DType dtype = x.tensor().dtype();
  if (dtype == DType::Bool) fail<Error>("threshold is not implemented for bool: convert the input to another dtype");
  for (const double number : {threshold, otherwise}) check_fits(Scalar(number), dtype);
  return apply(kThreshold, {x}, Threshold{threshold, otherwise});
}

Variable hardshrink(const Operand& x, double lambd) { return activated(kHardshrink, x, Hardshrink{{lambd}}); }

Variable softshrink(const Operand& x, double lambd) {
  if (!(lambd >= 0)) fail<Error>("lambda must be greater or equal to 0, but found to be ", lambd);
  return activated(kSoftshrink, x, Softshrink{{lambd}});
}

Variable softplus(const Operand& x, double beta, double threshold) {
  return activated(kSoftplus, x, Softplus{beta, threshold});
}

Variable logsigmoid(const Operand& x) { return activated(kLogSigmoid, x, LogSigmoid{}); }
Variable silu(const Operand& x) { return activated(kSilu, x, Silu{}); }
Variable mish(const Operand& x) { return activated(kMish, x, Mish{}); }

Variable gelu(const Operand& x, const std::string& approximate) {
  if (approximate != "none" && approximate != "tanh")
    fail<Error>("approximate argument must be either none or tanh, not '", approximate, "'");
  return approximate == "tanh" ? activated(kTanhGelu, x, TanhGelu{}) : activated(kGelu, x, Gelu{});
}

Variable elu(const Operand& x, double alpha) { return activated(kElu, x, Elu{alpha, 1, 1}); }

Variable celu(const Operand& x, double alpha) {
  if (alpha == 0) fail<Error>("ZeroDivisionError: alpha cannot be 0 for CELU");
  return activated(kCelu, x, Celu{alpha});
}

Variable selu(const Operand& x) {
  return activated(kElu, x, Elu{1.6732632423543772848170429916717, 1.0507009873554804934193349852946, 1});
}

Variable hardswish(const Operand& x) { return activated(kHardswish, x, Hardswish{}); }

}  // namespace tapegrad
