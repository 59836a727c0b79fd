#include "graph/deferred.h"

#include <algorithm>

#include "graph/node.h"
#include "kernels/block_loader.h"
#include "kernels/formula.h"

namespace tapegrad {
namespace {

using kernels::Instruction;

/// Arrays that steps may keep alive: a derivative by itself has two or three at a time.
constexpr std::size_t kMostHeld = 3;
/// Steps from which on the latest is computed: the next node may add some.
constexpr std::size_t kMany = kernels::kLongestProgram - 4;

}  // namespace

void check_unwritten(const Tensor& value, std::uint32_t version) {
  if (value.version() == version) return;
  fail<Error>("one of the variables needed for gradient computation has been modified by an inplace operation: [",
              name(value.dtype()), " ", to_string(value.shape()), "] is at version ", value.version(),
              "; expected version ", version,
              " instead. It was written while backward ran, by another thread or the handler of a signal");
}

Variable Deferred::add(kernels::BlockFn function, bool costly, std::span<const kernels::Input> operands) {
  Step step;
  step.function = function;
  step.costly = costly;
  const Tensor* like = nullptr;
  for (const kernels::Input& operand : operands) {
    if (operand.tensor) like = operand.tensor;
    step.operands.push_back({TensorRef(const_cast<Tensor*>(operand.tensor)), operand.scalar,
                             operand.tensor ? operand.tensor->version() : 0});
  }
  Variable gradient(make_ref<Tensor>(like->dtype(), *like, Tensor::WithoutMemory{}));
  step.variable = WeakVariable(gradient);
  step.result = gradient.tensor_ref();
  steps_.push_back(std::move(step));
  return gradient;
}

/// How many arrays nobody holds but steps.
std::size_t Deferred::held() const {
  std::vector<const Tensor*> arrays;
  for (const Step& step : steps_)
    for (const Operand& operand : step.operands)
      if (operand.tensor && operand.tensor->has_memory()) arrays.push_back(operand.tensor.get());
  std::sort(arrays.begin(), arrays.end());
  std::size_t count = 0;
  for (auto at = arrays.begin(); at != arrays.end();) {
    const auto next = std::upper_bound(at, arrays.end(), *at);
    count += (*at)->use_count() == next - at;
    at = next;
  }
  return count;
}

void Deferred::settle() {
  if (steps_.size() < kMany && held() <= kMostHeld) return;
  drop_unneeded();
  if (any()) compute_step(steps_.size() - 1);
}

void Deferred::compute_all() {
  drop_unneeded();
  while (any()) compute_step(steps_.size() - 1);
}

std::size_t Deferred::place_of(const Tensor& result) const {
  const auto it = std::find_if(steps_.begin(), steps_.end(), [&](const Step& s) { return s.result == &result; });
  return static_cast<std::size_t>(it - steps_.begin());
}

Deferred::Flags Deferred::needed_for(std::size_t last) const {
  Flags needed{};
  needed[last] = true;
  for (std::size_t i = last + 1; i-- > 0;)
    if (needed[i]) mark_operands(steps_[i], needed);
  return needed;
}

void Deferred::mark_operands(const Step& step, Flags& flags) const {
  for (const Operand& operand : step.operands)
    if (operand.is_result()) flags[place_of(*operand.tensor)] = true;
}

void Deferred::compute_step(std::size_t last) {
  const Flags needed = needed_for(last);
  Flags read_later{};
  for (std::size_t i = 0; i < steps_.size(); ++i)
    if (!needed[i]) mark_operands(steps_[i], read_later);
  const DType dtype = steps_[last].result->dtype();
  std::vector<Instruction> program;
  program.reserve(last + 1);
  std::vector<kernels::Element> numbers;
  numbers.reserve((last + 1) * kernels::kMostOperands);  // instructions point to them
  std::array<std::size_t, kernels::kLongestProgram> place_in_program;
  std::vector<std::pair<const Step*, TensorRef>> made;
  const Tensor* free = nullptr;  // an operand whose memory nobody else needs: the last result may be computed there
  for (std::size_t i = 0; i <= last; ++i) {
    if (!needed[i]) continue;
    const Step& step = steps_[i];
    Instruction instruction;
    instruction.function = step.function;
    instruction.costly = step.costly;
    for (const Operand& operand : step.operands) {
      Instruction::Operand& in = instruction.in[instruction.count++];
      if (!operand.tensor) {
        in.data = numbers.emplace_back(operand.number, dtype).bytes;
        in.repeated = true;
      } else if (operand.is_result()) {
        in.result = place_in_program[place_of(*operand.tensor)];
      } else {
        check_unwritten(*operand.tensor, operand.version);
        in.data = operand.tensor->data();
        if (operand.tensor->exclusively_owned() && operand.tensor->bytes() == operand.tensor->storage().bytes())
          free = operand.tensor.get();
      }
    }
    if (read_later[i] || step.gradient().defined()) {
      const Ref<SharedLayout>& layout = step.result->layout_ref();
      TensorRef memory = i == last && free ? make_ref<Tensor>(dtype, layout, free->storage_ref(), Ref<VersionCounter>())
                                           : make_ref<Tensor>(dtype, *step.result);
      instruction.out = memory->data();
      made.emplace_back(&step, std::move(memory));
    }
    place_in_program[i] = program.size();
    program.push_back(instruction);
  }
  if (program.size() == 1) compute_alone(steps_[last], *made.back().second);
  else kernels::run(program, dtype, steps_[last].result->numel());
  for (const auto& [step, memory] : made) give_memory(*step, memory);
  drop_unneeded();
}

void Deferred::compute_alone(const Step& step, Tensor& out) {
  std::vector<kernels::Input> in;
  for (const Operand& operand : step.operands) {
    if (operand.tensor) in.emplace_back(*operand.tensor);
    else in.emplace_back(operand.number);
  }
  kernels::compute(step.function, step.costly, out, in);
}

void Deferred::give_memory(const Step& made, const TensorRef& memory) {
  for (Step& step : steps_)
    for (Operand& operand : step.operands)
      if (operand.tensor == made.result) operand.tensor = memory;
  if (const Variable gradient = made.gradient(); gradient.defined()) gradient.meta().replace_tensor(memory);
}

void Deferred::drop_unneeded() {
  Flags needed{};
  for (std::size_t i = steps_.size(); i-- > 0;) {
    needed[i] |= steps_[i].gradient().defined();
    if (needed[i]) mark_operands(steps_[i], needed);
  }
  std::size_t place = 0;
  std::erase_if(steps_, [&](const Step&) { return !needed[place++]; });
}

}  // namespace tapegrad
