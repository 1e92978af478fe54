// Ops whose every output element is one input element or a fill value, chosen axis by axis.
#pragma once

#include "ops/axes.h"

namespace genodl {

class AxisMapOp : public Op {
 public:
  std::vector<TensorSpec> infer(Specs inputs) const override;
  std::size_t workspace(Specs inputs, Specs outputs, int workers) const override;
  void run(const RunContext& c) const override;
  std::optional<Range> changed(Specs inputs, int input, Range in) const override;
  std::optional<Range> needed(Specs inputs, int input, Range out) const override;
  Value delta(DeltaContext& d) const override;

 protected:
  virtual Shape output_shape(const Shape& in) const = 0;
  // Which position of the input along the axis output position i takes; -1: the fill value.
  virtual index_t source(const Shape& in, std::size_t axis, index_t i) const = 0;
  virtual double fill() const { return 0.0; }
};

}  // namespace genodl
