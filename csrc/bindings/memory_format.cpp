#include "bindings/memory_format.h"

#include <algorithm>
#include <array>
#include <string>

#include "bindings/define.h"
#include "bindings/register.h"

namespace tapegrad::bindings {
namespace {

/// What Python sees of a format; one object for each, compared by identity.
struct FormatObject : Zeroed {
  MemoryFormat value;
};

constexpr std::array<const char*, 4> kNames = {"preserve_format", "contiguous_format", "channels_last",
                                               "channels_last_3d"};
std::array<PyObject*, kNames.size()> objects{};

const char* name(const FormatObject& f) { return kNames[static_cast<std::size_t>(f.value)]; }

}  // namespace

std::optional<MemoryFormat> find_memory_format(PyObject* object) {
  const auto found = std::find(objects.begin(), objects.end(), object);
  if (found == objects.end()) return {};
  return static_cast<MemoryFormat>(found - objects.begin());
}

void register_memory_format(py::object& module) {
  auto& m = module_of(module);
  py::class_<FormatObject>(m, "memory_format",
                           "In which order a new array's dimensions lie. Use the instances: tapegrad.preserve_format, "
                           "contiguous_format (row-major), channels_last and channels_last_3d.")
      .def("__repr__", [](const FormatObject& f) { return std::string("tapegrad.") + name(f); })
      .def("__reduce__", [](const FormatObject& f) { return std::string(name(f)); });
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    py::object object = py::cast(FormatObject{{}, static_cast<MemoryFormat>(i)});
    m.attr(kNames[i]) = object;
    objects[i] = object.release().ptr();
  }
}

}  // namespace tapegrad::bindings
