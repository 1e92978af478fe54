// Every bindings/*.cpp offers one register function; module.cpp calls them.
#pragma once

#include <pybind11/pybind11.h>

namespace genodl::bindings {

namespace py = pybind11;

void register_config(py::module_& m);
void register_delta(py::module_& m);
void register_errors(py::module_& m);
void register_batch_loop(py::module_& m);
void register_graph(py::module_& m);
void register_genomics(py::module_& m);
void register_one_hot_codes(py::module_& m);
void register_speed(py::module_& m);

}  // namespace genodl::bindings
