#include "core/error.h"
#include "graph/build.h"
#include "graph/delta.h"
#include "graph/delta_cone.h"

namespace genodl {

Value ReferenceValues::take(const Value& v) {
  if (is_variable(*v.node) || is_constant(*v.node)) return v;
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (values_[i] == v) return places_[i];
  values_.push_back(v);
  places_.push_back(make_placeholder(v.spec(), "reference"));
  return places_.back();
}

DeltaContext::DeltaContext(const Node& node, Value base, std::vector<Input> inputs,
                           std::shared_ptr<const WindowPlaces> out, ReferenceValues& references)
    : node_(node), base_(std::move(base)), inputs_(std::move(inputs)), out_(std::move(out)), references_(references) {}

Value DeltaContext::aligned(int i) {
  const WindowPlaces& from = places(i);
  if (from.table == out_->table && from.width == out_->width) return window(i);
  return build::node("window_overlay", {window(i), from.table, reference(i), out_->table}, {{"width", out_->width}});
}

Value DeltaContext::reference_at(const Value& reference, const WindowPlaces& places) const {
  return build::node("window_of", {reference, places.table}, {{"width", places.width}});
}

// Asked of positions at both ends and in the middle: an op that looks beside them says so of one of these.
bool DeltaContext::reads_own_position(int i) const {
  const Shape& shape = node_.inputs[static_cast<std::size_t>(i)].shape();
  const index_t length = node_.outputs[0].shape[1];
  if (shape.size() < 2 || shape[1] != length) return false;
  const std::vector<TensorSpec> specs = input_specs(node_);
  for (const index_t p : {index_t{0}, length / 2, length - 1}) {
    const Range own{p, p + 1};
    if (node_.op->changed(specs, i, own) != own || node_.op->needed(specs, i, own) != own) return false;
  }
  return true;
}

Value DeltaContext::positionwise(const Attrs& attrs) {
  if (!out_) return {};
  Values inputs;
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    const int i = static_cast<int>(k);
    const Shape& shape = node_.inputs[k].shape();
    const bool own = reads_own_position(i);
    if (changes(i)) {
      if (!own) return {};
      inputs.push_back(aligned(i));
    } else if (own) {
      if (base(i).shape()[0] != 1) return {};
      inputs.push_back(reference_at(reference(i), *out_));
    } else {
      inputs.push_back(build::broadcast_to(reference(i), shape));
    }
  }
  Shape want = node_.outputs[0].shape;
  want[1] = out_->width;
  try {
    const Value made = make_node(node_.op->name(), inputs, attrs, node_.layer)[0];
    return made.shape() == want ? made : Value{};
  } catch (const ShapeError&) {
    return {};  // attributes that hold the length: the op has no rule of its own, so it runs in full
  }
}

}  // namespace genodl
