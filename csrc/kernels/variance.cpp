#include <cmath>

#include "core/tensor.h"
#include "kernels/elementwise.h"
#include "kernels/reduce.h"

namespace tapegrad::kernels {
namespace {

/// The first element of each result's, or 0 where that is not finite. Measured from it, equal elements are exact zeros.
void first_elements(Tensor& out, const Tensor& in, std::uint64_t mask) {
  Dims shape = reduced_shape(in.shape(), mask, true);
  const TensorRef as_in = out.view({shape, contiguous_strides(shape)});
  copy(*as_in, *in.view({shape, in.strides(), in.offset()}));
  visit(out.dtype(), [&]<class T>() {
    if constexpr (std::is_floating_point_v<T>) {
      T* const values = out.data_as<T>();
      for (Index i = 0; i < out.numel(); ++i)
        if (!std::isfinite(values[i])) values[i] = 0;
    }
  });
}

}  // namespace

void variance(Tensor& out, const Tensor& in, std::uint64_t mask, double correction) {
  if (out.numel() == 0) return;
  if (in.numel() == 0) return copy(out, Scalar(std::nan("")));
  const Index count = in.numel() / out.numel();
  const DType t = out.dtype();
  const TensorRef centers = new_tensor(t, out.shape());
  first_elements(*centers, in, mask);
  reduce(ReduceFn::Sum, out, in, mask, {.fn = MapFn::Deviation, .centers = centers.get()});
  binary(BinaryFn::Div, t, out, out, Scalar(count));
  binary(BinaryFn::Add, t, *centers, *centers, out);
  reduce(ReduceFn::Sum, out, in, mask, {.fn = MapFn::SquaredDeviation, .centers = centers.get()});
  binary(BinaryFn::Div, t, out, out, Scalar(std::fmax(static_cast<double>(count) - correction, 0)));
}

}  // namespace tapegrad::kernels
