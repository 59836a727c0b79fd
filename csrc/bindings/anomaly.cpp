// Anomaly mode: where nodes are made is noted in their metadata, and told when their backward fails.

#include "graph/anomaly.h"
#include "bindings/define.h"

#include <unordered_set>

#include "bindings/call_site.h"
#include "bindings/node.h"
#include "bindings/register.h"
#include "engine/engine.h"

namespace tapegrad::bindings {
namespace {

/// Runs what must not disturb the operation it watches.
template <class F>
void quietly(F&& body) {
  const py::error_scope kept;
  try {
    body();
  } catch (...) {
    set_python_error();
  }
}

void note_made(Node& node) {
  quietly([&] {
    const py::object notes = borrow(metadata_of(node));
    notes["traceback_"] = import_attribute("traceback", "format_stack")();
    if (Node* parent = current_node()) notes["parent_"] = steal(wrap_node(Ref<Node>(parent)));
  });
}

void tell_failed(Node& node) {
  quietly([&] {
    const py::object self = steal(wrap_node(Ref<Node>(&node)));
    import_attribute("tapegrad.autograd.anomaly_mode", "_tell_failed")(self, node.name());
  });
}

const char* locate(const char* writer) {
  static auto* const texts = new std::unordered_set<std::string>;
  std::string text = writer;
  quietly([&] {
    if (const std::string caller = describe_caller(); !caller.empty()) text += " " + caller;
  });
  return texts->insert(std::move(text)).first->c_str();
}

}  // namespace

void register_anomaly(py::object& module) {
  auto& m = module_of(module);
  Anomaly::host_part() = {note_made, tell_failed, locate};
  m.def("is_anomaly_enabled", &Anomaly::enabled, "Whether anomaly mode is on.");
  m.def("is_anomaly_check_nan_enabled", &Anomaly::wants_nan_check, "Whether anomaly mode, when on, looks for NaN.");
  m.def("_set_anomaly", &Anomaly::set, py::arg("enabled"), py::arg("check_nan"));
}

}  // namespace tapegrad::bindings
