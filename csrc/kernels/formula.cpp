#include "kernels/formula.h"

#include "kernels/elementwise_loop.h"

namespace tapegrad::kernels {
namespace {

template <std::size_t... i>
void compute(BlockFn function, Index grain, Tensor& out, std::span<const Input> in, std::index_sequence<i...>) {
  const DType t = out.dtype();
  const Input* const operands[] = {&in[i]...};
  apply<sizeof...(i)>({function, t, {(static_cast<void>(i), t)...}, grain}, out, operands);
}

template <std::size_t count>
void compute(BlockFn function, Index grain, Tensor& out, std::span<const Input> in) {
  if (in.size() == count) return compute(function, grain, out, in, std::make_index_sequence<count>());
  if constexpr (count < kMostOperands) compute<count + 1>(function, grain, out, in);
}

}  // namespace

void compute(BlockFn function, bool costly, Tensor& out, std::span<const Input> in) {
  compute<1>(function, costly ? kCostlyGrain : kCheapGrain, out, in);
}

void compute_one(BlockFn function, DType t, void* out, std::span<const Input> in) {
  alignas(Element) Byte elements[kMostOperands][sizeof(Element)];
  const void* operands[kMostOperands];
  for (std::size_t i = 0; i < in.size(); ++i) operands[i] = (new (elements[i]) Element(in[i].scalar, t))->bytes;
  function(1, out, operands, 0);
}

}  // namespace tapegrad::kernels
