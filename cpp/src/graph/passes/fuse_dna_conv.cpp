// max_pool(relu(dna_conv1d + bias)) becomes one op that writes pooled values only, and its gradient one
// op that goes from the pooled gradient to those of weights and bias. Of neither is the whole-length
// activation ever written. relu and bias may be missing; the pooling may span the whole length.
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "core/error.h"
#include "graph/build.h"
#include "graph/op.h"
#include "graph/passes/passes.h"
#include "graph/passes/rebuild.h"

namespace genodl {

namespace {

bool is_op(const Value& v, const char* op) { return !is_leaf(*v.node) && v.node->op->name() == op; }
bool is_op(const Node* node, const char* op) { return node && !is_leaf(*node) && node->op->name() == op; }

bool is_zero(const Value& v) {
  if (is_op(v, "broadcast_to")) return is_zero(v.node->inputs[0]);
  if (!is_constant(*v.node) || elements(v.shape()) != 1 || v.dtype() != DType::float32) return false;
  return *v.node->constant.as<float>() == 0;
}

// The nodes that read a value; null stands for the caller of the plan.
using Readers = std::set<const Node*>;

class ReaderMap {
 public:
  explicit ReaderMap(const Values& roots) {
    for (const auto& node : topological(roots))
      for (const Value& v : node->inputs) of_[{v.node.get(), v.index}].insert(node.get());
    for (const Value& v : roots) of_[{v.node.get(), v.index}].insert(nullptr);
  }
  const Readers& of(const Value& v) const { return of(v.node.get(), v.index); }
  const Readers& of(const Node* node, int index = 0) const {
    static const Readers none;
    const auto it = of_.find({node, index});
    return it == of_.end() ? none : it->second;
  }
  // The only reader of a node's first output, if it is an op of that name.
  const Node* only(const Node* node, const char* op) const {
    const Readers& readers = of(node);
    return readers.size() == 1 && is_op(*readers.begin(), op) ? *readers.begin() : nullptr;
  }

 private:
  std::map<std::pair<const Node*, int>, Readers> of_;
};

struct PoolWindow {
  index_t size = 0, stride = 0, before = 0, after = 0;
  bool operator==(const PoolWindow&) const = default;
};

// Of a pooling along one axis, or of its gradient.
PoolWindow window_of(const Node& node) {
  const auto one = [&](const char* name, index_t fallback) {
    const auto it = node.attrs.find(name);
    return it == node.attrs.end() ? fallback : std::get<Ints>(it->second)[0];
  };
  const index_t size = one("pool", 0);
  return {size, one("strides", size), one("before", 0), one("after", 0)};
}

// The nodes of one fusion. Those of the gradient are null or empty where there is none.
struct Pattern {
  const Node* conv = nullptr;
  const Node* bias = nullptr;  // the addition
  int bias_input = 0;
  const Node* relu = nullptr;
  const Node* pool = nullptr;
  PoolWindow window;

  const Node* dy_reader = nullptr;  // the node whose input dy_input is the pooled gradient
  int dy_input = 0;
  Readers weight_grads, bias_grads;

  const Node* top() const { return relu ? relu : bias ? bias : conv; }
};

// Finds the forward part from its end: pool, relu, addition, convolution.
std::optional<Pattern> match_forward(const Node& pool, const ReaderMap& readers) {
  Pattern p;
  p.pool = &pool;
  const Value* v = &pool.inputs[0];
  if (v->dtype() != DType::float32 || v->shape().size() != 3) return std::nullopt;
  if (is_op(*v, "relu")) {
    p.relu = v->node.get();
    v = &p.relu->inputs[0];
    if (readers.of(*v).size() != 1) return std::nullopt;
  }
  if (is_op(*v, "add")) {
    p.bias = v->node.get();
    p.bias_input = is_op(p.bias->inputs[0], "dna_conv1d") ? 1 : 0;
    if (p.bias->inputs[static_cast<std::size_t>(p.bias_input)].shape() != Shape{v->shape().back()}) return std::nullopt;
    v = &p.bias->inputs[static_cast<std::size_t>(1 - p.bias_input)];
    if (readers.of(*v).size() != 1) return std::nullopt;
  }
  if (!is_op(*v, "dna_conv1d")) return std::nullopt;
  p.conv = v->node.get();
  return p;
}

// What spreads the pooled gradient over the windows. Of windows that tie, max shares its gradient among
// all and max_pool gives it to the first; they hold the same bases, so it is one to the weights.
const Node* match_spread(Pattern& p, const Node* reader) {
  const bool whole = is_op(p.pool, "max");
  if (!is_op(reader, whole ? "extreme_grad" : "max_pool_grad")) return nullptr;
  if (reader->inputs[0].node.get() != p.top() || (!whole && window_of(*reader) != p.window)) return nullptr;
  if (whole) {
    const Value& most = reader->inputs[1];
    const Node* source = is_op(most, "reshape") ? most.node->inputs[0].node.get() : most.node.get();
    if (source != p.pool || reader->attrs != Attrs{{"begin", index_t{1}}, {"end", index_t{2}}}) return nullptr;
  }
  p.dy_reader = reader;
  p.dy_input = whole ? 2 : 1;
  return reader;
}

bool sums_rows(const Node* node) {
  if (!is_op(node, "sum")) return false;
  const auto axes = node->attrs.find("axes");
  return axes != node->attrs.end() && std::get<Ints>(axes->second) == Ints{0, 1};
}

// Adds the backward part, if there is any. False: somebody reads what would not be there.
bool match_backward(Pattern& p, const ReaderMap& readers) {
  const Node *spread = nullptr, *positive = nullptr;
  for (const Node* reader : readers.of(p.top())) {
    if (reader == p.pool) continue;
    if (p.relu && is_op(reader, "greater") && reader->inputs[0].node.get() == p.relu && is_zero(reader->inputs[1])) {
      positive = reader;
      continue;
    }
    if (spread) return false;
    spread = match_spread(p, reader);
    if (!spread) return false;
  }
  if (!spread) return !positive;
  const Node* gradient = spread;
  if (p.relu) {
    gradient = readers.only(spread, "where");
    if (!positive || !gradient || readers.only(positive, "where") != gradient) return false;
    if (gradient->inputs[1].node.get() != spread || !is_zero(gradient->inputs[2])) return false;
  }
  for (const Node* reader : readers.of(gradient)) {
    if (is_op(reader, "dna_conv1d_weight_grad") && reader->inputs[0] == p.conv->inputs[0] &&
        reader->outputs[0].shape == p.conv->inputs[1].shape())
      p.weight_grads.insert(reader);
    else if (sums_rows(reader))
      p.bias_grads.insert(reader);
    else
      return false;
  }
  return true;
}

std::optional<Pattern> match(const Node& node, const ReaderMap& readers) {
  const bool whole = is_op(&node, "max");
  if (!whole && !is_op(&node, "max_pool")) return std::nullopt;
  std::optional<Pattern> p = match_forward(node, readers);
  if (!p) return std::nullopt;
  if (whole) {
    const auto axes = node.attrs.find("axes");
    if (axes == node.attrs.end() || std::get<Ints>(axes->second) != Ints{1}) return std::nullopt;
    p->window.size = p->window.stride = node.inputs[0].shape()[1];
  } else {
    p->window = window_of(node);
    if (p->window.before != 0 || p->window.after != 0) return std::nullopt;
  }
  if (!match_backward(*p, readers)) return std::nullopt;
  return p;
}

// A pattern and what has been made of it. Its nodes are met inputs first.
class Fusion {
 public:
  explicit Fusion(Pattern pattern) : p_(std::move(pattern)) {}
  const Pattern& pattern() const { return p_; }

