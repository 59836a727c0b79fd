#include "ops/gradients.h"

#include <algorithm>

#include "ops/elementwise.h"

namespace tapegrad {
namespace detail {
namespace {

/// Whether all elements are one in memory, as in the gradient of a sum.
bool is_single(const Tensor& t) {
  if (t.contiguous() || t.numel() == 0) return t.numel() == 1;
  const Dims& strides = t.strides();
  return std::all_of(strides.begin(), strides.end(), [](Index stride) { return stride == 0; });
}

Scalar first_element(const Tensor& t) {
  return t.dtype() == DType::Float32 ? Scalar(static_cast<double>(*t.data_as<float>())) : Scalar(*t.data_as<double>());
}

/// The operands as kernels take them, at first the sum that the result is added to, if there is one.
class Inputs {
 public:
  Inputs(const Variable* sum, std::span<const Operand> operands) {
    if (sum) add(sum->tensor());
    for (const Operand& operand : operands) {
      if (operand.is_scalar()) inputs_[count_++] = operand.scalar();
      else add(operand.tensor());
    }
  }
  /// Whether the result is one number for all elements.
  bool all_single() const { return all_single_; }
  std::span<const kernels::Input> all() const { return {inputs_, count_}; }

 private:
  void add(const Tensor& t) {
    if (is_single(t)) {
      inputs_[count_++] = first_element(t);
    } else {
      inputs_[count_++] = t;
      all_single_ = false;
    }
  }
  kernels::Input inputs_[kernels::kMostOperands];
  std::size_t count_ = 0;
  bool all_single_ = true;
};

/// Memory that is there for a result: that of the sum, or that of an operand which nobody needs any more; else null.
TensorRef free_memory(const Variable* sum, std::span<const Operand> operands, DType dtype, const Dims& shape) {
  if (sum && sum->exclusively_owned() && is_like_new(sum->tensor(), dtype, shape)) return sum->tensor_ref();
  for (const Operand& operand : operands)
    if (operand.reusable() && is_like_new(operand.tensor(), dtype, shape)) return operand.variable().tensor_ref();
  return {};
}

/// The same, or new memory, of strides like those of the first operand that is whole.
TensorRef memory_for(const Variable* sum, std::span<const Operand> operands, DType dtype, const Dims& shape) {
  if (TensorRef free = free_memory(sum, operands, dtype, shape)) return free;
  for (const Operand& operand : operands) {
    if (operand.is_scalar() || operand.tensor().shape() != shape) continue;
    const Tensor& like = operand.tensor();
    if (like.contiguous() || !is_single(like)) return new_result_like(like, dtype);
  }
  return new_tensor(dtype, shape);
}

/// The one value of a function of numbers, expanded to a shape: often the cotangent's, which is expanded itself.
TensorRef expanded(kernels::BlockFn function, std::span<const kernels::Input> in, const Operand& cotangent,
                   const Dims& shape) {
  const Tensor& like = cotangent.tensor();
  const DType dtype = like.dtype();
  const bool as_like = !like.contiguous() && like.offset() == 0 && like.shape() == shape;
  if (as_like && cotangent.reusable()) {
    kernels::compute_one(function, dtype, like.data(), in);
    return cotangent.variable().tensor_ref();
  }
  auto storage = Storage::make(itemsize(dtype));
  kernels::compute_one(function, dtype, storage->data(), in);
  auto layout = as_like ? like.layout_ref() : make_ref<SharedLayout>(Layout(shape, Dims(shape.size(), 0)));
  return make_ref<Tensor>(dtype, std::move(layout), std::move(storage), Ref<VersionCounter>());
}

/// Elements from which on a copy costs more than to look whether it is needed.
constexpr Index kShareFrom = Index{1} << 16;

/// Whether the formula gives its second operand as it is, the whole of it: the gradient of (x * y).sum() by x is y.
bool is_second_operand(const kernels::Formula& formula, std::span<const kernels::Input> in, const Dims& shape) {
  return formula.product && !in[0].tensor && in[0].scalar == Scalar(1.0) && in[1].tensor &&
         in[1].tensor->shape() == shape;
}

bool lies_as(const Tensor& t, const Dims& shape) { return (t.contiguous() && t.shape() == shape) || is_single(t); }

/// Whether each is one number, or row-major and of that shape.
bool lie_alike(const Variable* sum, std::span<const Operand> operands, const Dims& shape) {
  return (!sum || lies_as(sum->tensor(), shape)) &&
         std::all_of(operands.begin(), operands.end(),
                     [&](const Operand& x) { return x.is_scalar() || lies_as(x.tensor(), shape); });
}

/// Whether to defer a gradient of operands that lie alike: where it is made of what is deferred, or would need new
/// memory. What can be computed in place is in the caches often, and comes at less cost now than block by block later.
bool pays_later(const Variable* sum, std::span<const Operand> operands, DType dtype, const Dims& shape) {
  if (Deferred::is(operands[0].variable()) || (sum && Deferred::is(*sum))) return true;
  return !free_memory(sum, operands, dtype, shape);
}

}  // namespace

bool set_at_once(Backward& b, std::size_t i, const kernels::Formula& formula, std::span<const Operand> operands) {
  const Variable& cotangent = operands[0].variable();
  const DType dtype = cotangent.dtype();
  bool same_dtype = is_floating(dtype), same_shape = true;
  for (const Operand& operand : operands.subspan(1)) {
    if (operand.is_scalar()) continue;
    same_dtype &= operand.tensor().dtype() == dtype;
    same_shape &= operand.tensor().same_shape(cotangent.tensor());
  }
  if (!same_dtype) return false;
  const Dims broadcast = same_shape ? Dims() : broadcast_shape(operands);
  const Dims& shape = same_shape ? cotangent.shape() : broadcast;
  Variable* const sum = b.sum_for(i, dtype, shape);
  Deferred* deferred = nullptr;
  if ((same_shape ? cotangent.numel() : product(shape)) >= Deferred::kFrom) {
    if (lie_alike(sum, operands, shape) && pays_later(sum, operands, dtype, shape)) deferred = b.deferred();
    if (deferred) deferred->make_room();
    else {
      b.compute(cotangent);
      if (sum) b.compute(*sum);
    }
  }
  const Inputs in(sum, operands);
  if (!sum && cotangent.numel() >= kShareFrom && is_second_operand(formula, in.all(), shape) &&
      b.share(i, operands[1].variable().tensor_ref()))
    return true;
  const kernels::BlockFn function = (sum ? formula.added : formula.plain)(dtype);
  Variable result;
  if (in.all_single() && product(shape) != 1 && b.may_expand()) {
    result = Variable(expanded(function, in.all(), operands[0], shape));
  } else if (deferred) {
    result = deferred->add(function, formula.costly, in.all());
  } else {
    TensorRef memory = memory_for(sum, operands, dtype, shape);
    kernels::compute(function, formula.costly, *memory, in.all());
    result = Variable(std::move(memory));
  }
  if (sum) *sum = std::move(result);
  else b.set(i, std::move(result));
  return true;
}

}  // namespace detail

void add_deferred(Deferred& deferred, Variable& sum, Variable&& gradient) {
  const Operand operands[] = {gradient};
  if (gradient.dtype() == sum.dtype() && detail::lie_alike(&sum, operands, sum.shape())) {
    deferred.make_room();
    const kernels::BlockFn plus = kernels::vector_table().of(kernels::BinaryFn::Add, sum.dtype());
    sum = deferred.add(plus, kernels::is_costly(kernels::BinaryFn::Add), detail::Inputs(&sum, operands).all());
  } else {
    deferred.compute(sum);
    deferred.compute(gradient);
    sum = add(std::move(sum), std::move(gradient));
  }
}

}  // namespace tapegrad
