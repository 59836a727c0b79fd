#pragma once
// One function a topic, each in the file named after it; module.cpp calls them in this order.

#include "bindings/python.h"

namespace tapegrad::bindings {

void register_host();
void register_dtype(py::module_& m);
void register_memory_format(py::module_& m);
void register_size(py::module_& m);
void register_node(py::module_& m);
void register_hooks(py::module_& m);
void register_subclass();
void register_copying(py::module_& m);
void register_anomaly(py::module_& m);
void register_variable(py::module_& m);
void register_numpy(py::module_& m);
void register_create(py::module_& m);
void register_arranging(py::module_& m);
void register_math(py::module_& m);
void register_products(py::module_& m);
void register_linalg(py::module_& m);
void register_elementwise(py::module_& m);
void register_shape(py::module_& m);
void register_generator(py::module_& m);
void register_random(py::module_& m);
void register_conversion(py::module_& m);
void register_dlpack(py::module_& m);
void register_parts(py::module_& m);
void register_view_copies(py::module_& m);
void register_functional(py::module_& m);
void register_scatter(py::module_& m);
void register_order(py::module_& m);
void register_statistics(py::module_& m);
void register_sets(py::module_& m);
void register_accessors(py::module_& m);
void register_element_count(py::module_& m);
void register_resizing(py::module_& m);
void register_autograd(py::module_& m);
void register_custom_function(py::module_& m);
void register_tape(py::module_& m);
void register_packing(py::module_& m);
void register_interception(py::module_& m);
void register_saved_tensor(py::module_& m);
void register_config(py::module_& m);

}  // namespace tapegrad::bindings
