// The batch loop for Python: arrays are checked once, then the GIL stays released between polls.
#include "graph/batch_loop.h"

#include <pybind11/stl.h>

#include "bindings/gil.h"
#include "bindings/numpy.h"
#include "core/error.h"

namespace genodl::bindings {

namespace {

// A whole array whose rows are those of the plan's tensor.
void check_rows(const char* what, std::size_t i, const TensorSpec& spec, const Tensor& array, index_t rows) {
  const Shape& have = array.shape();
  const bool fits = !have.empty() && array.dtype() == spec.dtype && have.size() == spec.shape.size() &&
                    std::equal(have.begin() + 1, have.end(), spec.shape.begin() + 1) && have[0] >= rows;
  if (!fits)
    fail<ShapeError>("batches: expected ", what, " ", i, " with at least ", rows, " rows of ",
                     to_string({spec.shape.begin() + (spec.shape.empty() ? 0 : 1), spec.shape.end()}), " and dtype ",
                     name_of(spec.dtype), ", got ", to_string(have), " and ", name_of(array.dtype()), ".");
}

index_t run(Session& session, const std::vector<py::array>& inputs, const std::vector<py::array>& outputs,
            const std::optional<py::array_t<index_t, py::array::c_style | py::array::forcecast>>& order,
            index_t first_row, index_t batches, std::uint64_t step, const py::object& poll, bool same_step) {
  const Plan& plan = session.plan();
  if (inputs.size() != plan.inputs.size() || outputs.size() != plan.outputs.size())
    fail<ConfigError>("batches: expected ", plan.inputs.size(), " inputs and ", plan.outputs.size(), " outputs, got ",
                      inputs.size(), " and ", outputs.size(), ".");
  const index_t size = plan.inputs.empty() || plan.inputs[0].shape.empty() ? 1 : plan.inputs[0].shape[0];
  const index_t end = first_row + batches * size;
  std::vector<Tensor> held;
  BatchLoop loop;
  index_t rows = end;
  if (order) {
    if (order->size() < end)
      fail<ConfigError>("batches: expected an order of ", end, " rows, got ", order->size(), ".");
    const index_t* o = order->data();
    rows = 0;
    for (index_t i = first_row; i < end; ++i) {
      if (o[i] < 0) fail<ConfigError>("batches: expected rows from 0, got ", o[i], ".");
      rows = std::max(rows, o[i] + 1);
    }
    loop.order = o;
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    held.push_back(tensor_from(inputs[i]));
    check_rows("input", i, plan.inputs[i], held.back(), rows);
    loop.inputs.push_back(held.back().as<const std::byte>());
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].writeable()) fail<ConfigError>("batches: expected a writable output ", i, ".");
    held.push_back(tensor_from(outputs[i]));
    check_rows("output", i, plan.outputs[i], held.back(), end);
    if (held.back().data() != outputs[i].data()) fail<ConfigError>("batches: expected a contiguous output ", i, ".");
    loop.outputs.push_back(held.back().as<std::byte>());
  }
  loop.first_row = first_row;
  loop.batches = batches;
  loop.step = step;
  loop.same_step = same_step;
  ReleasedGil released;
  return run_batches(session, loop, [&](index_t done) {
    const ReleasedGil::Held held_gil(released);
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    return poll.is_none() || poll(done).cast<bool>();
  });
}

}  // namespace

void register_batch_loop(py::module_& m) {
  m.def("run_batches", &run, py::arg("session"), py::arg("inputs"), py::arg("outputs"), py::arg("order"),
        py::arg("first_row"), py::arg("batches"), py::arg("step"), py::arg("poll") = py::none(),
        py::arg("same_step") = false);
}

}  // namespace genodl::bindings
