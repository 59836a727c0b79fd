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

}  // namespace

void compute(BlockFn function, bool costly, Tensor& out, std::span<const Input> in) {
  const Index grain = costly ? kCostlyGrain : kCheapGrain;
  switch (in.size()) {
    case 1: return compute(function, grain, out, in, std::make_index_sequence<1>());
    case 2: return compute(function, grain, out, in, std::make_index_sequence<2>());
    case 3: return compute(function, grain, out, in, std::make_index_sequence<3>());
    case 4: return compute(function, grain, out, in, std::make_index_sequence<4>());
    default: __builtin_unreachable();
  }
}

void compute_one(BlockFn function, DType t, void* out, std::span<const Input> in) {
  alignas(Element) Byte elements[4][sizeof(Element)];
  const void* operands[4];
  for (std::size_t i = 0; i < in.size(); ++i) operands[i] = (new (elements[i]) Element(in[i].scalar, t))->bytes;
  function(1, out, operands, 0);
}

}  // namespace tapegrad::kernels
