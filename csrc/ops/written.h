#pragma once
// What ops have in common that write into a part of their first operand.

#include "graph/record.h"
#include "kernels/elementwise.h"

namespace tapegrad {

/// The array to write into, with the values of operand 0: the destination of an in-place call, an operand that nobody
/// needs any more, or a copy. To be called after all checks.
inline Tensor& written(Call& call) {
  if (call.destination) return *call.destination;
  const Tensor& x = call.tensor(0);
  if (call.may_reuse && call.in[0].reusable() && x.contiguous()) {
    call.out[0] = call.in[0].variable().tensor_ref();
    return *call.out[0];
  }
  Tensor& out = call.new_output(x.dtype(), x.shape());
  kernels::copy(out, x);
  return out;
}

/// The same for a call that writes at the places of an index, and reads that and its third operand meanwhile. Raises
/// Error where either is in the written memory.
inline Tensor& written_apart(Call& call, const Tensor& index) {
  const auto refuse = [&](const Tensor& read, const char* what) {
    if (call.destination && share_memory(*call.destination, read))
      fail<Error>("unsupported operation: some elements of the ", what,
                  " and the written-to tensor refer to a single memory location. Give a clone() of it");
  };
  refuse(index, "index");
  if (!call.in[2].is_scalar()) refuse(call.tensor(2), "input tensor");
  return written(call);
}

/// Raises Error for a number that elements of the dtype cannot hold; unsigned ones take negatives, which wrap.
void check_fits(const Scalar& value, DType dtype);
/// The same of a number beside x, in the dtype that the two are computed in; of a variable nothing.
void check_fits(const Operand& x, const Operand& number);

/// Whether a number is an integer that the elements of an array do not hold, which are integers or bools: -1 below all
/// of them, 1 above; else 0.
int side_of(const Operand& number, const Operand& array);

/// Raises Error where a function writes elements of another dtype than the array has.
inline void check_same_dtype(const char* function, const Tensor& self, const Operand& source) {
  if (source.is_scalar() || source.tensor().dtype() == self.dtype()) return;
  fail<Error>(function, "(): Expected self.dtype to be equal to src.dtype, but they are ", name(self.dtype()), " and ",
              name(source.tensor().dtype()), ": convert one with .to()");
}

/// The dtypes that indices have. Raises Error for others.
inline void check_index_dtype(const char* function, const Tensor& index, bool narrow = true) {
  if (index.dtype() == DType::Int64 || (narrow && index.dtype() == DType::Int32)) return;
  fail<Error>(function, "(): Expected dtype ", narrow ? "int32/int64" : "int64", " for index, but it is ",
              name(index.dtype()), ": convert it with .long()");
}

/// The same as int64.
inline TensorRef as_int64(const Tensor& index) {
  if (index.dtype() == DType::Int64) return TensorRef(const_cast<Tensor*>(&index));
  auto result = new_tensor(DType::Int64, index.shape());
  kernels::copy(*result, index);
  return result;
}

}  // namespace tapegrad
