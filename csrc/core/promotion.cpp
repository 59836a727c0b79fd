#include "core/dtype.h"

namespace tapegrad {

void refuse_promotion(DType a, DType b) {
  fail<Error>("Promotion for uint16, uint32, uint64 types is not supported, attempted to promote ", name(a), " and ",
              name(b), ": no integer dtype holds the values of both; convert one of them with .to()");
}

}  // namespace tapegrad
