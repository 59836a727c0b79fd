// Activations: elementwise functions between the layers of a network. Each is a struct of its parameters with its value
// and, as a formula of operations, its gradient: what has no bend can be differentiated again and again through that.

#include "ops/activations.h"

#include <numbers>

#include "graph/grad_mode.h"
#include "ops/elementwise.h"
#include "ops/math.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

template <class Activation>
void value_forward(Call& call) {
  const GradModeGuard off(false);
  call.out[0] = call.attributes<Activation>().value(call.in[0].variable()).tensor_ref();
}

template <class Activation>
void gradient_derivative(Backward& b) {
  b.set(0, b.attributes<Activation>().gradient(b.grad(), b.input(0).variable));
}

/// The row of a function whose slope changes with x.
template <class Activation>
constexpr Op::Row curve(const char* name, const char* node,
                        void (*derivative)(Backward&) = gradient_derivative<Activation>) {
  return {.name = name,
          .node = node,
          .forward = value_forward<Activation>,
          .derivative = derivative,
          .category = Category::Unary,
          .saves = kSelf};
}

/// The row of the gradient of a function made of straight lines: a further derivative by x is zeros, not an error.
template <class Activation>
constexpr Op::Row bend_gradient(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward =
              [](Call& call) {
                const GradModeGuard off(false);
                const auto& a = call.attributes<Activation>();
                call.out[0] = a.gradient(call.in[0].variable(), call.in[1].variable()).tensor_ref();
              },
          .derivative =
              [](Backward& b) {
                const auto& a = b.attributes<Activation>();
                if (b.needs(0)) b.set(0, a.gradient(b.grad(), b.input(1).variable));
                if (b.needs(1)) set_zeros(b, 1);
              },
          .category = Category::Binary,
          .inputs = 2,
          .saves = {.inputs = {0, kFor0}}};
}

/// The row of such a function.
template <class Activation, const Op& gradient>
constexpr Op::Row bend(const char* name, const char* node) {
  return curve<Activation>(name, node, [](Backward& b) {
    const auto& a = b.attributes<Activation>();
    const Variable x = b.input(0).variable;
    b.set(0, GradMode::enabled() ? apply(gradient, {b.grad(), x}, a) : a.gradient(b.grad(), x));
  });
}

// --- bends

struct LeakyRelu {
  double slope;
  std::vector<Field> fields() const { return {{"negative_slope", Scalar(slope)}}; }
  Variable value(const Variable& x) const { return where(gt(x, 0), x, x * slope); }
  Variable gradient(const Variable& g, const Variable& x) const { return where(gt(x, 0), g, g * slope); }
};

/// A bound of hardtanh as an operand beside x: integers stay what they are.
Operand bound(double value, DType dtype) {
  return is_floating(dtype) ? Operand(value) : Operand(Scalar(static_cast<std::int64_t>(value)));
}

struct Hardtanh {
  double low, high;
  std::vector<Field> fields() const { return {{"min_val", Scalar(low)}, {"max_val", Scalar(high)}}; }
  Variable value(const Variable& x) const { return clamp(x, bound(low, x.dtype()), bound(high, x.dtype())); }
  Variable gradient(const Variable& g, const Variable& x) const {
    return where(logical_or(le(x, low), ge(x, high)), 0.0, g);
  }
};

struct Hardsigmoid {
  std::vector<Field> fields() const { return {}; }
  Variable value(const Variable& x) const { return clamp(x + 3.0, Operand(0.0), Operand(6.0)) / 6.0; }
  Variable gradient(const Variable& g, const Variable& x) const {
    return where(logical_and(gt(x, -3), lt(x, 3)), g / 6.0, 0.0);
  }
};

struct Threshold {
  double threshold, otherwise;
  std::vector<Field> fields() const { return {{"threshold", Scalar(threshold)}}; }
  Variable value(const Variable& x) const {
    return where(le(x, bound(threshold, x.dtype())), bound(otherwise, x.dtype()), x);
  }
  Variable gradient(const Variable& g, const Variable& x) const { return where(le(x, threshold), 0.0, g); }
};

/// Functions that are 0 within [-lambd, lambd], and go up by x elsewhere.
struct Shrink {
  double lambd;
  std::vector<Field> fields() const { return {{"lambd", Scalar(lambd)}}; }
  Variable gradient(const Variable& g, const Variable& x) const {
    return where(logical_and(ge(x, -lambd), le(x, lambd)), 0.0, g);
  }
};

struct Hardshrink : Shrink {
  Variable value(const Variable& x) const { return gradient(x, x); }
};

struct Softshrink : Shrink {
  Variable value(const Variable& x) const { return x - clamp(x, Operand(-lambd), Operand(lambd)); }
};

const Op kLeakyReluGradient(bend_gradient<LeakyRelu>("leaky_relu_gradient", "LeakyReluBackwardBackward0"));
const Op kLeakyRelu(bend<LeakyRelu, kLeakyReluGradient>("leaky_relu", "LeakyReluBackward0"));
const Op kHardtanhGradient(bend_gradient<Hardtanh>("hardtanh_gradient", "HardtanhBackwardBackward0"));
const Op kHardtanh(bend<Hardtanh, kHardtanhGradient>("hardtanh", "HardtanhBackward0"));
const Op kHardsigmoidGradient(bend_gradient<Hardsigmoid>("hardsigmoid_gradient", "HardsigmoidBackwardBackward0"));
const Op kHardsigmoid(bend<Hardsigmoid, kHardsigmoidGradient>("hardsigmoid", "HardsigmoidBackward0"));
const Op kThresholdGradient(bend_gradient<Threshold>("threshold_gradient", "ThresholdBackwardBackward0"));
const Op kThreshold(bend<Threshold, kThresholdGradient>("threshold", "ThresholdBackward0"));
const Op kHardshrinkGradient(bend_gradient<Hardshrink>("hardshrink_gradient", "HardshrinkBackwardBackward0"));
const Op kHardshrink(bend<Hardshrink, kHardshrinkGradient>("hardshrink", "HardshrinkBackward0"));
const Op kSoftshrinkGradient(bend_gradient<Softshrink>("softshrink_gradient", "SoftshrinkBackwardBackward0"));
const Op kSoftshrink(bend<Softshrink, kSoftshrinkGradient>("softshrink", "SoftshrinkBackward0"));

