// Function.apply: runs the user's forward, and puts a node for it on the tape.
//
// Where to start reading: apply(). What the outputs become is in Outputs::settle.

#include "bindings/custom_function.h"

#include <vector>

#include "bindings/owned.h"
#include "bindings/register.h"
#include "graph/grad_mode.h"
#include "graph/view.h"
#include "ops/ops.h"

namespace tapegrad::bindings {
namespace {

bool contains(PyObject* tuple, PyObject* item) {
  if (!tuple) return false;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); ++i)
    if (PyTuple_GET_ITEM(tuple, i) == item) return true;
  return false;
}

struct Arguments {
  PyObject* const* items;
  std::size_t count;
  bool contain(PyObject* item) const {
    for (std::size_t i = 0; i < count; ++i)
      if (items[i] == item) return true;
    return false;
  }
};

/// Says whose a view is; what is none, as an alias of an inference tensor, stays as it is.
void set_origin(const Variable& v, ViewOrigin origin) {
  if (v.meta().view) v.meta().view->origin = origin;
}

/// An alias of an input that was returned as it is, so that the node does not become the input's own.
Variable view_of_input(const Variable& input) {
  const GradModeGuard off(false);
  Variable view = alias(input);
  set_origin(view, ViewOrigin::CustomFunction);
  return view;
}

/// Whether backward is to see zeros for outputs that have no gradient; False is PyTorch's way of asking for None.
bool fills_non_differentiable(const ContextObject& context) {
  static PyObject* const name = PyUnicode_InternFromString("_materialize_non_diff_grads");
  PyObject* value = context.dict ? PyDict_GetItemWithError(context.dict, name) : nullptr;
  return value != Py_False;
}

class Outputs {
 public:
  Outputs(ContextObject& context, const Arguments& arguments, Ref<Node> node, std::size_t count)
      : context_(context), arguments_(arguments), node_(std::move(node)), count_(count) {}

  /// What apply returns in place of output `index`: a new reference.
  PyObject* settle(PyObject* output, std::uint32_t index) {
    if (!is_variable(output)) return Py_NewRef(output);
    const Variable& v = variable_of(output);
    const bool input = arguments_.contain(output), dirty = contains(context_.dirty, output);
    context_.tensors[index] = !contains(context_.non_differentiable, output) || fills_non_differentiable(context_);
    if (node_) node_->outputs()[index].describe(v.tensor());
    if (!node_ || !is_floating(v.dtype()) || contains(context_.non_differentiable, output))
      return without_gradient(output, input, dirty);
    ++differentiable_;
    if (dirty) return written(output, index, input);
    if (input) return attach(wrap(view_of_input(v)), index);
    set_origin(v, ViewOrigin::CustomFunction);
    return attach(Py_NewRef(output), index);
  }

  /// Of several outputs with a gradient none may be written in place where it is a view: the node is of all of them.
  void guard_views(PyObject* settled) const {
    if (differentiable_ < 2) return;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(settled); ++i) {
      PyObject* const output = PyTuple_GET_ITEM(settled, i);
      if (is_variable(output)) set_origin(variable_of(output), ViewOrigin::OneOfMany);
    }
  }

 private:
  PyObject* without_gradient(PyObject* output, bool input, bool dirty) {
    const Variable& v = variable_of(output);
    if (input && v.requires_grad()) return wrap(detach(v));
    if (input) return dirty ? Py_NewRef(output) : wrap(view_of_input(v));
    // A view that was made where nothing is recorded is what it would be without the Function; else the Function's.
    if (!node_ && GradMode::enabled()) set_origin(v, ViewOrigin::CustomFunction);
    if (!v.requires_grad() || v.meta().view) return Py_NewRef(output);
    return wrap(detach(v));
  }

  PyObject* attach(PyObject* output, std::uint32_t index) {
    set_history(variable_of(output), node_, index);
    return output;
  }

  PyObject* written(PyObject* output, std::uint32_t index, bool input) {
    const Variable& v = variable_of(output);
    if (v.is_leaf() && v.requires_grad())
      fail<Error>("a leaf Variable that requires grad has been used in an in-place operation, by a custom Function");
    if (!input) {
      const char* const what =
          "ctx.mark_dirty() received a tensor that was not an input. Only inputs that were written in place are to be "
          "passed to it";
      if (v.meta().view) fail<Error>(what);
      warn(what);
    }
    if (!v.meta().view) return attach(Py_NewRef(output), index);
    check_history(v, true);
    if (count_ != 1)
      fail<Error>(
          "If your Function modifies inplace an input that is a view of another Tensor, it cannot return more than one "
          "Tensor. Write to a clone() of the input, or let one Function write and another do the rest");
    rebase_history(v, node_);
    return Py_NewRef(output);
  }

  ContextObject& context_;
  const Arguments& arguments_;
  Ref<Node> node_;
  std::size_t count_;
  std::size_t differentiable_ = 0;
};

