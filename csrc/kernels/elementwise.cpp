#include "kernels/elementwise.h"

#include "kernels/elementwise_loop.h"
#include "kernels/vector_table.h"

namespace tapegrad::kernels {
namespace {

template <class Fn>
[[noreturn, gnu::cold, gnu::noinline]] void not_for(const char* what, Fn fn, DType t) {
  fail<Error>(what, " ", static_cast<int>(fn), " is not implemented for ", name(t));
}

}  // namespace

void unary(UnaryFn fn, DType compute, Tensor& out, const Input& a) {
  const BlockFn function = vector_table().of(fn, compute);
  if (!function) not_for("unary function", fn, compute);
  const DType result = is_predicate(fn) ? DType::Bool : compute;
  apply<1>({function, result, {compute}, is_costly(fn) ? kCostlyGrain : kCheapGrain}, out, {&a});
}

void binary(BinaryFn fn, DType compute, Tensor& out, const Input& a, const Input& b) {
  const BlockFn function = vector_table().of(fn, compute);
  if (!function) not_for("binary function", fn, compute);
  const DType result = is_predicate(fn) ? DType::Bool : compute;
  apply<2>({function, result, {compute, compute}, is_costly(fn) ? kCostlyGrain : kCheapGrain}, out, {&a, &b});
}

void binary(BinaryFn fn, DType compute, Tensor& out, const Tensor& a, const Tensor& b) {
  const Index count = out.numel();
  const bool alike = a.layout_ref() == b.layout_ref() && a.dtype() == compute && b.dtype() == compute;
  const bool in_order = a.contiguous() && out.contiguous() && a.numel() == count;
  if (alike && in_order && count <= kCostlyGrain && out.dtype() == (is_predicate(fn) ? DType::Bool : compute)) {
    const BlockFn function = vector_table().of(fn, compute);
    const void* const operands[] = {a.data(), b.data()};
    if (function) return function(count, out.data(), operands, 0);
  }
  binary(fn, compute, out, Input(a), Input(b));
}

void where(DType compute, Tensor& out, const Input& condition, const Input& a, const Input& b) {
  const BlockFn function = vector_table().where[static_cast<std::size_t>(compute)];
  apply<3>({function, compute, {DType::Bool, compute, compute}, kCheapGrain}, out, {&condition, &a, &b});
}

namespace detail {

RowUse row_use(const Tensor& t, const Tensor& out) {
  const Dims &shape = t.shape(), &whole = out.shape();
  const std::size_t missing = whole.size() - shape.size();
  const auto same = [&](std::size_t i) { return shape[i] == whole[i + missing]; };
  std::size_t first = 0, last = shape.size();
  while (first < last && shape[first] == 1) ++first;
  while (last > first && shape[last - 1] == 1) --last;
  for (std::size_t i = first; i < last; ++i)
    if (!same(i)) return {};
  // Ones on the left, the rest as it is: a row. Ones on the right: an element for each row.
  if (last == shape.size()) return {t.numel(), false};
  Index rows = 1;
  for (std::size_t i = 0; i < last + missing; ++i) rows *= whole[i];
  if (rows == t.numel()) return {out.numel() / rows, true};
  return {};
}

}  // namespace detail
}  // namespace tapegrad::kernels
