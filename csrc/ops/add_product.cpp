// Products that are added to something: addmm and its like.

#include "ops/elementwise.h"
#include "ops/products.h"

namespace tapegrad {
namespace {

using kernels::BinaryFn;

struct AddAttributes {
  Scalar beta, alpha;
  std::vector<Field> fields() const { return {{"beta", beta}, {"alpha", alpha}}; }
};

/// The result of a call: beta * input + alpha * product, where `product` is new and may be written.
void add_product(Call& call, TensorRef product) {
  const auto& a = call.attributes<AddAttributes>();
  const DType dtype = product->dtype();
  if (a.alpha != Scalar(1)) kernels::binary(BinaryFn::Mul, dtype, *product, *product, a.alpha);
  Tensor& sum = *product;
  Tensor& out = call.destination ? call.elementwise_output(dtype, sum.shape()) : sum;
  if (!call.destination) call.out[0] = std::move(product);
  if (a.beta == Scalar(0)) {
    if (call.destination) kernels::copy(out, sum);
  } else if (a.beta == Scalar(1)) {
    kernels::binary(BinaryFn::Add, dtype, out, input(call.in[0]), sum);
  } else {
    const auto scaled = new_tensor(dtype, call.tensor(0).shape());
    kernels::binary(BinaryFn::Mul, dtype, *scaled, input(call.in[0]), a.beta);
    kernels::binary(BinaryFn::Add, dtype, out, *scaled, sum);
  }
}

Dims product_shape(const Tensor& a, const Tensor& b) {
  if (a.ndim() == 3) return {a.shape()[0], a.shape()[1], b.shape()[2]};
  if (b.ndim() == 1) return {a.shape()[0]};
  return {a.shape()[0], b.shape()[1]};
}

void forward(Call& call) {
  const Tensor &a = call.tensor(1), &b = call.tensor(2);
  auto product = new_tensor(a.dtype(), product_shape(a, b));
  multiply(*product, a, b);
  add_product(call, std::move(product));
}

Variable times(Variable x, const Scalar& factor) { return factor == Scalar(1) ? x : std::move(x) * factor; }

/// A derivative from those of the product: left(g, b) and right(g, a).
template <Variable (*left)(const Variable&, const Variable&), Variable (*right)(const Variable&, const Variable&)>
void derivative(Backward& b) {
  const auto& a = b.attributes<AddAttributes>();
  if (b.needs(1)) b.set(1, times(left(b.grad(), b.input(2).variable), a.alpha));
  if (b.needs(2)) b.set(2, times(right(b.grad(), b.input(1).variable), a.alpha));
  if (b.needs(0)) b.set(0, times(b.take(), a.beta));
}

constexpr Op::Row row(const char* name, const char* node, void (*derivative)(Backward&),
                      void (*compute)(Call&) = forward) {
  return {.name = name,
          .node = node,
          .forward = compute,
          .derivative = derivative,
          .category = Category::Matrix,
          .inputs = 3,
          .saves = {.inputs = {0, kFor2, kFor1}}};
}

Variable mm_left(const Variable& g, const Variable& b) { return mm(g, t(b)); }
Variable mm_right(const Variable& g, const Variable& a) { return mm(t(a), g); }
const Op kAddmm(row("addmm", "AddmmBackward0", derivative<mm_left, mm_right>));

Variable mv_left(const Variable& g, const Variable& b) { return outer(g, b); }
Variable mv_right(const Variable& g, const Variable& a) { return mv(t(a), g); }
const Op kAddmv(row("addmv", "AddmvBackward0", derivative<mv_left, mv_right>));

Variable bmm_left(const Variable& g, const Variable& b) { return bmm(g, matrix_transpose(b)); }
Variable bmm_right(const Variable& g, const Variable& a) { return bmm(matrix_transpose(a), g); }
const Op kBaddbmm(row("baddbmm", "BaddbmmBackward0", derivative<bmm_left, bmm_right>));

/// The gradient of a sum over the batch, for each of its matrices.
Variable repeated(const Variable& g, Index batch) { return expand(g, {batch, g.shape()[0], g.shape()[1]}); }
const Op kAddbmm(
    row("addbmm", "AddbmmBackward0",
        derivative<[](const Variable& g, const Variable& b) { return bmm_left(repeated(g, b.shape()[0]), b); },
                   [](const Variable& g, const Variable& a) { return bmm_right(repeated(g, a.shape()[0]), a); }>,
        [](Call& call) {
          // The batch side by side is one product.
          const Tensor &a = call.tensor(1), &b = call.tensor(2);
          const Index batch = a.shape()[0], m = a.shape()[1], k = a.shape()[2], n = b.shape()[2];
          const auto left = new_tensor(a.dtype(), {m, batch, k}), right = new_tensor(b.dtype(), {batch, k, n});
          kernels::copy(*left->view({{batch, m, k}, {k, batch * k, 1}}), a);
          kernels::copy(*right, b);
          auto product = new_tensor(a.dtype(), {m, n});
          multiply(*product, *left->view({{m, batch * k}, {batch * k, 1}}), *right->view({{batch * k, n}, {n, 1}}));
          add_product(call, std::move(product));
        }));

Variable addr_left(const Variable& g, const Variable& b) { return mv(g, to(b, g.dtype())); }
Variable addr_right(const Variable& g, const Variable& a) { return mv(t(g), to(a, g.dtype())); }
const Op kAddr(row("addr", "AddrBackward0", derivative<addr_left, addr_right>, [](Call& call) {
  const Tensor &a = call.tensor(1), &b = call.tensor(2);
  const Index m = a.shape()[0], n = b.shape()[0];
  auto product = new_tensor(result_type(call.in), {m, n});
  const auto column = a.view({{m, 1}, {a.strides()[0], 0}, a.offset()});
  kernels::binary(BinaryFn::Mul, product->dtype(), *product, *column, b);
  add_product(call, std::move(product));
}));

void check_expands(const Operand& input, const Dims& shape) {
  if (is_expandable(input.tensor().shape(), shape)) return;
  fail<Error>("The expanded size of the tensor must match: the input of shape ", to_string(input.tensor().shape()),
              " does not broadcast to the product's ", to_string(shape));
}

Variable added(const Op& op, const Operand& input, const Operand& a, const Operand& b, const Scalar& beta,
               const Scalar& alpha) {
  const Operand operands[] = {input, a, b};
  check_same_dtype(op->name, operands);
  if (a.tensor().dtype() == DType::Bool) fail<Error>(op->name, " is not implemented for bool");
  return apply(op, operands, AddAttributes{beta, alpha});
}

void check_batches(const Tensor& a, const Tensor& b) {
  if (a.ndim() != 3 || b.ndim() != 3)
    fail<Error>("batch1 and batch2 must be 3D tensors, but they are ", a.ndim(), "-D and ", b.ndim(), "-D");
  if (a.shape()[0] != b.shape()[0] || a.shape()[2] != b.shape()[1])
    fail<Error>("Expected size for first two dimensions of batch2 tensor to be: [", a.shape()[0], ", ", a.shape()[2],
                "] but got: [", b.shape()[0], ", ", b.shape()[1], "].");
}

}  // namespace

Variable addmm(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta, const Scalar& alpha) {
  const Tensor &x = a.tensor(), &y = b.tensor();
  if (x.ndim() != 2) fail<Error>("mat1 must be a matrix, got ", x.ndim(), "-D tensor");
  if (y.ndim() != 2) fail<Error>("mat2 must be a matrix, got ", y.ndim(), "-D tensor");
  if (x.shape()[1] != y.shape()[0])
    fail<Error>("mat1 and mat2 shapes cannot be multiplied (", x.shape()[0], "x", x.shape()[1], " and ", y.shape()[0],
                "x", y.shape()[1], ")");
  check_expands(input, product_shape(x, y));
  return added(kAddmm, input, a, b, beta, alpha);
}

Variable addmv(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta, const Scalar& alpha) {
  const Tensor &x = a.tensor(), &y = b.tensor();
  if (x.ndim() != 2 || y.ndim() != 1 || input.tensor().ndim() > 1)
    fail<Error>("vector + matrix @ vector expected, got ", input.tensor().ndim(), ", ", x.ndim(), ", ", y.ndim(),
                " dimensions");
  if (x.shape()[1] != y.shape()[0] || !is_expandable(input.tensor().shape(), {x.shape()[0]}))
    fail<Error>("size mismatch, got input ", to_string(input.tensor().shape()), ", mat (", x.shape()[0], "x",
                x.shape()[1], "), vec (", y.shape()[0], ")");
  return added(kAddmv, input, a, b, beta, alpha);
}

Variable addbmm(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta, const Scalar& alpha) {
  const Tensor &x = a.tensor(), &y = b.tensor();
  check_batches(x, y);
  check_expands(input, {x.shape()[1], y.shape()[2]});
  return added(kAddbmm, input, a, b, beta, alpha);
}

Variable baddbmm(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta, const Scalar& alpha) {
  check_batches(a.tensor(), b.tensor());
  check_expands(input, product_shape(a.tensor(), b.tensor()));
  return added(kBaddbmm, input, a, b, beta, alpha);
}

Variable addr(const Operand& input, const Operand& a, const Operand& b, const Scalar& beta, const Scalar& alpha) {
  const Tensor &x = a.tensor(), &y = b.tensor();
  if (x.ndim() != 1 || y.ndim() != 1)
    fail<Error>("addr: Expected 1-D argument vec1 and vec2, but got ", x.ndim(), "-D and ", y.ndim(), "-D");
  check_expands(input, {x.shape()[0], y.shape()[0]});
  const Operand operands[] = {input, a, b};
  if (is_integral(result_type(operands)) && (alpha.is_float() || beta.is_float()))
    fail<Error>("For integral input tensors, argument ", alpha.is_float() ? "alpha" : "beta",
                " must not be a floating point number.");
  return apply(kAddr, operands, AddAttributes{beta, alpha});
}

}  // namespace tapegrad