/// Notes the writes that forward told of. Raises Error for what is not a Variable or was not returned.
void check_marks(const ContextObject& it, PyObject* const* outputs, std::size_t count) {
  const Arguments returned{outputs, count};
  if (it.dirty) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(it.dirty); ++i) {
      PyObject* item = PyTuple_GET_ITEM(it.dirty, i);
      if (!is_variable(item))
        fail<Error>("mark_dirty can only accept variables, but argument ", i, " is ", type_name(item));
      if (!returned.contain(item)) {
        fail<Error>(
            "Some elements marked as dirty during the forward method were not returned as output. The inputs that are "
            "modified inplace must all be outputs of the Function");
      }
      variable_of(item).tensor().bump_version("a custom Function that marked it dirty");
    }
  }
  if (!it.non_differentiable) return;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(it.non_differentiable); ++i) {
    PyObject* item = PyTuple_GET_ITEM(it.non_differentiable, i);
    if (!is_variable(item))
      fail<Error>("mark_non_differentiable only accepts variable arguments, but got ", type_name(item));
  }
}

/// What save_for_backward was given becomes the node's saved values.
void save(ContextObject& it, Node& node, PyObject* const* outputs, std::size_t count) {
  if (!it.to_save) return;
  const py::object given = steal(std::exchange(it.to_save, nullptr));  // whatever a hook of saved values raises
  const auto places = static_cast<std::size_t>(PyTuple_GET_SIZE(given.ptr()));
  PooledArray<SavedValue> saved(places);
  for (std::size_t i = 0; i < places; ++i) {
    PyObject* item = PyTuple_GET_ITEM(given.ptr(), static_cast<Py_ssize_t>(i));
    if (item == Py_None) continue;
    if (!is_variable(item)) {
      fail<TypeError>("save_for_backward can only save variables, but argument ", i, " is of type ", type_name(item),
                      ": keep other things as attributes of ctx");
    }
    const Variable& v = variable_of(item);
    const Variable* result = nullptr;
    for (std::size_t j = 0; j < count && !result; ++j)
      if (is_variable(outputs[j]) && variable_of(outputs[j]).is(v)) result = &v;
    const bool own = result && v.meta().interior && v.meta().node.get() == &node;
    if (own) saved[i].save_result(v.tensor_ref(), v.meta().output);
    else saved[i].save(v);
  }
  node.set_saved(std::move(saved));
}

/// Forgets what forward marked once a call ends: an output among it would own itself through its node.
class Marks {
 public:
  explicit Marks(ContextObject& context) : context_(context) {}
  ~Marks() {
    Py_CLEAR(context_.dirty);
    Py_CLEAR(context_.non_differentiable);
  }
  Marks(const Marks&) = delete;
  Marks& operator=(const Marks&) = delete;

 private:
  ContextObject& context_;
};

