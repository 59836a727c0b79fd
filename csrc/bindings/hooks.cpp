// Hooks: registering them, and running a table of them.

#include "bindings/hooks.h"

#include "bindings/function_table.h"
#include "bindings/owned.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

/// The hooks of a table as they are now: what a hook adds or removes counts from the next time.
py::object snapshot(void* table) { return steal(PyDict_Values(static_cast<PyObject*>(table))); }

template <class F>
void each_hook(void* table, F&& run) {
  const py::object hooks = snapshot(table);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(hooks.ptr()); ++i) run(PyList_GET_ITEM(hooks.ptr(), i));
}

std::string name_of(PyObject* hook) {
  const py::object name = py::getattr(borrow(hook), "__name__", py::none());
  return py::isinstance<py::str>(name) ? text_of(name.ptr()) : type_name(hook);
}

/// Raises where a hook may not put `replacement` in a gradient's place.
void check_replacement(PyObject* hook, const Variable& gradient, PyObject* replacement) {
  if (!is_variable(replacement)) fail<TypeError>("expected Variable, but hook returned '", type_name(replacement), "'");
  if (!gradient.defined()) fail<Error>("can't replace a None gradient with a non-None value");
  const Variable& r = variable_of(replacement);
  if (r.dtype() != gradient.dtype()) {
    fail<Error>("hook '", name_of(hook), "' has changed the type of value (was ", name(gradient.dtype()), ", got ",
                name(r.dtype()), ")");
  }
  if (r.shape() != gradient.shape()) {
    fail<Error>("hook '", name_of(hook), "' has changed the size of value (was ", to_string(gradient.shape()), ", got ",
                to_string(r.shape()), ")");
  }
}

Variable run_tensor_hooks(void* table, Variable gradient) {
  each_hook(table, [&](PyObject* hook) {
    const py::object given = steal(wrap(gradient));
    const py::object result = steal(PyObject_CallOneArg(hook, given.ptr()));
    if (result.is_none()) return;
    check_replacement(hook, gradient, result.ptr());
    gradient = variable_of(result.ptr());
  });
  return gradient;
}

void run_post_accumulate(void* table, const Variable& leaf) {
  each_hook(table, [&](PyObject* hook) {
    const py::object given = steal(wrap(leaf));
    const py::object result = steal(PyObject_CallOneArg(hook, given.ptr()));
    if (result.is_none()) return;
    if (is_variable(result.ptr())) fail<Error>("Tensor post accumulate grad hooks should return None.");
    fail<TypeError>("post accumulate grad hooks should return None, but hook returned '", type_name(result.ptr()), "'");
  });
}

/// Puts what a node's hook returned in the place of `values`.
void take_values(PyObject* hook, PyObject* result, std::span<Variable> values) {
  if (result == Py_None) return;
  if (!PyTuple_Check(result)) fail<TypeError>("expected tuple, but hook returned '", type_name(result), "'");
  const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(result));
  if (count != values.size()) {
    fail<Error>("hook '", name_of(hook), "' has returned an incorrect number of values (got ", count, ", but expected ",
                values.size(), ")");
  }
  for (std::size_t i = 0; i < count; ++i) {
    PyObject* item = PyTuple_GET_ITEM(result, static_cast<Py_ssize_t>(i));
    if (item != Py_None) check_replacement(hook, values[i], item);
  }
  for (std::size_t i = 0; i < count; ++i) {
    PyObject* item = PyTuple_GET_ITEM(result, static_cast<Py_ssize_t>(i));
    values[i] = item == Py_None ? Variable() : variable_of(item);
  }
}

void run_before(void* table, std::span<Variable> gradients) {
  each_hook(table, [&](PyObject* hook) {
    const py::object given = steal(to_python(gradients));
    const py::object result = steal(PyObject_CallOneArg(hook, given.ptr()));
    take_values(hook, result.ptr(), gradients);
  });
}

void run_after(void* table, std::span<Variable> results, std::span<const Variable> gradients) {
  const py::object outer = steal(to_python(gradients));
  each_hook(table, [&](PyObject* hook) {
    const py::object inner = steal(to_python(results));
    const py::object result = steal(PyObject_CallFunctionObjArgs(hook, inner.ptr(), outer.ptr(), nullptr));
    take_values(hook, result.ptr(), results);
  });
}

// --- registering

