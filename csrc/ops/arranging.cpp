// Elements in another order, repeated, or on diagonals.

#include "ops/arranging.h"

#include "ops/gradients.h"
#include "ops/layouts.h"
#include "ops/written.h"

namespace tapegrad {

Layout diagonal_of(const Layout& whole, const DiagonalAttributes& a) {
  const Index rows = whole.shape[a.dim1] + std::min<Index>(a.offset, 0);
  const Index columns = whole.shape[a.dim2] - std::max<Index>(a.offset, 0);
  Layout at = whole;
  const Index step = whole.strides[a.dim1] + whole.strides[a.dim2], size = std::max<Index>(0, std::min(rows, columns));
  if (size > 0) at.offset += a.offset < 0 ? -a.offset * whole.strides[a.dim1] : a.offset * whole.strides[a.dim2];
  for (const std::size_t dim : {std::max(a.dim1, a.dim2), std::min(a.dim1, a.dim2)}) {
    at.shape.erase(dim);
    at.strides.erase(dim);
  }
  at.shape.push_back(size);
  at.strides.push_back(step);
  return at;
}

DiagonalAttributes diagonal_call(const Dims& shape, Index offset, Index dim1, Index dim2) {
  const std::size_t i = wrap_dim(dim1, shape.size()), j = wrap_dim(dim2, shape.size());
  if (i == j) fail<Error>("diagonal dimensions cannot be identical ", dim1, ", ", dim2);
  return {shape, offset, i, j};
}

namespace {

struct FlipAttributes {
  Dims dims;
};

/// Where the elements are when the dimensions in `mask` are walked from their ends.
Layout flipped(Layout at, std::uint64_t mask) {
  for (std::size_t i = 0; i < at.shape.size(); ++i) {
    if (!(mask >> i & 1)) continue;
    at.offset += std::max<Index>(at.shape[i] - 1, 0) * at.strides[i];
    at.strides[i] = -at.strides[i];
  }
  return at;
}

std::uint64_t mask_of(const Dims& dims, std::size_t ndim) { return dims.empty() ? 0 : dim_mask(dims, ndim); }

void copy_from(Call& call, const Layout& from) {
  kernels::copy(call.new_output(call.tensor(0).dtype(), from.shape), *call.tensor(0).view(Layout(from)));
}

const Op kFlip({.name = "flip",
                .node = "FlipBackward0",
                .forward =
                    [](Call& call) {
                      const Tensor& x = call.tensor(0);
                      copy_from(call, flipped(x.layout(), mask_of(call.attributes<FlipAttributes>().dims, x.ndim())));
                    },
                .derivative = [](Backward& b) { b.set(0, flip(b.take(), b.attributes<FlipAttributes>().dims)); },
                .category = Category::Shape});

struct Rot90Attributes {
  Index k;
  Dims dims;
};

const Op kRot90({.name = "rot90",
                 .node = "Rot90Backward0",
                 .forward =
                     [](Call& call) {
                       const auto& a = call.attributes<Rot90Attributes>();
                       const std::size_t ndim = call.tensor(0).ndim();
                       const std::size_t i = wrap_dim(a.dims[0], ndim), j = wrap_dim(a.dims[1], ndim);
                       const Index turns = (a.k % 4 + 4) % 4;
                       const std::uint64_t first = std::uint64_t{1} << i, second = std::uint64_t{1} << j;
                       const std::uint64_t masks[] = {0, second, first | second, first};
                       Layout from = flipped(call.tensor(0).layout(), masks[turns]);
                       if (turns % 2) {
                         std::swap(from.shape[i], from.shape[j]);
                         std::swap(from.strides[i], from.strides[j]);
                       }
                       copy_from(call, from);
                     },
                 .derivative =
                     [](Backward& b) {
                       const auto& a = b.attributes<Rot90Attributes>();
                       b.set(0, rot90(b.take(), -a.k, a.dims));
                     },
                 .category = Category::Shape});

struct RollAttributes {
  Dims shifts;
  Dims dims;
};

/// Copies `from` to `to`, rolled along the dimensions from number `i` on: two pieces for each.
void roll_pieces(const RollAttributes& a, std::size_t i, const Tensor& memory, Layout to, const Tensor& x,
                 Layout from) {
  if (i == a.dims.size()) return kernels::copy(*memory.view(std::move(to)), *x.view(std::move(from)));
  const std::size_t dim = wrap_dim(a.dims[i], from.shape.size());
  const Index size = from.shape[dim];
  if (size == 0) return;
  const Index shift = (a.shifts[i] % size + size) % size;
  if (shift) {
    roll_pieces(a, i + 1, memory, cut(to, {{}, dim, 0, shift, 1, false}), x,
                cut(from, {{}, dim, size - shift, shift, 1, false}));
  }
  roll_pieces(a, i + 1, memory, cut(to, {{}, dim, shift, size - shift, 1, false}), x,
              cut(from, {{}, dim, 0, size - shift, 1, false}));
}

const Op kRoll({.name = "roll",
                .node = "RollBackward0",
                .forward =
                    [](Call& call) {
                      const Tensor& x = call.tensor(0);
                      Tensor& out = call.new_output(x.dtype(), x.shape());
                      const auto& a = call.attributes<RollAttributes>();
                      if (!a.dims.empty()) return roll_pieces(a, 0, out, out.layout(), x, x.layout());
                      // Of no dimension: as if it were a vector.
                      const auto rows = new_tensor(x.dtype(), x.shape());
                      kernels::copy(*rows, x);
                      const Layout flat{{x.numel()}, {1}, 0};
                      roll_pieces({a.shifts, {0}}, 0, out, flat, *rows, flat);
                    },
                .derivative =
                    [](Backward& b) {
                      const auto& a = b.attributes<RollAttributes>();
                      Dims back = a.shifts;
                      for (Index& shift : back) shift = -shift;
                      b.set(0, roll(b.take(), back, a.dims));
                    },
                .category = Category::Shape});

struct RepeatAttributes {
  Dims shape;
  Dims repeats;
};

/// The repeats and the sizes in turn: (r0, n0, r1, n1, ...), where x has size 1 for what it lacks.
Dims interleaved(const RepeatAttributes& a) {
  Dims both;
  const std::size_t extra = a.repeats.size() - a.shape.size();
  for (std::size_t i = 0; i < a.repeats.size(); ++i) {
    both.push_back(a.repeats[i]);
    both.push_back(i < extra ? 1 : a.shape[i - extra]);
  }
  return both;
}

const Op kRepeat({.name = "repeat",
                  .node = "RepeatBackward0",
                  .forward =
                      [](Call& call) {
                        const auto& a = call.attributes<RepeatAttributes>();
                        const Dims both = interleaved(a);
                        const std::size_t extra = a.repeats.size() - a.shape.size();
                        Layout from{both, Dims(both.size()), call.tensor(0).offset()};
                        Dims shape(a.repeats.size());
                        for (std::size_t i = 0; i < shape.size(); ++i) {
                          shape[i] = both[2 * i] * both[2 * i + 1];
                          if (i >= extra) from.strides[2 * i + 1] = call.tensor(0).strides()[i - extra];
                        }
                        Tensor& out = call.new_output(call.tensor(0).dtype(), shape);
                        kernels::copy(*out.view({both, contiguous_strides(both)}),
                                      *call.tensor(0).view(std::move(from)));
                      },
                  .derivative =
                      [](Backward& b) {
                        const auto& a = b.attributes<RepeatAttributes>();
                        Dims repeated;
                        for (std::size_t i = 0; i < a.repeats.size(); ++i)
                          repeated.push_back(static_cast<Index>(2 * i));
                        if (repeated.empty()) return b.set(0, b.take());
                        b.set(0, reshape(sum(reshape(b.take(), interleaved(a)), repeated), a.shape));
                      },
                  .category = Category::Shape});

/// Zeros, but for the diagonal.
void diagonal_derivative(Backward& b) {
  const auto& a = b.attributes<DiagonalAttributes>();
  set_part(b, 0, a.shape, [&](Variable whole, bool zero) {
    add_part(as_strided(whole, diagonal_of(whole.tensor().layout(), a)), b.take(), zero);
    return whole;
  });
}

const Op kDiagonal({.name = "diagonal",
                    .node = "DiagonalBackward0",
                    .forward =
                        [](Call& call) {
                          call.out[0] = call.tensor(0).view(
                              diagonal_of(call.tensor(0).layout(), call.attributes<DiagonalAttributes>()));
                        },
                    .derivative = diagonal_derivative,
                    .category = Category::Shape,
                    .view = true});
const Op kDiagonalCopy({.name = "diagonal_copy",
                        .node = "DiagonalBackward0_copy",
                        .forward =
                            [](Call& call) {
                              copy_from(call,
                                        diagonal_of(call.tensor(0).layout(), call.attributes<DiagonalAttributes>()));
                            },
                        .derivative = diagonal_derivative,
                        .category = Category::Shape});
const Op kDiagEmbed({.name = "diag_embed",
                     .node = "DiagEmbedBackward0",
                     .forward =
                         [](Call& call) {
                           const auto& a = call.attributes<DiagonalAttributes>();
                           call.out[0] = zeros(call.tensor(0).dtype(), a.shape);
                           kernels::copy(*call.out[0]->view(diagonal_of(call.out[0]->layout(), a)), call.tensor(0));
                         },
                     .derivative =
                         [](Backward& b) {
                           const auto& a = b.attributes<DiagonalAttributes>();
                           b.set(0,
                                 diagonal(b.take(), a.offset, static_cast<Index>(a.dim1), static_cast<Index>(a.dim2)));
                         },
                     .category = Category::Shape});
const Op kTrace({.name = "trace",
                 .node = "TraceBackward0",
                 .forward =
                     [](Call& call) {
                       const auto& a = call.attributes<DiagonalAttributes>();
                       const Tensor& x = call.tensor(0);
                       Variable total = sum(Variable(x.view(diagonal_of(x.layout(), a))));
                       call.out[0] = total.tensor_ref();
                     },
                 .derivative = diagonal_derivative,
                 .category = Category::Shape});

struct TriangleAttributes {
  Index diagonal;
  std::vector<Field> fields() const { return {{"diagonal", diagonal}}; }
};

template <bool upper>
void triangle_forward(Call& call) {
  const Index diagonal = call.attributes<TriangleAttributes>().diagonal;
  Tensor& out = written(call);
  const std::size_t ndim = out.ndim();
  const Index rows = out.shape()[ndim - 2], columns = out.shape()[ndim - 1];
  for (Index i = 0; i < rows; ++i) {
    // The part of a row that is set to zero, in all matrices at once.
    const Index edge = std::clamp<Index>(i + diagonal + (upper ? 0 : 1), 0, columns);
    const Layout row = cut(out.layout(), {{}, ndim - 2, i, 1, 1, true});
    const Index start = upper ? 0 : edge, size = upper ? edge : columns - edge;
    if (size) kernels::copy(*out.view(cut(row, {{}, ndim - 2, start, size, 1, false})), Scalar(0));
  }
}

const Op kTril({.name = "tril",
                .node = "TrilBackward0",
                .forward = triangle_forward<false>,
                .derivative =
                    [](Backward& b) { b.set(0, tril(b.take(), b.attributes<TriangleAttributes>().diagonal)); },
                .category = Category::Shape});
const Op kTriu({.name = "triu",
                .node = "TriuBackward0",
                .forward = triangle_forward<true>,
                .derivative =
                    [](Backward& b) { b.set(0, triu(b.take(), b.attributes<TriangleAttributes>().diagonal)); },
                .category = Category::Shape});

Variable triangle(const Op& op, const Operand& x, Index diagonal) {
  if (x.tensor().ndim() < 2)
    fail<Error>(op->name, ": input tensor must have at least 2 dimensions, but it has ", x.tensor().ndim());
  return apply(op, {x}, TriangleAttributes{diagonal});
}

}  // namespace

Variable flip(const Operand& x, const Dims& dims) {
  mask_of(dims, x.tensor().ndim());
  return apply(kFlip, {x}, FlipAttributes{dims});
}

Variable roll(const Operand& x, const Dims& shifts, const Dims& dims) {
  if (shifts.empty()) fail<Error>("`shifts` required: roll() takes an int or a tuple of ints");
  if (dims.empty() && shifts.size() == 1)
    return x.tensor().ndim() == 1 ? roll(x, shifts, {0}) : apply(kRoll, {x}, RollAttributes{shifts, {}});
  if (shifts.size() != dims.size())
    fail<Error>("shifts and dimensions must align. shifts: ", shifts.size(), ", dims:", dims.size());
  for (const Index dim : dims) wrap_dim(dim, x.tensor().ndim());
  if (x.tensor().ndim() == 0) fail<IndexError>("roll(): a 0-dim tensor has no dimension to roll along");
  RollAttributes a;  // a dimension that comes twice is rolled by the sum
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const auto dim = static_cast<Index>(wrap_dim(dims[i], x.tensor().ndim()));
    const auto found = static_cast<std::size_t>(std::find(a.dims.begin(), a.dims.end(), dim) - a.dims.begin());
    if (found < a.dims.size()) {
      a.shifts[found] += shifts[i];
    } else {
      a.dims.push_back(dim);
      a.shifts.push_back(shifts[i]);
    }
  }
  return apply(kRoll, {x}, a);
}

