// Ops that compute each element on its own. They are one instruction of the element-wise
// interpreter (kernels/elementwise.h); plans fuse chains of them into one pass.
#pragma once

#include "graph/build.h"
#include "graph/op.h"

namespace genodl {

class ElementwiseOp : public Op {
 public:
  enum class Result { promoted, floating, boolean };

  ElementwiseOp(kernels::EwOp code, int arity, Result result) : code_(code), arity_(arity), result_(result) {}

  std::vector<TensorSpec> infer(Specs inputs) const override;
  void run(const RunContext& c) const override;
  std::optional<kernels::EwOp> elementwise() const override { return code_; }
  std::optional<Range> changed(Specs inputs, int input, Range in) const override;
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }
  Value delta(DeltaContext& d) const override;

 private:
  kernels::EwOp code_;
  int arity_;
  Result result_;
};

// Registers one element-wise op: its instruction, its result type and its gradient rule.
struct ElementwiseRegistration {
  using Rule = void (*)(GradContext&);
  ElementwiseRegistration(const char* name, kernels::EwOp code, int arity, ElementwiseOp::Result result, Rule rule);
};

inline void no_gradient(GradContext&) {}

}  // namespace genodl