/// A context with its arguments noted; `edges` and `recording` say what the node will need.
struct Started {
  py::object self;
  std::size_t edges = 0;
  bool recording = false;
};
Started start(PyObject* function, const Arguments& arguments) {
  static PyObject* const name = PyUnicode_InternFromString("_backward_cls");
  const py::object type = steal(PyObject_GetAttr(function, name));
  auto* const context_class = reinterpret_cast<PyTypeObject*>(type.ptr());
  Started result{steal(context_class->tp_alloc(context_class, 0))};
  ContextObject& it = context(result.self.ptr());
  new (&it.arguments) PooledArray<std::uint8_t>(arguments.count);
  new (&it.tensors) PooledArray<bool>();
  it.function = Py_NewRef(function);
  it.materialize = true;
  for (std::size_t i = 0; i < arguments.count; ++i) {
    it.arguments[i] = 0;
    if (!is_variable(arguments.items[i])) continue;
    const bool wanted = variable_of(arguments.items[i]).requires_grad();
    it.arguments[i] = wanted ? kTensor | kRequiresGrad : kTensor;
    result.recording |= wanted;
    ++result.edges;
  }
  result.recording = result.recording && GradMode::enabled();
  return result;
}

py::object forward_of(PyObject* function) {
  static PyObject* const name = PyUnicode_InternFromString("forward");
  return steal(PyObject_GetAttr(function, name));
}

/// The class's setup_context, or null where it has none of its own.
py::object setup_of(PyObject* function) {
  static PyObject* const name = PyUnicode_InternFromString("setup_context");
  static constinit Inherited none{"setup_context"};
  py::object setup = steal(PyObject_GetAttr(function, name));
  return setup.ptr() == none.get() ? py::object() : setup;
}

/// The arguments of apply as forward takes them by position: a tuple, or null where they are so already. Beside
/// setup_context that sees what forward has by default.
py::object by_position(PyObject* function, PyObject* const* args, Py_ssize_t count, PyObject* keywords) {
  const bool with_context = !setup_of(function);
  if (with_context && !keywords) return {};
  const py::object forward = forward_of(function);
  if (!keywords && PyFunction_Check(forward.ptr()) && !PyFunction_GET_DEFAULTS(forward.ptr())) return {};
  py::tuple positional(count);
  for (Py_ssize_t i = 0; i < count; ++i) positional[static_cast<std::size_t>(i)] = borrow(args[i]);
  py::dict named;
  for (Py_ssize_t i = 0; keywords && i < PyTuple_GET_SIZE(keywords); ++i)
    named[borrow(PyTuple_GET_ITEM(keywords, i))] = borrow(args[count + i]);
  return import_attribute("tapegrad.autograd.function", "_by_position")(forward, positional, named, with_context);
}