Variable rot90(const Operand& x, Index k, const Dims& dims) {
  if (dims.size() != 2) fail<Error>("expected total rotation dims == 2, but got dims = ", dims.size());
  if (x.tensor().ndim() < 2) fail<Error>("expected total dims >= 2, but got total dims = ", x.tensor().ndim());
  if (wrap_dim(dims[0], x.tensor().ndim()) == wrap_dim(dims[1], x.tensor().ndim()))
    fail<Error>("expected rotation dims to be different, but got dim0 = ", dims[0], " and dim1 = ", dims[1]);
  return apply(kRot90, {x}, Rot90Attributes{k, dims});
}

Variable movedim(const Variable& x, const Dims& source, const Dims& destination) {
  if (source.size() != destination.size())
    fail<Error>("movedim: Invalid source or destination dims: source (", to_string(source),
                " dims) should contain the same number of dims as destination (", to_string(destination), " dims)");
  Dims order(x.ndim(), -1);
  std::uint64_t taken = 0;
  const std::uint64_t to = mask_of(destination, x.ndim());
  taken = mask_of(source, x.ndim());
  if (x.ndim() == 0) return alias(x);
  for (std::size_t i = 0; i < source.size(); ++i)
    order[wrap_dim(destination[i], x.ndim())] = static_cast<Index>(wrap_dim(source[i], x.ndim()));
  std::size_t next = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (to >> i & 1) continue;
    while (taken >> next & 1) ++next;
    order[i] = static_cast<Index>(next++);
  }
  return permute(x, order);
}

