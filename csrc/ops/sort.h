#pragma once
// Order along one dimension. NaN is greater than all else; all sorting is stable. A gradient goes to the element whose
// index was returned.

#include "ops/ops.h"

namespace tapegrad {

/// `stable` names the node only, as PyTorch's.
ValuesIndices sort(const Operand& x, Index dim = -1, bool descending = false, bool stable = false);
Variable argsort(const Operand& x, Index dim = -1, bool descending = false);
/// The k greatest or least, best first.
ValuesIndices topk(const Operand& x, Index k, Index dim = -1, bool largest = true);
/// The k-th least, counted from 1.
ValuesIndices kthvalue(const Operand& x, Index k, Index dim = -1, bool keepdim = false);
/// The lower median, of all elements or along `dim`.
Variable median(const Operand& x);
Variable nanmedian(const Operand& x);
ValuesIndices median(const Operand& x, Index dim, bool keepdim = false);
ValuesIndices nanmedian(const Operand& x, Index dim, bool keepdim = false);
ValuesIndices mode(const Operand& x, Index dim = -1, bool keepdim = false);

}  // namespace tapegrad
