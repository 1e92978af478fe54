#include "graph/op.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "graph/delta.h"

namespace genodl {

namespace {
std::map<std::string, OpFactory>& registry() {
  static std::map<std::string, OpFactory> ops;
  return ops;
}
}  // namespace

OpRegistration::OpRegistration(const char* name, OpFactory factory) { registry().emplace(name, std::move(factory)); }

std::shared_ptr<const Op> make_op(const std::string& name, const Attrs& attrs) {
  const auto it = registry().find(name);
  if (it == registry().end()) fail<ConfigError>("graph: expected a registered op, got '", name, "'.");
  AttrReader reader(name, attrs);
  std::shared_ptr<Op> op = it->second(reader);
  reader.finish();
  op->name_ = name;
  return op;
}

std::vector<std::string> registered_ops() {
  std::vector<std::string> names;
  for (const auto& [name, factory] : registry()) names.push_back(name);
  return names;
}

void Op::gradient(GradContext& g) const {
  fail<NotSupportedError>(g.node().layer.empty() ? name_ : g.node().layer, ": op '", name_,
                          "' has no gradient. Use stop_gradient before it.");
}

std::size_t Op::workspace(Specs, Specs, int) const { return 0; }
bool Op::takes_epilogue(Specs) const { return false; }
std::optional<Range> Op::changed(Specs, int, Range) const { return std::nullopt; }
std::optional<Range> Op::needed(Specs, int, Range) const { return std::nullopt; }
Value Op::delta(DeltaContext& d) const { return d.positionwise(); }

bool Op::sums_to_zero(int, const Ints&, Specs) const { return false; }

Cost Op::cost(Specs inputs, Specs outputs) const {
  Cost cost;
  for (const TensorSpec& s : inputs) cost.bytes += static_cast<double>(s.bytes());
  for (const TensorSpec& s : outputs) {
    cost.bytes += static_cast<double>(s.bytes());
    cost.flops += static_cast<double>(elements(s.shape));
  }
  return cost;
}

GradContext::GradContext(std::shared_ptr<const Node> node, const Values& output_grads, std::vector<bool> needed)
    : node_(std::move(node)), dy_(output_grads), needed_(std::move(needed)), result_(node_->inputs.size()) {}

void GradContext::set(int i, Value gradient) { result_[static_cast<std::size_t>(i)] = std::move(gradient); }

}  // namespace genodl
