// Threads, memory, and what the library was built with.

#include <algorithm>

#include "bindings/define.h"
#include "bindings/register.h"
#include "core/allocator.h"
#include "core/parallel.h"
#include "kernels/matmul.h"
#include "kernels/vector_table.h"

namespace tapegrad::bindings {

void register_config(py::object& module) {
  auto& m = module_of(module);
  m.def("get_num_threads", &num_threads, "Threads that large operations are split over.");
  m.def("set_num_threads", &set_num_threads, py::arg("count"),
        "Sets the number of threads; results do not depend on it. Raises ValueError below 1.");
  m.def("empty_cache", &empty_cache,
        "Gives the memory that is kept for reuse back to the system, that of graphs that are gone too.");
  m.def(
      "memory_stats",
      [] {
        const MemoryStats stats = memory_stats();
        return py::dict(py::arg("live_bytes") = stats.live, py::arg("peak_bytes") = stats.peak,
                        py::arg("cached_bytes") = stats.cached);
      },
      "Bytes of array blocks in use, the most there have been, and those kept for reuse.");
  m.def("reset_peak_memory_stats", &reset_peak, "Makes peak_bytes of memory_stats() what live_bytes is now.");
  m.def(
      "_set_memory_limit",
      [](std::size_t bytes, bool lower_only) {
        return set_memory_limit(lower_only ? std::min(bytes, memory_limit()) : bytes);
      },
      py::arg("bytes"), py::arg("lower_only"));
  m.def("_blas_config", &kernels::blas_config);
  m.def("_build_config", [] {
    return py::dict(py::arg("instruction_set") = kernels::vector_table().isa, py::arg("compiler") = __VERSION__,
                    py::arg("cxx_standard") = __cplusplus, py::arg("pointer_bits") = 8 * sizeof(void*));
  });
}

}  // namespace tapegrad::bindings
