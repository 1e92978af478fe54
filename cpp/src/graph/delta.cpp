#include "graph/delta.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "graph/build.h"
#include "graph/delta_cone.h"

namespace genodl {

namespace {

using Input = DeltaContext::Input;
using Ranges = std::vector<Range>;  // by the position of the edit

bool empty(const Range& r) { return r.begin >= r.end; }

Range hull(const Range& a, const Range& b) {
  if (empty(a)) return b;
  if (empty(b)) return a;
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

class DeltaBuilder {
 public:
  explicit DeltaBuilder(const DeltaRequest& request)
      : request_(request),
        mutants_(request.source.shape()[0]),
        pairs_(request.reference_outputs, request.mutant_outputs),
        needed_(request.mutant_outputs) {}

  DeltaGraph run() {
    start();
    const auto nodes = topological(request_.mutant_outputs);
    for (const auto& node : nodes)
      for (const Value& v : node->inputs)
        if (v.index > 0) reads_others_.insert(v.node.get());
    for (const Value& v : request_.mutant_outputs)
      if (v.index > 0) reads_others_.insert(v.node.get());
    for (const auto& node : nodes)
      if (!is_leaf(*node)) add(node);
    for (const Value& v : request_.mutant_outputs)
      graph_.outputs.push_back(input_of(v).form == DeltaForm::reference ? Value{} : full(v));
    graph_.reference_values = references_.values();
    graph_.reference_places = references_.places();
    return std::move(graph_);
  }

 private:
  void start() {
    Shape shape = request_.source.shape();
    const index_t length = shape[1];
    shape[1] = request_.edit_width;
    graph_.edits = make_placeholder({shape, request_.source.dtype()}, "edits");
    Ranges edited;
    for (index_t p = request_.first; p < request_.last; ++p) edited.push_back({p, p + request_.edit_width});
    Input& source = known_[request_.source.node.get()].emplace_back();
    source = {DeltaForm::window, graph_.edits, places_of(edited, length), request_.reference_source};
    ranges_[request_.source.node.get()] = std::move(edited);
  }

  Input input_of(const Value& v) const {
    const auto it = known_.find(v.node.get());
    if (it != known_.end()) return it->second[static_cast<std::size_t>(v.index)];
    return {DeltaForm::reference, {}, {}, pairs_.base_of(v)};
  }

  void add(const std::shared_ptr<const Node>& node) {
    std::vector<Input> inputs;
    bool changes = false, windows = true;
    for (const Value& v : node->inputs) {
      inputs.push_back(input_of(v));
      changes = changes || inputs.back().form != DeltaForm::reference;
      windows = windows && inputs.back().form != DeltaForm::full;
    }
    if (!changes) {
      if (!stands_for_all(*node)) compute_fully(node);
      return;
    }
    if (!windows || !by_rule(node, inputs)) compute_fully(node);
  }

  // The reference's value can stand for all mutants: it has a batch of one, or none.
  bool stands_for_all(const Node& node) const {
    for (std::size_t o = 0; o < node.outputs.size(); ++o) {
      const Shape& one = pairs_.base_of(node, static_cast<int>(o)).shape();
      const Shape& many = node.outputs[o].shape;
      if (one != many && !same_but_rows(one, many, mutants_)) return false;
    }
    return true;
  }

  bool by_rule(const std::shared_ptr<const Node>& node, const std::vector<Input>& inputs) {
    const Value out{node, 0}, base = pairs_.base_of(out);
    if (reads_others_.contains(node.get()) || !same_but_rows(base.shape(), out.shape(), mutants_)) return false;
    std::optional<Ranges> ranges = changed_ranges(*node, inputs);
    std::shared_ptr<const WindowPlaces> places;
    if (ranges) {
      places = places_of(*ranges, out.shape()[1]);
      if (!places) return true;  // no mutant reaches a position that matters
    }
    DeltaContext context(*node, base, inputs, places, references_);
    const Value made = node->op->delta(context);
    if (!made) return false;
    Shape want = out.shape();
    if (places) want[1] = places->width;
    if (made.spec() != TensorSpec{want, out.dtype()})
      fail<ConfigError>("delta plan: expected the rule of '", node->op->name(), "' to give ", to_string(want), ", got ",
                        to_string(made.shape()), ".");
    note(*node, places ? DeltaForm::window : DeltaForm::full, places ? places->width : 0);
    known_[node.get()] = {{places ? DeltaForm::window : DeltaForm::full, made, places, base}};
    if (ranges) ranges_[node.get()] = std::move(*ranges);
    return true;
  }

  // Positions of the output that an edit can change and that somebody needs.
  std::optional<Ranges> changed_ranges(const Node& node, const std::vector<Input>& inputs) const {
    const std::vector<TensorSpec> specs = input_specs(node);
    const std::optional<Range> needed = needed_.of(node, 0);
    if (node.outputs[0].shape.size() < 2) return std::nullopt;
    Ranges ranges(static_cast<std::size_t>(request_.last - request_.first));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].form != DeltaForm::window) continue;
      const Ranges& in = ranges_.at(node.inputs[i].node.get());
      std::optional<Range> out;
      for (std::size_t p = 0; p < ranges.size(); ++p) {
        if (empty(in[p])) continue;
        if (!out || p == 0 || in[p] != in[p - 1]) out = node.op->changed(specs, static_cast<int>(i), in[p]);
        if (!out) return std::nullopt;
        ranges[p] = hull(ranges[p], *out);
      }
    }
    for (Range& r : ranges) {
      if (needed) r = {std::max(r.begin, needed->begin), std::min(r.end, needed->end)};
      if (empty(r)) r = {};
    }
    return ranges;
  }

