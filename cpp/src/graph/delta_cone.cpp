#include "graph/delta_cone.h"

#include <algorithm>

#include "core/error.h"

namespace genodl {

std::vector<TensorSpec> input_specs(const Node& node) {
  std::vector<TensorSpec> specs;
  specs.reserve(node.inputs.size());
  for (const Value& v : node.inputs) specs.push_back(v.spec());
  return specs;
}

bool same_but_rows(const Shape& one, const Shape& many, index_t rows) {
  return !one.empty() && one.size() == many.size() && one[0] == 1 && many[0] == rows &&
         std::equal(one.begin() + 1, one.end(), many.begin() + 1);
}

namespace {

int kind_of(const Node& n) { return is_placeholder(n) ? 1 : is_constant(n) ? 2 : is_variable(n) ? 3 : 0; }

bool correspond(const Node& one, const Node& many) {
  const int kind = kind_of(one);
  if (kind != kind_of(many) || one.inputs.size() != many.inputs.size() || one.outputs.size() != many.outputs.size())
    return false;
  if (kind == 3) return one.variable == many.variable;
  return kind != 0 || one.op->name() == many.op->name();
}

}  // namespace

GraphPairs::GraphPairs(const Values& one, const Values& many) {
  std::vector<std::pair<Value, Value>> open;
  for (std::size_t i = 0; i < one.size(); ++i) open.push_back({one[i], many[i]});
  while (!open.empty()) {
    const auto [a, b] = open.back();
    open.pop_back();
    const auto [it, fresh] = pairs_.try_emplace(b.node.get(), a.node);
    if (a.index != b.index || (!fresh && it->second != a.node) || (fresh && !correspond(*a.node, *b.node)))
      fail<NotSupportedError>("delta plan: expected the model to do the same for every number of rows, got '",
                              is_leaf(*a.node) ? "a leaf" : a.node->op->name(), "' for one row and '",
                              is_leaf(*b.node) ? "a leaf" : b.node->op->name(), "' for several.");
    if (!fresh) continue;
    for (std::size_t i = 0; i < b.node->inputs.size(); ++i) open.push_back({a.node->inputs[i], b.node->inputs[i]});
  }
}

NeededPositions::NeededPositions(const Values& roots) {
  for (const Value& v : roots) add(v, std::nullopt);
  const auto nodes = topological(roots);
  for (auto it = nodes.rbegin(); it != nodes.rend(); ++it) {
    const Node& node = **it;
    if (is_leaf(node)) continue;
    const std::vector<TensorSpec> specs = input_specs(node);
    for (std::size_t o = 0; o < node.outputs.size(); ++o) {
      std::optional<Range> out = of(node, static_cast<int>(o));
      if (out && out->begin >= out->end) continue;
      const Shape& shape = node.outputs[o].shape;
      if (!out && shape.size() >= 2) out = Range{0, shape[1]};  // all of it may still be little of the inputs
      for (std::size_t i = 0; i < node.inputs.size(); ++i)
        add(node.inputs[i], out && o == 0 ? node.op->needed(specs, static_cast<int>(i), *out) : std::nullopt);
    }
  }
}

std::optional<Range> NeededPositions::of(const Node& node, int output) const {
  const auto it = needs_.find(&node);
  if (it == needs_.end()) return Range{};
  const Need& need = it->second[static_cast<std::size_t>(output)];
  return need.all ? std::nullopt : std::optional(need.range);
}

void NeededPositions::add(const Value& v, std::optional<Range> range) {
  std::vector<Need>& needs = needs_[v.node.get()];
  needs.resize(v.node->outputs.size());
  Need& need = needs[static_cast<std::size_t>(v.index)];
  // All positions, written as a range, would be one for every op that asks: keep it short.
  if (!range || (v.shape().size() >= 2 && range->begin <= 0 && range->end >= v.shape()[1])) {
    need.all = true;
  } else if (range->begin < range->end) {
    const bool empty = need.range.begin >= need.range.end;
    need.range = empty ? *range : Range{std::min(need.range.begin, range->begin), std::max(need.range.end, range->end)};
  }
}

}  // namespace genodl
