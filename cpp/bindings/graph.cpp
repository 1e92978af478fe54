// The graph for Python: nodes, gradients, plans, sessions. No arithmetic here.
#include <pybind11/stl.h>

#include "bindings/gil.h"
#include "bindings/numpy.h"
#include "core/error.h"
#include "graph/autodiff.h"
#include "graph/op.h"
#include "graph/session.h"

namespace genodl::bindings {

namespace {

Attrs attrs_from(const py::dict& dict) {
  Attrs attrs;
  for (const auto& [key, value] : dict) {
    AttrValue& slot = attrs[key.cast<std::string>()];
    if (py::isinstance<py::bool_>(value))
      slot = value.cast<bool>();
    else if (py::isinstance<py::int_>(value))
      slot = value.cast<index_t>();
    else if (py::isinstance<py::float_>(value))
      slot = value.cast<double>();
    else if (py::isinstance<py::str>(value))
      slot = value.cast<std::string>();
    else
      slot = value.cast<Ints>();
  }
  return attrs;
}

std::vector<Tensor> tensors_from(const std::vector<py::array>& arrays) {
  std::vector<Tensor> tensors;
  tensors.reserve(arrays.size());
  for (const py::array& a : arrays) tensors.push_back(tensor_from(a));
  return tensors;
}

py::list arrays_from(const std::vector<Tensor>& tensors) {
  py::list out;
  for (const Tensor& t : tensors) out.append(array_from(t));
  return out;
}

py::list eager(const std::string& op, const std::vector<py::array>& arrays, const py::dict& attrs, std::uint64_t step) {
  const std::vector<Tensor> inputs = tensors_from(arrays);
  const Attrs taken = attrs_from(attrs);
  std::vector<Tensor> outputs;
  {
    const ReleasedGil released;
    outputs = run_eagerly(op, inputs, taken, step);
  }
  return arrays_from(outputs);
}

void check_input(const Plan& plan, std::size_t i, const Tensor& t) {
  const TensorSpec& want = plan.inputs[i];
  if (t.spec() == want) return;
  fail<ShapeError>("session: expected input ", i, " of shape ", to_string(want.shape), " and dtype ",
                   name_of(want.dtype), ", got ", to_string(t.shape()), " and ", name_of(t.dtype()), ".");
}

py::list run_session(Session& session, const std::vector<py::array>& arrays, std::uint64_t step) {
  const Plan& plan = session.plan();
  if (arrays.size() != plan.inputs.size())
    fail<ConfigError>("session: expected ", plan.inputs.size(), " inputs, got ", arrays.size(), ".");
  const std::vector<Tensor> inputs = tensors_from(arrays);
  std::vector<const void*> in;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    check_input(plan, i, inputs[i]);
    in.push_back(inputs[i].data());
  }
  std::vector<Tensor> outputs;
  std::vector<void*> out;
  for (const TensorSpec& spec : plan.outputs) {
    outputs.emplace_back(spec);
    out.push_back(outputs.back().data());
  }
  {
    const ReleasedGil released;
    session.run(in.data(), out.data(), step);
  }
  return arrays_from(outputs);
}

std::vector<int> buffers_of(const std::vector<int>& of_op, const std::vector<int>& of_program) {
  std::vector<int> all = of_op;
  all.insert(all.end(), of_program.begin(), of_program.end());
  return all;
}

py::list describe(const Plan& plan) {
  py::list rows;
  for (const Step& s : plan.steps) {
    const Cost cost = cost_of(s);
    const TensorSpec& out = s.program ? s.program->output_specs()[0] : s.output_specs[0];
    py::dict row;
    row["ops"] = s.label;
    row["layer"] = s.layer;
    row["shape"] = tuple_of(out.shape);
    row["flops"] = cost.flops;
    row["bytes"] = cost.bytes;
    row["workspace"] = s.workspace_bytes + s.scratch_bytes;
    row["reads"] = buffers_of(s.inputs, s.program_inputs);
    row["writes"] = buffers_of(s.outputs, s.program_outputs);
    rows.append(row);
  }
  return rows;
}

// Everything that is placed in memory, with the steps between which it holds something.
py::list blocks_of(const Plan& plan) {
  static constexpr const char* kKinds[] = {"arena", "input", "output", "variable", "constant"};
  py::list blocks;
  const auto add = [&](const char* kind, std::size_t offset, std::size_t bytes, int first, int last) {
    py::dict block;
    block["kind"] = kind;
    block["offset"] = offset;
    block["bytes"] = bytes;
    block["first"] = first;
    block["last"] = last;
    blocks.append(block);
  };
  for (const Buffer& b : plan.buffers) add(kKinds[static_cast<int>(b.kind)], b.offset, b.bytes, b.first, b.last);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& s = plan.steps[i];
    const int now = static_cast<int>(i);
    if (s.workspace_bytes) add("workspace", s.workspace_offset, s.workspace_bytes, now, now);
    if (s.scratch_bytes) add("scratch", s.scratch_offset, s.scratch_bytes, now, now);
  }
  return blocks;
}

