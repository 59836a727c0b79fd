// SavedTensor: one place among a node's saved values, as node._raw_saved_self gives it, to put hooks on it alone.

#include "bindings/define.h"
#include "bindings/saved_attributes.h"

#include "bindings/converters.h"
#include "bindings/packing.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

struct SavedTensor : Zeroed {
  py::object owner;  // the node
  std::size_t place;

  SavedValue& value() const {
    if (!owner) fail<Error>("this SavedTensor is of no node: node._raw_saved_self gives one");
    if (place == kNoPlace) fail<Error>("Calling register_hooks on a saved tensor with value None is forbidden");
    Node& node = node_of(owner.ptr());
    if (place >= node.saved().size()) {
      fail<Error>(
          "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph "
          "are freed by .backward() or autograd.grad(): give it retain_graph=True");
    }
    return node.saved_value(place);
  }
};

void put_hooks(const SavedTensor& self, const py::function& pack, const py::function& unpack) {
  SavedValue& value = self.value();
  if (value.packed()) {
    fail<Error>(
        "Calling register_hooks on a saved tensor whose hooks have already been set. Only one pair of hooks is "
        "allowed at a time");
  }
  if (!value.tensor()) fail<Error>("Calling register_hooks on a saved tensor with value None is forbidden");
  pack_with(value, pack, unpack);
}

py::object data(const SavedTensor& self) {
  if (self.place == kNoPlace) return py::none();
  const SavedValue& value = self.value();
  if (value.packed()) return borrow(PyTuple_GET_ITEM(static_cast<PyObject*>(value.packed()), 1));
  if (value.empty() || value.is_number()) return py::none();
  return steal(wrap(value.kept()));
}

py::object unpack_hook(const SavedTensor& self) {
  if (self.place == kNoPlace) return py::none();
  void* packed = self.value().packed();
  return packed ? borrow(PyTuple_GET_ITEM(static_cast<PyObject*>(packed), 0)) : py::none();
}

}  // namespace

PyObject* saved_tensor(Node& node, std::size_t place) {
  const py::object owner = steal(wrap_node(Ref<Node>(&node)));
  return py::cast(SavedTensor{{}, owner, place}).release().ptr();
}

void register_saved_tensor(py::object& module) {
  auto& m = module_of(module);
  py::class_<SavedTensor> type(m, "SavedTensor", "What a node saved in one place: node._raw_saved_self and the like.");
  type.def(py::init([]() -> SavedTensor {
    fail<Error>("Trying to create a SavedTensor object from Python is forbidden: node._raw_saved_self gives one");
  }));
  m.attr("_SavedTensor") = type;  // public in tapegrad.autograd alone
  py::delattr(m, "SavedTensor");
  type.def("__reduce__", [](const SavedTensor&) -> py::object {
    fail<TypeError>("a SavedTensor is a place of a graph, which cannot be pickled");
  });
  type.def("register_hooks", put_hooks, py::arg("pack_hook"), py::arg("unpack_hook"),
           "Calls pack_hook with the value now and keeps what it returns in its place; unpack_hook gives the value "
           "again. Raises RuntimeError where it has hooks already, was freed, or nothing was saved.");
  type.def_property_readonly("data", data,
                             "The value without hooks, or what pack_hook made of it; None where nothing was saved.");
  type.def_property_readonly("unpack_hook", unpack_hook, "The hook that gives the value again, or None.");
}

}  // namespace tapegrad::bindings
