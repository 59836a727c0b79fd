// The context's type, and the backward that it takes the user's function through.

#include "bindings/custom_function.h"
#include "bindings/owned.h"
#include "bindings/saved_attributes.h"
#include "graph/custom_function.h"
#include "ops/ops.h"

#include <structmember.h>  // after Python.h

namespace tapegrad::bindings {

PyTypeObject* context_type = nullptr;

namespace {

Node* node_or_null(PyObject* self) { return context(self).base.node; }

// --- life
// -------------------------------------------------------------------------------------------------------------

bool adopt(Node& node) {
  auto* self = static_cast<PyObject*>(node.python);
  if (Py_REFCNT(self) == 1) {
    context(self).base.node = nullptr;
    --host_objects;
    return false;
  }
  node.retain();
  node.owns_python = false;
  --host_objects;
  context(self).owns_node = true;
  Py_DECREF(self);
  return true;
}

void context_dealloc(PyObject* self) {
  ContextObject& it = context(self);
  if (it.owns_node && it.base.node->use_count() > 1) {  // somebody needs the node still: it owns the context again
    Py_SET_REFCNT(self, 1);
    it.owns_node = false;
    it.base.node->owns_python = true;
    ++host_objects;
    it.base.node->release();
    return;
  }
  PyObject_GC_UnTrack(self);
  if (it.weak_references) PyObject_ClearWeakRefs(self);
  if (it.owns_node) {
    it.base.node->python = nullptr;
    it.base.node->release();
  }
  for (PyObject** part : {&it.function, &it.dict, &it.to_save, &it.dirty, &it.non_differentiable, &it.needs})
    Py_CLEAR(*part);
  it.arguments.~PooledArray();
  it.tensors.~PooledArray();
  PyTypeObject* type = Py_TYPE(self);
  type->tp_free(self);
  Py_DECREF(type);
}

int context_traverse(PyObject* self, visitproc visit, void* arg) {
  const ContextObject& it = context(self);
  Py_VISIT(Py_TYPE(self));
  for (PyObject* part : {it.function, it.dict, it.to_save, it.dirty, it.non_differentiable, it.needs}) Py_VISIT(part);
  return it.base.node ? visit_references(self, *it.base.node, visit, arg) : 0;
}

int context_clear(PyObject* self) {
  ContextObject& it = context(self);
  for (PyObject** part : {&it.dict, &it.to_save, &it.dirty, &it.non_differentiable}) Py_CLEAR(*part);
  return 0;
}

// --- what the user's functions call
// -----------------------------------------------------------------------------------

PyObject* tuple_of(PyObject* const* args, Py_ssize_t count) {
  PyObject* tuple = checked(PyTuple_New(count));
  for (Py_ssize_t i = 0; i < count; ++i) PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
  return tuple;
}

template <PyObject* ContextObject::* field>
PyObject* keep(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  return guarded([&]() -> PyObject* {
    Py_XSETREF(context(self).*field, tuple_of(args, count));
    Py_RETURN_NONE;
  });
}

PyObject* set_materialize_grads(PyObject* self, PyObject* value) {
  return guarded([&]() -> PyObject* {
    context(self).materialize = is_true(value);
    Py_RETURN_NONE;
  });
}

/// Whether the function's class says that saved_tensors gives its values once, and lets go of them.
bool gives_once(const ContextObject& it) {
  static PyObject* const name = PyUnicode_InternFromString("clear_saved_tensors_on_access");
  return steal(PyObject_GetAttr(it.function, name)).ptr() == Py_True;
}

PyObject* saved_tensors(PyObject* self, void*) {
  return guarded([&]() -> PyObject* {
    Node* node = node_or_null(self);
    if (!node) return checked(PyTuple_New(0));
    if (context(self).spent)
      fail<Error>("saved_tensors can only be accessed once, since the Function has clear_saved_tensors_on_access=True");
    node->check_saved();
    const Ref<Node> owner(node);
    const std::size_t count = node->saved().size();
    const py::object tuple = steal(PyTuple_New(static_cast<Py_ssize_t>(count)));
    for (std::size_t i = 0; i < count; ++i)
      PyTuple_SET_ITEM(tuple.ptr(), static_cast<Py_ssize_t>(i), wrap(unpack_saved(owner, i, true).variable));
    if (count > 0 && gives_once(context(self))) [[unlikely]] {
      context(self).spent = true;
      node->release_saved();
    }
    return Py_NewRef(tuple.ptr());
  });
}

PyObject* raw_saved_tensors(PyObject* self, void*) {
  return guarded([&]() -> PyObject* {
    Node* node = node_or_null(self);
    if (!node) return checked(PyTuple_New(0));
    node->check_freed();
    const py::object tuple = steal(PyTuple_New(static_cast<Py_ssize_t>(node->saved().size())));
    for (std::size_t i = 0; i < node->saved().size(); ++i)
      PyTuple_SET_ITEM(tuple.ptr(), static_cast<Py_ssize_t>(i), saved_tensor(*node, i));
    return Py_NewRef(tuple.ptr());
  });
}

PyObject* saved_variables(PyObject* self, void* closure) {
  return guarded([&]() -> PyObject* {
    warn("'saved_variables' is deprecated; use 'saved_tensors'", PyExc_DeprecationWarning);
    return saved_tensors(self, closure);
  });
}

PyObject* needs_input_grad(PyObject* self, void*) {
  return guarded([&]() -> PyObject* {
    ContextObject& it = context(self);
    if (!it.needs) {
      it.needs = checked(PyTuple_New(static_cast<Py_ssize_t>(it.arguments.size())));
      for (std::size_t i = 0; i < it.arguments.size(); ++i)
        PyTuple_SET_ITEM(it.needs, static_cast<Py_ssize_t>(i), PyBool_FromLong(it.arguments[i] & kRequiresGrad));
    }
    return Py_NewRef(it.needs);
  });
}

int set_needs_input_grad(PyObject* self, PyObject* value, void*) {
  Py_XSETREF(context(self).needs, Py_XNewRef(value));
  return 0;
}

/// There is no forward mode: what it would need is not kept.
PyObject* save_for_forward(PyObject*, PyObject* const*, Py_ssize_t) { Py_RETURN_NONE; }

PyObject* get_materialize_grads(PyObject* self, void*) { return PyBool_FromLong(context(self).materialize); }

template <PyObject* ContextObject::* field>
PyObject* get_field(PyObject* self, void*) {
  PyObject* value = context(self).*field;
  return Py_NewRef(value ? value : Py_None);
}

template <class F>
PyCFunction method(F function) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(function));
}

