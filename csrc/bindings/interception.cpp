// Ops intercepted by Python: who gives their results in place of the forwards, and is told of them.

#include <algorithm>
#include <vector>

#include "bindings/converters.h"
#include "bindings/define.h"
#include "bindings/register.h"
#include "bindings/saved_attributes.h"
#include "bindings/variable.h"
#include "graph/record.h"

namespace tapegrad::bindings {
namespace {

/// `before(name)` gives a tuple of results, or None to have them computed; `after(name, results, operands, attributes)`
/// is told of those. None where it does not care. `outer` is who sees what this one does: a place counted from 1.
struct Interceptor {
  PyObject *before, *after;
  std::size_t outer;
};

/// This thread's interceptors, the innermost last. (Raw pointers: a thread may end without the interpreter's lock.)
std::vector<Interceptor>& stack() {
  static thread_local std::vector<Interceptor> interceptors;
  return interceptors;
}

/// Who sees an op that is called now; 0 for nobody.
thread_local std::size_t current = 0;

void set_current(std::size_t place) {
  current = place;
  Detour::set(Detour::kIntercepted, place > 0);
}

/// While it lives `place` is who sees the ops.
class Seeing {
 public:
  explicit Seeing(std::size_t place) : before_(current) { set_current(place); }
  ~Seeing() { set_current(std::min(before_, stack().size())); }
  Seeing(const Seeing&) = delete;
  Seeing& operator=(const Seeing&) = delete;

 private:
  std::size_t before_;
};

/// A variable of its own on the same memory, without history.
Variable alone(const Tensor& tensor) { return Variable(tensor.with_counter(tensor.counter())); }

void take(const py::tuple& results, Call& call) {
  if (results.size() != call.out.size()) {
    fail<Error>("an interceptor gave ", results.size(), " results of ", call.op->name, ", which has ", call.out.size());
  }
  for (std::size_t i = 0; i < results.size(); ++i)
    call.out[i] = alone(results[i].cast<Variable>().tensor()).tensor_ref();
}

py::tuple results_of(const Call& call) {
  py::tuple results(call.out.size());
  for (std::size_t i = 0; i < results.size(); ++i) results[i] = alone(*call.out[i]);
  return results;
}

py::tuple operands_of(const Call& call) {
  py::tuple operands(call.in.size());
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Operand& in = call.in[i];
    operands[i] = steal(in.is_scalar() ? scalar_object(in.scalar()) : wrap(in.variable()));
  }
  return operands;
}

py::dict attributes_of(const Call& call) {
  py::dict attributes;
  if (!call.has_attributes()) return attributes;
  for (const Field& field : Attributes(call.attributes_view()).fields())
    if (*field.name != '.') attributes[field.name] = steal(field_object(field));
  return attributes;
}

void intercept_call(Call& call) {
  const Interceptor& top = stack()[current - 1];
  const py::object before = borrow(top.before), after = borrow(top.after);
  const Seeing outer(top.outer);
  const char* name = call.op->name;
  if (!before.is_none()) {
    const py::object results = before(name);
    if (!results.is_none()) return take(results, call);
  }
  call.may_reuse = false;  // the operands will be shown
  if (current > 0) intercept_call(call);
  else call.op->forward(call);
  if (!after.is_none()) after(name, results_of(call), operands_of(call), attributes_of(call));
}

void push(const py::object& before, const py::object& after) {
  stack().push_back({before.inc_ref().ptr(), after.inc_ref().ptr(), current});
  set_current(stack().size());
}

void pop() {
  if (stack().empty()) return;
  const Interceptor top = stack().back();
  stack().pop_back();
  set_current(top.outer);
  Py_DECREF(top.before);
  Py_DECREF(top.after);
}

}  // namespace

void register_interception(py::object& module) {
  auto& m = module_of(module);
  intercept = intercept_call;
  m.def("_push_interceptor", push, py::arg("before"), py::arg("after"));
  m.def("_pop_interceptor", pop);
}

}  // namespace tapegrad::bindings
