// (codes, weights) -> y: the convolution of the one-hot rows that the codes stand for.
#include "ops/dna_conv_op.h"
#include "ops/dna_reference.h"

namespace genodl {

namespace {

using kernels::DnaConvShape;

class DnaConv final : public DnaConvOp {
 public:
  explicit DnaConv(AttrReader& a) : DnaConvOp(a) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    return {{convolved(inputs[0], inputs[1]), inputs[1].dtype}};
  }
  bool takes_epilogue(Specs) const override { return true; }

  std::size_t workspace(Specs inputs, Specs outputs, int workers) const override {
    if (inputs[1].dtype != DType::float32) return 0;
    const DnaTables tables(sizes(inputs[0].shape, inputs[1].shape, outputs[0].shape[1]));
    return FloatWorkspace(tables.floats(), 0).size(workers);
  }

  void run(const RunContext& c) const override {
    const DnaConvShape s = sizes(c.in_shape(0), c.in_shape(1), c.out_shape(0)[1]);
    const std::uint8_t* codes = c.in<std::uint8_t>(0);
    if (c.in_spec(1).dtype == DType::float64) {
      parallel_ranges(s.batch * s.out_length, grain(s.taps * s.filters), [&](index_t begin, index_t end, int worker) {
        for (index_t row = begin; row < end; ++row)
          reference::dna_conv_row(s, codes, c.in<double>(1), c.out<double>(0), row);
        c.finish_rows(begin, end, worker);
      });
      return;
    }
    const kernels::DnaConvKernels& k = kernels::dna_conv();
    DnaTables tables(s);
    tables.make(codes, c.in<float>(1), FloatWorkspace(tables.floats(), 0).shared(c));
    parallel_for(k.forward_tasks(s), [&](index_t task, int worker) {
      index_t begin, end;
      k.forward(s, codes, tables.indexes(), tables.tables(), nullptr, c.out<float>(0), task, &begin, &end);
      c.finish_rows(begin, end, worker);
    });
  }

  void gradient(GradContext& g) const override {
    Attrs all = attrs();
    all["taps"] = g.input(1).shape()[0];
    if (g.needs(1)) g.set(1, build::node("dna_conv1d_weight_grad", {g.input(0), g.dy()}, all));
  }

  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(sizes(inputs[0].shape, inputs[1].shape, outputs[0].shape[1]));
    return cost;
  }
};
GENODL_REGISTER("dna_conv1d", DnaConv)

}  // namespace

}  // namespace genodl
