// Arrays joined to one.

#include "ops/layouts.h"

namespace tapegrad {
namespace {

/// cat takes an empty vector among arrays of any shape, and leaves it out.
constexpr Index kLegacyEmpty = -1;

struct JoinAttributes {
  std::size_t dim;
  std::vector<Index>
      sizes;  // of each part along dim; kLegacyEmpty for a part without the others' shape; empty for stack
  std::vector<Field> fields() const { return {{"dim", static_cast<Index>(dim)}}; }
};

void cat_forward(Call& call) {
  const auto& a = call.attributes<JoinAttributes>();
  DType dtype = call.tensor(0).dtype();
  for (const Operand& part : call.in) dtype = promote(dtype, part.tensor().dtype());
  const auto whole = std::find_if(a.sizes.begin(), a.sizes.end(), [](Index size) { return size != kLegacyEmpty; });
  Dims shape = call.tensor(static_cast<std::size_t>(whole - a.sizes.begin())).shape();
  shape[a.dim] = 0;
  for (const Index size : a.sizes) shape[a.dim] += std::max<Index>(size, 0);
  Tensor& out = call.new_output(dtype, shape);
  Index start = 0;
  for (std::size_t i = 0; i < call.in.size(); ++i) {
    if (a.sizes[i] == kLegacyEmpty) continue;
    kernels::copy(*out.view(cut(out.layout(), {{}, a.dim, start, a.sizes[i], 1, false})), call.tensor(i));
    start += a.sizes[i];
  }
}

const Op kCat({.name = "cat",
               .node = "CatBackward0",
               .forward = cat_forward,
               .derivative =
                   [](Backward& b) {
                     const auto& a = b.attributes<JoinAttributes>();
                     Index start = 0;
                     for (std::size_t i = 0; i < b.inputs(); ++i) {
                       if (a.sizes[i] == kLegacyEmpty) {
                         b.set(i, full({0}, 0.0, b.output().dtype));
                         continue;
                       }
                       const Index end = start + a.sizes[i];
                       if (b.needs(i)) b.set(i, slice(b.grad(), static_cast<Index>(a.dim), start, end, 1));
                       start = end;
                     }
                   },
               .category = Category::Shape,
               .inputs = kVariadic});

const Op kStack({.name = "stack",
                 .node = "StackBackward0",
                 .forward =
                     [](Call& call) {
                       const std::size_t dim = call.attributes<JoinAttributes>().dim;
                       DType dtype = call.tensor(0).dtype();
                       for (const Operand& part : call.in) dtype = promote(dtype, part.tensor().dtype());
                       Dims shape = call.tensor(0).shape();
                       shape.insert(dim, static_cast<Index>(call.in.size()));
                       Tensor& out = call.new_output(dtype, shape);
                       for (std::size_t i = 0; i < call.in.size(); ++i) {
                         const PartAttributes place{{}, dim, static_cast<Index>(i), 1, 1, true};
                         kernels::copy(*out.view(cut(out.layout(), place)), call.tensor(i));
                       }
                     },
                 .derivative =
                     [](Backward& b) {
                       const auto dim = static_cast<Index>(b.attributes<JoinAttributes>().dim);
                       for (std::size_t i = 0; i < b.inputs(); ++i)
                         if (b.needs(i)) b.set(i, select(b.grad(), dim, static_cast<Index>(i)));
                     },
                 .category = Category::Shape,
                 .inputs = kVariadic});

std::vector<Operand> operands(std::span<const Variable> parts) { return {parts.begin(), parts.end()}; }

bool is_legacy_empty(const Variable& x) { return x.ndim() == 1 && x.numel() == 0; }

}  // namespace

Variable cat(std::span<const Variable> parts, Index dim) {
  if (parts.empty()) fail<ValueError>("cat(): expected a non-empty list of Tensors");
  const Variable* first = nullptr;
  for (const Variable& part : parts)
    if (!first || (is_legacy_empty(*first) && !is_legacy_empty(part))) first = &part;
  if (first->ndim() == 0) fail<Error>("zero-dimensional tensor (at position 0) cannot be concatenated: use stack()");
  JoinAttributes a{wrap_dim(dim, first->ndim()), {}};
  std::vector<Operand> in;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Dims& shape = parts[i].shape();
    in.emplace_back(parts[i]);
    if (is_legacy_empty(parts[i]) && first->ndim() != 1) {
      a.sizes.push_back(kLegacyEmpty);
      continue;
    }
    if (shape.size() != first->ndim())
      fail<Error>("Tensors must have same number of dimensions: got ", first->ndim(), " and ", shape.size());
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (d == a.dim || shape[d] == first->shape()[d]) continue;
      fail<Error>("Sizes of tensors must match except in dimension ", a.dim, ". Expected size ", first->shape()[d],
                  " but got size ", shape[d], " for tensor number ", i, " in the list.");
    }
    a.sizes.push_back(shape[a.dim]);
  }
  return apply(kCat, in, a);
}

Variable stack(std::span<const Variable> parts, Index dim) {
  if (parts.empty()) fail<Error>("stack expects a non-empty TensorList");
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].shape() == parts[0].shape()) continue;
    fail<Error>("stack expects each tensor to be equal size, but got ", to_string(parts[0].shape()), " at entry 0 and ",
                to_string(parts[i].shape()), " at entry ", i);
  }
  return apply(kStack, operands(parts), JoinAttributes{wrap_dim(dim, parts[0].ndim() + 1), {}});
}

}  // namespace tapegrad
