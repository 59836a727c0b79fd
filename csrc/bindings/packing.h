#pragma once
// Hooks of saved values.

#include <utility>
#include <vector>

#include "bindings/python.h"
#include "graph/saved_value.h"

namespace tapegrad::bindings {

/// Puts a pair of hooks between the graph and one value that it has saved already.
void pack_with(SavedValue& value, const py::object& pack, const py::object& unpack);

/// While it lives, pairs of saved-tensor hooks may be entered; those that were not left are, at its end.
class SavedHooksScope {
 public:
  SavedHooksScope();
  ~SavedHooksScope();
  SavedHooksScope(const SavedHooksScope&) = delete;
  SavedHooksScope& operator=(const SavedHooksScope&) = delete;

 private:
  std::size_t depth_;
};

/// This thread's pairs, for another thread to enter.
class SavedHooksCopy {
 public:
  SavedHooksCopy();
  void enter() const;

 private:
  std::vector<std::pair<py::object, py::object>> pairs_;
};

}  // namespace tapegrad::bindings
