// (codes, dy) -> dw of a convolution of DNA codes with `taps` taps.
#include "ops/dna_grad_sums.h"
#include "ops/dna_reference.h"

namespace genodl {

namespace {

using kernels::DnaConvShape;

class DnaConvWeightGrad final : public DnaConvOp {
 public:
  explicit DnaConvWeightGrad(AttrReader& a) : DnaConvOp(a), taps_(a.integer("taps")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    if (inputs[1].shape.size() != 3)
      fail<ShapeError>(name(), ": expected a gradient (batch, windows, filters), got the shape ",
                       to_string(inputs[1].shape), ".");
    const TensorSpec weights{weights_shape(taps_, inputs[1].shape), inputs[1].dtype};
    expect_shape(inputs[1], convolved(inputs[0], weights), "the gradient of a convolution's output", name());
    return {weights};
  }

  std::size_t workspace(Specs inputs, Specs outputs, int workers) const override {
    if (inputs[1].dtype != DType::float32) return 0;
    return DnaGradSums(sizes(inputs[0].shape, outputs[0].shape, inputs[1].shape[1])).workspace().size(workers);
  }

  void run(const RunContext& c) const override {
    const DnaConvShape s = sizes(c.in_shape(0), c.out_shape(0), c.in_shape(1)[1]);
    const std::uint8_t* codes = c.in<std::uint8_t>(0);
    if (c.in_spec(1).dtype == DType::float64) {
      constexpr index_t kFilters = 8;
      parallel_ranges(s.filters, kFilters, [&](index_t begin, index_t end, int) {
        reference::dna_conv_weight_grad(s, codes, c.in<double>(1), c.out<double>(0), begin, end);
      });
      return;
    }
    kernels::DnaGradSource source{};
    source.dense = c.in<float>(1);
    DnaGradSums(s).run(c, source, codes, c.out<float>(0), nullptr);
  }

  void gradient(GradContext& g) const override {
    if (g.needs(1)) g.set(1, build::node("dna_conv1d", {g.input(0), g.dy()}, attrs()));
  }

  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(sizes(inputs[0].shape, outputs[0].shape, inputs[1].shape[1]));
    return cost;
  }

 private:
  index_t taps_;
};
GENODL_REGISTER("dna_conv1d_weight_grad", DnaConvWeightGrad)

}  // namespace

}  // namespace genodl
