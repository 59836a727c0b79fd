// The angle of a real number, as of a complex one.

#include <numbers>

#include "ops/elementwise.h"
#include "ops/math.h"

namespace tapegrad {
namespace {

const Op kAngle({.name = "angle",
                 .node = "AngleBackward0",
                 .forward =
                     [](Call& call) {
                       const Tensor& x = call.tensor(0);
                       const Variable v = to(Variable(TensorRef(const_cast<Tensor*>(&x))), to_floating(x.dtype()));
                       call.out[0] = where(lt(v, 0), std::numbers::pi, where(ne(v, v), v, 0.0)).tensor_ref();
                     },
                 .derivative = [](Backward& b) { set_zeros(b); },
                 .category = Category::Unary});

}  // namespace

Variable angle(const Operand& x) { return apply(kAngle, {x}); }

}  // namespace tapegrad
