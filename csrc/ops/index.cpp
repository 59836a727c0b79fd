// Indexing by integer arrays; what slices and numbers do is in shape.cpp.

#include "kernels/index.h"

#include "kernels/scatter.h"

#include "ops/elementwise.h"
#include "ops/gradients.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

/// Which dimensions are indexed, in the user's array, and its shape.
struct IndexAttributes {
  Dims shape;
  std::vector<std::size_t> dims;
  bool accumulate = false;
  /// ".dims": which dimensions the saved indices are of, for who shows them.
  std::vector<Field> fields() const {
    Dims of;
    for (const std::size_t dim : dims) of.push_back(static_cast<Index>(dim));
    return {{"self_sym_sizes", shape}, {".dims", of}};
  }
};

/// An indexing made ready for the kernels: indexed dimensions first, index arrays of one shape.
struct Plan {
  std::vector<TensorRef> arrays;
  std::vector<const Tensor*> pointers;
  Dims index_shape;
  Dims order;      // the array's dimensions, the indexed ones first
  Dims result;     // shape of x[indices]
  std::size_t at;  // where the indexed dimensions stand in it
};

Layout reorder(const Layout& from, const Dims& order) {
  Layout to{Dims(order.size()), Dims(order.size()), from.offset};
  for (std::size_t i = 0; i < order.size(); ++i) {
    to.shape[i] = from.shape[static_cast<std::size_t>(order[i])];
    to.strides[i] = from.strides[static_cast<std::size_t>(order[i])];
  }
  return to;
}

/// An index as an int64 array of that shape, next to each other: itself where it is one, not in memory that the call
/// writes.
TensorRef index_array(const Tensor& index, const Dims& shape, const Tensor* written) {
  const bool apart = !written || !share_memory(*written, index);
  if (apart && index.dtype() == DType::Int64 && index.contiguous() && index.shape() == shape)
    return TensorRef(const_cast<Tensor*>(&index));
  auto array = new_tensor(DType::Int64, shape);
  kernels::copy(*array, index);
  return array;
}

/// `written`: what the call may write, or null.
Plan make_plan(const Dims& shape, const std::vector<std::size_t>& dims, std::span<const Operand> indices,
               const Tensor* written = nullptr) {
  Plan plan;
  for (const Operand& index : indices) {
    const Dims& shape_of = index.tensor().shape();
    try {
      plan.index_shape = &index == indices.data() ? shape_of : broadcast(plan.index_shape, shape_of);
    } catch (const Error&) {
      fail<IndexError>("shape mismatch: indexing tensors could not be broadcast together with shapes ",
                       to_string(plan.index_shape), ", ", to_string(shape_of));
    }
  }
  for (const Operand& index : indices) {
    TensorRef array = index_array(index.tensor(), plan.index_shape, written);
    if (index.tensor().dtype() == DType::UInt64)
      if (const auto wrapped = kernels::first_outside(*array, 0, INT64_MAX))
        fail<IndexError>("index ", static_cast<std::uint64_t>(*wrapped), " is out of bounds");
    plan.arrays.push_back(std::move(array));
  }
  for (const TensorRef& array : plan.arrays) plan.pointers.push_back(array.get());

  for (const std::size_t dim : dims) plan.order.push_back(static_cast<Index>(dim));
  const bool adjacent = dims.back() - dims.front() + 1 == dims.size();
  plan.at = adjacent ? dims.front() : 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (std::find(dims.begin(), dims.end(), i) != dims.end()) continue;
    plan.order.push_back(static_cast<Index>(i));
    plan.result.push_back(shape[i]);
  }
  for (std::size_t i = 0; i < plan.index_shape.size(); ++i) plan.result.insert(plan.at + i, plan.index_shape[i]);
  kernels::check_bounds(reorder({shape, Dims(shape.size()), 0}, plan.order).shape, plan.pointers, dims);
  return plan;
}

/// Dimensions of x[indices], those of the index arrays first.
Dims indices_first(const Plan& plan) {
  Dims order;
  const std::size_t count = plan.index_shape.size();
  for (std::size_t i = 0; i < count; ++i) order.push_back(static_cast<Index>(plan.at + i));
  for (std::size_t i = 0; i < plan.result.size(); ++i)
    if (i < plan.at || i >= plan.at + count) order.push_back(static_cast<Index>(i));
  return order;
}

void index_forward(Call& call) {
  const auto& a = call.attributes<IndexAttributes>();
  const Tensor& x = call.tensor(0);
  const Plan plan = make_plan(x.shape(), a.dims, call.in.subspan(1));
  Tensor& out = call.new_output(x.dtype(), plan.result);
  const TensorRef source = x.view(reorder(x.layout(), plan.order));
  if (plan.at == 0) {  // the kernel's own order of dimensions
    kernels::gather(out, *source, plan.pointers);
    return;
  }
  const Layout target = reorder(out.layout(), indices_first(plan));
  auto gathered = new_tensor(x.dtype(), target.shape);
  kernels::gather(*gathered, *source, plan.pointers);
  kernels::copy(*out.view(Layout(target)), *gathered);
}

std::vector<Variable> saved_indices(const Backward& b, std::size_t first, const IndexAttributes& a) {
  std::vector<Variable> indices(a.shape.size());
  for (std::size_t i = 0; i < a.dims.size(); ++i) indices[a.dims[i]] = b.input(first + i).variable;
  return indices;
}

