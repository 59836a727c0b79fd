// backward, grad, and the grad mode.

#include "bindings/call_site.h"
#include "bindings/define.h"
#include "bindings/function_table.h"
#include "bindings/nesting.h"
#include "bindings/packing.h"
#include "bindings/register.h"
#include "engine/engine.h"
#include "graph/grad_mode.h"

namespace tapegrad::bindings {
namespace {

/// tapegrad.autograd.graph.GradientEdge, a named tuple.
PyTypeObject* edge_type() {
  static constinit Imported type{"tapegrad.autograd.graph", "GradientEdge"};
  return type.type();
}

bool is_edge(PyObject* object) { return PyTuple_Check(object) && PyObject_TypeCheck(object, edge_type()); }

Endpoint to_endpoint(PyObject* object, const char* what, Py_ssize_t index) {
  if (is_variable(object)) return Endpoint(variable_of(object));
  if (!is_edge(object)) {
    fail<Error>(what, ": all inputs have to be Tensors or GradientEdges, but element ", index, " is ",
                type_name(object));
  }
  PyObject* node = PyTuple_GET_ITEM(object, 0);
  if (!PyObject_TypeCheck(node, node_type)) fail<TypeError>("the node of a GradientEdge must not be ", type_name(node));
  const Index output = to_index(PyTuple_GET_ITEM(object, 1));
  Ref<Node> ref(&node_of(node));
  if (output < 0 || output >= static_cast<Index>(ref->outputs().size()))
    fail<IndexError>("GradientEdge: ", ref->name(), " has no output ", output);
  return Endpoint(Edge{std::move(ref), static_cast<std::uint32_t>(output)});
}

/// A Variable or a GradientEdge, or a sequence of them.
std::vector<Endpoint> one_or_more(PyObject* object, const char* what) {
  std::vector<Endpoint> result;
  if (is_variable(object) || is_edge(object)) {
    result.push_back(to_endpoint(object, what, 0));
    return result;
  }
  if (!PySequence_Check(object) && !PyIter_Check(object))
    fail<TypeError>(what, " must be a Variable or a sequence of Variables, not ", type_name(object));
  const py::object items = steal(PySequence_Fast(object, "a sequence of Variables is expected"));
  each_item(items.ptr(),
            [&](PyObject* item) { result.push_back(to_endpoint(item, what, static_cast<Py_ssize_t>(result.size()))); });
  return result;
}

/// The same of an argument that may be left out.
std::vector<Endpoint> any_number(PyObject* object, const char* what) {
  return object == Py_None ? std::vector<Endpoint>() : one_or_more(object, what);
}

Variable one_gradient(PyObject* object) {
  if (object == Py_None) return {};
  if (!is_variable(object)) fail<TypeError>("gradients can be either Tensors or None, but got ", type_name(object));
  return variable_of(object);
}

/// The cotangents: None, one, or a sequence, each of which may be None.
std::vector<Variable> gradients_for(PyObject* object, std::size_t roots) {
  std::vector<Variable> gradients;
  if (object == Py_None) {
    gradients.resize(roots);
  } else if (is_variable(object) || !(PyTuple_Check(object) || PyList_Check(object))) {
    gradients.push_back(one_gradient(object));
  } else {
    const py::object items = steal(PySequence_Fast(object, "a sequence of gradients is expected"));
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.ptr()); ++i)
      gradients.push_back(one_gradient(PySequence_Fast_GET_ITEM(items.ptr(), i)));
  }
  if (gradients.size() != roots)
    fail<Error>("got ", roots, " tensors and ", gradients.size(), " gradients: give each tensor its own");
  return gradients;
}

BackwardOptions options(PyObject* retain_graph, bool create_graph, PyObject* inputs) {
  const bool keep = retain_graph == Py_None ? create_graph : is_true(retain_graph);
  return {keep, create_graph, inputs != Py_None, note_call_site()};
}

/// `retain_variables` is what the document's time called retain_graph.
PyObject* renamed(PyObject* retain_graph, PyObject* retain_variables) {
  if (retain_variables == Py_None) return retain_graph;
  warn("retain_variables is deprecated: its name is retain_graph now", PyExc_FutureWarning);
  if (retain_graph != Py_None)
    fail<TypeError>("retain_graph and retain_variables are two names of one argument: give one of them");
  return retain_variables;
}

PyObject* variable_backward(const Variable& root, PyObject* gradient, PyObject* retain_graph, bool create_graph,
                            PyObject* inputs, PyObject* retain_variables) {
  const auto chosen = any_number(inputs, "inputs");
  std::vector<Variable> gradients;
  gradients.push_back(one_gradient(gradient));
  const Endpoint end(root);
  const BackwardOptions how = options(renamed(retain_graph, retain_variables), create_graph, inputs);
  const SavedHooksScope scope;
  nested([&] { backward({&end, 1}, std::move(gradients), chosen, how); });
  Py_RETURN_NONE;
}

