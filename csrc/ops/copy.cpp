// Copies and conversions, and the ops that only ever work in place.

#include <cmath>
#include <limits>
#include <utility>

#include "graph/view.h"
#include "ops/elementwise.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

struct CloneAttributes {
  MemoryFormat format;
};

void pass_on(Backward& b) { b.set(0, b.take()); }

// Without attributes the strides are preserved.
const Op kClone({.name = "clone",
                 .node = "CloneBackward0",
                 .forward =
                     [](Call& call) {
                       const Tensor& x = call.tensor(0);
                       const MemoryFormat format =
                           call.has_attributes() ? call.attributes<CloneAttributes>().format : MemoryFormat::Preserve;
                       call.out[0] = new_tensor_like(x, x.dtype(), format);
                       kernels::copy(*call.out[0], x);
                     },
                 .derivative = pass_on,
                 .category = Category::Copy});

struct ToAttributes {
  DType dtype;
  MemoryFormat format;
};

// The engine casts the gradient back.
const Op kTo({.name = "to",
              .node = "ToCopyBackward0",
              .forward =
                  [](Call& call) {
                    const auto& a = call.attributes<ToAttributes>();
                    call.out[0] = new_tensor_like(call.tensor(0), a.dtype, a.format);
                    kernels::copy(*call.out[0], call.tensor(0));
                  },
              .derivative = pass_on,
              .category = Category::Copy});

Variable zeros_like_output(const Backward& b) { return full(b.output().shape(), 0.0, b.output().dtype); }

void write(Call& call, const kernels::Input& source) { kernels::copy(*call.destination, source); }

/// fill_ and fill, by a number or an array of no dimensions: a node name each.
void fill_forward(Call& call) {
  const Tensor& x = call.tensor(0);
  if (call.in[1].is_scalar()) check_fits(call.in[1].scalar(), x.dtype());
  if (!call.destination) call.new_output(x.dtype(), x.shape());
  kernels::copy(call.destination ? *call.destination : *call.out[0], input(call.in[1]));
}

constexpr Op::Row fill_row(const char* name, const char* node, std::uint8_t constants = 0) {
  return {.name = name,
          .node = node,
          .forward = fill_forward,
          .derivative =
              [](Backward& b) {
                if (b.needs(0)) b.set(0, zeros_like_output(b));
                if (b.needs(1)) b.set(1, sum(b.take()));
              },
          .category = Category::Copy,
          .inputs = 2,
          .constants = constants,
          .uniform = true};
}

const Op kCopy({.name = "copy_",
                .node = "CopyBackwards",
                .forward = [](Call& call) { write(call, input(call.in[1])); },
                .derivative =
                    [](Backward& b) {
                      if (b.needs(0)) b.set(0, zeros_like_output(b));
                      if (b.needs(1)) b.set(1, b.take());
                    },
                .category = Category::Copy,
                .inputs = 2});

const Op kFillNumberNew(fill_row("fill_number", "FillBackward0", kFor1));
const Op kFillNew(fill_row("fill", "FillBackward1"));
const Op kFillNumber(fill_row("fill_number_", "FillBackward2", kFor1));
const Op kFill(fill_row("fill_", "FillBackward3"));

}  // namespace

const Op kZero({.name = "zero_",
                .node = "ZeroBackward0",
                .forward = [](Call& call) { write(call, Scalar(0)); },
                .derivative = [](Backward& b) { b.set(0, zeros_like_output(b)); },
                .category = Category::Copy,
                .uniform = true});

Variable clone(const Operand& x, MemoryFormat format) {
  return format == MemoryFormat::Preserve ? apply(kClone, {x}) : apply(kClone, {x}, CloneAttributes{format});
}
Variable contiguous(const Variable& x, MemoryFormat format) {
  return lies_in(x.tensor(), format) ? x : clone(x, format);
}
Variable to(const Operand& x, DType dtype, MemoryFormat format) {
  const Tensor& from = x.tensor();
  if (from.dtype() == dtype && (format == MemoryFormat::Preserve || format == format_of(from))) return x.variable();
  return apply(kTo, {x}, ToAttributes{dtype, format});
}

void copy_(const Variable& self, const Operand& source) {
  check_overwritten(self);
  if (source.is_scalar()) return fill_(self, source);
  const Dims& from = source.tensor().shape();
  if (!is_expandable(from, self.shape()))
    fail<Error>("The expanded size of the tensor must match the existing size: a value of shape ", to_string(from),
                " does not broadcast to ", to_string(self.shape()));
  apply_in_place(kCopy, self, {self, source});
}

void check_fits(const Scalar& value, DType dtype) {
  const bool fits = visit(dtype, [&]<class T>() {
    using Limits = std::numeric_limits<T>;
    const auto number = value.to<double>();
    if constexpr (std::is_same_v<T, bool>) return true;
    else if constexpr (std::is_floating_point_v<T>)
      return !std::isfinite(number) || std::abs(number) <= static_cast<double>(Limits::max());
    else if (value.is_float())
      return number >= static_cast<double>(Limits::min()) && number < static_cast<double>(Limits::max()) + 1;
    else if (!value.is_negative()) return std::in_range<T>(value.to<std::uint64_t>());
    else if constexpr (std::is_signed_v<T>) return std::in_range<T>(value.to<std::int64_t>());
    else return std::in_range<T>(0 - value.to<std::uint64_t>());  // unsigned ones take negatives, which wrap
  });
  if (!fits) fail<Error>("value cannot be converted to type ", name(dtype), " without overflow");
}

void check_fits(const Operand& x, const Operand& number) {
  const Operand both[] = {x, number};
  if (number.is_scalar()) check_fits(number.scalar(), result_type(both));
}

namespace {

void check_single(const Operand& value) {
  if (value.is_scalar() || value.tensor().ndim() == 0) return;
  fail<Error>("fill_ only supports 0-dimension value tensor but got tensor with ", value.tensor().ndim(),
              " dimensions: use copy_()");
}

}  // namespace

void fill_(const Variable& self, const Operand& value) {
  check_overwritten(self);
  check_single(value);
  apply_in_place(value.is_scalar() ? kFillNumber : kFill, self, {self, value});
}

Variable fill(const Variable& x, const Operand& value) {
  check_single(value);
  return apply(value.is_scalar() ? kFillNumberNew : kFillNew, {x, value});
}

void zero_(const Variable& self) { apply_in_place(kZero, self, {self}); }

}  // namespace tapegrad
