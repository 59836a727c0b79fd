// gather and the scatters: an index for each element.

#include "ops/scatter.h"

#include <array>
#include <limits>

#include "graph/grad_mode.h"
#include "kernels/index.h"
#include "kernels/scatter.h"
#include "ops/arranging.h"
#include "ops/elementwise.h"
#include "ops/gradients.h"
#include "ops/scan.h"
#include "ops/sets.h"
#include "ops/sort.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

using kernels::ScatterFn;

enum class Reduce : std::uint8_t { Sum, Prod, Mean, Amax, Amin };

struct AlongAttributes {
  Index dim;
  Dims shape;   // of x
  Dims source;  // of src
  Reduce reduce = Reduce::Sum;
  bool include_self = true;
  std::vector<Field> fields() const { return {{"dim", dim}}; }
};

std::size_t rank(const Dims& shape) { return std::max<std::size_t>(shape.size(), 1); }
Index size_along(const Dims& shape, std::size_t dim) { return shape.empty() ? 1 : shape[dim]; }

/// Index and the arrays that it leads from one to the other.
AlongAttributes along(const char* function, const Operand& x, Index dim, const Operand& index, const Operand* src) {
  const Dims &shape = x.tensor().shape(), &at = index.tensor().shape();
  const std::size_t wrapped = wrap_dim(dim, shape.size());
  if (index.tensor().numel() > 0) check_index_dtype(function, index.tensor());
  AlongAttributes a{static_cast<Index>(wrapped), shape, src && !src->is_scalar() ? src->tensor().shape() : Dims{}};
  if (src) check_same_dtype("scatter", x.tensor(), *src);
  if (index.tensor().numel() == 0) return a;
  const bool array = src && !src->is_scalar();
  if (rank(at) != rank(shape) || (array && rank(a.source) != rank(shape)))
    fail<Error>("Index tensor must have the same number of dimensions as ",
                array ? "self and src tensors" : "input tensor", ": ", to_string(at), " and ", to_string(shape));
  for (std::size_t i = 0; i < at.size(); ++i) {
    const bool fits = (i == wrapped || at[i] <= size_along(shape, i)) && (!array || at[i] <= size_along(a.source, i));
    if (fits) continue;
    if (!src)
      fail<Error>("Size does not match at dimension ", i, " expected index ", to_string(at),
                  " to be no larger than self ", to_string(shape), " apart from dimension ", wrapped);
    fail<Error>("Expected index ", to_string(at), " to be no larger than self ", to_string(shape),
                " apart from dimension ", wrapped,
                array ? " and to be no larger size than src " + to_string(a.source) : std::string());
  }
  if (const auto bad = kernels::first_outside(*as_int64(index.tensor()), 0, size_along(shape, wrapped)))
    fail<Error>("index ", *bad, " is out of bounds for dimension ", wrapped, " with size ", size_along(shape, wrapped));
  return a;
}

const Op kGather({.name = "gather",
                  .node = "GatherBackward0",
                  .forward =
                      [](Call& call) {
                        const TensorRef index = as_int64(call.tensor(1));
                        kernels::gather_along(call.new_output(call.tensor(0).dtype(), index->shape()), call.tensor(0),
                                              static_cast<std::size_t>(call.attributes<AlongAttributes>().dim), *index);
                      },
                  .derivative =
                      [](Backward& b) {
                        const auto& a = b.attributes<AlongAttributes>();
                        set_part(b, 0, a.shape, [&](Variable whole, bool) {
                          return scatter_add(std::move(whole), a.dim, b.input(1), b.take());
                        });
                      },
                  .category = Category::Indexing,
                  .inputs = 2,
                  .saves = {.inputs = {0, kFor0}},
                  .constants = kFor1});

template <ScatterFn fn>
void scatter_forward(Call& call) {
  const TensorRef index = as_int64(call.tensor(1));
  Tensor& self = written_apart(call, *index);
  kernels::scatter_along(fn, self, static_cast<std::size_t>(call.attributes<AlongAttributes>().dim), *index,
                         input(call.in[2]));
}

/// What src gets back of a gradient, which it is in zeros where it was larger than the index.
Variable source_gradient(const AlongAttributes& a, const Variable& gradient, const Value& index) {
  Variable part = gather(gradient, a.dim, index);
  if (part.shape() == a.source) return part;
  if (a.source.empty()) return sum(part);  // a single number, of an index of one dimension
  Variable whole = full(a.source, 0.0, part.dtype());
  copy_(as_strided(whole, {part.shape(), whole.tensor().strides(), 0}), part);
  return whole;
}

