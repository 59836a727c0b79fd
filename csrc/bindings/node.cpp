#include "bindings/node.h"

#include <string>
#include <string_view>
#include <unordered_map>

#include "bindings/converters.h"
#include "bindings/define.h"
#include "bindings/hooks.h"
#include "bindings/owned.h"
#include "bindings/register.h"
#include "bindings/saved_attributes.h"
#include "engine/engine.h"

namespace tapegrad::bindings {
namespace {

void node_dealloc(PyObject* self) {
  PyObject_GC_UnTrack(self);
  PyTypeObject* type = Py_TYPE(self);
  Node* node = reinterpret_cast<NodeObject*>(self)->node;
  node->python = nullptr;
  node->release();
  type->tp_free(self);
  Py_DECREF(type);
}

int node_traverse(PyObject* self, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(self));
  return visit_owned(self, *reinterpret_cast<NodeObject*>(self)->node, visit, arg);
}

PyObject* node_repr(PyObject* self) {
  return PyUnicode_FromFormat("<%s object at %p>", short_name(Py_TYPE(self)), static_cast<void*>(self));
}

/// Nodes that PyTorch has by hand are known by their C++ names.
PyObject* node_name(PyObject* self, PyObject*) {
  return guarded([&] {
    const char* name = node_of(self).name();
    const auto is = [&](std::string_view other) { return name == other; };
    const bool by_hand = is("AccumulateGrad") || is("CopySlices") || is("CopyBackwards") || is("NotImplemented");
    return checked(PyUnicode_FromFormat("%s%s", by_hand ? "torch::autograd::" : "", name));
  });
}

PyObject* next_functions(PyObject* self, void*) {
  return guarded([&]() -> PyObject* {
    const auto edges = node_of(self).edges();
    const std::vector<std::size_t> inputs = node_of(self).visible_inputs();
    py::tuple pairs(inputs.size());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Edge& edge = edges[inputs[i]];
      pairs[i] = py::make_tuple(steal(wrap_node(edge.node)), edge.index);
    }
    return pairs.release().ptr();
  });
}

PyObject* sequence_number(PyObject* self, PyObject*) {
  return guarded([&] { return checked(PyLong_FromUnsignedLongLong(node_of(self).sequence())); });
}

PyObject* set_sequence_number(PyObject* self, PyObject* number) {
  return guarded([&]() -> PyObject* {
    const unsigned long long value = PyLong_AsUnsignedLongLong(number);
    if (PyErr_Occurred()) throw PythonError{};
    node_of(self).set_sequence(value);
    Py_RETURN_NONE;
  });
}

PyObject* register_hook(PyObject* self, PyObject* hook) {
  return guarded([&] { return add_hook(node_of(self).make_extras().after, hook); });
}

PyObject* register_prehook(PyObject* self, PyObject* hook) {
  return guarded([&] { return add_hook(node_of(self).make_extras().before, hook); });
}

PyObject* metadata(PyObject* self, void*) {
  return guarded([&] { return Py_NewRef(metadata_of(node_of(self))); });
}

/// The usual attributes, and then what the node saved.
PyObject* get_attribute(PyObject* self, PyObject* name) {
  PyObject* found = PyObject_GenericGetAttr(self, name);
  if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
  static constexpr std::string_view kPrefix = "_saved_", kRawPrefix = "_raw_saved_";
  Node* node = reinterpret_cast<NodeObject*>(self)->node;
  if (!node) return nullptr;
  return guarded([&]() -> PyObject* {
    py::error_already_set missing;
    const std::string text = text_of(name);
    const std::string_view wanted = text;
    const bool raw = wanted.starts_with(kRawPrefix);
    if (!raw && !wanted.starts_with(kPrefix)) {
      missing.restore();
      return nullptr;
    }
    PyObject* saved = raw ? raw_saved_attribute(*node, wanted.substr(kRawPrefix.size()))
                          : saved_attribute(*node, wanted.substr(kPrefix.size()));
    if (!saved) missing.restore();
    return saved;
  });
}

