#pragma once
// The context of a custom function, `ctx`: what a call of Function.apply keeps for its backward.

#include "bindings/node.h"
#include "bindings/variable.h"
#include "core/pooled_array.h"

namespace tapegrad::bindings {

/// A method as tapegrad.autograd.Function itself has it, looked up at its first use.
class Inherited {
 public:
  constexpr explicit Inherited(const char* name) : name_(name) {}
  PyObject* get() {
    return method_.get([this] { return import_attribute("tapegrad.autograd.function", "Function").attr(name_); });
  }

 private:
  const char* name_;
  Kept method_;
};

/// An argument of apply, as the context remembers it.
inline constexpr std::uint8_t kTensor = 1, kRequiresGrad = 2;

/// What the user's forward left, each null until it did: tuples.
struct ContextObject {
  NodeObject base;     // see Note [Node and context]
  PyObject* function;  // the user's class
  PyObject* dict;      // its attributes
  PyObject* weak_references;
  PyObject* to_save;
  PyObject* dirty;
  PyObject* non_differentiable;
  PyObject* needs;  // needs_input_grad, once asked for
  PooledArray<std::uint8_t> arguments;
  PooledArray<bool> tensors;  // which outputs are
  bool materialize;
  bool owns_node;
  bool spent;  // its saved values were asked for, and are given once
};

inline ContextObject& context(PyObject* self) { return *reinterpret_cast<ContextObject*>(self); }

/// The type of all contexts; set by register_context.
extern PyTypeObject* context_type;
void register_context(py::object& m);
/// A type of contexts for one function, "{name}Backward".
py::object make_context_type(const char* name);

/// The backward of a node that a context belongs to.
void run_backward(Backward& call);

}  // namespace tapegrad::bindings
