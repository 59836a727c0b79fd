// Reading and writing at positions along a dimension, in the flattened array, or where a mask is set.

#include "kernels/index.h"
#include "kernels/rows.h"
#include "kernels/scatter.h"
#include "ops/elementwise.h"
#include "ops/gradients.h"
#include "ops/scatter.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

using kernels::ScatterFn;

struct PositionsAttributes {
  Index dim = 0;
  Dims shape;   // of x
  Dims source;  // of what is written
  Scalar alpha = 1;
  bool accumulate = false;
};

Index size_along(const Dims& shape, Index dim) { return shape.empty() ? 1 : shape[static_cast<std::size_t>(dim)]; }

/// x as an array of one dimension at least.
TensorRef dimensioned(const Tensor& x) {
  return x.ndim() ? TensorRef(const_cast<Tensor*>(&x)) : x.view({{1}, {1}, x.offset()});
}

/// A vector of positions as an index for each element of an array of this shape; negative ones are counted from the
/// end of `size`.
TensorRef spread_index(const Tensor& index, std::size_t dim, const Dims& shape, Index size) {
  TensorRef at = new_tensor(DType::Int64, {index.numel()});
  kernels::copy(*at, *index.view({{index.numel()}, {index.ndim() ? index.strides()[0] : 1}, index.offset()}));
  auto* const value = at->data_as<std::int64_t>();
  for (Index i = 0; i < at->numel(); ++i) value[i] += value[i] < 0 ? size : 0;
  Layout to{shape, Dims(shape.size()), 0};
  to.shape[dim] = at->numel();
  to.strides[dim] = 1;
  return at->view(std::move(to));
}

/// The attributes of a call, with all that is the same in every function checked: a vector of positions in bounds.
template <class Outside = Error>
PositionsAttributes along(const char* function, const Operand& x, Index dim, const Operand& index, bool negative,
                          bool narrow) {
  const Dims& shape = x.tensor().shape();
  const auto wrapped = static_cast<Index>(wrap_dim(dim, shape.size()));
  check_index_dtype(function, index.tensor(), narrow);
  if (index.tensor().ndim() > 1)
    fail<IndexError>(function, "(): Index is supposed to be a vector, but it is ", index.tensor().ndim(), "-D");
  const Index size = size_along(shape, wrapped);
  if (const auto bad = kernels::first_outside(*as_int64(index.tensor()), negative ? -size : 0, size))
    fail<Outside>(function, "(): index ", *bad, " is out of bounds for dimension ", wrapped, " with size ", size,
                  " (index out of range in self)");
  return {wrapped, shape, {}};
}

/// What is written at the positions has x's shape, but for the number of positions along the dimension.
template <class Count>
void check_source(const char* function, PositionsAttributes& a, const Operand& x, const Operand& index,
                  const Operand& source) {
  check_same_dtype(function, x.tensor(), source);
  a.source = source.tensor().shape();
  const Index count = index.tensor().numel();
  if (size_along(a.source, a.source.empty() ? 0 : std::min<Index>(a.dim, static_cast<Index>(a.source.size()) - 1)) !=
      count)
    fail<Count>(function, "(): Number of indices (", count, ") should be equal to source.size(dim), but the source is ",
                to_string(a.source));
  Dims expected = a.shape;
  if (!expected.empty()) expected[static_cast<std::size_t>(a.dim)] = count;
  const bool one = count == 1 && a.shape.size() <= 1 && a.source.size() <= 1;
  if (expected != a.source && !one)
    fail<Error>(function,
                "(): source tensor shape must match self tensor shape, excluding the specified dimension. Got "
                "self.shape = ",
                to_string(a.shape), " source.shape = ", to_string(a.source));
}

const Op kIndexSelect({.name = "index_select",
                       .node = "IndexSelectBackward0",
                       .forward =
                           [](Call& call) {
                             const auto& a = call.attributes<PositionsAttributes>();
                             const TensorRef x = dimensioned(call.tensor(0));
                             const auto dim = static_cast<std::size_t>(a.dim);
                             const TensorRef index = spread_index(call.tensor(1), dim, x->shape(), 0);
                             Tensor& out = call.new_output(x->dtype(), a.shape.empty() ? Dims{} : index->shape());
                             if (!a.shape.empty() && dim == 0) {
                               const TensorRef at = kernels::row_major(*as_int64(call.tensor(1)));
                               const Tensor* const indices[] = {at.get()};
                               return kernels::gather(out, *x, indices);
                             }
                             kernels::gather_along(*dimensioned(out), *x, dim, *index);
                           },
                       .derivative =
                           [](Backward& b) {
                             const auto& a = b.attributes<PositionsAttributes>();
                             set_part(b, 0, a.shape, [&](Variable whole, bool) {
                               return index_add(std::move(whole), a.dim, b.input(1), b.take());
                             });
                           },
                       .category = Category::Indexing,
                       .inputs = 2,
                       .saves = {.inputs = {0, kFor0}},
                       .constants = kFor1});

