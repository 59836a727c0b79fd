// Matrix products.

#include "kernels/matmul.h"

#include "ops/elementwise.h"
#include "ops/products.h"

namespace tapegrad {
namespace {

void check_dtypes(const Operand& a, const Operand& b, const char* op) {
  const Operand operands[] = {a, b};
  check_same_dtype(op, operands);
  if (a.tensor().dtype() == DType::Bool) fail<Error>(op, " is not defined for bool: convert the operands with .to()");
}

/// A vector or matrix as one of a batch of matrices; `dims` says how its dimensions are laid: rows, columns, or
/// neither.
TensorRef as_batch(const Tensor& x, bool column = false) {
  Layout to = x.layout();
  const auto put = [&](std::size_t at) {
    to.shape.insert(at, 1);
    to.strides.insert(at, 0);
  };
  if (x.ndim() == 1) put(column ? 1 : 0);
  if (x.ndim() <= 2) put(0);
  return x.view(std::move(to));
}

const Op kMm({.name = "mm",
              .node = "MmBackward0",
              .forward =
                  [](Call& call) {
                    const Tensor &a = call.tensor(0), &b = call.tensor(1);
                    multiply(call.new_output(a.dtype(), {a.shape()[0], b.shape()[1]}), a, b);
                  },
              .derivative =
                  [](Backward& b) {
                    if (b.needs(0)) b.set(0, mm(b.grad(), t(b.input(1).variable)));
                    if (b.needs(1)) b.set(1, mm(t(b.input(0).variable), b.grad()));
                  },
              .category = Category::Matrix,
              .inputs = 2,
              .saves = {.inputs = {kFor1, kFor0}}});

const Op kBmm({.name = "bmm",
               .node = "BmmBackward0",
               .forward =
                   [](Call& call) {
                     const Tensor &a = call.tensor(0), &b = call.tensor(1);
                     multiply(call.new_output(a.dtype(), {a.shape()[0], a.shape()[1], b.shape()[2]}), a, b);
                   },
               .derivative =
                   [](Backward& b) {
                     if (b.needs(0)) b.set(0, bmm(b.grad(), matrix_transpose(b.input(1).variable)));
                     if (b.needs(1)) b.set(1, bmm(matrix_transpose(b.input(0).variable), b.grad()));
                   },
               .category = Category::Matrix,
               .inputs = 2,
               .saves = {.inputs = {kFor1, kFor0}}});

const Op kMv({.name = "mv",
              .node = "MvBackward0",
              .forward =
                  [](Call& call) {
                    const Tensor& a = call.tensor(0);
                    multiply(call.new_output(a.dtype(), {a.shape()[0]}), a, call.tensor(1));
                  },
              .derivative =
                  [](Backward& b) {
                    if (b.needs(0)) b.set(0, unsqueeze(b.grad(), 1) * b.input(1));
                    if (b.needs(1)) b.set(1, mv(t(b.input(0).variable), b.grad()));
                  },
              .category = Category::Matrix,
              .inputs = 2,
              .saves = {.inputs = {kFor1, kFor0}}});

constexpr Op::Row dot_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward =
              [](Call& call) { multiply(call.new_output(call.tensor(0).dtype(), {}), call.tensor(0), call.tensor(1)); },
          .derivative =
              [](Backward& b) {
                if (b.needs(0)) b.set(0, b.grad() * b.input(1));
                if (b.needs(1)) b.set(1, b.grad() * b.input(0));
              },
          .category = Category::Matrix,
          .inputs = 2,
          .saves = {.inputs = {kFor1, kFor0}}};
}

const Op kDot(dot_row("dot", "DotBackward0"));
const Op kVdot(dot_row("vdot", "VdotBackward0"));

Dims joined(Dims batch, std::initializer_list<Index> last) {
  for (const Index size : last) batch.push_back(size);
  return batch;
}

Dims without_last(const Dims& shape, std::size_t count) { return Dims(std::span(shape.data(), shape.size() - count)); }

[[noreturn]] void fail_product(const Variable& a, const Variable& b) {
  fail<Error>("mat1 and mat2 shapes cannot be multiplied: ", to_string(a.shape()), " @ ", to_string(b.shape()),
              " (the last size of the first must be the last but one of the second)");
}

/// Batches of matrices on either side, broadcast: one batched product.
Variable batched(const Variable& a, const Variable& b) {
  if (a.shape().back() != b.shape()[b.ndim() - 2]) fail_product(a, b);
  const Index m = a.shape()[a.ndim() - 2], k = a.shape().back(), n = b.shape().back();
  const Dims batch = broadcast(without_last(a.shape(), 2), without_last(b.shape(), 2));
  const Index count = count_elements(batch);
  const auto flat = [&](const Variable& x, Index rows, Index columns) {
    return reshape(expand(x, joined(batch, {rows, columns})), {count, rows, columns});
  };
  return unsafe_view(bmm(flat(a, m, k), flat(b, k, n)), joined(batch, {m, n}));
}

