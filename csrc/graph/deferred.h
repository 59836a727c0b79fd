#pragma once
// Deferred: gradients that are not computed before somebody needs them.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "graph/variable.h"
#include "kernels/program.h"

namespace tapegrad {

/// Note [Deferred gradients]: the derivatives of elementwise operations, one after another, write gradients that the
/// next of them reads, and so on; of large arrays that is what they spend their time with. So a large gradient that is
/// an elementwise function of arrays without gaps is not computed but noted as a step: its variable has a tensor
/// without memory. Steps that follow from each other are computed together, block by block, once a derivative asks for
/// the array, or an accumulator (Backward::grad). Each element is what the functions one by one would have made it.
///
/// Nobody can tell: before code of the user's runs, and before a leaf's gradient is added to, all are computed
/// (Run::execute). What may run in between all the same are handlers of signals, where the engine asks for interrupts,
/// and other threads, where a kernel gives the interpreter's lock up: what they write to a value is told by its
/// version.
class Deferred {
 public:
  /// Elements from which on it pays. All that is tested under a sanitizer is tested deferred.
#ifdef TAPEGRAD_SANITIZED
  static constexpr Index kFrom = 2;
#else
  static constexpr Index kFrom = Index{1} << 14;
#endif

  bool any() const { return !steps_.empty(); }
  static bool is(const Variable& gradient) { return !gradient.tensor().has_memory(); }

  /// The gradient function(operands...), of at most kMostOperands: numbers and, one at least, tensors of one dtype and
  /// shape, row-major, perhaps deferred themselves. There must be room (make_room).
  Variable add(kernels::BlockFn function, bool costly, std::span<const kernels::Input> operands);

  /// Gives a gradient, which may be undefined, its memory and its values if it has none yet. Raises Error where a value
  /// was written since.
  void compute(const Variable& gradient) {
    if (!any() || !gradient.defined() || !is(gradient)) return;
    drop_unneeded();
    compute_step(place_of(gradient.tensor()));
  }
  void compute_all();
  /// To be called before operands are looked at: where no further step would fit a program, all are computed.
  void make_room() {
    if (steps_.size() == kernels::kLongestProgram) compute_all();
  }
  /// To be called between nodes: where steps are many, or hold more memory than a few derivatives would one by one, the
  /// latest is computed.
  void settle();

 private:
  struct Operand {
    TensorRef tensor;  // null: a number
    Scalar number;
    std::uint32_t version;
    bool is_result() const { return tensor && !tensor->has_memory(); }
  };
  struct Step {
    WeakVariable variable;
    TensorRef result;
    kernels::BlockFn function = nullptr;
    bool costly = false;
    std::vector<Operand> operands;
    /// The gradient, where more than later steps need it and it was not computed yet; else an undefined one.
    Variable gradient() const {
      Variable v = variable.lock();
      return v.defined() && v.tensor_ref() == result ? v : Variable();
    }
  };
  using Flags = std::array<bool, kernels::kLongestProgram>;
  std::size_t held() const;
  std::size_t place_of(const Tensor& result) const;
  /// Computes that step and those that it needs, each of which is computed once.
  void compute_step(std::size_t last);
  static void compute_alone(const Step& step, Tensor& out);
  /// Which steps up to `last` are needed for that.
  Flags needed_for(std::size_t last) const;
  void mark_operands(const Step& step, Flags& flags) const;
  void give_memory(const Step& made, const TensorRef& memory);
  void drop_unneeded();
  std::vector<Step> steps_;  // each after those whose results it needs
};

/// Raises Error where a value that a gradient is made from was written since it had that version.
void check_unwritten(const Tensor& value, std::uint32_t version);

}  // namespace tapegrad
