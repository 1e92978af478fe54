// The graph: append-only nodes that own their inputs. A Value is one output of one node.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/tensor.h"
#include "graph/attrs.h"

namespace genodl {

class Op;
struct Node;

struct Value {
  std::shared_ptr<const Node> node;
  int index = 0;

  explicit operator bool() const { return node != nullptr; }
  const TensorSpec& spec() const;
  const Shape& shape() const { return spec().shape; }
  DType dtype() const { return spec().dtype; }
  bool operator==(const Value&) const = default;
};
using Values = std::vector<Value>;

// State outside any graph; models share variables by sharing the handle.
struct Variable {
  Tensor tensor;
  std::string name;
};

struct Node {
  std::shared_ptr<const Op> op;
  Attrs attrs;
  Values inputs;
  std::vector<TensorSpec> outputs;
  std::string layer;                   // who the user would say made this node
  std::uint64_t id = 0;                // grows with time, so inputs have smaller ids
  std::shared_ptr<Variable> variable;  // of variable nodes only
  Tensor constant;                     // of constant nodes only

  ~Node();
};

// What a variable becomes when a step ends.
struct VariableUpdate {
  std::shared_ptr<Variable> variable;
  Value value;
};

// Orders and identifies values in maps.
using ValueKey = std::pair<const Node*, int>;
inline ValueKey key_of(const Value& v) { return {v.node.get(), v.index}; }

inline const TensorSpec& Value::spec() const { return node->outputs[static_cast<std::size_t>(index)]; }

// Makes a node of a registered op; infers its outputs, so wrong shapes fail here.
Values make_node(const std::string& op, Values inputs, Attrs attrs = {}, const std::string& layer = {});
Value make_placeholder(TensorSpec spec, const std::string& name);
Value make_constant(Tensor tensor);
Value make_variable(std::shared_ptr<Variable> variable);

// Nodes that the roots depend on, inputs before users.
std::vector<std::shared_ptr<const Node>> topological(const Values& roots);

bool is_placeholder(const Node& node);
bool is_constant(const Node& node);
bool is_variable(const Node& node);
inline bool is_leaf(const Node& node) { return is_placeholder(node) || is_constant(node) || is_variable(node); }

}  // namespace genodl
