#include "graph/autodiff.h"

#include <map>
#include <unordered_set>

#include "core/error.h"
#include "graph/build.h"
#include "graph/op.h"

namespace genodl {

namespace {

using Key = std::pair<const Node*, int>;

// Gradients met so far, summed where several paths meet.
class Accumulator {
 public:
  void add(const Value& of, const Value& gradient) {
    if (!gradient) return;
    Value& slot = sums_[{of.node.get(), of.index}];
    slot = slot ? build::add(slot, gradient) : gradient;
  }
  Value get(const Node* node, int index) const {
    const auto it = sums_.find({node, index});
    return it == sums_.end() ? Value{} : it->second;
  }

 private:
  std::map<Key, Value> sums_;
};

}  // namespace

Values gradients(const Values& outputs, const Values& output_grads, const Values& targets) {
  const auto nodes = topological(outputs);
  // Only nodes on a path from a target to an output take part.
  std::unordered_set<const Node*> wanted;
  for (const Value& t : targets) wanted.insert(t.node.get());
  for (const auto& node : nodes)
    for (const Value& v : node->inputs)
      if (wanted.contains(v.node.get())) wanted.insert(node.get());

  Accumulator sums;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Value& y = outputs[i];
    if (!is_float(y.dtype())) fail<DTypeError>("gradients: expected float outputs, got ", name_of(y.dtype()), ".");
    sums.add(y, output_grads.empty() ? build::ones_like(y) : output_grads[i]);
  }

  std::unordered_set<const Node*> target_nodes;
  for (const Value& t : targets) target_nodes.insert(t.node.get());
  for (auto it = nodes.rbegin(); it != nodes.rend(); ++it) {
    const std::shared_ptr<const Node>& node = *it;
    if (!wanted.contains(node.get()) || is_leaf(*node)) continue;
    Values dy;
    bool any = false;
    for (std::size_t i = 0; i < node->outputs.size(); ++i) {
      dy.push_back(sums.get(node.get(), static_cast<int>(i)));
      any = any || dy.back();
    }
    if (!any) continue;
    std::vector<bool> needed;
    bool any_input = false;
    for (const Value& v : node->inputs) {
      needed.push_back(wanted.contains(v.node.get()) && is_float(v.dtype()));
      any_input = any_input || needed.back();
    }
    if (!any_input) continue;
    GradContext context(node, dy, needed);
    node->op->gradient(context);
    for (std::size_t i = 0; i < node->inputs.size(); ++i)
      if (needed[i]) sums.add(node->inputs[i], context.result()[i]);
  }

  Values result;
  for (const Value& t : targets) result.push_back(sums.get(t.node.get(), t.index));
  return result;
}

}  // namespace genodl