Variable without_targets(const AlongAttributes& a, const Variable& gradient, const Value& index) {
  return scatter(gradient, a.dim, index, 0);
}

constexpr Saves kIndex = {.inputs = {0, kFor0 | kFor2}};

const Op kScatter({.name = "scatter",
                   .node = "ScatterBackward0",
                   .forward = scatter_forward<ScatterFn::Write>,
                   .derivative =
                       [](Backward& b) {
                         const auto& a = b.attributes<AlongAttributes>();
                         const Value index = b.input(1);
                         if (b.needs(0)) b.set(0, without_targets(a, b.grad(), index));
                         if (b.needs(2)) b.set(2, source_gradient(a, b.grad(), index));
                       },
                   .category = Category::Indexing,
                   .inputs = 3,
                   .saves = kIndex,
                   .constants = kFor1});
const Op kScatterNumber({.name = "scatter_number",
                         .node = "ScatterBackward1",
                         .forward = scatter_forward<ScatterFn::Write>,
                         .derivative =
                             [](Backward& b) {
                               const auto& a = b.attributes<AlongAttributes>();
                               b.set(0, without_targets(a, b.grad(), b.input(1)));
                             },
                         .category = Category::Indexing,
                         .inputs = 3,
                         .saves = kIndex,
                         .constants = kFor1 | kFor2});

/// PyTorch defines no derivative here; the node is made, and says so when it runs.
constexpr Op::Row reducing_row(const char* name, void (*forward)(Call&)) {
  return {.name = name,
          .node = "NotImplemented",
          .forward = forward,
          .derivative =
              [](Backward&) {
                fail<Error>(
                    "derivative for scatter(reduce=...) is not implemented: use scatter_add() or "
                    "scatter_reduce()");
              },
          .category = Category::Indexing,
          .inputs = 3,
          .constants = kFor1};
}
const Op kScatterAdding(reducing_row("scatter_adding", scatter_forward<ScatterFn::Add>));
const Op kScatterMultiplying(reducing_row("scatter_multiplying", scatter_forward<ScatterFn::Multiply>));

const Op kScatterAdd({.name = "scatter_add",
                      .node = "ScatterAddBackward0",
                      .forward = scatter_forward<ScatterFn::Add>,
                      .derivative =
                          [](Backward& b) {
                            const auto& a = b.attributes<AlongAttributes>();
                            if (b.needs(2)) b.set(2, source_gradient(a, b.grad(), b.input(1)));
                            if (b.needs(0)) b.set(0, b.take());
                          },
                      .category = Category::Indexing,
                      .inputs = 3,
                      .saves = {.inputs = {0, kFor2}},
                      .constants = kFor1});

constexpr std::array<ScatterFn, 5> kFunctions = {ScatterFn::Add, ScatterFn::Multiply, ScatterFn::Add, ScatterFn::Max,
                                                 ScatterFn::Min};

/// Where a reduction starts without x's own elements.
Scalar neutral(Reduce reduce, DType dtype) {
  if (reduce == Reduce::Sum || reduce == Reduce::Mean) return 0;
  if (reduce == Reduce::Prod) return 1;
  return visit(dtype, [&]<class T>() -> Scalar {
    using Limits = std::numeric_limits<T>;
    if constexpr (std::is_same_v<T, bool>) return reduce == Reduce::Amin;
    else if constexpr (std::is_floating_point_v<T>)
      return (reduce == Reduce::Amax ? -1 : 1) * static_cast<double>(Limits::infinity());
    else return number_in(reduce == Reduce::Amax ? Limits::min() : Limits::max());
  });
}

void scatter_reduce_forward(Call& call) {
  const auto& a = call.attributes<AlongAttributes>();
  const auto dim = static_cast<std::size_t>(a.dim);
  const TensorRef index = as_int64(call.tensor(1));
  Tensor& self = written_apart(call, *index);
  if (!a.include_self) kernels::scatter_along(ScatterFn::Write, self, dim, *index, neutral(a.reduce, self.dtype()));
  kernels::scatter_along(kFunctions[static_cast<std::size_t>(a.reduce)], self, dim, *index, call.tensor(2));
  if (a.reduce != Reduce::Mean) return;
  const TensorRef counts = new_tensor(self.dtype(), self.shape());
  kernels::copy(*counts, Scalar(a.include_self ? 1 : 0));
  kernels::scatter_along(ScatterFn::Add, *counts, dim, *index, Scalar(1));
  kernels::divide_by_counts(self, *counts);
}