  std::optional<Values> replace(const Node& node, const Values& inputs) {
    if (&node == p_.conv) conv_inputs_ = inputs;
    if (&node == p_.bias) bias_ = inputs[static_cast<std::size_t>(p_.bias_input)];
    if (&node == p_.dy_reader) dy_ = inputs[static_cast<std::size_t>(p_.dy_input)];
    if (&node == p_.pool) return Values{build::reshape(forward()[0], node.outputs[0].shape)};
    if (p_.weight_grads.contains(&node)) return Values{backward()[0]};
    if (p_.bias_grads.contains(&node)) return Values{build::reshape(backward()[1], node.outputs[0].shape)};
    return std::nullopt;
  }

 private:
  Attrs attrs() const {
    Attrs attrs = p_.conv->attrs;
    attrs["pool"] = p_.window.size;
    attrs["pool_stride"] = p_.window.stride;
    attrs["relu"] = p_.relu != nullptr;
    return attrs;
  }

  const Values& forward() {
    if (!forward_.empty()) return forward_;
    Attrs all = attrs();
    all["argmax"] = p_.dy_reader != nullptr;
    return forward_ = make_node("dna_conv1d_pool", {conv_inputs_[0], conv_inputs_[1], bias()}, all, p_.conv->layer);
  }

  const Values& backward() {
    if (!backward_.empty()) return backward_;
    Attrs all = attrs();
    all["taps"] = conv_inputs_[1].shape()[0];
    const Value dy = build::reshape(dy_, forward()[0].shape());
    return backward_ =
               make_node("dna_conv1d_pool_grad", {conv_inputs_[0], forward()[0], forward()[1], dy}, all, p_.conv->layer);
  }

  Value bias() const {
    if (bias_) return bias_;
    Tensor zeros({{conv_inputs_[1].shape().back()}, DType::float32});
    std::fill_n(zeros.as<float>(), elements(zeros.shape()), 0.f);
    return make_constant(std::move(zeros));
  }

  Pattern p_;
  Values conv_inputs_;
  Value bias_, dy_;
  Values forward_, backward_;
};

Values fuse(const Values& roots) {
  const ReaderMap readers(roots);
  std::unordered_map<const Node*, std::shared_ptr<Fusion>> part_of;
  for (const auto& node : topological(roots)) {
    if (is_leaf(*node)) continue;
    std::optional<Pattern> pattern = match(*node, readers);
    if (!pattern) continue;
    const auto fusion = std::make_shared<Fusion>(*std::move(pattern));
    const Pattern& p = fusion->pattern();
    for (const Node* n : {p.conv, p.bias, p.pool, p.dy_reader})
      if (n) part_of[n] = fusion;
    for (const Readers* grads : {&p.weight_grads, &p.bias_grads})
      for (const Node* n : *grads) part_of[n] = fusion;
  }
  if (part_of.empty()) return roots;
  return rebuild(roots, [&](const Node& node, const Values& inputs) -> std::optional<Values> {
    const auto it = part_of.find(&node);
    return it == part_of.end() ? std::nullopt : it->second->replace(node, inputs);
  });
}

const PassRegistration registration(50, fuse);

}  // namespace

}  // namespace genodl