PyMethodDef methods[] = {
    {"save_for_backward", method(keep<&ContextObject::to_save>), METH_FASTCALL,
     "save_for_backward(*tensors)\n--\n\nKeeps Variables (or None) for backward, which finds them in saved_tensors."},
    {"save_for_forward", method(save_for_forward), METH_FASTCALL,
     "save_for_forward(*tensors)\n--\n\nDoes nothing: there is no forward mode."},
    {"mark_dirty", method(keep<&ContextObject::dirty>), METH_FASTCALL,
     "mark_dirty(*args)\n--\n\nSays which inputs forward wrote in place. They must be returned too."},
    {"mark_non_differentiable", method(keep<&ContextObject::non_differentiable>), METH_FASTCALL,
     "mark_non_differentiable(*args)\n--\n\nSays which outputs have no gradient."},
    {"set_materialize_grads", set_materialize_grads, METH_O,
     "set_materialize_grads(value)\n--\n\nWhether gradients that did not arrive are zeros (True) or None."},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef properties[] = {
    {"saved_tensors", saved_tensors, nullptr, "What save_for_backward kept, as a tuple.", nullptr},
    {"saved_variables", saved_variables, nullptr, "The deprecated name of saved_tensors.", nullptr},
    {"_raw_saved_tensors", raw_saved_tensors, nullptr, "The same as SavedTensors, which take hooks.", nullptr},
    {"needs_input_grad", needs_input_grad, set_needs_input_grad,
     "A bool for each argument of apply: whether its gradient is wanted.", nullptr},
    {"materialize_grads", get_materialize_grads, nullptr, "What set_materialize_grads said last; True at first.",
     nullptr},
    {"dirty_tensors", get_field<&ContextObject::dirty>, nullptr, "The arguments of mark_dirty.", nullptr},
    {"non_differentiable", get_field<&ContextObject::non_differentiable>, nullptr,
     "The arguments of mark_non_differentiable.", nullptr},
    {"to_save", get_field<&ContextObject::to_save>, nullptr, "The arguments of save_for_backward.", nullptr},
    {"_forward_cls", get_field<&ContextObject::function>, nullptr, "The class whose apply was called.", nullptr},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(ContextObject, dict), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(ContextObject, weak_references), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};

// --- backward
// ---------------------------------------------------------------------------------------------------------

/// The user's backward (or vjp, its other name).
py::object user_backward(PyObject* function) {
  static PyObject* const backward = PyUnicode_InternFromString("backward");
  static PyObject* const vjp = PyUnicode_InternFromString("vjp");
  static constinit Inherited missing{"backward"};
  py::object found = steal(PyObject_GetAttr(function, backward));
  if (found.ptr() != missing.get()) [[likely]] {
    if (steal(PyObject_GetAttr(function, vjp)).ptr() == missing.get()) return found;
    fail<Error>(
        "Implementing both 'backward' and 'vjp' for a custom Function is not allowed: they are two names of one");
  }
  return steal(PyObject_GetAttr(function, vjp));
}

/// Puts what backward returned where the gradients of the tensor arguments go.
void take_results(Backward& call, const ContextObject& it, PyObject* result) {
  PyObject* const* items = PyTuple_Check(result) ? &PyTuple_GET_ITEM(result, 0) : &result;
  const auto given = static_cast<std::size_t>(PyTuple_Check(result) ? PyTuple_GET_SIZE(result) : 1);
  const std::size_t expected = it.arguments.size();
  bool fits = given >= expected;
  for (std::size_t i = expected; i < given; ++i) fits &= items[i] == Py_None;
  if (!fits) {
    fail<Error>("function ", call.node().name(), " returned an incorrect number of gradients (expected ", expected,
                ", got ", given, "): backward returns one for each argument of forward, None where it has no gradient");
  }
  std::size_t edge = 0;
  for (std::size_t i = 0; i < expected; ++i) {
    PyObject* item = items[i];
    if (!(it.arguments[i] & kTensor)) {
      if (item == Py_None) continue;
      fail<Error>("function ", call.node().name(), " returned a gradient different than None at position ", i + 1,
                  ", but the corresponding forward input was not a Variable");
    }
    if (item != Py_None && !is_variable(item)) {
      fail<Error>("expected Variable or None (got ", type_name(item), ") as gradient ", i, " of ", call.node().name());
    }
    if (item != Py_None && call.needs(edge)) call.set(edge, variable_of(item));
    ++edge;
  }
}

}  // namespace