PyObject* backward_function(PyObject* tensors, PyObject* grad_tensors, PyObject* retain_graph, bool create_graph,
                            PyObject* grad_variables, PyObject* inputs) {
  const auto roots = one_or_more(tensors, "tensors");
  const auto chosen = any_number(inputs, "inputs");
  if (grad_variables != Py_None) {
    warn("grad_variables is deprecated: its name is grad_tensors now", PyExc_FutureWarning);
    if (grad_tensors != Py_None)
      fail<Error>("grad_tensors and grad_variables (deprecated) are two names of one argument: give one of them");
    grad_tensors = grad_variables;
  }
  auto gradients = gradients_for(grad_tensors, roots.size());
  const BackwardOptions how = options(retain_graph, create_graph, inputs);
  const SavedHooksScope scope;
  nested([&] { backward(roots, std::move(gradients), chosen, how); });
  Py_RETURN_NONE;
}

/// What was not reached, as the caller wants it: refused, zeros, or undefined.
void settle_unused(std::vector<Variable>& result, std::span<const Endpoint> inputs, bool may_miss, bool materialize,
                   bool create_graph) {
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i].defined()) continue;
    if (!may_miss) {
      fail<Error>("One of the differentiated Tensors appears to not have been used in the graph: `inputs`[", i,
                  "]. Set allow_unused=True if this is the desired behavior.");
    }
    if (!materialize) continue;
    if (!inputs[i].variable.defined())
      fail<Error>("materialize_grads cannot be used when the given input is a GradientEdge: `inputs`[", i,
                  "], which was not used, has no Variable to make zeros like");
    result[i] = full(inputs[i].shape(), 0, inputs[i].dtype());
    if (create_graph) result[i].set_requires_grad(true);
  }
}

/// grad() once for each row of the gradients, which have a dimension more in front; the results stacked.
std::vector<Variable> grad_of_batch(std::span<const Endpoint> roots, const std::vector<Variable>& gradients,
                                    std::span<const Endpoint> inputs, BackwardOptions how) {
  Index rows = -1;
  for (const Variable& g : gradients) {
    if (!g.defined()) continue;
    if (g.ndim() == 0) fail<IndexError>("is_grads_batched=True needs gradients with a first dimension, the batch");
    if (rows >= 0 && g.shape()[0] != rows)
      fail<ValueError>("the gradients of a batch must have the same first size, but have ", rows, " and ",
                       g.shape()[0]);
    rows = g.shape()[0];
  }
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (!gradients[i].defined()) continue;
    const Dims row(std::span<const Index>(gradients[i].shape()).subspan(1));
    if (row == roots[i].shape()) continue;
    fail<Error>(
        "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch "
        "dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding "
        "output, but grad_output[",
        i, "] has a shape of ", size_text(row), " and output[", i, "] has a shape of ", size_text(roots[i].shape()),
        ".");
  }
  if (rows < 0)
    fail<Error>("grad can be implicitly created only for scalar outputs: is_grads_batched=True needs grad_outputs");
  std::vector<std::vector<Variable>> parts(inputs.size());
  const bool keep = how.keep_graph;
  for (Index row = 0; row < rows; ++row) {
    std::vector<Variable> given;
    given.reserve(gradients.size());
    for (const Variable& g : gradients) given.push_back(g.defined() ? select(g, 0, row) : Variable());
    how.keep_graph = keep || row + 1 < rows;
    std::vector<Variable> result = grad(roots, std::move(given), inputs, how);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (result[i].defined()) parts[i].push_back(std::move(result[i]));
  }
  std::vector<Variable> stacked(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (!parts[i].empty()) stacked[i] = stack(parts[i]);
  return stacked;
}

PyObject* grad_function(PyObject* outputs, PyObject* inputs, PyObject* grad_outputs, PyObject* retain_graph,
                        bool create_graph, bool only_inputs, PyObject* allow_unused, bool is_grads_batched,
                        bool materialize_grads) {
  if (!only_inputs) {
    warn("only_inputs is deprecated and has no effect: call backward() to accumulate into all leaves",
         PyExc_FutureWarning);
  }
  if (materialize_grads && allow_unused == Py_False) {
    fail<ValueError>(
        "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.");
  }
  const auto roots = one_or_more(outputs, "outputs");
  const auto wanted = one_or_more(inputs, "inputs");
  auto gradients = gradients_for(grad_outputs, roots.size());
  const BackwardOptions how = options(retain_graph, create_graph, inputs);
  const SavedHooksScope scope;
  std::vector<Variable> result;
  nested([&] {
    result = is_grads_batched ? grad_of_batch(roots, gradients, wanted, how)
                              : grad(roots, std::move(gradients), wanted, how);
  });
  settle_unused(result, wanted, materialize_grads || allow_unused == Py_True, materialize_grads, create_graph);
  return to_python(result);
}

