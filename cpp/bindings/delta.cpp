// Delta graphs for Python: made here, compiled and run like any other graph.
#include "graph/delta.h"

#include <pybind11/stl.h>

#include "bindings/module.h"
#include "core/error.h"

namespace genodl::bindings {

namespace {

const char* name_of_form(DeltaForm form) { return form == DeltaForm::window ? "window" : "full"; }

py::dict delta_graph(const Values& reference_outputs, const Values& outputs, const Value& reference_source,
                     const Value& source, index_t width, index_t first, index_t last) {
  const DeltaGraph graph = make_delta_graph({reference_outputs, outputs, reference_source, source, width, first, last});
  py::list tables, starts, steps, results;
  for (const auto& table : graph.tables) {
    tables.append(table->table);
    starts.append(table->starts);
  }
  for (const DeltaStep& s : graph.steps) {
    py::dict step;
    step["op"] = s.op;
    step["layer"] = s.layer;
    step["form"] = name_of_form(s.form);
    step["width"] = s.width;
    steps.append(step);
  }
  for (const Value& v : graph.outputs) results.append(v ? py::cast(v) : py::none());
  py::dict out;
  out["edits"] = graph.edits;
  out["tables"] = tables;
  out["starts"] = starts;
  out["reference_places"] = graph.reference_places;
  out["reference_values"] = graph.reference_values;
  out["outputs"] = results;
  out["steps"] = steps;
  return out;
}

}  // namespace

void register_delta(py::module_& m) {
  m.def("delta_graph", &delta_graph, py::arg("reference_outputs"), py::arg("outputs"), py::arg("reference_source"),
        py::arg("source"), py::arg("width"), py::arg("first"), py::arg("last"));
}

}  // namespace genodl::bindings
