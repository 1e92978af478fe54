#include "graph/passes/dna_pool_pattern.h"

namespace genodl {

namespace {

bool is_op(const Node* node, const char* op) { return node && !is_leaf(*node) && node->op->name() == op; }
bool is_op(const Value& v, const char* op) { return is_op(v.node.get(), op); }

bool is_zero(const Value& v) {
  if (is_op(v, "broadcast_to")) return is_zero(v.node->inputs[0]);
  if (!is_constant(*v.node) || elements(v.shape()) != 1 || v.dtype() != DType::float32) return false;
  return *v.node->constant.as<float>() == 0;
}

// Of a pooling along one axis, or of its gradient.
PoolWindow window_of(const Node& node) {
  const auto one = [&](const char* name, index_t fallback) {
    const auto it = node.attrs.find(name);
    return it == node.attrs.end() ? fallback : std::get<Ints>(it->second)[0];
  };
  const index_t size = one("pool", 0);
  return {size, one("strides", size), one("before", 0), one("after", 0)};
}

bool has_axes(const Node& node, const Ints& axes, const Ints& from_behind) {
  const auto it = node.attrs.find("axes");
  if (it == node.attrs.end() || !std::holds_alternative<Ints>(it->second)) return false;
  const Ints& given = std::get<Ints>(it->second);
  return given == axes || given == from_behind;
}

// Goes back from the pooling, step by step, to the convolution. Every value on the way must have one
// reader, or two where the gradient of a normalisation reads its input.
class Walk {
 public:
  Walk(const Value& from, const ReaderMap& readers) : at_(&from), readers_(readers) {}

  bool is(const char* op) const { return is_op(*at_, op); }
  const Node* node() const { return at_->node.get(); }
  bool blocked() const { return blocked_; }

  const Node* pass(const char* op, std::size_t input = 0) {
    if (!is(op) || at_->index != 0) return nullptr;
    const Node* here = node();
    at_ = &here->inputs[input];
    for (const Node* reader : readers_.of(*at_))
      if (reader != here && !(is_op(here, "batch_norm") && is_op(reader, "batch_norm_grad"))) blocked_ = true;
    return here;
  }
  ChannelStep pass_channels(const char* op) {
    if (!is(op)) return {};
    for (int vector : {1, 0})
      if (node()->inputs[static_cast<std::size_t>(vector)].shape() == Shape{at_->shape().back()})
        return {pass(op, static_cast<std::size_t>(1 - vector)), vector};
    return {};
  }

 private:
  const Value* at_;
  const ReaderMap& readers_;
  bool blocked_ = false;
};

bool match_forward(DnaPoolPattern& p, const ReaderMap& readers) {
  const Value& top = p.pool->inputs[0];
  if (top.dtype() != DType::float32 || top.shape().size() != 3) return false;
  Walk walk(top, readers);
  p.relu = walk.pass("relu");
  p.norm = walk.pass("batch_norm");
  if (!p.norm) p.shift = walk.pass_channels("add");
  if (!p.norm) p.scale = walk.pass_channels("multiply");
  if (p.scale.node || p.norm)
    p.bias = walk.pass_channels("add");
  else
    std::swap(p.bias, p.shift);
  p.conv = walk.is("dna_conv1d") ? walk.node() : nullptr;
  return p.conv && !walk.blocked();
}

// What spreads the pooled gradient over the windows. Of windows that tie, max shares its gradient among
// all and max_pool gives it to the first; they hold the same bases, so it is one to the weights.
bool is_spread(const DnaPoolPattern& p, const Node* reader) {
  const bool whole = is_op(p.pool, "max");
  if (!is_op(reader, whole ? "extreme_grad" : "max_pool_grad") || reader->inputs[0] != p.pool->inputs[0]) return false;
  if (!whole) return window_of(*reader) == p.window;
  const Value& most = reader->inputs[1];
  const Node* source = is_op(most, "reshape") ? most.node->inputs[0].node.get() : most.node.get();
  return source == p.pool && reader->attrs == Attrs{{"begin", index_t{1}}, {"end", index_t{2}}};
}

// Where the gradient is that reaches the convolution or normalisation: behind relu's, if there is one.
const Node* behind_relu(const DnaPoolPattern& p, const Node* spread, const Node* positive, const ReaderMap& readers) {
  if (!p.relu) return spread;
  const Node* chosen = readers.only(spread, "where");
  if (!positive || !chosen || readers.only(positive, "where") != chosen) return nullptr;
  return chosen->inputs[1].node.get() == spread && is_zero(chosen->inputs[2]) ? chosen : nullptr;
}

bool match_backward(DnaPoolPattern& p, const ReaderMap& readers) {
  const Node *spread = nullptr, *positive = nullptr;
  for (const Node* reader : readers.of(p.pool->inputs[0])) {
    if (reader == p.pool) continue;
    if (p.relu && is_op(reader, "greater") && reader->inputs[0].node.get() == p.relu && is_zero(reader->inputs[1]))
      positive = reader;
    else if (!spread && is_spread(p, reader))
      spread = reader;
    else
      return false;
  }
  if (!spread) return !positive && (!p.norm || readers.of(p.norm->inputs[0]).size() == 1);
  if (p.scale.node) return false;
  const Node* gradient = behind_relu(p, spread, positive, readers);
  if (!gradient) return false;
  p.dy_reader = spread;
  p.dy_input = is_op(p.pool, "max") ? 2 : 1;
  if (p.norm) {
    const Node* grad = readers.only(gradient, "batch_norm_grad");
    if (!grad || grad->inputs[0] != p.norm->inputs[0] || grad->inputs[1].node.get() != gradient ||
        readers.of(p.norm->inputs[0]).size() != 2)
      return false;
    p.norm_grad = gradient = grad;
  }
  for (const Node* reader : readers.of(gradient)) {
    if (is_op(reader, "dna_conv1d_weight_grad") && reader->inputs[0] == p.conv->inputs[0] &&
        reader->outputs[0].shape == p.conv->inputs[1].shape())
      p.weight_grads.insert(reader);
    else if (is_op(reader, "sum") && has_axes(*reader, {0, 1}, {-3, -2}))
      p.bias_grads.insert(reader);
    else
      return false;
  }
  return true;
}

}  // namespace

ReaderMap::ReaderMap(const Values& roots) {
  for (const auto& node : topological(roots))
    for (const Value& v : node->inputs) of_[{v.node.get(), v.index}].insert(node.get());
  for (const Value& v : roots) of_[{v.node.get(), v.index}].insert(nullptr);
}

const Readers& ReaderMap::of(const Node* node, int index) const {
  static const Readers none;
  const auto it = of_.find({node, index});
  return it == of_.end() ? none : it->second;
}

const Node* ReaderMap::only(const Node* node, const char* op) const {
  const Readers& readers = of(node);
  return readers.size() == 1 && is_op(*readers.begin(), op) ? *readers.begin() : nullptr;
}

std::optional<DnaPoolPattern> match_dna_pool(const Node& pool, const ReaderMap& readers) {
  DnaPoolPattern p;
  p.pool = &pool;
  if (is_op(&pool, "max")) {
    if (pool.inputs[0].shape().size() != 3 || !has_axes(pool, {1}, {-2})) return std::nullopt;
    p.window.size = p.window.stride = pool.inputs[0].shape()[1];
  } else {
    if (!is_op(&pool, "max_pool")) return std::nullopt;
    p.window = window_of(pool);
    if (p.window.before != 0 || p.window.after != 0) return std::nullopt;
  }
  if (!match_forward(p, readers) || !match_backward(p, readers)) return std::nullopt;
  return p;
}

}  // namespace genodl