// --- curves

/// log(1 + exp(beta * x)) / beta; a straight line for PyTorch where beta * x is above the threshold.
struct Softplus {
  double beta = 1, threshold = 20;
  std::vector<Field> fields() const { return {{"beta", Scalar(beta)}, {"threshold", Scalar(threshold)}}; }
  Variable straight(const Variable& x) const { return gt(x * beta, threshold); }
  Variable value(const Variable& x) const { return where(straight(x), x, logaddexp(x * beta, zero(x)) / beta); }
  Variable gradient(const Variable& g, const Variable& x) const { return where(straight(x), g, g * sigmoid(x * beta)); }
  static Variable zero(const Variable& x) { return full({}, 0.0, x.dtype()); }
};

struct LogSigmoid {
  std::vector<Field> fields() const { return {}; }
  Variable value(const Variable& x) const { return -logaddexp(-x, Softplus::zero(x)); }
  Variable gradient(const Variable& g, const Variable& x) const { return g * sigmoid(-x); }
};

struct Silu {
  std::vector<Field> fields() const { return {}; }
  Variable value(const Variable& x) const { return x * sigmoid(x); }
  Variable gradient(const Variable& g, const Variable& x) const {
    const Variable s = sigmoid(x);
    return g * (s * ((1.0 - s) * x + 1.0));
  }
};

struct Mish {
  std::vector<Field> fields() const { return {}; }
  Variable value(const Variable& x) const { return x * tanh(logaddexp(x, Softplus::zero(x))); }
  Variable gradient(const Variable& g, const Variable& x) const {
    const Variable t = tanh(logaddexp(x, Softplus::zero(x)));
    return g * (t + x * sigmoid(x) * (1.0 - t * t));
  }
};

/// x times the probability of a standard normal variable below it (Hendrycks and Gimpel, arXiv:1606.08415), or their
/// approximation by tanh.
struct Gelu {
  bool by_tanh;
  static constexpr double kCubic = 0.044715;
  static constexpr double kScale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;  // sqrt(2 / pi)
  std::vector<Field> fields() const { return {{"approximate", by_tanh ? "tanh" : "none"}}; }
  static Variable tanh_of(const Variable& x) { return tanh((x + x * x * x * kCubic) * kScale); }
  Variable value(const Variable& x) const { return x * (by_tanh ? (tanh_of(x) + 1.0) * 0.5 : ndtr(x)); }
  Variable gradient(const Variable& g, const Variable& x) const {
    if (!by_tanh) return g * (ndtr(x) + x * exp(x * x * -0.5) * (0.5 * kScale));
    const Variable t = tanh_of(x);
    const Variable inner = (x * x * (3 * kCubic) + 1.0) * kScale;
    return g * ((t + 1.0) * 0.5 + x * (1.0 - t * t) * inner * 0.5);
  }
};

/// scale * x where x is positive, else scale * alpha * (exp(input_scale * x) - 1).
struct Elu {
  double alpha, scale, input_scale;
  std::vector<Field> fields() const {
    return {{"alpha", Scalar(alpha)}, {"scale", Scalar(scale)}, {"input_scale", Scalar(input_scale)}};
  }
  Variable value(const Variable& x) const {
    return where(gt(x, 0), x * scale, expm1(x * input_scale) * (alpha * scale));
  }
  Variable gradient(const Variable& g, const Variable& x) const {
    const Variable falling = exp(where(lt(x, 0), x, 0.0) * input_scale) * (alpha * scale * input_scale);
    return g * where(le(x, 0), falling, scale);
  }
};

struct Celu {
  double alpha;
  std::vector<Field> fields() const { return {{"alpha", Scalar(alpha)}}; }
  Elu elu() const { return {alpha, 1, 1 / alpha}; }
  Variable value(const Variable& x) const { return elu().value(x); }
  Variable gradient(const Variable& g, const Variable& x) const { return elu().gradient(g, x); }
};

struct Hardswish {
  std::vector<Field> fields() const { return {}; }
  Variable value(const Variable& x) const { return x * clamp(x + 3.0, Operand(0.0), Operand(6.0)) / 6.0; }
  Variable gradient(const Variable& g, const Variable& x) const {
    return g * where(le(x, -3.0), 0.0, where(lt(x, 3.0), x / 3.0 + 0.5, 1.0));
  }
};

const Op kSoftplus(curve<Softplus>("softplus", "SoftplusBackward0"));
const Op kLogSigmoid(curve<LogSigmoid>("logsigmoid", "LogSigmoidBackward0"));
const Op kSilu(curve<Silu>("silu", "SiluBackward0"));
const Op kMish(curve<Mish>("mish", "MishBackward0"));
const Op kGelu(curve<Gelu>("gelu", "GeluBackward0"));
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
  return activated(kGelu, x, Gelu{approximate == "tanh"});
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
