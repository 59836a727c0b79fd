#pragma once
// Running sums and their like along one dimension. Float32 is accumulated in double; long rows are cut by size alone,
// so a result is the same to the last bit whatever the number of threads.

#include <cstdint>

#include "core/tensor.h"

namespace tapegrad::kernels {

enum class ScanFn : std::uint8_t { Sum, Prod, LogSumExp };

/// out[i] = in[0] o .. o in[i] along `dim`, or with `reverse` in[i] o .. o in[n - 1]. `out` contiguous, of in's shape;
/// elements are converted to its dtype first. LogSumExp: floating.
void scan(ScanFn fn, Tensor& out, const Tensor& in, std::size_t dim, bool reverse);

/// The greatest (or least) element so far and its index, the last among equals; NaN wins. Both outputs contiguous, of
/// in's shape; indices int64.
void extreme_scan(bool greatest, Tensor& values, Tensor& indices, const Tensor& in, std::size_t dim);

/// out[i] = terms[i] + factors[i] * out[i - 1], the first of a row terms[0]; with `reverse` from the other end. All of
/// one shape and floating dtype; `out` contiguous.
void linear_recurrence(Tensor& out, const Tensor& factors, const Tensor& terms, std::size_t dim, bool reverse);

}  // namespace tapegrad::kernels