struct Gradients {
  Variable self, src;
};

/// The products without one of their factors, right to every order: all factors of a place in a row of their own, x's
/// first, then in the order of src, and ones where there are no more.
Gradients product_gradients_by_rows(const Backward& b, const AlongAttributes& a, const Value& index) {
  const Variable x = b.input(0).variable, src = b.input(2).variable;
  const auto dim = static_cast<std::size_t>(a.dim);
  const Index size = size_along(a.shape, dim), count = index.variable.shape()[dim];
  // How many elements before it have an element's place: its position among all of them, in order, less the first's.
  const auto [places, order] = sort(index, a.dim, false, true);
  const Variable last = transpose(places, a.dim, -1);
  const Variable firsts = transpose(searchsorted(contiguous(last), contiguous(last), false, false), a.dim, -1);
  Dims along_dim(a.shape.size(), 1);
  along_dim[dim] = count;
  const Variable ranks = reshape(arange(0, count, 1, DType::Int64), along_dim) - firsts;
  const Variable rows = scatter(full(index.variable.shape(), 0, DType::Int64), a.dim, order, ranks) + 1;
  const Variable at = rows * Scalar(size) + index.variable;
  Dims shape = a.shape;
  shape[dim] = size * *amax(rows, {}).tensor().data_as<Index>();
  const Variable ones = full(shape, 1, src.dtype());
  const Variable own = a.include_self ? x : full(a.shape, 1, src.dtype());
  const std::array parts = {own, ones};
  const Variable factors = scatter(cat(parts, a.dim), a.dim, at, src);
  const Variable others = products_of_others(unflatten(factors, a.dim, {-1, size}), dim);
  const Variable gradients = flatten(unsqueeze(b.grad(), a.dim) * others, a.dim, a.dim + 1);
  return {narrow(gradients, a.dim, 0, size), gather(gradients, a.dim, at)};
}

/// A product without one of its factors is the product over it, or with it left out where it is the only zero.
Gradients product_gradients(const Backward& b, const AlongAttributes& a, const Value& index) {
  const Variable x = b.input(0).variable, src = b.input(2).variable, result = b.result();
  const Variable& grad = b.grad();
  const Variable safe_x = masked_fill(x, eq(x, 0), 1);
  Gradients g;
  g.self = grad * scatter_reduce(safe_x, a.dim, index, src, "prod", a.include_self) / safe_x;
  const Variable zero = eq(src, 0);
  const Variable zeros_there =
      gather(scatter_add(full(a.shape, 0.0, x.dtype()), a.dim, index, to(zero, x.dtype())), a.dim, index);
  const Variable only_zero = logical_and(zero, eq(zeros_there, 1));
  // Of several zeros nothing is left but for further derivatives.
  if (GradMode::enabled() && *any(gt(zeros_there, 1)).tensor().data_as<bool>())
    return product_gradients_by_rows(b, a, index);
  const Variable left_out = scatter_reduce(x, a.dim, index, masked_fill(src, only_zero, 1), "prod", a.include_self);
  g.src = where(only_zero, gather(grad * left_out, a.dim, index),
                gather(grad * result, a.dim, index) / masked_fill(src, zero, 1));
  return g;
}

Gradients scatter_reduce_gradients(const Backward& b, const AlongAttributes& a, const Value& index) {
  if (a.reduce == Reduce::Sum) return {b.grad(), gather(b.grad(), a.dim, index)};
  if (a.reduce == Reduce::Prod) return product_gradients(b, a, index);
  const DType dtype = b.output().dtype;
  if (a.reduce == Reduce::Mean) {
    const Variable ones = full(index.variable.shape(), 1.0, dtype);
    const Variable counts =
        maximum(scatter_add(full(a.shape, a.include_self ? 1.0 : 0.0, dtype), a.dim, index, ones), 1.0);
    const Variable mean = b.grad() / counts;
    return {mean, gather(mean, a.dim, index)};
  }
  const Variable result = b.result();
  const Variable from_x = to(eq(b.input(0), result), dtype);
  const Variable from_src = to(eq(b.input(2), gather(result, a.dim, index)), dtype);
  const Variable shared = b.grad() / scatter_add(from_x, a.dim, index, from_src);
  return {from_x * shared, from_src * gather(shared, a.dim, index)};
}