Variable unflatten(const Variable& x, Index dim, const Dims& sizes) {
  const std::size_t at = wrap_dim(dim, x.ndim());
  if (sizes.empty()) fail<Error>("unflatten: sizes must be non-empty");
  if (x.ndim() == 0) fail<IndexError>("unflatten: a 0-dim tensor has no dimension to unflatten");
  Index known = 1, unknown = 0;
  for (const Index size : sizes) (size == -1 ? unknown : known) *= size == -1 ? 1 : size;
  const Index length = x.shape()[at];
  Dims shape;
  std::size_t inferred = 0;
  for (const Index size : sizes) inferred += size == -1;
  if (inferred > 1) fail<Error>("only one dimension can be inferred");
  if (inferred ? known == 0 || length % known : known != length)
    fail<Error>("unflatten: Provided sizes ", to_string(sizes), " don't multiply up to the size of dim ", at, " (",
                length, ") in the input tensor");
  for (std::size_t i = 0; i < x.ndim(); ++i) {
    if (i != at) shape.push_back(x.shape()[i]);
    else
      for (const Index size : sizes) shape.push_back(size == -1 ? length / known : size);
  }
  return view(x, shape);
}

Variable repeat(const Operand& x, const Dims& repeats) {
  const Dims& shape = x.tensor().shape();
  if (repeats.size() < shape.size())
    fail<Error>("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor: ",
                repeats.size(), " < ", shape.size());
  for (const Index count : repeats)
    if (count < 0) fail<Error>("Trying to create tensor with negative dimension ", count, ": ", to_string(repeats));
  return apply(kRepeat, {x}, RepeatAttributes{shape, repeats});
}

