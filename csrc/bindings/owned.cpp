#include "bindings/owned.h"

#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace tapegrad::bindings {
namespace {

/// A pass of the collector: everything that is shared between the traversals of one phase.
struct Pass {
  std::unordered_map<const void*, std::uint32_t> met;
  std::unordered_set<const PyObject*> visitors;
  visitproc visit = nullptr;

  void begin(visitproc phase) {
    met.clear();
    visitors.clear();
    visit = phase;
  }
};

Pass& shared_pass() {
  static auto* const pass = new Pass;
  return *pass;
}

/// The collector's two visitors, as a probe saw them: the one that subtracts, and the one that marks.
visitproc subtracts = nullptr, marks = nullptr;

class Walk {
 public:
  Walk(PyObject* visitor, visitproc visit, void* arg) : visit_(visit), arg_(arg), counts_(visit == subtracts) {
    if (visit != subtracts && visit != marks) return;
    pass_ = &shared_pass();
    // A second traversal of one object is a new pass: the collector repeats itself after finalizers.
    if (pass_->visit != visit || !pass_->visitors.insert(visitor).second) {
      pass_->begin(visit);
      pass_->visitors.insert(visitor);
    }
  }

  void meet(const Node* node) {
    if (node && met(node, node->use_count())) nodes_.push_back(node);
  }
  void meet(const Variable& v) {
    if (v.defined() && met(&v.meta(), v.meta().use_count())) metas_.push_back(&v.meta());
  }
  /// What a node refers to.
  int expand(const Node& node) {
    for (const Edge& edge : node.edges()) meet(edge.node.get());
    meet(node.inner());
    for (const SavedValue& value : node.saved()) {
      meet(value.node());
      if (const int failed = object(value.packed())) return failed;
    }
    const NodeExtras* extras = node.extras();
    if (!extras) return 0;
    for (const OutputHooks& hooks : extras->tensor)
      if (const int failed = object(hooks.table)) return failed;
    for (const HostObject* owned : {&extras->before, &extras->after, &extras->metadata, &extras->leaf})
      if (const int failed = object(*owned)) return failed;
    return 0;
  }
  int run() {
    while (!nodes_.empty() || !metas_.empty()) {
      const int failed = nodes_.empty() ? next_meta() : next_node();
      if (failed) return failed;
    }
    return 0;
  }

 private:
  /// Whether to go on from here: at the last reference, or, where nothing is counted, at the first.
  bool met(const void* object, std::uint32_t count) {
    if (count == 1) return true;
    const std::uint32_t times = ++(pass_ ? pass_->met : own_)[object];
    return times == (counts_ ? count : 1);
  }
  int object(void* owned) { return owned ? visit_(static_cast<PyObject*>(owned), arg_) : 0; }
  int object(const HostObject& owned) { return object(owned.get()); }

  int next_node() {
    const Node& node = *nodes_.back();
    nodes_.pop_back();
    return node.owns_python ? visit_(static_cast<PyObject*>(node.python), arg_) : expand(node);
  }

  int next_meta() {
    const Meta& meta = *metas_.back();
    metas_.pop_back();
    meet(meta.node.get());
    meet(meta.grad);
    if (meta.view) meet(meta.view->base);
    if (meta.hooks)
      for (const HostObject* owned : {&meta.hooks->tensor, &meta.hooks->post_accumulate})
        if (const int failed = object(*owned)) return failed;
    return meta.owns_python ? visit_(static_cast<PyObject*>(meta.python), arg_) : 0;
  }

  visitproc visit_;
  void* arg_;
  bool counts_;
  Pass* pass_ = nullptr;
  std::unordered_map<const void*, std::uint32_t> own_;
  std::vector<const Node*> nodes_;
  std::vector<const Meta*> metas_;
};

// --- telling the passes apart

int probe_traverse(PyObject*, visitproc visit, void*) {
  if (!subtracts) subtracts = visit;
  else if (!marks && visit != subtracts) marks = visit;
  return 0;
}
void probe_dealloc(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  type->tp_free(self);
  Py_DECREF(type);
}

/// Runs a collection of the youngest objects with a probe among them.
void learn_visitors() {
  PyType_Slot slots[] = {{Py_tp_traverse, reinterpret_cast<void*>(probe_traverse)},
                         {Py_tp_dealloc, reinterpret_cast<void*>(probe_dealloc)},
                         {0, nullptr}};
  PyType_Spec spec = {"tapegrad._Probe", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};
  const py::object type = steal(PyType_FromSpec(&spec));
  const py::object probe = steal(PyType_GenericAlloc(reinterpret_cast<PyTypeObject*>(type.ptr()), 0));
  import_attribute("gc", "collect")(0);
}

PyObject* collection_begins(PyObject*, PyObject* const*, Py_ssize_t) {
  shared_pass().begin(nullptr);
  Py_RETURN_NONE;
}
PyMethodDef callback = {"tapegrad_collection",
                        reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(collection_begins)), METH_FASTCALL,
                        nullptr};

}  // namespace

void watch_collector() {
  static bool watching = false;
  if (watching) return;
  if (!marks) learn_visitors();
  if (!marks) return;  // a collection is running: next time
  watching = true;
  import_attribute("gc", "callbacks").attr("append")(steal(PyCFunction_New(&callback, nullptr)));
}

int visit_owned(PyObject* visitor, const Variable& v, visitproc visit, void* arg) {
  if (host_objects == 0 || !v.defined() || !marks) return 0;
  Walk walk(visitor, visit, arg);
  walk.meet(v);
  return walk.run();
}

int visit_owned(PyObject* visitor, const Node& node, visitproc visit, void* arg) {
  if (host_objects == 0 || !marks) return 0;
  Walk walk(visitor, visit, arg);
  walk.meet(&node);
  return walk.run();
}

int visit_references(PyObject* visitor, const Node& node, visitproc visit, void* arg) {
  if (host_objects == 0 || !marks) return 0;
  Walk walk(visitor, visit, arg);
  const int failed = walk.expand(node);
  return failed ? failed : walk.run();
}

}  // namespace tapegrad::bindings
