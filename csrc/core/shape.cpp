#include "core/shape.h"

namespace tapegrad {

void Dims::grow(std::size_t wanted) {
  if (wanted > kMaxDims)
    fail<ValueError>("an array has at most ", kMaxDims, " dimensions, but ", wanted, " were asked for");
  const std::size_t capacity = std::max<std::size_t>(wanted, std::size_t{2} * capacity_);
  auto* memory = new Index[capacity];
  std::copy_n(data(), size_, memory);
  if (heap()) delete[] heap_;
  heap_ = memory;
  capacity_ = static_cast<std::uint8_t>(capacity);
}

std::string to_string(const Dims& dims) {
  std::string text = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (i) text += ", ";
    text += std::to_string(dims[i]);
  }
  return text + "]";
}

std::string size_text(const Dims& dims) { return "tapegrad.Size(" + to_string(dims) + ")"; }

Index count_elements(const Dims& shape, std::size_t itemsize) {
  Index count = 1;
  bool empty = false, overflow = false;
  for (const Index size : shape) {
    if (size < 0) fail<Error>("negative size ", size, " in the shape ", to_string(shape), "; sizes must be 0 or more");
    empty |= size == 0;
    overflow |= __builtin_mul_overflow(count, std::max<Index>(size, 1), &count);
  }
  Index bytes = 0;
  overflow |= __builtin_mul_overflow(count, static_cast<Index>(itemsize), &bytes);
  if (overflow) fail<Error>("the shape ", to_string(shape), " is too large: its size in bytes overflows 63 bits");
  return empty ? 0 : count;
}

Dims contiguous_strides(const Dims& shape) {
  Dims strides(shape.size());
  std::uint64_t step = 1;  // wraps round for a shape that was not checked yet
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = static_cast<Index>(step);
    step *= static_cast<std::uint64_t>(std::max<Index>(shape[i], 1));
  }
  return strides;
}

bool is_contiguous(const Dims& shape, const Dims& strides) {
  std::uint64_t step = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 0) return true;
    if (shape[i] == 1) continue;
    if (static_cast<std::uint64_t>(strides[i]) != step) return std::find(shape.begin(), shape.end(), 0) != shape.end();
    step *= static_cast<std::uint64_t>(shape[i]);
  }
  return true;
}

Dims broadcast(const Dims& a, const Dims& b) {
  if (a == b) return a;
  const Dims& longer = a.size() >= b.size() ? a : b;
  const Dims& shorter = a.size() >= b.size() ? b : a;
  const std::size_t offset = longer.size() - shorter.size();
  Dims result = longer;
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    const Index m = longer[offset + i], n = shorter[i];
    if (m != n && m != 1 && n != 1) {
      fail<Error>("The size of tensor a (", a[a.size() - longer.size() + offset + i],
                  ") must match the size of tensor b (", b[b.size() - longer.size() + offset + i],
                  ") at non-singleton dimension ", offset + i, ": shapes ", to_string(a), " and ", to_string(b),
                  " do not broadcast");
    }
    result[offset + i] = m == 1 ? n : m;
  }
  return result;
}

bool is_expandable(const Dims& from, const Dims& to) {
  if (from.size() > to.size()) return false;
  const std::size_t offset = to.size() - from.size();
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i] != to[offset + i] && from[i] != 1) return false;
  return true;
}

std::size_t wrap_dim(Index dim, std::size_t ndim) {
  const auto range = static_cast<Index>(std::max<std::size_t>(ndim, 1));
  if (dim < -range || dim >= range)
    fail<IndexError>("Dimension out of range (expected to be in range of [", -range, ", ", range - 1, "], but got ",
                     dim, ")");
  return static_cast<std::size_t>(dim < 0 ? dim + range : dim);
}

std::uint64_t dim_mask(const Dims& dims, std::size_t ndim) {
  if (dims.empty()) return ndim >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << ndim) - 1;
  std::uint64_t mask = 0;
  for (const Index dim : dims) {
    const std::uint64_t bit = std::uint64_t{1} << wrap_dim(dim, ndim);
    if (mask & bit) fail<Error>("dim ", wrap_dim(dim, ndim), " appears multiple times in the list of dims");
    mask |= bit;
  }
  return mask;
}

Dims reduced_shape(const Dims& shape, std::uint64_t mask, bool keepdim) {
  Dims result;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (!(mask >> i & 1)) result.push_back(shape[i]);
    else if (keepdim) result.push_back(1);
  }
  return result;
}

}  // namespace tapegrad
