// For benchmarks: what the machine can do, and where the time of a session goes.
#include <pybind11/stl.h>

#include "bindings/numpy.h"
#include "core/error.h"
#include "graph/machine_speed.h"
#include "graph/session.h"

namespace genodl::bindings {

namespace {

// Seconds of each step of the plan in one run, variables updated as in any run.
std::vector<double> profile(Session& session, const std::vector<py::array>& arrays, std::uint64_t step) {
  const Plan& plan = session.plan();
  std::vector<Tensor> held;
  std::vector<const void*> in;
  std::vector<void*> out;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    held.push_back(tensor_from(arrays[i]));
    if (i >= plan.inputs.size() || held.back().spec() != plan.inputs[i])
      fail<ShapeError>("profile: expected the inputs of the plan, got others. Use arrays that the session can run on.");
    in.push_back(held.back().data());
  }
  if (in.size() != plan.inputs.size())
    fail<ConfigError>("profile: expected ", plan.inputs.size(), " inputs, got ", in.size(), ".");
  for (const TensorSpec& spec : plan.outputs) {
    held.emplace_back(spec);
    out.push_back(held.back().data());
  }
  std::vector<double> seconds(plan.steps.size());
  const py::gil_scoped_release release;
  session.run(in.data(), out.data(), step, seconds.data());
  return seconds;
}

}  // namespace

void register_speed(py::module_& m) {
  m.def("profile", &profile, py::arg("session"), py::arg("inputs"), py::arg("step") = 0);
  m.def("measure_fma_peak", &measure_fma_peak, py::arg("seconds") = 0.1, py::call_guard<py::gil_scoped_release>());
  m.def("measure_bandwidth", &measure_bandwidth, py::arg("seconds") = 0.1, py::call_guard<py::gil_scoped_release>());
}

}  // namespace genodl::bindings