PyObject* gradient_edge(const Variable& x) {
  const Edge edge = x.edge();
  if (!edge)
    fail<Error>(
        "It is not possible to get the gradient edge for a Variable that does not require grad: nothing leads to it");
  const py::object node = steal(wrap_node(edge.node));
  return py::make_tuple(node, edge.index).release().ptr();
}

constexpr Function kTable[] = {
    function<variable_backward>(
        "backward(input, gradient=None, retain_graph=None, create_graph=False, inputs=None, *, retain_variables=None)",
        "Accumulates the gradient of this variable into the leaves it was computed from. `gradient` is the cotangent, "
        "of "
        "its shape; it may be left out where there is one element. The values saved for backward are freed unless "
        "`retain_graph` (by default `create_graph`) is true; `create_graph` records the backward itself. With "
        "`inputs`, "
        "only these get their gradient. Raises RuntimeError, with nothing changed, where the values were freed already "
        "or "
        "written since.",
        As::Method),
    function<backward_function>(
        "_backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, grad_variables=None, "
        "inputs=None)",
        "Accumulates the gradients of several variables into the leaves; see Variable.backward.", As::Function),
    function<grad_function>("_grad(outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, "
                            "only_inputs=True, allow_unused=None, is_grads_batched=False, "
                            "materialize_grads=False)",
                            "The gradients of `outputs` with respect to `inputs`, as a tuple; no `.grad` changes. An "
                            "input that was not used raises RuntimeError, gives "
                            "None with `allow_unused`, zeros with `materialize_grads`. With `is_grads_batched` the "
                            "gradients have a dimension more in front, and so have the results.",
                            As::Function),
    function<gradient_edge>("_gradient_edge(input)", "The node and output number of get_gradient_edge().",
                            As::Function),
    function<[](const Variable& x) -> PyObject* {
      x.tensor().bump_version("increment_version");
      Py_RETURN_NONE;
    }>("_increment_version(input)", "Notes that the elements were written.", As::Function),
    function<[](const Variable& x, Index version) -> PyObject* {
      if (version < 0 || version >= VersionCounter::kInference) fail<Error>("Cannot set the version ", version);
      x.tensor().counter()->value = static_cast<std::uint32_t>(version);
      Py_RETURN_NONE;
    }>("_set_version(input, version)", "Makes the version another: what was written meanwhile is not seen.",
       As::Function),
    function<[](const Variable& x) { return x.tensor().inference(); }>(
        "is_inference(input)", "Whether it was made in inference mode, and so can never be part of a graph."),
};

}  // namespace

void register_autograd(py::object& module) {
  auto& m = module_of(module);
  register_table<kTable>(m);
  m.def("is_grad_enabled", &GradMode::wanted, "Whether operations on this thread are recorded.");
  m.def("_set_grad_enabled", &GradMode::set, py::arg("mode"));
  m.def("is_inference_mode_enabled", &GradMode::inference, "Whether this thread is in inference mode.");
  m.def("_set_inference_mode", &GradMode::set_inference, py::arg("mode"));
  m.def(
      "_call_at_end", [](const py::function& callback) { call_at_end([callback] { callback(); }); },
      py::arg("callback"));
  m.def("_current_run", &current_run, "The number of the innermost backward that runs on this thread, or 0.");
  m.def(
      "_current_node", [] { return steal(wrap_node(Ref<Node>(current_node()))); },
      "The node that runs in the innermost backward of this thread, or None.");
  m.def(
      "_coming_nodes",
      [] {
        py::list nodes;
        for (Node* node : coming_nodes()) nodes.append(steal(wrap_node(Ref<Node>(node))));
        return nodes;
      },
      "That node, and those that will run after it.");
  m.def("_current_keeps_graph", &current_keeps_graph, "Whether that backward keeps the graph.");
  m.def("_current_accumulates", &current_accumulates, "Whether it is a backward() and no grad().");
  m.def("_is_running", &is_running, py::arg("run"), "Whether the backward of that number is still running.");
  m.def(
      "_will_run", [](const py::object& node) { return will_run(node_of(node.ptr())); }, py::arg("node"),
      "Whether the backward that runs meets the node.");
}

}  // namespace tapegrad::bindings