using Interval = std::optional<std::pair<index_t, index_t>>;

// What an op says of positions along axis 1: which change with an input's, or which an output needs.
Interval ask_range(const Value& v, int input, index_t begin, index_t end,
                   std::optional<Range> (Op::*question)(Specs, int, Range) const) {
  if (is_leaf(*v.node) || input < 0 || static_cast<std::size_t>(input) >= v.node->inputs.size())
    fail<ConfigError>("range: expected one of ", v.node->inputs.size(), " inputs, got ", input, ".");
  std::vector<TensorSpec> specs;
  for (const Value& x : v.node->inputs) specs.push_back(x.spec());
  const std::optional<Range> range = (*v.node->op.*question)(specs, input, {begin, end});
  return range ? Interval({range->begin, range->end}) : std::nullopt;
}

}  // namespace

void register_graph(py::module_& m) {
  wait_for_threads_at_exit();
  py::class_<Value>(m, "Value")
      .def_property_readonly("shape", [](const Value& v) { return tuple_of(v.shape()); })
      .def_property_readonly("dtype", [](const Value& v) { return std::string(name_of(v.dtype())); })
      .def_property_readonly("op", [](const Value& v) { return v.node->op->name(); })
      .def_property_readonly("id", [](const Value& v) { return v.node->id; })
      .def_property_readonly("index", [](const Value& v) { return v.index; })
      .def_property_readonly("inputs", [](const Value& v) { return v.node->inputs; })
      .def(
          "changed_range",
          [](const Value& v, int input, index_t begin, index_t end) {
            return ask_range(v, input, begin, end, &Op::changed);
          },
          py::arg("input"), py::arg("begin"), py::arg("end"))
      .def(
          "needed_range",
          [](const Value& v, int input, index_t begin, index_t end) {
            return ask_range(v, input, begin, end, &Op::needed);
          },
          py::arg("input"), py::arg("begin"), py::arg("end"))
      .def_property_readonly("layer", [](const Value& v) { return v.node->layer; });

  py::class_<Variable, std::shared_ptr<Variable>>(m, "Variable")
      .def(py::init([](const py::array& array, const std::string& name) {
             // A private copy: sessions write to it from any thread.
             const Tensor given = tensor_from(array);
             Tensor own(given.spec());
             std::copy_n(given.as<char>(), given.spec().bytes(), own.as<char>());
             return std::make_shared<Variable>(Variable{std::move(own), name});
           }),
           py::arg("array"), py::arg("name"))
      .def_property_readonly("array", [](const Variable& v) { return view_of(v.tensor); })
      .def_readwrite("name", &Variable::name);

  m.def("node", [](const std::string& op, const Values& inputs, const py::dict& attrs, const std::string& layer) {
    return make_node(op, inputs, attrs_from(attrs), layer);
  });
  m.def("placeholder", [](const Shape& shape, const std::string& dtype, const std::string& name) {
    return make_placeholder({shape, dtype_from(dtype)}, name);
  });
  m.def("constant", [](const py::array& array) {
    // Copied: the graph may outlive the caller's array, or the caller may change it.
    const Tensor given = tensor_from(array);
    Tensor own(given.spec());
    std::copy_n(given.as<char>(), given.spec().bytes(), own.as<char>());
    return make_constant(std::move(own));
  });
  m.def("make_variable", &make_variable);
  m.def("gradients", [](const Values& ys, const Values& dys, const Values& xs) {
    py::list out;
    for (const Value& v : gradients(ys, dys, xs)) out.append(v ? py::cast(v) : py::none());
    return out;
  });
  m.def("eager", &eager, py::arg("op"), py::arg("arrays"), py::arg("attrs") = py::dict(), py::arg("step") = 0);
  m.def("registered_ops", &registered_ops);

  py::class_<Plan, std::shared_ptr<Plan>>(m, "Plan")
      .def(py::init([](const Values& inputs, const Values& outputs,
                       const std::vector<std::pair<std::shared_ptr<Variable>, Value>>& updates) {
             std::vector<VariableUpdate> list;
             for (const auto& [variable, value] : updates) list.push_back({variable, value});
             const ReleasedGil released;
             return std::const_pointer_cast<Plan>(compile(inputs, outputs, list));
           }),
           py::arg("inputs"), py::arg("outputs"), py::arg("updates"))
      .def_readonly("arena_bytes", &Plan::arena_bytes)
      .def_readonly("workers", &Plan::workers)
      .def_property_readonly("buffers", &blocks_of)
      .def_property_readonly("steps", &describe);
  py::class_<Session, std::shared_ptr<Session>>(m, "Session")
      .def(py::init([](std::shared_ptr<Plan> plan) { return std::make_shared<Session>(std::move(plan)); }))
      .def("run", &run_session, py::arg("inputs"), py::arg("step") = 0);
}

}  // namespace genodl::bindings
