#include "graph/passes/simplify.h"

#include <map>
#include <tuple>

#include "graph/build.h"
#include "graph/op.h"
#include "graph/passes/rebuild.h"

namespace genodl {

namespace {

using Key = std::tuple<std::string, Attrs, std::vector<std::pair<const Node*, int>>>;

std::optional<double> constant_scalar(const Value& v) {
  const Node& node = *v.node;
  if (!is_constant(node) || elements(v.shape()) != 1) return std::nullopt;
  return dispatch(v.dtype(), [&]<class T>() { return static_cast<double>(*node.constant.as<T>()); });
}

bool same_spec(const Value& v, const TensorSpec& spec) { return v.spec() == spec; }

// x * 1, x + 0, x - 0, x / 1 and copies that keep shape and dtype.
std::optional<Value> unchanged(const Node& node, const Values& inputs) {
  const std::string& op = node.op->name();
  const TensorSpec& spec = node.outputs[0];
  if (op == "identity" || op == "stop_gradient" || op == "cast" || op == "broadcast_to" || op == "reshape")
    if (same_spec(inputs[0], spec)) return inputs[0];
  const auto drop = [&](int keep, int other, double neutral) -> std::optional<Value> {
    const std::optional<double> x = constant_scalar(inputs[static_cast<std::size_t>(other)]);
    const Value& kept = inputs[static_cast<std::size_t>(keep)];
    return x && *x == neutral && same_spec(kept, spec) ? std::optional(kept) : std::nullopt;
  };
  if (op == "multiply") {
    if (auto v = drop(0, 1, 1.0)) return v;
    return drop(1, 0, 1.0);
  }
  if (op == "divide") return drop(0, 1, 1.0);
  if (op == "subtract") return drop(0, 1, 0.0);
  if (op == "add") {
    if (auto v = drop(0, 1, 0.0)) return v;
    return drop(1, 0, 0.0);
  }
  return std::nullopt;
}

// An element-wise op broadcasts by itself: operands need not be broadcast before it.
Values without_broadcasts(const Node& node, const Values& inputs) {
  Values out = inputs;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (is_leaf(*out[i].node) || out[i].node->op->name() != "broadcast_to") continue;
    Values trial = out;
    trial[i] = out[i].node->inputs[0];
    Shape shape;
    for (const Value& v : trial) shape = broadcast(shape, v.shape(), "simplify");
    if (shape == node.outputs[0].shape) out = std::move(trial);
  }
  return out;
}

// A sum that the op before it knows to be zero.
bool is_zero_sum(const Node& node, const Values& inputs) {
  if (node.op->name() != "sum" || is_leaf(*inputs[0].node)) return false;
  const Node& from = *inputs[0].node;
  std::vector<TensorSpec> specs;
  for (const Value& v : from.inputs) specs.push_back(v.spec());
  Ints axes;
  if (const auto given = node.attrs.find("axes"); given != node.attrs.end()) {
    axes = std::get<Ints>(given->second);
  } else {  // all of them
    for (std::size_t a = 0; a < inputs[0].shape().size(); ++a) axes.push_back(static_cast<index_t>(a));
  }
  return from.op->sums_to_zero(inputs[0].index, axes, specs);
}

}  // namespace

Values simplify(const Values& roots) {
  std::map<Key, Values> known;
  std::map<const Variable*, Value> variables;
  return rebuild(roots, [&](const Node& node, const Values& given) -> std::optional<Values> {
    if (is_variable(node)) {
      // Several reads of one variable are one value.
      const auto [it, fresh] = variables.try_emplace(node.variable.get());
      if (fresh) it->second = make_variable(node.variable);
      return Values{it->second};
    }
    if (is_leaf(node)) return std::nullopt;
    if (std::optional<Value> v = unchanged(node, given)) return Values{*v};
    if (is_zero_sum(node, given)) return Values{build::full(node.outputs[0].shape, 0.0, node.outputs[0].dtype)};
    const std::string& op = node.op->name();
    Values inputs = given;
    if (node.op->elementwise() && node.inputs.size() > 1) inputs = without_broadcasts(node, inputs);
    if (op == "reshape" && !is_leaf(*inputs[0].node) && inputs[0].node->op->name() == "reshape")
      inputs = inputs[0].node->inputs;
    Key key{op, node.attrs, {}};
    for (const Value& v : inputs) std::get<2>(key).push_back({v.node.get(), v.index});
    const auto it = known.find(key);
    if (it != known.end()) return it->second;
    Values made = make_node(op, inputs, node.attrs, node.layer);
    known.emplace(std::move(key), made);
    return made;
  });
}

}  // namespace genodl
