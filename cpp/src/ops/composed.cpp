#include "ops/composed.h"

#include <map>

#include "graph/autodiff.h"

namespace genodl {

namespace {

// Rebuilds what depends on the placeholders with the given values in their place.
Values substitute(const Values& roots, const Values& placeholders, const Values& values) {
  std::map<const Node*, Values> replaced;
  for (std::size_t i = 0; i < placeholders.size(); ++i) replaced[placeholders[i].node.get()] = {values[i]};
  const auto now = [&](const Value& v) {
    const auto it = replaced.find(v.node.get());
    return it == replaced.end() ? v : it->second[static_cast<std::size_t>(v.index)];
  };
  Values present;
  for (const Value& v : roots)
    if (v) present.push_back(v);
  for (const auto& node : topological(present)) {
    Values inputs;
    bool same = true;
    for (const Value& v : node->inputs) {
      inputs.push_back(now(v));
      same = same && inputs.back() == v;
    }
    if (!same) replaced[node.get()] = make_node(node->op->name(), std::move(inputs), node->attrs, node->layer);
  }
  Values result;
  for (const Value& v : roots) result.push_back(v ? now(v) : v);
  return result;
}

}  // namespace

void composed_gradient(GradContext& g, const std::function<Values(const Values&)>& formula) {
  const Values& inputs = g.node().inputs;
  // Placeholders, because inputs may depend on each other and gradients would flow between them.
  Values stand_ins, targets, outputs, output_grads;
  for (const Value& v : inputs) stand_ins.push_back(make_placeholder(v.spec(), "input"));
  const Values all = formula(stand_ins);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const Value& dy = g.dy(static_cast<int>(i))) {
      outputs.push_back(all[i]);
      output_grads.push_back(dy);
    }
  std::vector<int> positions;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (g.needs(static_cast<int>(i))) {
      targets.push_back(stand_ins[i]);
      positions.push_back(static_cast<int>(i));
    }
  const Values found = substitute(gradients(outputs, output_grads, targets), stand_ins, inputs);
  for (std::size_t i = 0; i < found.size(); ++i) g.set(positions[i], found[i]);
}

}  // namespace genodl