constexpr Op::Row reduce_row(const char* name, const char* node) {
  return {.name = name,
          .node = node,
          .forward = scatter_reduce_forward,
          .derivative =
              [](Backward& b) {
                const auto& a = b.attributes<AlongAttributes>();
                const Value index = b.input(1);
                Gradients g = scatter_reduce_gradients(b, a, index);
                if (b.needs(0)) b.set(0, a.include_self ? g.self : without_targets(a, g.self, index));
                if (b.needs(2)) b.set(2, std::move(g.src));
              },
          .category = Category::Indexing,
          .inputs = 3,
          .saves = {.inputs = {kForAny, kForAny, kForAny}, .result = true},
          .constants = kFor1};
}
const Op kScatterReduce(reduce_row("scatter_reduce", "ScatterReduceBackward0"));
const Op kIndexReduce(reduce_row("index_reduce", "IndexReduceBackward0"));

}  // namespace

Variable gather(const Operand& x, Index dim, const Operand& index) {
  return apply(kGather, {x, index}, along("gather", x, dim, index, nullptr));
}

Variable scatter(const Operand& x, Index dim, const Operand& index, const Operand& src, const std::string& reduce) {
  const AlongAttributes a = along("scatter", x, dim, index, &src);
  if (reduce.empty()) return apply(src.is_scalar() ? kScatterNumber : kScatter, {x, index, src}, a);
  if (reduce == "add") return apply(kScatterAdding, {x, index, src}, a);
  if (reduce == "multiply") return apply(kScatterMultiplying, {x, index, src}, a);
  fail<Error>("reduce argument must be either add or multiply, but is ", reduce);
}

Variable scatter_add(const Operand& x, Index dim, const Operand& index, const Operand& src) {
  return apply(kScatterAdd, {x, index, src}, along("scatter_add", x, dim, index, &src));
}

Variable reduce_into(ReduceBy by, const Operand& x, Index dim, const Operand& index, const Operand& src,
                     const std::string& reduce, bool include_self) {
  static constexpr std::array kNames = {"sum", "prod", "mean", "amax", "amin"};
  const Op& op = by == ReduceBy::Position ? kIndexReduce : kScatterReduce;
  AlongAttributes a = along(op->name, x, dim, index, &src);
  const auto found = std::find(kNames.begin(), kNames.end(), reduce);
  if (found == kNames.end())
    fail<Error>(op->name, "(): reduce argument must be either sum, prod, mean, amax or amin, got ", reduce);
  a.reduce = static_cast<Reduce>(found - kNames.begin());
  a.include_self = include_self;
  if (a.reduce == Reduce::Mean && x.tensor().dtype() == DType::Bool)
    fail<Error>(op->name, ": the mean of bools is not implemented: convert them with .to()");
  return apply(op, {x, index, src}, a);
}

Variable scatter_reduce(const Operand& x, Index dim, const Operand& index, const Operand& src,
                        const std::string& reduce, bool include_self) {
  const bool short_name = reduce == "max" || reduce == "min";
  return reduce_into(ReduceBy::Element, x, dim, index, src, short_name ? "a" + reduce : reduce, include_self);
}

Variable take_along_dim(const Variable& x, const Variable& indices, std::optional<Index> dim) {
  if (indices.dtype() != DType::Int64)
    fail<Error>("take_along_dim(): dtype of indices should be Long but got ", name(indices.dtype()));
  if (!dim) return take_along_dim(reshape(x, {x.numel()}), reshape(indices, {indices.numel()}), 0);
  if (x.ndim() != indices.ndim())
    fail<Error>("take_along_dim(): input and indices should have the same number of dimensions, but got ", x.ndim(),
                " dimensions for input, and ", indices.ndim(), " dimensions for indices");
  const std::size_t at = wrap_dim(*dim, x.ndim());
  if (x.ndim() == 0) return gather(x, 0, indices);
  const Index size = x.shape()[at];
  Dims from = x.shape(), to_shape = indices.shape();
  from[at] = to_shape[at] = 1;
  Dims common = broadcast(from, to_shape), wide = common;
  common[at] = size;
  wide[at] = indices.shape()[at];
  const Variable wrapped = where(lt(indices, 0), add(indices, Scalar(size)), indices);
  return gather(expand(x, common), static_cast<Index>(at), expand(wrapped, wide));
}

}  // namespace tapegrad
