#pragma once
// Distances between all rows of one matrix and all columns of another. Everything is row-major, of one floating dtype,
// in batches of any dimensions.

#include "core/tensor.h"

namespace tapegrad::kernels {

/// out[i, j] = |a[i] - b[:, j]|_p, where p = 0 counts the differences and p = inf is the greatest.
void distances(Tensor& out, const Tensor& a, const Tensor& b, double p);
/// out[i] = the sum over j of grad[i, j] times the derivative of |a[i] - b[:, j]|_p by a[i], which is 0 at 0.
void distances_gradient(Tensor& out, const Tensor& grad, const Tensor& a, const Tensor& b, const Tensor& distances,
                        double p);

}  // namespace tapegrad::kernels
