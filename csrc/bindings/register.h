#pragma once
// One function a topic, each in the file named after it; module.cpp calls them in this order.

#include "bindings/python.h"

namespace tapegrad::bindings {

void register_host();
void register_dtype(py::object& m);
void register_memory_format(py::object& m);
void register_size(py::object& m);
void register_node(py::object& m);
void register_hooks(py::object& m);
void register_subclass();
void register_copying(py::object& m);
void register_anomaly(py::object& m);
void register_variable(py::object& m);
void register_numpy(py::object& m);
void register_create(py::object& m);
void register_arranging(py::object& m);
void register_math(py::object& m);
void register_products(py::object& m);
void register_linalg(py::object& m);
void register_elementwise(py::object& m);
void register_shape(py::object& m);
void register_generator(py::object& m);
void register_random(py::object& m);
void register_conversion(py::object& m);
void register_dlpack(py::object& m);
void register_parts(py::object& m);
void register_view_copies(py::object& m);
void register_functional(py::object& m);
void register_scatter(py::object& m);
void register_order(py::object& m);
void register_statistics(py::object& m);
void register_sets(py::object& m);
void register_accessors(py::object& m);
void register_element_count(py::object& m);
void register_resizing(py::object& m);
void register_autograd(py::object& m);
void register_custom_function(py::object& m);
void register_tape(py::object& m);
void register_packing(py::object& m);
void register_interception(py::object& m);
void register_saved_tensor(py::object& m);
void register_config(py::object& m);

}  // namespace tapegrad::bindings