  // Windows as wide as the widest range; null where all ranges are empty.
  std::shared_ptr<const WindowPlaces> places_of(const Ranges& ranges, index_t length) {
    index_t width = 0;
    for (const Range& r : ranges) width = std::max(width, r.end - r.begin);
    if (width == 0) return nullptr;
    WindowPlaces places;
    places.width = width;
    index_t last = 0;
    for (const Range& r : ranges) {
      last = std::clamp<index_t>(empty(r) ? last : r.begin, 0, length - width);
      places.starts.push_back(last);
    }
    for (const auto& known : graph_.tables)
      if (known->starts == places.starts) {
        if (known->width == width) return known;
        places.table = known->table;
      }
    const bool fresh = !places.table;
    if (fresh) places.table = make_placeholder({{mutants_}, DType::int32}, "starts");
    auto shared = std::make_shared<const WindowPlaces>(std::move(places));
    if (fresh) graph_.tables.push_back(shared);
    return shared;
  }

  void compute_fully(const std::shared_ptr<const Node>& node) {
    Values inputs;
    for (const Value& v : node->inputs) inputs.push_back(node->op->elementwise() ? broadcasting(v) : full(v));
    Values made = make_node(node->op->name(), inputs, node->attrs, node->layer);
    if (made[0].spec() != node->outputs[0]) {
      inputs.clear();
      for (const Value& v : node->inputs) inputs.push_back(full(v));
      made = make_node(node->op->name(), inputs, node->attrs, node->layer);
    }
    std::vector<Input>& known = known_[node.get()];
    known.clear();
    for (std::size_t o = 0; o < made.size(); ++o)
      known.push_back({DeltaForm::full, made[o], nullptr, pairs_.base_of({node, static_cast<int>(o)})});
    note(*node, DeltaForm::full, 0);
  }

  // A value for all mutants.
  Value full(const Value& v) {
    const Input in = input_of(v);
    if (in.form == DeltaForm::full) return in.value;
    if (in.form == DeltaForm::window) {
      Value& made = scattered_[v.node.get()];
      if (!made) made = build::node("window_scatter", {in.value, in.places->table, references_.take(in.base)});
      return made;
    }
    if (is_variable(*v.node) || is_constant(*v.node)) return v;
    return build::broadcast_to(references_.take(in.base), v.shape());
  }

  // The same where a batch of one will do.
  Value broadcasting(const Value& v) {
    const Input in = input_of(v);
    if (in.form != DeltaForm::reference || is_variable(*v.node) || is_constant(*v.node)) return full(v);
    return references_.take(in.base);
  }

  void note(const Node& node, DeltaForm form, index_t width) {
    graph_.steps.push_back({node.op->name(), node.layer, form, width});
  }

  const DeltaRequest& request_;
  index_t mutants_;
  GraphPairs pairs_;
  NeededPositions needed_;
  DeltaGraph graph_;
  std::set<const Node*> reads_others_;               // nodes of which more than the first output is read
  std::map<const Node*, std::vector<Input>> known_;  // of nodes that depend on the edits
  std::map<const Node*, Ranges> ranges_;             // of windows
  std::map<const Node*, Value> scattered_;
  ReferenceValues references_;
};

void check(const DeltaRequest& r) {
  const Shape& shape = r.source.shape();
  if (shape.size() < 2 || !same_but_rows(r.reference_source.shape(), shape, shape[0]) || shape[0] < 2)
    fail<ShapeError>("delta plan: expected an input traced with one row and with two or more, got ",
                     to_string(r.reference_source.shape()), " and ", to_string(shape), ".");
  if (r.edit_width < 1 || r.first < 0 || r.first >= r.last || r.last - 1 + r.edit_width > shape[1])
    fail<ConfigError>("delta plan: expected edits of ", r.edit_width, " positions within ", shape[1],
                      ", got starts from ", r.first, " to ", r.last - 1, ".");
  if (r.reference_outputs.size() != r.mutant_outputs.size())
    fail<ConfigError>("delta plan: expected as many outputs for one row as for several.");
}

}  // namespace

DeltaGraph make_delta_graph(const DeltaRequest& request) {
  check(request);
  return DeltaBuilder(request).run();
}

}  // namespace genodl
