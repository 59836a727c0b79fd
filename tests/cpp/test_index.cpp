#include "kernels/index.h"

#include "arrays.h"
#include "check.h"

using namespace arrays;

namespace {

struct Case {
  TensorRef array;
  std::vector<TensorRef> arrays;
  std::vector<const Tensor*> indices;
  Dims index_shape, shape;  // of the indices, and of the result
};

Case make(DType t, const Dims& shape, std::size_t indexed, const Dims& index_shape, Style style) {
  Case c{random(t, shape, style), {}, {}, index_shape, index_shape};
  for (std::size_t i = 0; i < indexed; ++i) {
    const auto at = new_tensor(DType::Int64, index_shape);
    for (Index j = 0; j < at->numel(); ++j) at->data_as<std::int64_t>()[j] = below(2 * shape[i]) - shape[i];
    c.arrays.push_back(at);
    c.indices.push_back(at.get());
  }
  for (std::size_t i = indexed; i < shape.size(); ++i) c.shape.push_back(shape[i]);
  return c;
}

/// The flat element of the array that element i of the result names.
std::size_t named(const Case& c, Index i) {
  const Dims& shape = c.array->shape();
  const Index rest = count_elements(c.shape) / std::max<Index>(count_elements(c.index_shape), 1);
  Index flat = 0, inside = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (d >= c.indices.size()) {
      inside *= shape[d];
      continue;
    }
    const Index at = c.indices[d]->data_as<std::int64_t>()[i / rest];
    flat = flat * shape[d] + (at < 0 ? at + shape[d] : at);
  }
  return static_cast<std::size_t>(flat * inside + i % rest);
}

template <class F>
void each_case(F f) {
  for (const DType t : kAll)
    for (int repeat = 0; repeat < 3; ++repeat) {
      f(make(t, {7}, 1, {20}, any_style()));
      f(make(t, {7}, 1, {}, any_style()));
      f(make(t, {5, 6}, 1, {4, 3}, any_style()));
      f(make(t, {5, 6}, 2, {300}, any_style()));
      f(make(t, {5, 3, 70}, 1, {9}, any_style()));
      f(make(t, {4, 5, 6, 2}, 2, {2, 3}, any_style()));
      f(make(t, {4, 5, 6}, 3, {0}, any_style()));
    }
}

}  // namespace

TEST(gather_layouts) {
  each_case([](const Case& c) {
    const auto out = new_tensor(c.array->dtype(), c.shape);
    kernels::gather(*out, *c.array, c.indices);
    const auto x = values<double>(*c.array), got = values<double>(*out);
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(same(got[i], x[named(c, static_cast<Index>(i))]), i);
  });
}

TEST(scatter_layouts) {
  each_case([](const Case& c) {
    const DType t = c.array->dtype();
    const auto given = random(t, c.shape, any_style());
    for (const bool accumulate : {false, true}) {
      if (accumulate && t == DType::Bool) continue;
      visit(t, [&]<class T>() {
        auto wanted = values<T>(*c.array);
        const auto v = values<T>(*given);
        for (std::size_t i = 0; i < v.size(); ++i) {
          const std::size_t at = named(c, static_cast<Index>(i));
          wanted[at] = accumulate ? static_cast<T>(wanted[at] + v[i]) : v[i];
        }
        kernels::scatter(*c.array, c.indices, *given, accumulate);
        CHECK(values<T>(*c.array) == wanted, name(t), to_string(c.shape));
      });
    }
  });
}

TEST(bounds) {
  const auto good = zeros(DType::Int64, {3}), bad = zeros(DType::Int64, {3});
  const Tensor* indices[] = {good.get(), bad.get()};
  for (const Index edge : {4, -5, 0}) {
    bad->data_as<std::int64_t>()[1] = edge;
    kernels::check_bounds({2, 5, 3}, indices, {0, 2});
  }
  bad->data_as<std::int64_t>()[1] = 5;
  CHECK_THROWS(kernels::check_bounds({2, 5, 3}, indices, {0, 2}), IndexError,
               "index 5 is out of bounds for dimension 2 with size 5");
  bad->data_as<std::int64_t>()[1] = -6;
  CHECK_THROWS(kernels::check_bounds({2, 5, 3}, indices, {0, 2}), IndexError,
               "index -6 is out of bounds for dimension 2 with size 5");
}

TEST(nonzero_layouts) {
  for (const DType t : kAll)
    for (const Dims& shape : shapes()) {
      const auto in = random(t, shape, any_style(), true);
      visit(t, [&]<class T>() {
        const auto x = values<T>(*in);
        std::vector<Index> wanted;
        Index count = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
          if (!(x[i] != 0)) continue;
          ++count;
          Index rest = static_cast<Index>(i);
          std::vector<Index> at(shape.size());
          for (std::size_t d = shape.size(); d-- > 0; rest /= shape[d]) at[d] = rest % shape[d];
          wanted.insert(wanted.end(), at.begin(), at.end());
        }
        const auto got = kernels::nonzero(*in);
        CHECK(got->shape() == Dims({count, static_cast<Index>(shape.size())}) && got->dtype() == DType::Int64);
        CHECK(values<Index>(*got) == wanted);
      });
    }
}