const Op kIndex({.name = "index",
                 .node = "IndexBackward0",
                 .forward = index_forward,
                 .derivative =
                     [](Backward& b) {
                       const auto& a = b.attributes<IndexAttributes>();
                       set_part(b, 0, a.shape, [&](Variable whole, bool) {
                         index_put_(whole, saved_indices(b, 1, a), b.take(), true);
                         return whole;
                       });
                     },
                 .category = Category::Indexing,
                 .inputs = kVariadic,
                 .saves = {.rest = 1}});

void index_put_forward(Call& call) {
  const auto& a = call.attributes<IndexAttributes>();
  const Tensor& x = call.tensor(0);
  const Plan plan = make_plan(a.shape, a.dims, call.in.subspan(2), &x);
  if (!call.in[1].is_scalar() && !is_expandable(call.tensor(1).shape(), plan.result)) {
    fail<Error>("shape mismatch: value tensor of shape ", to_string(call.tensor(1).shape()),
                " cannot be broadcast to indexing result of shape ", to_string(plan.result));
  }
  if (call.in[1].is_scalar()) check_fits(call.in[1].scalar(), x.dtype());
  auto values = new_tensor(x.dtype(), plan.result);
  kernels::copy(*values, input(call.in[1]));
  const Tensor& self = written(call);
  const TensorRef target = self.view(reorder(self.layout(), plan.order));
  kernels::scatter(*target, plan.pointers, *values->view(reorder(values->layout(), indices_first(plan))), a.accumulate);
}

/// The gradient of the values that were written at these indices: none for those that others were written over.
Variable values_gradient(const Variable& g, std::span<const Variable> indices, const IndexAttributes& a) {
  Variable all = index(g, indices);
  std::vector<Operand> arrays;
  Dims sizes;
  for (const std::size_t dim : a.dims) {
    arrays.emplace_back(indices[dim]);
    sizes.push_back(a.shape[dim]);
  }
  const Plan plan = make_plan(a.shape, a.dims, arrays);
  const TensorRef lost = kernels::named_again(sizes, plan.pointers);
  if (!lost) return all;
  Dims shape = plan.index_shape;
  while (shape.size() + plan.at < plan.result.size()) shape.push_back(1);
  return where(reshape(Variable(lost), shape), 0.0, all);
}

const Op kIndexPut({.name = "index_put_",
                    .node = "IndexPutBackward0",
                    .forward = index_put_forward,
                    .derivative =
                        [](Backward& b) {
                          const auto& a = b.attributes<IndexAttributes>();
                          const auto indices = saved_indices(b, 2, a);
                          if (b.needs(1))
                            b.set(1, a.accumulate ? index(b.grad(), indices) : values_gradient(b.grad(), indices, a));
                          if (!b.needs(0)) return;
                          if (a.accumulate) return b.set(0, b.take());
                          Variable rest = clone(b.grad());
                          index_put_(rest, indices, 0.0);
                          b.set(0, std::move(rest));
                        },
                    .category = Category::Indexing,
                    .inputs = kVariadic,
                    .saves = {.rest = 2}});

const Op kNonzero({.name = "nonzero",
                   .node = nullptr,
                   .forward = [](Call& call) { call.out[0] = kernels::nonzero(call.tensor(0)); },
                   .derivative = nullptr,
                   .category = Category::Indexing});

/// The defined indices, after `in`, and which dimensions they are for.
IndexAttributes indexed(const Variable& x, std::span<const Variable> indices, std::vector<Operand>& in) {
  if (indices.size() > x.ndim())
    fail<IndexError>("too many indices for tensor of dimension ", x.ndim(), " (got ", indices.size(), ")");
  IndexAttributes a{x.shape(), {}};
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (!indices[i].defined()) continue;
    const DType dtype = indices[i].dtype();
    // PyTorch takes no unsigned ones; NumPy does.
    const bool usable = dtype == DType::Int64 || dtype == DType::Int32 || (is_unsigned(dtype) && dtype != DType::UInt8);
    if (!usable)
      fail<IndexError>("tensors used as indices must be long, int, byte or bool tensors, but one is ", name(dtype),
                       ": convert it, index.long()");
    a.dims.push_back(i);
    in.emplace_back(indices[i]);
  }
  return a;
}

IndexAttributes written_at(const Variable& x, std::span<const Variable> indices, std::vector<Operand>& in,
                           bool accumulate) {
  IndexAttributes a = indexed(x, indices, in);
  a.accumulate = accumulate;
  if (a.dims.empty()) fail<IndexError>("index_put() needs an index at least: use copy_() to write the whole");
  return a;
}

}  // namespace

Variable index(const Variable& x, std::span<const Variable> indices) {
  std::vector<Operand> in{x};
  const IndexAttributes a = indexed(x, indices, in);
  return a.dims.empty() ? alias(x) : apply(kIndex, in, a);
}

void index_put_(const Variable& self, std::span<const Variable> indices, const Operand& values, bool accumulate) {
  std::vector<Operand> in{self, values};
  const IndexAttributes a = written_at(self, indices, in, accumulate);
  apply_in_place(kIndexPut, self, in, a);
}

Variable index_put(const Variable& x, std::span<const Variable> indices, const Operand& values, bool accumulate) {
  std::vector<Operand> in{x, values};
  const IndexAttributes a = written_at(x, indices, in, accumulate);
  return apply(kIndexPut, in, a);
}

Variable nonzero(const Variable& x) { return apply(kNonzero, {x}); }

std::vector<Variable> mask_indices(const Variable& mask) {
  const Variable rows = nonzero(mask);
  std::vector<Variable> indices;
  indices.reserve(mask.ndim());
  for (std::size_t i = 0; i < mask.ndim(); ++i) indices.push_back(select(rows, 1, static_cast<Index>(i)));
  return indices;
}

}  // namespace tapegrad
