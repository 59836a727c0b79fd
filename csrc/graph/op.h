#pragma once
// Op: a row of the ops table. Every primitive is one row, made next to its forward and its derivative in ops/.

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace tapegrad {

class Call;
class Backward;

/// When an input is saved: if one of the inputs in this set of bits requires grad.
inline constexpr std::uint8_t kFor0 = 1, kFor1 = 2, kFor2 = 4, kForAny = 255;

struct Saves {
  /// For each of the first inputs: whose gradients' formulas name it.
  std::array<std::uint8_t, 3> inputs{};
  /// All inputs from this one on (indices); 0 for none.
  std::uint8_t rest = 0;
  /// Which outputs: bit i is output i, so `true` is the only one, or the first.
  std::uint8_t result = 0;
};

enum class Category : std::uint8_t { Unary, Binary, Ternary, Reduction, Shape, Indexing, Matrix, Copy, Graph };

/// Marks a row that takes any number of tensors.
inline constexpr std::int8_t kVariadic = -1;

/// Marks a row that gives any number of outputs.
inline constexpr std::uint8_t kManyOutputs = 0;

class Op {
 public:
  struct Row {
    /// Public name, "exp".
    const char* name;
    /// Name of the node, "ExpBackward0"; null for an op that is not differentiable, whose results never require grad.
    const char* node;
    void (*forward)(Call&);
    void (*derivative)(Backward&);
    Category category;
    std::int8_t inputs = 1;
    std::uint8_t outputs = 1;
    Saves saves = {};
    /// The inputs that are constants whatever they are (an index, a mask, a number in its place), a set of bits: to a
    /// user the node has no such input. Those that `saves.rest` begins are, too.
    std::uint8_t constants = 0;
    /// The outputs share input 0's storage.
    bool view = false;
    /// The derivative is called even where no gradient arrived at all.
    bool takes_undefined = false;
    /// In place it writes one value everywhere, so that elements may share their memory.
    bool uniform = false;
  };

  explicit Op(const Row& row)
      : row_(row),
        saved_inputs_(row.saves.inputs.size()),
        saved_results_(static_cast<std::size_t>(std::popcount(row.saves.result))) {
    while (saved_inputs_ > 0 && row.saves.inputs[saved_inputs_ - 1] == 0) --saved_inputs_;
    table().push_back(this);
  }
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;

  const Row& row() const { return row_; }
  const Row* operator->() const { return &row_; }

  /// How many operands of `count` have a place among the saved values: up to the last one that some formula names.
  std::size_t saved_inputs(std::size_t count) const {
    return row_.saves.rest || saved_inputs_ > count ? count : saved_inputs_;
  }

  /// How many outputs have a place among the saved values, after the operands.
  std::size_t saved_results() const { return saved_results_; }
  bool is_constant(std::size_t input) const {
    return input < 8 ? (row_.constants >> input & 1) != 0 || (row_.saves.rest && input >= row_.saves.rest)
                     : row_.saves.rest != 0;
  }
  bool saves_any(std::size_t count) const { return row_.saves.result != 0 || saved_inputs(count) != 0; }

  /// All rows, in the order they were made.
  static std::vector<const Op*>& table() {
    static std::vector<const Op*> rows;
    return rows;
  }

 private:
  Row row_;
  std::size_t saved_inputs_, saved_results_;
};

// Rows that the graph itself makes nodes of; defined in ops/.
extern const Op kAccumulateGrad;
extern const Op kCopySlices;
extern const Op kAsStrided;
extern const Op kCustomFunction;
extern const Op kZero;

}  // namespace tapegrad
