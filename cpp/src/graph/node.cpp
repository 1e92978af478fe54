#include "graph/node.h"

#include <algorithm>
#include <atomic>
#include <unordered_set>

#include "core/error.h"
#include "graph/op.h"

namespace genodl {

namespace {

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> counter{0};
  return ++counter;
}

// Ops of nodes that hold a value instead of computing one.
class Leaf final : public Op {
 public:
  std::vector<TensorSpec> infer(Specs) const override { return {}; }
  void run(const RunContext&) const override {}
  void gradient(GradContext&) const override {}
};

const std::shared_ptr<const Op>& leaf(int kind) {
  static const std::shared_ptr<const Op> kinds[] = {std::make_shared<Leaf>(), std::make_shared<Leaf>(),
                                                    std::make_shared<Leaf>()};
  return kinds[kind];
}

// Sizes in bytes must fit in 64 bits, whatever a file or a user asks for.
void expect_possible(const TensorSpec& spec, const std::string& who) {
  constexpr index_t kMost = index_t{1} << 59;
  index_t n = 1;
  for (index_t d : spec.shape) {
    if (d < 0 || __builtin_mul_overflow(n, d, &n) || n > kMost)
      fail<ShapeError>(who, ": expected a shape that some memory can hold, got ", to_string(spec.shape), ".");
  }
}

Value make_leaf(int kind, TensorSpec spec) {
  expect_possible(spec, "tensor");
  auto node = std::make_shared<Node>();
  node->op = leaf(kind);
  node->outputs = {std::move(spec)};
  node->id = next_id();
  return {std::move(node), 0};
}

}  // namespace

// A long chain of nodes would be destroyed by recursion as deep as the chain; take it apart by hand.
Node::~Node() {
  std::vector<std::shared_ptr<const Node>> orphans;
  const auto collect = [&](Values& inputs) {
    for (Value& v : inputs)
      if (v.node.use_count() == 1) orphans.push_back(std::move(v.node));
    inputs.clear();
  };
  collect(inputs);
  while (!orphans.empty()) {
    std::shared_ptr<const Node> node = std::move(orphans.back());
    orphans.pop_back();
    if (node.use_count() == 1) collect(const_cast<Node&>(*node).inputs);
  }
}

Values make_node(const std::string& op, Values inputs, Attrs attrs, const std::string& layer) {
  auto node = std::make_shared<Node>();
  node->op = make_op(op, attrs);
  node->attrs = std::move(attrs);
  node->layer = layer;
  std::vector<TensorSpec> specs;
  specs.reserve(inputs.size());
  for (const Value& v : inputs) specs.push_back(v.spec());
  node->outputs = node->op->infer(specs);
  for (const TensorSpec& spec : node->outputs) expect_possible(spec, layer.empty() ? op : layer);
  node->inputs = std::move(inputs);
  node->id = next_id();
  Values values;
  for (std::size_t i = 0; i < node->outputs.size(); ++i) values.push_back({node, static_cast<int>(i)});
  return values;
}

Value make_placeholder(TensorSpec spec, const std::string& name) {
  Value v = make_leaf(0, std::move(spec));
  const_cast<Node&>(*v.node).layer = name;
  return v;
}

Value make_constant(Tensor tensor) {
  Value v = make_leaf(1, tensor.spec());
  const_cast<Node&>(*v.node).constant = std::move(tensor);
  return v;
}

Value make_variable(std::shared_ptr<Variable> variable) {
  Value v = make_leaf(2, variable->tensor.spec());
  const_cast<Node&>(*v.node).variable = std::move(variable);
  return v;
}

bool is_placeholder(const Node& node) { return node.op == leaf(0); }
bool is_constant(const Node& node) { return node.op == leaf(1); }
bool is_variable(const Node& node) { return node.op == leaf(2); }

std::vector<std::shared_ptr<const Node>> topological(const Values& roots) {
  std::vector<std::shared_ptr<const Node>> nodes;
  std::unordered_set<const Node*> seen;
  const auto visit = [&](const Value& v) {
    if (v.node && seen.insert(v.node.get()).second) nodes.push_back(v.node);
  };
  for (const Value& v : roots) visit(v);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::shared_ptr<const Node> node = nodes[i];
    for (const Value& v : node->inputs) visit(v);
  }
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  return nodes;
}

}  // namespace genodl