template <ScatterFn fn>
void write_forward(Call& call) {
  const auto& a = call.attributes<PositionsAttributes>();
  const auto dim = static_cast<std::size_t>(a.dim);
  const TensorRef x = dimensioned(call.tensor(0));
  const TensorRef index = spread_index(call.tensor(1), dim, x->shape(), size_along(a.shape, a.dim));
  const Operand& source = call.in[2];
  if (source.is_scalar() || source.tensor().ndim() == 0) {
    TensorRef one = new_tensor(x->dtype(), Dims{});
    kernels::copy(*one, input(source));
    if (a.alpha != Scalar(1)) kernels::binary(kernels::BinaryFn::Mul, x->dtype(), *one, *one, Scalar(a.alpha));
    Tensor& self = written(call);
    return kernels::scatter_along(fn, *dimensioned(self), dim, *index,
                                  *one->view({index->shape(), Dims(index->shape().size()), 0}));
  }
  TensorRef scaled;
  if (a.alpha != Scalar(1)) {
    scaled = new_tensor(x->dtype(), source.tensor().shape());
    kernels::binary(kernels::BinaryFn::Mul, x->dtype(), *scaled, source.tensor(), Scalar(a.alpha));
  }
  Tensor& self = scaled ? written(call) : written_apart(call, *index);
  const Tensor& values = scaled ? *scaled : source.tensor();
  if (dim > 0 || values.dtype() != self.dtype() || index->numel() == 0)
    return kernels::scatter_along(fn, *dimensioned(self), dim, *index, values);
  // Along the first dimension in whole rows.
  const TensorRef rows = index->view({{index->shape()[0]}, {1}, 0});
  const Tensor* const indices[] = {rows.get()};
  kernels::scatter(*dimensioned(self), indices, values, fn == ScatterFn::Add);
}

/// What the source gets back: a source of no dimensions is one element.
Variable at_positions(const PositionsAttributes& a, const Variable& gradient, const Value& index) {
  const Variable part = index_select(gradient, a.dim, index);
  return part.shape() == a.source ? part : reshape(part, a.source);
}

constexpr Saves kForSource = {.inputs = {0, kFor2}};
constexpr Saves kForBoth = {.inputs = {0, kFor0 | kFor2}};

const Op kIndexAdd({.name = "index_add",
                    .node = "IndexAddBackward0",
                    .forward = write_forward<ScatterFn::Add>,
                    .derivative =
                        [](Backward& b) {
                          const auto& a = b.attributes<PositionsAttributes>();
                          if (b.needs(2)) {
                            Variable part = at_positions(a, b.grad(), b.input(1));
                            b.set(2, a.alpha == Scalar(1) ? part : part * a.alpha);
                          }
                          if (b.needs(0)) b.set(0, b.take());
                        },
                    .category = Category::Indexing,
                    .inputs = 3,
                    .saves = kForSource,
                    .constants = kFor1});

const Op kIndexCopy({.name = "index_copy",
                     .node = "IndexCopyBackward0",
                     .forward = write_forward<ScatterFn::Write>,
                     .derivative =
                         [](Backward& b) {
                           const auto& a = b.attributes<PositionsAttributes>();
                           if (b.needs(2)) b.set(2, at_positions(a, b.grad(), b.input(1)));
                           if (b.needs(0)) b.set(0, index_fill(b.grad(), a.dim, b.input(1), 0));
                         },
                     .category = Category::Indexing,
                     .inputs = 3,
                     .saves = kForBoth,
                     .constants = kFor1});

void index_fill_derivative(Backward& b) {
  const auto& a = b.attributes<PositionsAttributes>();
  if (b.needs(0)) b.set(0, index_fill(b.grad(), a.dim, b.input(1), 0));
  if (b.needs(2)) {
    // Each position once, however often the index names it.
    const Variable filled = index_fill(full({size_along(a.shape, a.dim)}, 0, DType::Bool), 0, b.input(1), 1);
    b.set(2, sum(index_select(b.grad(), a.dim, reshape(nonzero(filled), {-1}))));
  }
}

