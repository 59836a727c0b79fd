#include "bindings/define.h"
#include "bindings/register.h"
#include "core/version.h"

PYBIND11_MODULE(_core, m) {
  using namespace tapegrad::bindings;
  m.doc() = "The compiled part of tapegrad: variables, operations, and the tape. Import tapegrad instead.";
  m.attr("__version__") = tapegrad::kVersion;
  register_host();
  register_dtype(m);
  register_memory_format(m);
  register_size(m);
  register_node(m);
  register_variable(m);
  register_numpy(m);
  register_create(m);
  register_arranging(m);
  register_math(m);
  register_products(m);
  register_linalg(m);
  register_elementwise(m);
  register_shape(m);
  register_generator(m);
  register_random(m);
  register_conversion(m);
  register_dlpack(m);
  register_parts(m);
  register_view_copies(m);
  register_functional(m);
  register_scatter(m);
  register_order(m);
  register_statistics(m);
  register_sets(m);
  register_accessors(m);
  register_element_count(m);
  register_resizing(m);
  register_autograd(m);
  register_hooks(m);
  register_subclass();
  register_copying(m);
  register_anomaly(m);
  register_custom_function(m);
  register_tape(m);
  register_packing(m);
  register_interception(m);
  register_saved_tensor(m);
  register_config(m);
}