void run_backward(Backward& call) {
  auto* const self = static_cast<PyObject*>(call.node().python);
  const py::object alive = borrow(self);
  const ContextObject& it = context(self);
  const std::size_t count = it.tensors.size();
  SmallArray<PyObject*, 6> args(count + 2);
  PyObject** const first = args.all().data() + 1;  // a place before is what vectorcall may write to
  first[0] = self;
  std::vector<py::object> owned;
  owned.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Variable gradient = call.take(i);
    if (!gradient.defined() && it.materialize && it.tensors[i])
      gradient = full(call.output(i).shape(), 0, call.output(i).dtype);
    owned.push_back(steal(wrap(std::move(gradient))));
    first[i + 1] = owned.back().ptr();
  }
  const py::object backward = user_backward(it.function);
  const py::object result =
      steal(PyObject_Vectorcall(backward.ptr(), first, (count + 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
  take_results(call, it, result.ptr());
}

py::object make_context_type(const char* name) {
  const std::string qualified = std::string("tapegrad.autograd.function.") + name + "Backward";
  PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(context_dealloc)},
                         {Py_tp_traverse, reinterpret_cast<void*>(context_traverse)},
                         {Py_tp_clear, reinterpret_cast<void*>(context_clear)},
                         {0, nullptr}};
  PyType_Spec spec = {qualified.c_str(), sizeof(ContextObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_GC, slots};
  return steal(PyType_FromSpecWithBases(&spec, reinterpret_cast<PyObject*>(context_type)));
}

void register_context(py::object& m) {
  PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(context_dealloc)},
                         {Py_tp_traverse, reinterpret_cast<void*>(context_traverse)},
                         {Py_tp_clear, reinterpret_cast<void*>(context_clear)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, properties},
                         {Py_tp_members, members},
                         {Py_tp_doc, const_cast<char*>("What a call of a custom Function keeps for its backward.")},
                         {0, nullptr}};
  PyType_Spec spec = {"tapegrad.autograd.function.FunctionCtx", sizeof(ContextObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_GC,
                      slots};
  context_type =
      reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpecWithBases(&spec, reinterpret_cast<PyObject*>(node_type))));
  m.attr("_FunctionCtx") = borrow(reinterpret_cast<PyObject*>(context_type));
  CustomFunctionHost& table = custom_function_host();
  table.backward = run_backward;
  table.adopt = adopt;
  table.name = [](const Node& node) { return short_name(Py_TYPE(static_cast<PyObject*>(node.python))); };
}

}  // namespace tapegrad::bindings