constexpr Op::Row index_fill_row(const char* name, const char* node, std::uint8_t constants) {
  return {.name = name,
          .node = node,
          .forward = write_forward<ScatterFn::Write>,
          .derivative = index_fill_derivative,
          .category = Category::Indexing,
          .inputs = 3,
          .saves = kForBoth,
          .constants = constants};
}
const Op kIndexFillNumber(index_fill_row("index_fill_number", "IndexFillBackward0", kFor1 | kFor2));
const Op kIndexFill(index_fill_row("index_fill", "IndexFillBackward1", kFor1));

TensorRef flat(const Tensor& contiguous) { return contiguous.view({{contiguous.numel()}, {1}, contiguous.offset()}); }

/// out[i] = x.flat[positions[i]], for positions in bounds.
void read_flat(Tensor& out, const Tensor& x, const Tensor& positions) {
  const Tensor* const indices[] = {&positions};
  kernels::gather(*flat(out), *flat(*kernels::row_major(x)), indices);
}

/// self.flat[positions[i]] = source.flat[i], or +=.
void write_flat(Tensor& self, const Tensor& positions, const Tensor& source, bool accumulate) {
  const TensorRef rows = kernels::row_major(self);
  const Tensor* const indices[] = {&positions};
  kernels::scatter(
      *flat(*rows), indices,
      *flat(*kernels::row_major(source))->view({{positions.numel()}, {1}, kernels::row_major(source)->offset()}),
      accumulate);
  if (rows.get() != &self) kernels::copy(self, *rows);
}

TensorRef flat_positions(const Tensor& index) { return flat(*kernels::row_major(index)); }

const Op kTake({.name = "take",
                .node = "TakeBackward0",
                .forward =
                    [](Call& call) {
                      read_flat(call.new_output(call.tensor(0).dtype(), call.tensor(1).shape()), call.tensor(0),
                                *flat_positions(call.tensor(1)));
                    },
                .derivative =
                    [](Backward& b) {
                      const auto& a = b.attributes<PositionsAttributes>();
                      set_part(b, 0, a.shape,
                               [&](Variable whole, bool) { return put(std::move(whole), b.input(1), b.take(), true); });
                    },
                .category = Category::Indexing,
                .inputs = 2,
                .saves = {.inputs = {0, kFor0}},
                .constants = kFor1});

const Op kPut({.name = "put",
               .node = "PutBackward0",
               .forward =
                   [](Call& call) {
                     const TensorRef positions = flat_positions(call.tensor(1));
                     Tensor& self = written_apart(call, *positions);
                     write_flat(self, *positions, call.tensor(2), call.attributes<PositionsAttributes>().accumulate);
                   },
               .derivative =
                   [](Backward& b) {
                     const auto& a = b.attributes<PositionsAttributes>();
                     if (b.needs(2)) b.set(2, reshape(take(b.grad(), b.input(1)), a.source));
                     if (!b.needs(0)) return;
                     if (a.accumulate) return b.set(0, b.take());
                     b.set(0, put(b.grad(), b.input(1), full(a.source, 0.0, b.output().dtype)));
                   },
               .category = Category::Indexing,
               .inputs = 3,
               .saves = {.inputs = {0, kFor0 | kFor2}},
               .constants = kFor1});

PositionsAttributes flat_call(const char* function, const Operand& x, const Operand& index) {
  check_index_dtype(function, index.tensor(), false);
  const Index size = x.tensor().numel();
  if (const auto bad = kernels::first_outside(index.tensor(), -size, size))
    fail<IndexError>(function, "(): out of range: tried to access index ", *bad, " on a tensor of ", size, " elements");
  return {0, x.tensor().shape(), {}};
}

// --- masks

void check_mask(const char* function, const Operand& mask) {
  if (mask.tensor().dtype() != DType::Bool)
    fail<Error>(function, ": expected BoolTensor for mask: it only supports boolean masks, but got mask with dtype ",
                name(mask.tensor().dtype()));
}

