#include "ops/elementwise.h"

#include <stdexcept>

#include "core/error.h"
#include "graph/delta.h"

namespace genodl {

std::vector<TensorSpec> ElementwiseOp::infer(Specs inputs) const {
  if (static_cast<int>(inputs.size()) != arity_)
    fail<ConfigError>(name(), ": expected ", arity_, " inputs, got ", inputs.size(), ".");
  Shape shape;
  for (const TensorSpec& s : inputs) shape = broadcast(shape, s.shape, name());
  // The condition of `where` says nothing about the result's type.
  const bool choosing = code_ == kernels::EwOp::where;
  DType dtype = inputs[choosing ? 1 : 0].dtype;
  for (std::size_t i = choosing ? 2 : 1; i < inputs.size(); ++i) dtype = promote(dtype, inputs[i].dtype);
  if (result_ == Result::boolean) dtype = DType::boolean;
  if (result_ == Result::floating && !is_float(dtype)) dtype = DType::float32;
  return {{shape, dtype}};
}

void ElementwiseOp::run(const RunContext&) const {
  throw std::logic_error(name() + ": element-wise ops run inside programs only");
}

std::optional<Range> ElementwiseOp::changed(Specs inputs, int input, Range in) const {
  std::size_t rank = 0;
  index_t length = 1;
  for (const TensorSpec& s : inputs) rank = std::max(rank, s.shape.size());
  for (const TensorSpec& s : inputs)
    if (s.shape.size() == rank && rank >= 2) length = std::max(length, s.shape[1]);
  const Shape& shape = inputs[static_cast<std::size_t>(input)].shape;
  if (rank < 2 || shape.size() != rank || shape[1] != length) return std::nullopt;
  return in;
}

// Operands broadcast: one that has the length contributes its windows, any other enters as it is.
Value ElementwiseOp::delta(DeltaContext& d) const {
  if (!d.out()) return {};
  const Shape& out = d.node().outputs[0].shape;
  Values inputs;
  for (std::size_t k = 0; k < d.inputs(); ++k) {
    const int i = static_cast<int>(k);
    if (d.changes(i)) {
      inputs.push_back(d.aligned(i));
      continue;
    }
    Value reference = d.reference(i);
    const std::size_t missing = out.size() - reference.shape().size();
    if (missing <= 1 && reference.shape()[1 - missing] == out[1] && out[1] > 1) {
      Shape whole = reference.shape();
      if (missing == 1) whole.insert(whole.begin(), 1);
      if (whole[0] != 1) return {};
      reference = d.reference_at(build::reshape(reference, whole), *d.out());
    }
    inputs.push_back(reference);
  }
  return make_node(name(), inputs, d.node().attrs, d.node().layer)[0];
}

namespace {

class RuledElementwiseOp final : public ElementwiseOp {
 public:
  RuledElementwiseOp(kernels::EwOp code, int arity, Result result, ElementwiseRegistration::Rule rule)
      : ElementwiseOp(code, arity, result), rule_(rule) {}
  void gradient(GradContext& g) const override { rule_(g); }

 private:
  ElementwiseRegistration::Rule rule_;
};

}  // namespace

ElementwiseRegistration::ElementwiseRegistration(const char* name, kernels::EwOp code, int arity,
                                                 ElementwiseOp::Result result, Rule rule) {
  OpRegistration(name, [=](AttrReader&) { return std::make_shared<RuledElementwiseOp>(code, arity, result, rule); });
}

}  // namespace genodl
