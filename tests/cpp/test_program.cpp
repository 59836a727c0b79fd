#include "kernels/program.h"

#include "arrays.h"
#include "check.h"
#include "kernels/elementwise.h"

using namespace arrays;
using namespace tapegrad::kernels;

namespace {

constexpr Index kCounts[] = {1, 7, 1023, 1025, 40'000, 300'000};

/// Some instructions in a row, on arrays, numbers and results of earlier ones; what each gives is computed one by one.
template <class T>
class RandomProgram {
 public:
  RandomProgram(DType t, Index count, std::size_t length) : t_(t), count_(count) {
    for (TensorRef& array : arrays_) array = filled();
    for (T& value : numbers_) value = number<T>(false);
    for (std::size_t i = 0; i < length; ++i) add(i);
  }
  /// Asks for some of the results, and for the last: there in the memory of an array, if `in_place`.
  void ask(bool in_place) {
    for (std::size_t i = 0; i < program_.size(); ++i) {
      const bool last = i + 1 == program_.size();
      if (!last && below(3)) continue;
      out_.emplace_back(i, last && in_place ? arrays_[0] : new_tensor(t_, {count_}));
      program_[i].out = out_.back().second->data();
    }
  }
  void run_and_check() {
    run(program_, t_, count_);
    for (const auto& [i, got] : out_) CHECK(std::memcmp(got->data(), expected_[i]->data(), got->bytes()) == 0);
  }

 private:
  TensorRef filled() const {
    TensorRef t = new_tensor(t_, {count_});
    for (Index i = 0; i < count_; ++i) t->data_as<T>()[i] = number<T>(false);
    return t;
  }
  void add(std::size_t i) {
    constexpr BinaryFn kFns[] = {BinaryFn::Add, BinaryFn::Sub, BinaryFn::Mul, BinaryFn::Maximum};
    const BinaryFn fn = kFns[below(std::size(kFns))];
    Instruction instruction;
    instruction.function = vector_table().of(fn, t_);
    instruction.count = 2;
    const void* alone[2];
    unsigned repeated = 0;
    for (std::size_t k = 0; k < 2; ++k) {
      Instruction::Operand& in = instruction.in[k];
      if (const Index kind = below(4); kind == 0) {
        in = {&numbers_[static_cast<std::size_t>(below(3))], 0, true};
        repeated |= 1U << k;
      } else if (kind == 1 || i == 0) {
        in = {arrays_[static_cast<std::size_t>(below(3))]->data(), 0, false};
      } else {
        in.result = static_cast<std::size_t>(below(static_cast<Index>(i)));
      }
      alone[k] = in.data ? in.data : expected_[in.result]->data();
    }
    expected_.push_back(new_tensor(t_, {count_}));
    const bool once = repeated == 3;
    instruction.function(once ? 1 : count_, expected_.back()->data(), alone, repeated);
    if (once) std::fill_n(expected_.back()->data_as<T>(), count_, *expected_.back()->data_as<T>());
    program_.push_back(instruction);
  }

  DType t_;
  Index count_;
  TensorRef arrays_[3];
  T numbers_[3];
  std::vector<Instruction> program_;
  std::vector<TensorRef> expected_;
  std::vector<std::pair<std::size_t, TensorRef>> out_;
};

template <class T>
void check_programs(DType t) {
  for (const Index count : kCounts) {
    for (int round = 0; round < (count > 2000 ? 4 : 40); ++round) {
      RandomProgram<T> program(t, count, 1 + static_cast<std::size_t>(below(kLongestProgram)));
      program.ask(round % 2);
      program.run_and_check();
    }
  }
}

}  // namespace

TEST(programs_give_what_their_instructions_give_one_by_one) {
  check_programs<float>(DType::Float32);
  check_programs<double>(DType::Float64);
}

// Results of 32 MB and more are written past the caches.
TEST(large_results_of_programs) {
  RandomProgram<float> program(DType::Float32, (Index{1} << 23) + 3, 6);
  program.ask(false);
  program.run_and_check();
}
