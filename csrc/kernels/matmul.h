#pragma once
// Batched matrix products over OpenBLAS.

#include "core/tensor.h"

namespace tapegrad::kernels {

/// out[i] = a[i] @ b[i] for 3-d operands (batch, m, k), (batch, k, n) -> (batch, m, n), all of one dtype (not bool).
/// `out` is row-major; a and b may have any strides, 0 in the batch dimension where it broadcasts. k = 0 gives zeros.
/// Integers wrap. The product is split into blocks by size alone, so its bits do not depend on the number of threads.
/// Products below about 25 x 25 x 25 do without BLAS.
void matmul(Tensor& out, const Tensor& a, const Tensor& b);

/// Name and configuration of the BLAS in use, as it describes itself.
const char* blas_config();

}  // namespace tapegrad::kernels