Variable tile(const Operand& x, const Dims& repeats) {
  Dims all = repeats;
  while (all.size() < x.tensor().ndim()) all.insert(0, 1);
  return repeat(x, all);
}

Variable repeat_interleave(const Variable& x, Index repeats, std::optional<Index> dim) {
  if (repeats < 0) fail<Error>("Repeats must be non-negative, but is ", repeats);
  const Variable& from = dim ? x : reshape(x, {x.numel()});
  const std::size_t at = wrap_dim(dim.value_or(0), from.ndim());
  Dims shape = from.ndim() ? from.shape() : Dims{1};
  shape.insert(at + 1, repeats);
  Variable wide =
      clone(expand(unsqueeze(from, static_cast<Index>(from.ndim() ? at + 1 : 0)), from.ndim() ? shape : Dims{repeats}));
  if (!from.ndim()) return wide;
  return flatten(wide, static_cast<Index>(at), static_cast<Index>(at + 1));
}

Variable repeat_interleave(const Variable& repeats) {
  if (repeats.ndim() > 1) fail<Error>("repeat_interleave only accept 1D vector as repeat");
  if (repeats.dtype() != DType::Int64 && repeats.dtype() != DType::Int32)
    fail<Error>("repeats has to be Long or Int tensor, but is ", name(repeats.dtype()));
  const Variable counts = contiguous(to(repeats, DType::Int64));
  const auto* const count = counts.tensor().data_as<std::int64_t>();
  Index total = 0;
  for (Index i = 0; i < counts.numel(); ++i) {
    if (count[i] < 0) fail<Error>("repeats can not be negative, but one is ", count[i]);
    total += count[i];
  }
  auto result = new_tensor(DType::Int64, {total});
  auto* to = result->data_as<std::int64_t>();
  for (Index i = 0; i < counts.numel(); ++i) to = std::fill_n(to, count[i], i);
  return Variable(std::move(result));
}

