#include "ops/sets.h"

#include <cmath>
#include <cstring>

#include "kernels/rows.h"
#include "kernels/search.h"
#include "ops/elementwise.h"
#include "ops/scatter.h"
#include "ops/sort.h"
#include "ops/statistics.h"
#include "ops/written.h"

namespace tapegrad {
namespace {

struct DistinctAttributes {
  std::optional<std::size_t> dim;
  bool consecutive, inverse;
};

TensorRef vector_of(const std::vector<Index>& values) {
  auto result = new_tensor(DType::Int64, {static_cast<Index>(values.size())});
  if (!values.empty()) std::memcpy(result->data(), values.data(), values.size() * sizeof(Index));
  return result;
}

/// The layout of a tensor with `dim` first.
Layout with_first(const Layout& from, std::size_t dim) {
  Layout to = from;
  to.shape.erase(dim);
  to.strides.erase(dim);
  to.shape.insert(0, from.shape[dim]);
  to.strides.insert(0, from.strides[dim]);
  return to;
}

void distinct_forward(Call& call) {
  const auto& a = call.attributes<DistinctAttributes>();
  const Tensor& x = call.tensor(0);
  const TensorRef rows = kernels::row_major(a.dim ? *x.view(with_first(x.layout(), *a.dim)) : x);
  const Dims flat = {x.numel()};
  const TensorRef table = a.dim ? rows : rows->view({flat, contiguous_strides(flat), rows->offset()});
  const kernels::Distinct found = kernels::distinct_rows(*table, a.consecutive, a.inverse);

  Dims shape = a.dim ? x.shape() : flat;
  shape[a.dim.value_or(0)] = static_cast<Index>(found.rows.size());
  Tensor& values = call.new_output(x.dtype(), shape);
  Layout by_rows = with_first(values.layout(), a.dim.value_or(0));
  const TensorRef chosen = new_tensor(x.dtype(), by_rows.shape);
  const std::size_t size = table->shape()[0] ? table->bytes() / static_cast<std::size_t>(table->shape()[0]) : 0;
  for (std::size_t i = 0; i < found.rows.size(); ++i)
    std::memcpy(chosen->data_as<char>() + i * size,
                table->data_as<char>() + static_cast<std::size_t>(found.rows[i]) * size, size);
  kernels::copy(*values.view(std::move(by_rows)), *chosen);

  const TensorRef places = vector_of(found.places);
  const bool shaped = a.inverse && !a.dim;
  call.out[1] = shaped ? places->view({x.shape(), contiguous_strides(x.shape())}) : places;
  call.out[2] = vector_of(found.counts);
}

constexpr const char* kNames[] = {"_unique2", "unique_dim", "unique_consecutive"};

template <int which>
constexpr Op::Row distinct_row(const char* name, const char* node) {
  return {
      .name = name,
      .node = node,
      .forward = distinct_forward,
      .derivative =
          [](Backward&) { fail<NotImplementedError>("the derivative for '", kNames[which], "' is not implemented."); },
      .category = Category::Indexing,
      .outputs = 3};
}

const Op kUnique(distinct_row<0>("unique", "Unique2Backward0"));
const Op kUniqueDim(distinct_row<1>("unique_dim", "UniqueDimBackward0"));
const Op kUniqueConsecutive(distinct_row<2>("unique_consecutive", "UniqueConsecutiveBackward0"));

const Op kBincount({.name = "bincount",
                    .node = "NotImplemented",
                    .forward =
                        [](Call& call) {
                          const Tensor* const weights = call.in.size() > 1 ? &call.tensor(1) : nullptr;
                          const Index count = call.attributes<Index>();
                          Tensor& out = call.new_output(weights ? weights->dtype() : DType::Int64, {count});
                          const TensorRef bins = kernels::row_major(call.tensor(0));
                          const TensorRef each = weights ? kernels::row_major(*weights) : TensorRef();
                          kernels::count_bins(out, *bins, each.get());
                        },
                    .derivative = [](Backward&) { fail<Error>("derivative for bincount is not implemented"); },
                    .category = Category::Reduction,
                    .inputs = kVariadic});

struct HistogramAttributes {
  bool uniform;
};

/// Operands: values, edges, and weights, if there are any.
void histogram_forward(Call& call) {
  const TensorRef values = kernels::row_major(call.tensor(0)), edges = kernels::row_major(call.tensor(1));
  const TensorRef weights = call.in.size() > 2 ? kernels::row_major(call.tensor(2)) : TensorRef();
  Tensor& out = call.new_output(values->dtype(), {edges->numel() - 1});
  kernels::histogram(out, *edges, *values, weights.get(), call.attributes<HistogramAttributes>().uniform);
}

const Op kHistogram({.name = "histogram",
                     .node = "NotImplemented",
                     .forward = histogram_forward,
                     .derivative = [](Backward&) { fail<Error>("derivative for histogram is not implemented"); },
                     .category = Category::Reduction,
                     .inputs = kVariadic});
const Op kHistc({.name = "histc",
                 .node = nullptr,
                 .forward = histogram_forward,
                 .derivative = nullptr,
                 .category = Category::Reduction,
                 .inputs = 2});

struct SearchAttributes {
  DType compute;
  bool narrow, right;
};

/// Operands: sorted, values, and the order, if there is one.
const Op kSearchsorted({.name = "searchsorted",
                        .node = nullptr,
                        .forward =
                            [](Call& call) {
                              const auto& a = call.attributes<SearchAttributes>();
                              const auto dense = [&](std::size_t i, DType dtype) {
                                const Tensor& t = call.tensor(i);
                                if (t.dtype() == dtype) return kernels::row_major(t);
                                auto converted = new_tensor(dtype, t.shape());
                                kernels::copy(*converted, t);
                                return converted;
                              };
                              const TensorRef sorted = dense(0, a.compute), values = dense(1, a.compute);
                              const TensorRef order = call.in.size() > 2 ? dense(2, DType::Int64) : TensorRef();
                              Tensor& out = call.new_output(a.narrow ? DType::Int32 : DType::Int64, values->shape());
                              kernels::search_sorted(out, *sorted, *values, order.get(), a.right);
                            },
                        .derivative = nullptr,
                        .category = Category::Indexing,
                        .inputs = kVariadic});

DistinctElements distinct(const Op& op, const Variable& x, std::optional<Index> dim, bool consecutive, bool inverse) {
  DistinctAttributes a{{}, consecutive, inverse};
  if (dim) {
    if (x.ndim() == 0) fail<IndexError>("Dimension specified as ", *dim, " but tensor has no dimensions");
    a.dim = wrap_dim(*dim, x.ndim());
    for (std::size_t i = 0; i < x.ndim(); ++i)
      if (i != *a.dim && x.shape()[i] == 0)
        fail<Error>(
            "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied: the shape is ",
            to_string(x.shape()));
  }
  const Operand operand = x;
  Variable out[3];
  apply(op, {&operand, 1}, a, out);
  return {std::move(out[0]), std::move(out[1]), std::move(out[2])};
}

void check_bins(Index bins) {
  if (bins <= 0) fail<Error>("histogram: bins must be > 0, but got ", bins);
}

void check_finite(const char* op, double low, double high) {
  if (!std::isfinite(low) || !std::isfinite(high))
    fail<Error>(op, ": range of [", low, ", ", high, "] is not finite: give one that is");
}

void check_floating(const char* op, const Variable& x) {
  if (!is_floating(x.dtype()))
    fail<NotImplementedError>(op, " is not implemented for ", name(x.dtype()), ": convert the input to a float");
}

/// The least and the greatest element.
std::array<double, 2> range_of(const Variable& x) {
  const std::array<Variable, 2> found = aminmax(detach(x));
  const auto number = [](const Variable& v) {
    return v.dtype() == DType::Float32 ? static_cast<double>(*v.tensor().data_as<float>())
                                       : *v.tensor().data_as<double>();
  };
  return {number(found[0]), number(found[1])};
}

}  // namespace

DistinctElements unique(const Variable& x, std::optional<Index> dim, bool inverse) {
  return distinct(dim ? kUniqueDim : kUnique, x, dim, false, inverse);
}
DistinctElements unique_consecutive(const Variable& x, std::optional<Index> dim, bool inverse) {
  return distinct(kUniqueConsecutive, x, dim, true, inverse);
}

Variable bincount(const Variable& x, const std::optional<Variable>& weights, Index least) {
  if (least < 0) fail<Error>("bincount: minlength should be >= 0, not ", least);
  if (is_floating(x.dtype()) || x.dtype() == DType::Bool)
    fail<NotImplementedError>("bincount is not implemented for ", name(x.dtype()), ": the input is of integers");
  if (weights && weights->shape() != x.shape())
    fail<Error>("bincount: weights should be 1-d and have the same length as input: their shape is ",
                to_string(weights->shape()), ", the input's ", to_string(x.shape()));
  const Variable bins = to(x, DType::Int64);
  Index count = least;
  const bool empty = x.ndim() == 1 && x.numel() == 0;
  if (!empty) {
    const bool one_row = x.ndim() == 1;
    const std::array<Variable, 2> range = one_row ? aminmax(bins) : std::array<Variable, 2>{};
    if (!one_row || *range[0].tensor().data_as<Index>() < 0)
      fail<Error>("bincount only supports 1-d non-negative integral inputs.");
    count = std::max(least, *range[1].tensor().data_as<Index>() + 1);
  }
  if (empty || !weights) return apply(kBincount, {bins}, count);
  const DType dtype = weights->dtype() == DType::Float32 ? DType::Float32 : DType::Float64;
  return apply(kBincount, {bins, to(*weights, dtype)}, count);
}

Variable histc(const Variable& x, Index bins, double low, double high) {
  check_bins(bins);
  check_floating("histc", x);
  if (low == high && x.numel() > 0) {
    const std::array<double, 2> range = range_of(x);
    low = range[0];
    high = range[1];
  }
  if (low == high) {
    low -= 1;
    high += 1;
  }
  check_finite("histc", low, high);
  if (low > high) fail<Error>("histc: max must be larger than min, but they are ", high, " and ", low);
  return apply(kHistc, {x, linspace(low, high, bins + 1, x.dtype())}, HistogramAttributes{true});
}

Histogram histogram(const Variable& x, const Variable& edges, const std::optional<Variable>& weights, bool density) {
  check_floating("histogram", x);
  if (edges.ndim() != 1)
    fail<Error>("histogram: bins tensor should have one dimension, but got ", edges.ndim(), " dimensions");
  if (edges.dtype() != x.dtype())
    fail<Error>("histogram: input tensor and bins tensors should have the same dtype, but got ", name(x.dtype()),
                " and ", name(edges.dtype()));
  check_bins(edges.numel() - 1);
  if (weights && weights->shape() != x.shape())
    fail<Error>("histogram: if weight tensor is provided it should have the same shape as the input, ",
                to_string(x.shape()), ", but its shape is ", to_string(weights->shape()));
  if (weights && weights->dtype() != x.dtype())
    fail<Error>("histogram: if weight tensor is provided it should have the dtype of the input, ", name(x.dtype()),
                ", not ", name(weights->dtype()));
  const HistogramAttributes a{false};
  Variable counts = weights ? apply(kHistogram, {x, edges, *weights}, a) : apply(kHistogram, {x, edges}, a);
  if (density) {
    const Index n = edges.numel();
    counts = counts / (sum(counts) * (slice(edges, 0, 1, n, 1) - slice(edges, 0, 0, n - 1, 1)));
  }
  return {std::move(counts), edges};
}

Histogram histogram(const Variable& x, Index bins, std::optional<std::array<double, 2>> range,
                    const std::optional<Variable>& weights, bool density) {
  check_bins(bins);
  check_floating("histogram", x);
  auto [low, high] = range ? *range : x.numel() ? range_of(x) : std::array<double, 2>{0, 1};
  check_finite("histogram", low, high);
  if (low > high) fail<Error>("histogram: min should not exceed max, but got min ", low, " max ", high);
  if (low == high) {
    low -= 0.5;
    high += 0.5;
  }
  return histogram(x, linspace(low, high, bins + 1, x.dtype()), weights, density);
}

Variable searchsorted(const Variable& sorted, const Operand& values, bool narrow, bool right,
                      const std::optional<Variable>& order) {
  const Operand both[] = {sorted, values};
  const DType dtype = result_type(both);
  if (dtype == DType::Bool) fail<NotImplementedError>("searchsorted is not implemented for bool");
  const Dims& rows = sorted.shape();
  if (rows.empty())
    fail<Error>("searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension");
  const Variable sought = values.is_scalar() ? full({}, values.scalar(), dtype) : values.variable();
  const Dims& shape = sought.shape();
  if (shape.empty() && rows.size() != 1)
    fail<Error>("searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but it is ",
                rows.size());
  bool alike = rows.size() == shape.size();
  for (std::size_t i = 0; alike && i + 1 < rows.size(); ++i) alike = rows[i] == shape[i];
  if (rows.size() != 1 && !alike)
    fail<Error>(
        "searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and "
        "input value tensor must match, but we got boundaries tensor ",
        to_string(rows), " and input value tensor ", to_string(shape));
  if (const int side = side_of(values, sorted))
    return full({}, side < 0 ? Index{0} : rows[0], narrow ? DType::Int32 : DType::Int64);
  const SearchAttributes a{dtype, narrow, right};
  if (!order) return apply(kSearchsorted, {sorted, sought}, a);
  if (order->shape() != rows)
    fail<Error>("searchsorted(): boundary and sorter must have the same size, but got boundary tensor ",
                to_string(rows), " and sorter tensor ", to_string(order->shape()));
  if (order->dtype() != DType::Int64)
    fail<Error>("searchsorted(): sorter must be a tensor of int64 dtype but got dtype ", name(order->dtype()));
  if (order->numel() > 0) {
    const std::array<Variable, 2> range = aminmax(*order);
    if (*range[0].tensor().data_as<Index>() < 0 || *range[1].tensor().data_as<Index>() >= rows.back())
      fail<Error>("searchsorted(): sorter index out of range");
  }
  return apply(kSearchsorted, {sorted, sought, *order}, a);
}

Variable isin(const Operand& elements, const Operand& tested, bool invert) {
  const Operand operands[] = {elements, tested};
  for (const Operand& o : operands)
    if (!o.is_scalar() && o.tensor().dtype() == DType::Bool)
      fail<Error>("Unsupported input type encountered for isin(): Bool: convert it with .to(tapegrad.uint8)");
  if (elements.is_scalar() && tested.is_scalar())
    fail<TypeError>("isin() takes a Variable and a number, or two Variables, but not two numbers");
  if (elements.is_scalar() || tested.is_scalar()) {
    const Variable same = elements.is_scalar() ? any(eq(tested, elements)) : eq(elements, tested);
    return invert ? logical_not(same) : same;
  }
  const DType common = result_type(operands);
  const auto array = [&](const Operand& o) { return detach(to(o, common)); };
  const Variable sought = array(elements), among = sort(reshape(array(tested), {-1}), 0).values;
  if (among.numel() == 0) return full(sought.shape(), invert, DType::Bool);
  // NaN stands last, and equals nothing.
  const Variable found =
      take(among, clamp(searchsorted(among, sought, false, false), {}, Operand(Scalar(among.numel() - 1))));
  return invert ? ne(found, sought) : eq(found, sought);
}

Variable bucketize(const Operand& values, const Variable& boundaries, bool narrow, bool right) {
  if (boundaries.ndim() != 1)
    fail<Error>("bucketize(): boundaries tensor must be 1 dimension, but got dim(", boundaries.ndim(), ")");
  return searchsorted(boundaries, values, narrow, right);
}

}  // namespace tapegrad
