// conv(dna_one_hot(codes), w) reads the codes themselves, and so does the gradient of w: the one-hot
// rows are then needed by nobody.
#include "graph/op.h"
#include "graph/passes/passes.h"
#include "graph/passes/rebuild.h"

namespace genodl {

namespace {

bool is_op(const Node& node, const char* op) { return !is_leaf(node) && node.op->name() == op; }

// The codes behind x if x is one-hot rows of sequences and the convolution is plain and along one axis.
std::optional<Value> codes_behind(const Value& x, const Attrs& conv) {
  if (!is_op(*x.node, "dna_one_hot") || x.shape().size() != 3) return std::nullopt;
  const auto groups = conv.find("groups");
  if (groups != conv.end() && std::get<index_t>(groups->second) != 1) return std::nullopt;
  return x.node->inputs[0];
}

std::optional<Values> read_codes(const Node& node, const Values& inputs) {
  const bool conv = is_op(node, "conv");
  if (!conv && !is_op(node, "conv_weight_grad")) return std::nullopt;
  const std::optional<Value> codes = codes_behind(inputs[0], node.attrs);
  if (!codes) return std::nullopt;
  Attrs attrs = node.attrs;
  attrs.erase("groups");
  if (conv) return make_node("dna_conv1d", {*codes, inputs[1]}, attrs, node.layer);
  attrs.erase("kernel");
  attrs["taps"] = node.outputs[0].shape[0];
  return make_node("dna_conv1d_weight_grad", {*codes, inputs[1]}, attrs, node.layer);
}

const PassRegistration registration(40, [](const Values& roots) { return rebuild(roots, read_codes); });

}  // namespace

}  // namespace genodl
