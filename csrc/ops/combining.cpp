// Arrays that are combined: matrices along a diagonal, choices of elements, the places of triangles.

#include <algorithm>
#include <numeric>

#include "ops/arranging.h"
#include "ops/layouts.h"

namespace tapegrad {
namespace {

struct BlockDiagAttributes {
  std::vector<Dims> shapes;
};

/// A part counts as a matrix: a number as one by one, a vector as a row.
Dims as_matrix(const Dims& shape) {
  if (shape.size() == 2) return shape;
  return {1, shape.empty() ? 1 : shape[0]};
}

/// Calls at(i, row, column, matrix shape) for each part.
template <class F>
void for_blocks(const std::vector<Dims>& shapes, F at) {
  Index row = 0, column = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Dims matrix = as_matrix(shapes[i]);
    at(i, row, column, matrix);
    row += matrix[0];
    column += matrix[1];
  }
}

void block_diag_forward(Call& call) {
  const auto& shapes = call.attributes<BlockDiagAttributes>().shapes;
  Dims whole{0, 0};
  for_blocks(shapes, [&](std::size_t, Index row, Index column, const Dims& matrix) {
    whole = {row + matrix[0], column + matrix[1]};
  });
  call.out[0] = zeros(result_type(call.in), whole);
  for_blocks(shapes, [&](std::size_t i, Index row, Index column, const Dims& matrix) {
    const Tensor& part = call.tensor(i);
    Layout from{matrix, {0, 0}, part.offset()};
    for (std::size_t d = 0; d < part.ndim(); ++d) from.strides[2 - part.ndim() + d] = part.strides()[d];
    kernels::copy(*call.out[0]->view({matrix, {whole[1], 1}, row * whole[1] + column}), *part.view(std::move(from)));
  });
}

const Op kBlockDiag({.name = "block_diag",
                     .node = "BlockDiagBackward0",
                     .forward = block_diag_forward,
                     .derivative =
                         [](Backward& b) {
                           const auto& shapes = b.attributes<BlockDiagAttributes>().shapes;
                           for_blocks(shapes, [&](std::size_t i, Index row, Index column, const Dims& matrix) {
                             if (!b.needs(i)) return;
                             const Variable rows = slice(b.grad(), 0, row, row + matrix[0], 1);
                             b.set(i, reshape(slice(rows, 1, column, column + matrix[1], 1), shapes[i]));
                           });
                         },
                     .category = Category::Shape,
                     .inputs = kVariadic});

/// All choices of `r` of `n` things in lexicographic order, one after another.
std::vector<Index> choices(Index n, Index r, bool with_replacement) {
  const auto count = static_cast<std::size_t>(r);
  std::vector<Index> all, now(count, 0);
  if (n == 0 || (!with_replacement && r > n)) return all;
  for (std::size_t i = 0; i < count && !with_replacement; ++i) now[i] = static_cast<Index>(i);
  while (true) {
    all.insert(all.end(), now.begin(), now.end());
    std::size_t i = count;
    while (i > 0 && now[i - 1] == (with_replacement ? n - 1 : n - r + static_cast<Index>(i) - 1)) --i;
    if (i == 0) return all;
    ++now[i - 1];
    for (; i < count; ++i) now[i] = now[i - 1] + (with_replacement ? 0 : 1);
  }
}

}  // namespace

Variable block_diag(std::span<const Variable> parts) {
  if (parts.empty()) return full({1, 0}, 0, DType::Float32);
  BlockDiagAttributes a;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].ndim() > 2)
      fail<Error>("block_diag: Input tensors must have 2 or fewer dimensions. Input ", i, " has ", parts[i].ndim(),
                  " dimensions");
    a.shapes.push_back(parts[i].shape());
  }
  return apply(kBlockDiag, std::vector<Operand>(parts.begin(), parts.end()), a);
}

Variable combinations(const Variable& x, Index r, bool with_replacement) {
  if (x.ndim() != 1) fail<Error>("combinations(): Expect a 1D vector, but got shape ", to_string(x.shape()));
  if (r < 0) fail<Error>("combinations(): Expect a non-negative number, but got ", r);
  if (r == 0) return full({0}, 0, x.dtype());
  const std::vector<Index> all = choices(x.numel(), r, with_replacement);
  const TensorRef rows = new_tensor(DType::Int64, {static_cast<Index>(all.size()) / r, r});
  std::copy(all.begin(), all.end(), rows->data_as<std::int64_t>());
  std::vector<Variable> columns;
  for (Index i = 0; i < r; ++i) {
    const Variable positions = select(Variable(rows), 1, i);
    columns.push_back(index(x, {&positions, 1}));
  }
  return stack(columns, 1);
}

Variable triangle_indices(bool upper, Index rows, Index columns, Index offset) {
  if (rows < 0) fail<Error>("row must be non-negative, got ", rows);
  if (columns < 0) fail<Error>("col must be non-negative, got ", columns);
  const Index diagonal = std::clamp(offset, -rows - 1, columns) + (upper ? 0 : 1);  // further off is the same
  const auto edge = [&](Index row) { return std::clamp<Index>(row + diagonal, 0, columns); };
  const auto first = [&](Index row) { return upper ? edge(row) : 0; };
  const auto length = [&](Index row) { return (upper ? columns : edge(row)) - first(row); };
  Index count = 0;
  for (Index i = 0; i < rows; ++i) count += length(i);
  TensorRef both = new_tensor(DType::Int64, {2, count});
  auto *row = both->data_as<std::int64_t>(), *column = row + count;
  for (Index i = 0; i < rows; ++i) {
    row = std::fill_n(row, length(i), i);
    std::iota(column, column + length(i), first(i));
    column += length(i);
  }
  return Variable(std::move(both));
}

}  // namespace tapegrad