PyObject* directory(PyObject* self, PyObject*) {
  return guarded([&]() -> PyObject* {
    const py::object base = borrow(reinterpret_cast<PyObject*>(&PyBaseObject_Type));
    py::list names = base.attr("__dir__")(borrow(self));
    for (const std::string& name : saved_names(node_of(self))) names.append(py::str(name));
    return names.release().ptr();
  });
}

PyObject* requires_grad(PyObject*, void*) { Py_RETURN_TRUE; }

PyObject* input_metadata(PyObject* self, void*) {
  return guarded([&]() -> PyObject* {
    const auto outputs = node_of(self).outputs();
    py::tuple described(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      described[i] = import_attribute("types", "SimpleNamespace")(
          py::arg("shape") = steal(size_object(outputs[i].shape())),
          py::arg("dtype") = borrow(dtype_object(outputs[i].dtype)),
          py::arg("device") = import_attribute("tapegrad._device", "CPU"), py::arg("is_nested_tensor") = false,
          py::arg("is_cpp_nested_tensor") = false, py::arg("is_tensor_subclass") = false);
    }
    return described.release().ptr();
  });
}

/// node(*gradients): the gradients of the inputs; one alone, or a tuple.
PyObject* call_with_gradients(PyObject* self, PyObject* args, PyObject* keywords) {
  return guarded([&]() -> PyObject* {
    Node& node = node_of(self);
    if (keywords && PyDict_GET_SIZE(keywords) > 0) fail<TypeError>("a node takes no keyword arguments");
    const auto given = static_cast<std::size_t>(PyTuple_GET_SIZE(args));
    if (given != node.outputs().size())
      fail<TypeError>("expected ", node.outputs().size(), " arguments, got ", given, " instead");
    std::vector<Variable> gradients(given);
    for (std::size_t i = 0; i < given; ++i) {
      PyObject* item = PyTuple_GET_ITEM(args, static_cast<Py_ssize_t>(i));
      if (item == Py_None) continue;
      if (!is_variable(item)) fail<TypeError>("argument ", i, " is not a Variable but ", type_name(item));
      gradients[i] = variable_of(item);
    }
    const std::vector<Variable> results = call_node(Ref<Node>(&node), std::move(gradients));
    return results.size() == 1 ? wrap(results[0]) : to_python(results);
  });
}

PyObject* accumulator_variable(PyObject* self, void*) {
  return guarded([&] { return wrap(node_of(self).attributes<AccumulatorAttributes>().variable.lock()); });
}

PyMethodDef methods[] = {
    {"name", node_name, METH_NOARGS, "name()\n--\n\nName of the node."},
    {"_sequence_nr", sequence_number, METH_NOARGS,
     "_sequence_nr()\n--\n\nLater nodes have greater numbers; an accumulator has 2**64 - 1."},
    {"_set_sequence_nr", set_sequence_number, METH_O,
     "_set_sequence_nr($self, number, /)\n--\n\nGives it another number: of the nodes that are ready, the "
     "greatest runs first."},
    {"__dir__", directory, METH_NOARGS, nullptr},
    {"register_hook", register_hook, METH_O,
     "register_hook(fn)\n--\n\nCalls fn(grad_inputs, grad_outputs) after the node ran in a "
     "backward; a tuple that it returns takes the place of grad_inputs. Gives a handle."},
    {"register_prehook", register_prehook, METH_O,
     "register_prehook(fn)\n--\n\nCalls fn(grad_outputs) before the node runs in a backward; a "
     "tuple that it returns takes their place. Gives a handle."},
    {nullptr, nullptr, 0, nullptr}};