void masked_fill_forward(Call& call) {
  const Tensor &x = call.tensor(0), &mask = call.tensor(1);
  Tensor& out = call.elementwise_output(x.dtype(), broadcast(x.shape(), mask.shape()));
  TensorRef value = new_tensor(x.dtype(), Dims{});
  kernels::copy(*value, input(call.in[2]));
  kernels::where(x.dtype(), out, mask, *value, x);
}

void masked_fill_derivative(Backward& b) {
  if (b.needs(2)) b.set(2, where(b.input(1), b.grad(), 0.0));
  if (b.needs(0)) b.set(0, masked_fill(b.take(), b.input(1), 0));
}

constexpr Op::Row masked_fill_row(const char* name, const char* node, std::uint8_t constants) {
  return {.name = name,
          .node = node,
          .forward = masked_fill_forward,
          .derivative = masked_fill_derivative,
          .category = Category::Indexing,
          .inputs = 3,
          .saves = kForBoth,
          .constants = constants};
}
const Op kMaskedFillNumber(masked_fill_row("masked_fill_number", "MaskedFillBackward0", kFor1 | kFor2));
const Op kMaskedFill(masked_fill_row("masked_fill", "MaskedFillBackward1", kFor1));

/// Where a mask, broadcast to `shape`, is set: positions in row-major order.
TensorRef set_positions(const Tensor& mask, const Dims& shape) {
  TensorRef wide = new_tensor(DType::Bool, shape);
  kernels::copy(*wide, mask);
  const TensorRef found = kernels::nonzero(*flat(*wide));
  return flat(*found);
}

Variable positions_of(const Value& mask, const Dims& shape) {
  return Variable(set_positions(mask.variable.tensor(), shape));
}

const Op kMaskedSelect({.name = "masked_select",
                        .node = "MaskedSelectBackward0",
                        .forward =
                            [](Call& call) {
                              const Tensor &x = call.tensor(0), &mask = call.tensor(1);
                              const Dims shape = broadcast(x.shape(), mask.shape());
                              TensorRef wide = kernels::row_major(x);
                              if (x.shape() != shape) {
                                wide = new_tensor(x.dtype(), shape);
                                kernels::copy(*wide, x);
                              }
                              const TensorRef positions = set_positions(mask, shape);
                              read_flat(call.new_output(x.dtype(), {positions->numel()}), *wide, *positions);
                            },
                        .derivative =
                            [](Backward& b) {
                              const Value mask = b.input(1);
                              const Dims shape =
                                  broadcast(b.attributes<PositionsAttributes>().shape, mask.variable.shape());
                              b.set(0, put(full(shape, 0.0, b.output().dtype), positions_of(mask, shape), b.take()));
                            },
                        .category = Category::Indexing,
                        .inputs = 2,
                        .saves = {.inputs = {0, kFor0}},
                        .constants = kFor1});

const Op kMaskedScatter({.name = "masked_scatter",
                         .node = "MaskedScatterBackward0",
                         .forward =
                             [](Call& call) {
                               const TensorRef positions = set_positions(call.tensor(1), call.tensor(0).shape());
                               if (call.tensor(2).numel() < positions->numel())
                                 fail<Error>("masked_scatter: Number of elements of source < number of ones in mask: ",
                                             call.tensor(2).numel(), " < ", positions->numel());
                               Tensor& self = written_apart(call, *positions);
                               write_flat(self, *positions, call.tensor(2), false);
                             },
                         .derivative =
                             [](Backward& b) {
                               const Value mask = b.input(1);
                               if (b.needs(2)) {
                                 const Variable part = masked_select(b.grad(), mask);
                                 b.set(2, put(full(b.attributes<PositionsAttributes>().source, 0.0, part.dtype()),
                                              arange(0, part.numel(), 1, DType::Int64), part));
                               }
                               if (b.needs(0)) b.set(0, masked_fill(b.grad(), mask, 0));
                             },
                         .category = Category::Indexing,
                         .inputs = 3,
                         .saves = kForBoth,
                         .constants = kFor1});

}  // namespace

Variable index_select(const Operand& x, Index dim, const Operand& index) {
  const Index count = index.tensor().numel();
  if (x.tensor().ndim() == 0 && count != 1)
    fail<Error>("index_select(): Index to scalar can have only 1 value, got ", count, " value(s)");
  return apply(kIndexSelect, {x, index}, along<IndexError>("index_select", x, dim, index, false, true));
}