/// Without the one row that a vector was made: squeezed in place, as in PyTorch, for it is no view.
Variable without_row(const Variable& product) {
  const InPlace in_place(product);
  return squeeze(product, -2);
}

Variable inner_product(const Op& op, const Variable& a, const Variable& b) {
  if (a.ndim() != 1 || b.ndim() != 1)
    fail<Error>("1D tensors expected, but got ", a.ndim(), "D and ", b.ndim(), "D tensors");
  if (a.shape() != b.shape())
    fail<Error>("inconsistent tensor size, expected tensor ", to_string(a.shape()), " and src ", to_string(b.shape()),
                " to have the same number of elements");
  check_dtypes(a, b, op->name);
  return apply(op, {a, b});
}

}  // namespace

void multiply(Tensor& out, const Tensor& a, const Tensor& b) {
  if (out.ndim() == 3) return kernels::matmul(out, a, b);
  const TensorRef left = as_batch(a), right = as_batch(b, true);
  const Dims shape{1, left->shape()[1], right->shape()[2]};
  kernels::matmul(*out.view({shape, contiguous_strides(shape), out.offset()}), *left, *right);
}

void check_same_dtype(const char* function, std::span<const Operand> operands) {
  const DType first = operands[0].tensor().dtype();
  for (const Operand& operand : operands) {
    if (operand.tensor().dtype() == first) continue;
    fail<Error>(function, ": expected all operands to have the same dtype, but got ", name(first), " and ",
                name(operand.tensor().dtype()), ": convert one with .to()");
  }
}

Variable mm(const Operand& a, const Operand& b) {
  const Tensor &x = a.tensor(), &y = b.tensor();
  if (x.ndim() != 2 || y.ndim() != 2)
    fail<Error>("mm: both operands must be 2-D, but they are ", x.ndim(), "-D and ", y.ndim(), "-D: use matmul()");
  if (x.shape()[1] != y.shape()[0]) fail_product(a.variable(), b.variable());
  check_dtypes(a, b, "mm");
  return apply(kMm, {a, b});
}

Variable bmm(const Operand& a, const Operand& b) {
  const Tensor &x = a.tensor(), &y = b.tensor();
  if (x.ndim() != 3 || y.ndim() != 3)
    fail<Error>("batch1 and batch2 must be 3D tensors, but they are ", x.ndim(), "-D and ", y.ndim(),
                "-D: use matmul()");
  if (x.shape()[0] != y.shape()[0] || x.shape()[2] != y.shape()[1]) {
    fail<Error>("Expected size for first two dimensions of batch2 tensor to be: [", x.shape()[0], ", ", x.shape()[2],
                "] but got: [", y.shape()[0], ", ", y.shape()[1], "].");
  }
  check_dtypes(a, b, "bmm");
  return apply(kBmm, {a, b});
}

Variable mv(const Variable& a, const Variable& b) {
  if (a.ndim() != 2 || b.ndim() != 1)
    fail<Error>("mv: a matrix and a vector are expected, but the operands are ", a.ndim(), "-D and ", b.ndim(), "-D");
  if (a.shape()[1] != b.shape()[0])
    fail<Error>("size mismatch, got input (", a.shape()[0], "), mat (", a.shape()[0], "x", a.shape()[1], "), vec (",
                b.shape()[0], ")");
  check_dtypes(a, b, "mv");
  return apply(kMv, {a, b});
}

Variable dot(const Variable& a, const Variable& b) { return inner_product(kDot, a, b); }
Variable vdot(const Variable& a, const Variable& b) { return inner_product(kVdot, a, b); }

Variable matmul(const Variable& a, const Variable& b) {
  if (a.ndim() == 0 || b.ndim() == 0)
    fail<Error>("both arguments to matmul need to be at least 1D, but they are ", a.ndim(), "D and ", b.ndim(), "D");
  check_dtypes(a, b, "matmul");
  if (a.ndim() == 1 && b.ndim() == 1) return dot(a, b);
  if (a.ndim() == 2 && b.ndim() == 1) return mv(a, b);
  if (a.ndim() == 2 && b.ndim() == 2) return mm(a, b);
  if (a.ndim() == 1 && b.ndim() == 2) return without_row(mm(unsqueeze(a, 0), b));
  if (a.ndim() == 1) return without_row(batched(unsqueeze(a, 0), b));
  if (b.ndim() > 2) return batched(a, b);
  // Batches over one matrix or vector: the batch is only more rows.
  if (a.shape().back() != b.shape()[0]) fail_product(a, b);
  const Variable rows = reshape(a, {count_elements(without_last(a.shape(), 1)), a.shape().back()});
  if (b.ndim() == 1) return unsafe_view(mv(rows, b), without_last(a.shape(), 1));
  return unsafe_view(mm(rows, b), joined(without_last(a.shape(), 1), {b.shape()[1]}));
}

}  // namespace tapegrad
