// A convolution of DNA codes, what follows it channel by channel, and max pooling become one op that
// writes pooled values only. Their gradient becomes one op from the pooled gradient to those of weights
// and bias; batch normalisation adds small ones, fed by the moments of the windows.
#include <algorithm>
#include <memory>
#include <unordered_map>

#include "graph/build.h"
#include "graph/passes/dna_pool_pattern.h"
#include "graph/passes/passes.h"
#include "graph/passes/rebuild.h"

namespace genodl {

namespace {

// A pattern and what has been made of it. Its nodes are met inputs first.
class Fusion {
 public:
  explicit Fusion(DnaPoolPattern pattern) : p_(std::move(pattern)) {}
  const DnaPoolPattern& pattern() const { return p_; }

  std::optional<Values> replace(const Node& node, const Values& inputs) {
    if (&node == p_.conv) conv_ = inputs;
    const auto take = [&](const ChannelStep& step, Value& to) {
      if (&node == step.node) to = inputs[static_cast<std::size_t>(step.vector)];
    };
    take(p_.bias, bias_);
    take(p_.scale, scale_);
    take(p_.shift, shift_);
    if (&node == p_.dy_reader) dy_ = inputs[static_cast<std::size_t>(p_.dy_input)];
    if (&node == p_.norm) {
      norm_ = inputs;
      return replaced(node, inputs, {mean(), moments()[1]});
    }
    if (&node == p_.norm_grad) return replaced(node, inputs, {norm_grad()[1], pool_grad()[1]});
    if (&node == p_.pool) return Values{build::reshape(forward()[0], node.outputs[0].shape)};
    if (p_.weight_grads.contains(&node)) return Values{p_.norm ? norm_grad()[0] : pool_grad()[0]};
    if (p_.bias_grads.contains(&node)) return Values{bias_grad(node.outputs[0])};
    return std::nullopt;
  }

 private:
  // The node as it was, for its first output, which is then read by nobody; the others anew.
  static Values replaced(const Node& node, const Values& inputs, const Values& others) {
    Values out{make_node(node.op->name(), inputs, node.attrs, node.layer)[0]};
    out.insert(out.end(), others.begin(), others.end());
    return out;
  }

  Values make(const char* op, Values inputs, Attrs attrs) const {
    return make_node(op, std::move(inputs), std::move(attrs), p_.conv->layer);
  }

  const Value& codes() const { return conv_[0]; }
  const Value& weights() const { return conv_[1]; }

  Attrs conv_attrs(bool with_taps) const {
    Attrs attrs = p_.conv->attrs;
    if (with_taps) attrs["taps"] = weights().shape()[0];
    return attrs;
  }
  Attrs pool_attrs(bool with_taps) const {
    Attrs attrs = conv_attrs(with_taps);
    attrs["pool"] = p_.window.size;
    attrs["pool_stride"] = p_.window.stride;
    return attrs;
  }
  double epsilon() const {
    const auto it = p_.norm->attrs.find("epsilon");
    return it == p_.norm->attrs.end() ? 1e-3 : std::get<double>(it->second);
  }

  Value or_zeros(const Value& v) const {
    if (v) return v;
    Tensor zeros({{weights().shape().back()}, DType::float32});
    std::fill_n(zeros.as<float>(), elements(zeros.shape()), 0.f);
    return make_constant(std::move(zeros));
  }

  const Values& windows() {
    if (windows_.empty()) windows_ = make("dna_window_moments", {codes()}, conv_attrs(true));
    return windows_;
  }
  const Values& moments() {
    if (moments_.empty()) moments_ = make("dna_conv1d_moments", {weights(), windows()[0], windows()[1]}, {});
    return moments_;
  }
  Value mean() { return bias_ ? build::add(moments()[0], bias_) : moments()[0]; }

  const Values& forward() {
    if (!forward_.empty()) return forward_;
    Values inputs{codes(), weights(), or_zeros(p_.norm ? Value{} : bias_)};
    if (p_.norm) {
      const Value scale = build::mul(norm_[1], build::unary("rsqrt", build::add(moments()[1], epsilon())));
      inputs.push_back(scale);
      inputs.push_back(build::sub(norm_[2], build::mul(moments()[0], scale)));
    } else if (scale_) {
      inputs.push_back(scale_);
      inputs.push_back(or_zeros(shift_));
    }
    Attrs attrs = pool_attrs(false);
    attrs["relu"] = p_.relu != nullptr;
    attrs["argmax"] = p_.dy_reader != nullptr;
    return forward_ = make("dna_conv1d_pool", std::move(inputs), std::move(attrs));
  }

  // Gradients of weights and bias as if the convolution were pooled without normalisation.
  const Values& pool_grad() {
    if (!pool_grad_.empty()) return pool_grad_;
    const Value dy = build::reshape(dy_, forward()[0].shape());
    return pool_grad_ = make("dna_conv1d_pool_grad", {codes(), forward()[1], dy}, pool_attrs(true));
  }
  const Values& norm_grad() {
    if (!norm_grad_.empty()) return norm_grad_;
    const Values inputs{pool_grad()[0], pool_grad()[1], weights(), norm_[1], moments()[1], windows()[0], windows()[1]};
    return norm_grad_ = make("dna_conv1d_norm_grad", inputs, {{"epsilon", epsilon()}});
  }
  // Normalisation takes the mean away, and the bias with it.
  Value bias_grad(const TensorSpec& spec) {
    return build::reshape(p_.norm ? or_zeros({}) : pool_grad()[1], spec.shape);
  }

  DnaPoolPattern p_;
  Values conv_, norm_;
  Value bias_, scale_, shift_, dy_;
  Values windows_, moments_, forward_, pool_grad_, norm_grad_;
};

Values fuse(const Values& roots) {
  const ReaderMap readers(roots);
  std::unordered_map<const Node*, std::shared_ptr<Fusion>> part_of;
  for (const auto& node : topological(roots)) {
    if (is_leaf(*node)) continue;
    std::optional<DnaPoolPattern> pattern = match_dna_pool(*node, readers);
    if (!pattern) continue;
    const auto fusion = std::make_shared<Fusion>(*std::move(pattern));
    const DnaPoolPattern& p = fusion->pattern();
    for (const Node* n : {p.conv, p.bias.node, p.scale.node, p.shift.node, p.norm, p.pool, p.dy_reader, p.norm_grad})
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