PyGetSetDef properties[] = {
    {"next_functions", next_functions, nullptr,
     "Pairs (node, output number), one for each input but indices, masks and the like; (None, 0) where no gradient "
     "goes.",
     nullptr},
    {"metadata", metadata, nullptr, "A dict for whoever wants to note something.", nullptr},
    {"requires_grad", requires_grad, nullptr, "True.", nullptr},
    {"_input_metadata", input_metadata, nullptr, "shape, dtype and device of each output of the operation.", nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyGetSetDef accumulator_properties[] = {
    {"variable", accumulator_variable, nullptr, "The leaf that gradients are accumulated for, or None once it is gone.",
     nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr}};
PyGetSetDef no_properties[] = {{nullptr, nullptr, nullptr, nullptr, nullptr}};

PyTypeObject* make_type(const Op& op) {
  PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(node_dealloc)},
                         {Py_tp_traverse, reinterpret_cast<void*>(node_traverse)},
                         {Py_tp_getset, &op == &kAccumulateGrad ? accumulator_properties : no_properties},
                         {Py_tp_doc, const_cast<char*>("A recorded operation.")},
                         {0, nullptr}};
  const std::string qualified = std::string("tapegrad.autograd.") + op->node;
  PyType_Spec spec = {qualified.c_str(), sizeof(NodeObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_GC, slots};
  return reinterpret_cast<PyTypeObject*>(
      checked(PyType_FromSpecWithBases(&spec, reinterpret_cast<PyObject*>(node_type))));
}

/// Types by node name: rows that share a name share the type.
PyTypeObject* type_for(const Op& op) {
  static auto* const types = new std::unordered_map<std::string, PyTypeObject*>;
  PyTypeObject*& type = (*types)[op->node];
  if (!type) type = make_type(op);
  return type;
}

}  // namespace

PyTypeObject* node_type = nullptr;

PyObject* metadata_of(Node& node) {
  HostObject& dict = node.make_extras().metadata;
  if (!dict) {
    dict = HostObject(checked(PyDict_New()));
    watch_collector();
  }
  return static_cast<PyObject*>(dict.get());
}

Node& node_of(PyObject* self) {
  Node* node = reinterpret_cast<NodeObject*>(self)->node;
  if (!node) fail<Error>("this ", type_name(self), " is in no graph: nothing was recorded, or the graph is gone");
  return *node;
}

PyObject* wrap_node(const Ref<Node>& node) {
  if (!node) Py_RETURN_NONE;
  if (node->python) return Py_NewRef(static_cast<PyObject*>(node->python));
  PyTypeObject* type = type_for(node->op());
  auto* self = reinterpret_cast<NodeObject*>(checked(type->tp_alloc(type, 0)));
  node->retain();
  self->node = node.get();
  node->python = self;
  return reinterpret_cast<PyObject*>(self);
}

void register_node(py::object& module) {
  auto& m = module_of(module);
  PyType_Slot slots[] = {{Py_tp_repr, reinterpret_cast<void*>(node_repr)},
                         {Py_tp_getattro, reinterpret_cast<void*>(get_attribute)},
                         {Py_tp_call, reinterpret_cast<void*>(call_with_gradients)},
                         {Py_tp_methods, methods},
                         {Py_tp_getset, properties},
                         {Py_tp_doc, const_cast<char*>("A recorded operation of the tape.")},
                         {0, nullptr}};
  PyType_Spec spec = {"tapegrad.autograd.graph.Node", sizeof(NodeObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  node_type = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&spec)));
  m.attr("_Node") = borrow(reinterpret_cast<PyObject*>(node_type));
  m.def(
      "op_rows",
      [] {
        py::list names;
        for (const Op* op : Op::table()) names.append(py::str((*op)->name));
        return names;
      },
      "Names of all rows of the ops table.");
  m.def(
      "op_nodes",
      [] {
        py::list rows;
        for (const Op* op : Op::table()) rows.append(py::make_tuple((*op)->name, (*op)->node));
        return rows;
      },
      "All rows of the ops table: name, and the name of the node; None where it leaves none.");
}

}  // namespace tapegrad::bindings
