#pragma once
// The one place that every op passes: run its forward, and put it on the tape.

#include <span>
#include <utility>

#include "core/tls.h"
#include "graph/attributes.h"
#include "graph/node.h"
#include "graph/op.h"
#include "graph/operand.h"
#include "graph/variable.h"

namespace tapegrad {

/// A call of an op while its forward runs.
class Call {
 public:
  Call(const Op& op_row, std::span<const Operand> operands, AttributesView attrs, std::span<TensorRef> outputs)
      : op(op_row), in(operands), out(outputs), attributes_(attrs) {}

  const Op& op;
  std::span<const Operand> in;
  /// The outputs, which forward fills.
  std::span<TensorRef> out;
  /// Where an in-place call wants its result; forward must write there.
  Tensor* destination = nullptr;
  /// Whether rvalue operands may be computed in place.
  bool may_reuse = false;

  const Tensor& tensor(std::size_t i) const { return in[i].tensor(); }
  template <class T>
  const T& attributes() const {
    return *static_cast<const T*>(attributes_.value);
  }
  bool has_attributes() const { return attributes_.type != nullptr; }
  AttributesView attributes_view() const { return attributes_; }

  /// Memory for output 0 of an elementwise op: the destination, an operand that nobody needs any more, or a new array.
  Tensor& elementwise_output(DType dtype, const Dims& shape);
  /// The same, of the shape of an operand, whose order of strides a new array keeps.
  Tensor& elementwise_output(DType dtype, const Tensor& like);
  /// Memory for output i: new, row-major.
  // NOLINTNEXTLINE(readability-make-member-function-const): it writes an output
  Tensor& new_output(DType dtype, const Dims& shape, std::size_t i = 0) {
    out[i] = new_tensor(dtype, shape);
    return *out[i];
  }

 private:
  /// The destination or a reusable operand, or null where a new array is needed.
  Tensor* existing_output(DType dtype, const Dims& shape);
  AttributesView attributes_;
};

/// Calls an op with one output.
Variable apply(const Op& op, std::span<const Operand> in, AttributesView attributes = {});
inline Variable apply(const Op& op, std::initializer_list<Operand> in, AttributesView attributes = {}) {
  return apply(op, std::span(in.begin(), in.size()), attributes);
}

/// Calls an op with several outputs, as many as there are places in `out`.
void apply(const Op& op, std::span<const Operand> in, AttributesView attributes, std::span<Variable> out);

/// Writes the result of an op into `self` (its first operand) and puts that on the tape. `self` keeps shape and dtype.
/// Raises Error, with nothing written, where it may not be written (check_writable in view.h).
void apply_in_place(const Op& op, const Variable& self, std::span<const Operand> in, AttributesView attributes = {});
inline void apply_in_place(const Op& op, const Variable& self, std::initializer_list<Operand> in,
                           AttributesView attributes = {}) {
  apply_in_place(op, self, std::span(in.begin(), in.size()), attributes);
}

/// Gives `self` itself the layout that the op's view of it would have, and puts that on the tape: transpose_ and its
/// like. Raises Error as apply_in_place does, but for memory, which is not written.
void apply_view_in_place(const Op& op, const Variable& self, AttributesView attributes);

/// The node of a view op on what `input` leads to, for a view that was not made by calling it.
Ref<Node> view_node(const Op& op, Edge input, AttributesView attributes, const Ref<SharedLayout>& layout, DType dtype);

/// Why a call does otherwise than to compute a new result from its row's forward, on this thread: mostly for no reason,
/// which one look tells.
class Detour {
 public:
  enum Reason : std::uint8_t { kInPlace = 1, kIntercepted = 2 };
  static bool any() { return reasons_ != 0; }
  static bool is(Reason reason) { return (reasons_ & reason) != 0; }
  static void set(Reason reason, bool on) {
    reasons_ = static_cast<std::uint8_t>(on ? reasons_ | reason : reasons_ & ~reason);
  }

 private:
  TAPEGRAD_FAST_TLS static thread_local constinit inline std::uint8_t reasons_ = 0;
};

/// While it lives, the next op that is called on this thread works in place on `self`: what makes `exp_` of `exp`.
class InPlace {
 public:
  explicit InPlace(const Variable& self) {
    self_ = &self;
    Detour::set(Detour::kInPlace, true);
  }
  ~InPlace() { Detour::set(Detour::kInPlace, false); }
  InPlace(const InPlace&) = delete;
  InPlace& operator=(const InPlace&) = delete;
  static bool pending() { return Detour::is(Detour::kInPlace); }
  static const Variable& take() {
    Detour::set(Detour::kInPlace, false);
    return *self_;
  }

 private:
  TAPEGRAD_FAST_TLS static thread_local constinit inline const Variable* self_ = nullptr;
};

/// Called in place of the forward of an op that makes new memory (no view, not in place) where there is the detour
/// kIntercepted; it must fill the outputs. The host's, as is setting the detour.
inline void (*intercept)(Call& call) = nullptr;

/// A variable on the same storage and version counter without history.
Variable detach(const Variable& v);

}  // namespace tapegrad
