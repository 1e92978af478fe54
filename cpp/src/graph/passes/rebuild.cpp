#include "graph/passes/rebuild.h"

#include "graph/op.h"

namespace genodl {

Values rebuild(const Values& roots, const RewriteRule& rule) {
  std::unordered_map<const Node*, Values> made;
  const auto renewed = [&](const Values& values) {
    Values out;
    out.reserve(values.size());
    for (const Value& v : values) out.push_back(made.at(v.node.get())[static_cast<std::size_t>(v.index)]);
    return out;
  };
  for (const auto& node : topological(roots)) {
    const Values inputs = renewed(node->inputs);
    if (std::optional<Values> other = rule(*node, inputs)) {
      made.emplace(node.get(), std::move(*other));
      continue;
    }
    Values same;
    if (is_leaf(*node) || inputs == node->inputs) {
      for (std::size_t i = 0; i < node->outputs.size(); ++i) same.push_back({node, static_cast<int>(i)});
    } else {
      same = make_node(node->op->name(), inputs, node->attrs, node->layer);
    }
    made.emplace(node.get(), std::move(same));
  }
  return renewed(roots);
}

UseCounts::UseCounts(const Values& roots) {
  const auto count = [&](const Value& v, const Node* user) {
    std::vector<Uses>& uses = uses_[v.node.get()];
    uses.resize(v.node->outputs.size());
    Uses& use = uses[static_cast<std::size_t>(v.index)];
    use.count += 1;
    use.user = user;
  };
  for (const auto& node : topological(roots))
    for (const Value& v : node->inputs) count(v, node.get());
  for (const Value& v : roots) count(v, nullptr);
}

int UseCounts::of(const Value& v) const {
  const auto it = uses_.find(v.node.get());
  return it == uses_.end() ? 0 : it->second[static_cast<std::size_t>(v.index)].count;
}

const Node* UseCounts::only_user(const Value& v) const {
  if (of(v) != 1) return nullptr;
  return uses_.at(v.node.get())[static_cast<std::size_t>(v.index)].user;
}

}  // namespace genodl
