#pragma once
// Operand: what an op is called with, a variable or a Python-like number, and whether the caller is done with it.

#include "core/dtype.h"
#include "graph/variable.h"

namespace tapegrad {

/// An owned Operand, as a node gives its saved values back.
struct Value {
  Variable variable;
  Scalar scalar;
};

/// Lives no longer than the call it is an argument of. A C++ rvalue that nobody else holds may be computed in place;
/// what comes from Python is always an lvalue here, and so never is.
class Operand {
 public:
  Operand(const Variable& v) : variable_(&v) {}
  Operand(Variable&& v) : variable_(&v), expiring_(true) {}
  Operand(const Value& v) : variable_(v.variable.defined() ? &v.variable : nullptr), scalar_(v.scalar) {}
  Operand(const Scalar& s) : scalar_(s) {}
  Operand(int s) : scalar_(s) {}
  Operand(double s) : scalar_(s) {}
  Operand(const Operand& other)  // Note [Copied word by word]
      : variable_(other.variable_), scalar_(other.scalar_), expiring_(other.expiring_) {}
  Operand& operator=(const Operand& other) = default;

  bool is_scalar() const { return variable_ == nullptr; }
  const Variable& variable() const { return *variable_; }
  const Scalar& scalar() const { return scalar_; }
  const Tensor& tensor() const { return variable_->tensor(); }
  bool requires_grad() const { return variable_ && variable_->requires_grad(); }
  /// Whether the caller is done with the variable.
  bool reusable() const { return expiring_ && variable_->exclusively_owned(); }

 private:
  const Variable* variable_ = nullptr;
  Scalar scalar_;
  bool expiring_ = false;
};

}  // namespace tapegrad