/// Calls forward, and setup_context where there is one.
py::object run_forward(PyObject* function, PyObject* self, const Arguments& arguments) {
  const py::object forward = forward_of(function), setup = setup_of(function);
  SmallArray<PyObject*, 8> room(arguments.count + 2);
  PyObject** const args = room.all().data() + 1;
  args[0] = self;
  std::copy_n(arguments.items, arguments.count, args + 1);
  const GradModeGuard off(false);
  if (!setup)
    return steal(
        PyObject_Vectorcall(forward.ptr(), args, (arguments.count + 1) | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
  const py::object output =
      steal(PyObject_Vectorcall(forward.ptr(), args + 1, arguments.count | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
  const py::object inputs = steal(PyTuple_New(static_cast<Py_ssize_t>(arguments.count)));
  for (std::size_t i = 0; i < arguments.count; ++i)
    PyTuple_SET_ITEM(inputs.ptr(), static_cast<Py_ssize_t>(i), Py_NewRef(arguments.items[i]));
  const py::object nothing =
      steal(PyObject_CallFunctionObjArgs(setup.ptr(), self, inputs.ptr(), output.ptr(), nullptr));
  return output;
}

Ref<Node> make_node(const Started& started, const Arguments& arguments, std::size_t outputs) {
  auto node = make_ref<Node>(kCustomFunction, started.edges, outputs);
  std::size_t edge = 0;
  for (std::size_t i = 0; i < arguments.count; ++i)
    if (is_variable(arguments.items[i])) node->edges()[edge++] = variable_of(arguments.items[i]).edge();
  PyObject* const self = started.self.ptr();
  node->python = Py_NewRef(self);
  node->owns_python = true;
  ++host_objects;
  watch_collector();
  context(self).base.node = node.get();
  return node;
}

/// apply(*args, **kwargs).
PyObject* apply(PyObject* function, PyObject* const* args, Py_ssize_t given, PyObject* keywords) {
  return guarded([&]() -> PyObject* {
    const py::object bound = by_position(function, args, given, keywords);
    if (bound) {
      args = &PyTuple_GET_ITEM(bound.ptr(), 0);
      given = PyTuple_GET_SIZE(bound.ptr());
    }
    const Arguments arguments{args, static_cast<std::size_t>(given)};
    const Started started = start(function, arguments);
    ContextObject& it = context(started.self.ptr());
    const py::object result = run_forward(function, started.self.ptr(), arguments);
    const Marks marks(it);
    const bool many = PyTuple_Check(result.ptr());
    PyObject* const only = result.ptr();
    PyObject* const* outputs = many ? &PyTuple_GET_ITEM(result.ptr(), 0) : &only;
    const auto count = static_cast<std::size_t>(many ? PyTuple_GET_SIZE(result.ptr()) : 1);
    check_marks(it, outputs, count);
    it.tensors = PooledArray<bool>(count);
    std::fill(it.tensors.begin(), it.tensors.end(), false);
    // The edges are those from before an in-place forward becomes the history of its input.
    const Ref<Node> node =
        started.recording ? make_node(started, arguments, std::max<std::size_t>(count, 1)) : Ref<Node>();
    Outputs settling(it, arguments, node, count);
    const py::object settled = many ? steal(PyTuple_New(static_cast<Py_ssize_t>(count))) : py::object();
    py::object single;
    for (std::size_t i = 0; i < count; ++i) {
      PyObject* output = settling.settle(outputs[i], static_cast<std::uint32_t>(i));
      if (many) PyTuple_SET_ITEM(settled.ptr(), static_cast<Py_ssize_t>(i), output);
      else single = steal(output);
    }
    if (many) settling.guard_views(settled.ptr());
    if (node) {
      PyObject* const kept = single.ptr();
      save(it, *node, many ? &PyTuple_GET_ITEM(settled.ptr(), 0) : &kept, count);
    }
    return many ? Py_NewRef(settled.ptr()) : Py_NewRef(single.ptr());
  });
}

PyObject* init_subclass(PyObject* cls, PyObject* const*, Py_ssize_t, PyObject*) {
  return guarded([&]() -> PyObject* {
    const py::object type = make_context_type(short_name(reinterpret_cast<PyTypeObject*>(cls)));
    py::setattr(borrow(cls), "_backward_cls", type);
    Py_RETURN_NONE;
  });
}

PyMethodDef methods[] = {
    {"apply", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(apply)), METH_FASTCALL | METH_KEYWORDS | METH_CLASS,
     "apply(*args, **kwargs)\n--\n\nRuns forward and records it, so that backward runs in the backward pass."},
    {"__init_subclass__", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(init_subclass)),
     METH_FASTCALL | METH_KEYWORDS | METH_CLASS, nullptr},
    {nullptr, nullptr, 0, nullptr}};

}  // namespace

void register_custom_function(py::object& m) {
  register_context(m);
  PyType_Slot slots[] = {{Py_tp_methods, methods},
                         {Py_tp_doc, const_cast<char*>("The compiled part of tapegrad.autograd.Function.")},
                         {0, nullptr}};
  PyType_Spec spec = {"tapegrad.autograd.function._FunctionBase", sizeof(PyObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
  m.attr("_FunctionBase") = steal(PyType_FromSpec(&spec));
}

}  // namespace tapegrad::bindings