void check_differentiable(const Variable& x) {
  if (!x.requires_grad()) fail<Error>("cannot register a hook on a tensor that doesn't require gradient");
}

HostObject* find_table(const Variable& x) {
  if (x.is_leaf()) return x.meta().hooks ? &x.meta().hooks->tensor : nullptr;
  if (NodeExtras* extras = x.grad_fn()->extras())
    for (OutputHooks& hooks : extras->tensor)
      if (hooks.index == x.meta().output) return &hooks.table;
  return nullptr;
}

HostObject& tensor_table(const Variable& x) {
  if (HostObject* found = find_table(x)) return *found;
  if (x.is_leaf()) return x.meta().leaf_hooks().tensor;
  auto& tables = x.grad_fn()->make_extras().tensor;
  tables.push_back({x.meta().output, {}});
  return tables.back().table;
}

PyObject* register_hook(const Variable& x, PyObject* hook) {
  check_differentiable(x);
  return add_hook(tensor_table(x), hook);
}

PyObject* register_post_accumulate_grad_hook(const Variable& x, PyObject* hook) {
  check_differentiable(x);
  if (!x.is_leaf()) fail<Error>("post accumulate grad hooks cannot be registered on non-leaf tensors");
  return add_hook(x.meta().leaf_hooks().post_accumulate, hook);
}

PyObject* table_or_none(const HostObject* table) {
  return Py_NewRef(table && *table ? static_cast<PyObject*>(table->get()) : Py_None);
}

constexpr Function kTable[] = {
    function<register_hook>(
        "register_hook(input, hook)",
        "Calls hook(grad) when the gradient of this Variable is known, before it is used: once a backward. What it "
        "returns takes the gradient's place, None leaves it. Gives a handle with remove().",
        As::Method),
    function<register_post_accumulate_grad_hook>(
        "register_post_accumulate_grad_hook(input, hook)",
        "Calls hook(leaf) after backward() has added to the leaf's `.grad`. Gives a handle with remove().", As::Method),
};

PyObject* backward_hooks(PyObject* self, void*) {
  return guarded([&] { return table_or_none(find_table(variable_of(self))); });
}
int set_backward_hooks(PyObject* self, PyObject* value, void*) {
  return guarded([&] {
    if (!value) fail<Error>("Deletion of _backwards_hooks not allowed!");
    if (value != Py_None) {
      if (!PyDict_Check(value)) fail<TypeError>("_backward_hooks must be a dict or None, not ", type_name(value));
      tensor_table(variable_of(self)) = HostObject(Py_NewRef(value));
      watch_collector();
      return 0;
    }
    if (HostObject* found = find_table(variable_of(self))) *found = HostObject();
    return 0;
  });
}
PyObject* post_accumulate_hooks(PyObject* self, void*) {
  return guarded([&] {
    const LeafHooks* hooks = variable_of(self).meta().hooks;
    return table_or_none(hooks ? &hooks->post_accumulate : nullptr);
  });
}
PyGetSetDef properties[] = {
    {"_backward_hooks", backward_hooks, set_backward_hooks, "The table of tensor hooks, or None.", nullptr},
    {"_post_accumulate_grad_hooks", post_accumulate_hooks, nullptr, "The table of post accumulate hooks, or None.",
     nullptr}};

}  // namespace

PyObject* add_hook(HostObject& table, PyObject* hook) {
  if (!table) {
    table = HostObject(import_attribute("collections", "OrderedDict")().release().ptr());
    watch_collector();
  }
  const py::object hooks = borrow(static_cast<PyObject*>(table.get()));
  py::object handle = import_attribute("tapegrad.utils.hooks", "RemovableHandle")(hooks);
  if (PyObject_SetItem(hooks.ptr(), handle.attr("id").ptr(), hook) < 0) throw PythonError{};
  return handle.release().ptr();
}

void register_hooks(py::object& m) {
  register_table<kTable>(m);
  for (PyGetSetDef& property : properties)
    py::setattr(borrow(reinterpret_cast<PyObject*>(variable_type)), property.name,
                steal(PyDescr_NewGetSet(variable_type, &property)));
  HookHost& table = hook_host();
  table.tensor = run_tensor_hooks;
  table.post_accumulate = run_post_accumulate;
  table.before = run_before;
  table.after = run_after;
  table.object_of = [](const Variable& v) -> void* { return wrap(v); };
}

}  // namespace tapegrad::bindings