Variable diagonal(const Variable& x, Index offset, Index dim1, Index dim2) {
  return apply(kDiagonal, {x}, diagonal_call(x.shape(), offset, dim1, dim2));
}

Variable diag_embed(const Operand& x, Index offset, Index dim1, Index dim2) {
  Dims shape = x.tensor().shape();
  if (shape.empty()) fail<IndexError>("Dimension out of range: diag_embed() needs at least one dimension");
  const Index side = shape.back() + std::abs(offset);
  shape.erase(shape.size() - 1);
  const std::size_t i = wrap_dim(dim1, shape.size() + 2), j = wrap_dim(dim2, shape.size() + 2);
  if (i == j) fail<Error>("diagonal dimensions cannot be identical ", dim1, ", ", dim2);
  shape.insert(std::min(i, j), side);
  shape.insert(std::max(i, j), side);
  return apply(kDiagEmbed, {x}, DiagonalAttributes{shape, offset, i, j});
}

Variable diag(const Variable& x, Index offset) {
  if (x.ndim() != 1 && x.ndim() != 2)
    fail<Error>("diag(): Supports 1D or 2D tensors. Got ", x.ndim(), "D: use diagonal() or diag_embed()");
  if (x.ndim() == 1) return diag_embed(x, offset);
  return apply(kDiagonalCopy, {x}, diagonal_call(x.shape(), offset, 0, 1));
}

Variable trace(const Variable& x) {
  if (x.ndim() != 2) fail<Error>("trace: expected a matrix, but got tensor with dim ", x.ndim());
  if (x.dtype() == DType::Bool) fail<Error>("trace is not defined for bool: convert the input with .to()");
  return apply(kTrace, {x}, diagonal_call(x.shape(), 0, 0, 1));
}

Variable tril(const Operand& x, Index diagonal) { return triangle(kTril, x, diagonal); }
Variable triu(const Operand& x, Index diagonal) { return triangle(kTriu, x, diagonal); }

}  // namespace tapegrad
