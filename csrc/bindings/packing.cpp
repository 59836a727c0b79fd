// Saved values in the user's hands: the stack of pairs of hooks, and who is told before a write.

#include "bindings/packing.h"

#include <vector>

#include "bindings/define.h"
#include "bindings/owned.h"
#include "bindings/register.h"
#include "bindings/variable.h"
#include "graph/packing.h"

namespace tapegrad::bindings {
namespace {

struct Hooks {
  PyObject *pack, *unpack;
};

/// This thread's pairs, the innermost last.
std::vector<Hooks>& stack() {
  static thread_local std::vector<Hooks> hooks;
  return hooks;
}

/// A tuple (unpack, what pack made of the value).
void* pack(const Variable& value) {
  const py::object argument = steal(wrap(value));
  const py::object hook = borrow(stack().back().pack), back = borrow(stack().back().unpack);
  const py::object packed = steal(PyObject_CallOneArg(hook.ptr(), argument.ptr()));
  return checked(PyTuple_Pack(2, back.ptr(), packed.ptr()));
}

Variable unpack(void* pair) {
  const py::object both = borrow(static_cast<PyObject*>(pair));
  const py::object result =
      steal(PyObject_CallOneArg(PyTuple_GET_ITEM(both.ptr(), 0), PyTuple_GET_ITEM(both.ptr(), 1)));
  if (!is_variable(result.ptr())) {
    fail<TypeError>("Output of saved tensor unpack_hook expected to be a Tensor but got result of type ",
                    type_name(result.ptr()));
  }
  return variable_of(result.ptr());
}

void push_hooks(const py::object& pack_hook, const py::object& unpack_hook) {
  for (const py::object& hook : {pack_hook, unpack_hook})
    if (!PyCallable_Check(hook.ptr()))
      fail<TypeError>("a hook of saved values is callable, not ", type_name(hook.ptr()));
  watch_collector();
  stack().push_back({pack_hook.inc_ref().ptr(), unpack_hook.inc_ref().ptr()});
  Packing::set_active(true);
}

/// Takes the innermost pair off.
void leave_innermost() noexcept {
  const Hooks top = stack().back();
  stack().pop_back();
  Packing::set_active(!stack().empty());
  Py_DECREF(top.pack);
  Py_DECREF(top.unpack);
}

void pop_hooks() {
  if (!stack().empty()) leave_innermost();  // one too many is nothing, as in PyTorch
}

PyObject* watcher = nullptr;

std::uintptr_t storage_id(const Variable& v) { return reinterpret_cast<std::uintptr_t>(&v.tensor().storage()); }

/// All elements of the memory that a variable is in, in a row.
Variable storage_view(const Variable& v) {
  const Tensor& t = v.tensor();
  return Variable(t.view({{t.room()}, {1}, 0}));
}

void watch_writes(const py::object& callable) {
  Py_XDECREF(watcher);
  watcher = callable.is_none() ? nullptr : callable.inc_ref().ptr();
  before_write = watcher ? +[](const Variable& v) {
    const py::object id = py::int_(storage_id(v));
    const py::object result = steal(PyObject_CallOneArg(watcher, id.ptr()));
  } : nullptr;
}

}  // namespace

// (While there are none the stack itself is not looked at: every backward comes here.)
SavedHooksScope::SavedHooksScope() : depth_(Packing::active() ? stack().size() : 0) {}
SavedHooksScope::~SavedHooksScope() {
  while (Packing::active() && stack().size() > depth_) leave_innermost();
}

SavedHooksCopy::SavedHooksCopy() {
  for (const Hooks& hooks : stack()) pairs_.emplace_back(borrow(hooks.pack), borrow(hooks.unpack));
}
void SavedHooksCopy::enter() const {
  for (const auto& [pack_hook, unpack_hook] : pairs_) push_hooks(pack_hook, unpack_hook);
}

void pack_with(SavedValue& value, const py::object& pack_hook, const py::object& unpack_hook) {
  push_hooks(pack_hook, unpack_hook);
  try {
    value.pack();
  } catch (...) {
    pop_hooks();
    throw;
  }
  pop_hooks();
}

void register_packing(py::object& module) {
  auto& m = module_of(module);
  packing_host() = {pack, unpack};
  m.def("_push_saved_hooks", push_hooks, py::arg("pack"), py::arg("unpack"));
  m.def("_pop_saved_hooks", pop_hooks);
  m.def("_saved_hooks_active", &Packing::active);
  m.def("_watch_writes", watch_writes, py::arg("callable"));
  m.def("_storage_id", storage_id, py::arg("input"));
  m.def("_storage_view", storage_view, py::arg("input"));
}

}  // namespace tapegrad::bindings