Variable index_add(const Operand& x, Index dim, const Operand& index, const Operand& source, const Scalar& alpha) {
  PositionsAttributes a = along("index_add", x, dim, index, false, true);
  check_source<Error>("index_add", a, x, index, source);
  a.alpha = is_floating(x.tensor().dtype()) ? alpha : Scalar(alpha.to<std::int64_t>());
  return apply(kIndexAdd, {x, index, source}, a);
}

Variable index_copy(const Operand& x, Index dim, const Operand& index, const Operand& source) {
  PositionsAttributes a = along<IndexError>("index_copy", x, dim, index, false, false);
  check_source<IndexError>("index_copy", a, x, index, source);
  return apply(kIndexCopy, {x, index, source}, a);
}

Variable index_fill(const Operand& x, Index dim, const Operand& index, const Operand& value) {
  const PositionsAttributes a = along<IndexError>("index_fill", x, dim, index, true, false);
  if (value.is_scalar()) return apply(kIndexFillNumber, {x, index, value}, a);
  if (value.tensor().ndim() != 0)
    fail<Error>("index_fill only supports a 0-dimensional value tensor, but got tensor with ", value.tensor().ndim(),
                " dimension(s): use index_copy()");
  return apply(kIndexFill, {x, index, value}, a);
}

Variable index_reduce(const Operand& x, Index dim, const Operand& index, const Operand& source,
                      const std::string& reduce, bool include_self) {
  PositionsAttributes a = along<IndexError>("index_reduce", x, dim, index, false, true);
  check_source<Error>("index_reduce", a, x, index, source);
  if (x.tensor().dtype() == DType::Bool)
    fail<Error>("index_reduce is not implemented for bool: convert the input with .to()");
  if (reduce == "sum") fail<Error>("index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got sum");
  const auto at = static_cast<std::size_t>(a.dim);
  const Variable each(a.source.empty() ? spread_index(index.tensor(), 0, {1}, 0)->view({{}, {}, 0})
                                       : spread_index(index.tensor(), at, a.source, 0));
  return reduce_into(ReduceBy::Position, x, dim, each, source, reduce, include_self);
}

Variable take(const Operand& x, const Operand& index) { return apply(kTake, {x, index}, flat_call("take", x, index)); }

Variable put(const Operand& x, const Operand& index, const Operand& source, bool accumulate) {
  PositionsAttributes a = flat_call("put", x, index);
  check_same_dtype("put", x.tensor(), source);
  a.source = source.tensor().shape();
  a.accumulate = accumulate;
  if (source.tensor().numel() != index.tensor().numel())
    fail<IndexError>("put(): Expected source and index to have the same number of elements, but got source.numel() = ",
                     source.tensor().numel(), ", index.numel() = ", index.tensor().numel());
  return apply(kPut, {x, index, source}, a);
}

Variable masked_fill(const Operand& x, const Operand& mask, const Operand& value) {
  check_mask("masked_fill", mask);
  if (value.is_scalar()) return apply(kMaskedFillNumber, {x, mask, value});
  if (value.tensor().ndim() != 0)
    fail<Error>("masked_fill only supports a 0-dimensional value tensor, but got tensor with ", value.tensor().ndim(),
                " dimension(s): use where()");
  return apply(kMaskedFill, {x, mask, value});
}

Variable masked_select(const Operand& x, const Operand& mask) {
  check_mask("masked_select", mask);
  return apply(kMaskedSelect, {x, mask}, PositionsAttributes{0, x.tensor().shape(), {}});
}

Variable masked_scatter(const Operand& x, const Operand& mask, const Operand& source) {
  check_mask("masked_scatter", mask);
  if (source.tensor().dtype() != x.tensor().dtype())
    fail<Error>("masked_scatter: expected self and source to have same dtypes but got ", name(x.tensor().dtype()),
                " and ", name(source.tensor().dtype()));
  const Dims &shape = x.tensor().shape(), &of_mask = mask.tensor().shape();
  const PositionsAttributes a{0, shape, source.tensor().shape()};
  if (is_expandable(of_mask, shape)) return apply(kMaskedScatter, {x, mask, source}, a);
  if (InPlace::pending())
    fail<Error>("output with shape ", to_string(shape), " doesn't match the broadcast shape of the mask ",
                to_string(of_mask));
  const Variable wide = expand(x.variable(), broadcast(shape, of_mask));
  return apply(kMaskedScatter, {wide, mask, source}, PositionsAttributes{0, wide.shape(), a.source});
}

}  // namespace tapegrad
