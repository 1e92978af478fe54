// (dy, weights) -> dx of a convolution whose x has the shape `shape`; by itself, the transposed
// convolution.
#include "kernels/reference_conv.h"
#include "ops/conv_op.h"

namespace genodl {

namespace {

using kernels::ConvKernels;
using kernels::ConvShape;

class ConvInputGrad final : public ConvOp {
 public:
  explicit ConvInputGrad(AttrReader& a) : ConvOp(a), shape_(a.ints("shape")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    check_types(inputs);
    const Shape y = convolved(shape_, inputs[1].shape);
    expect_shape(inputs[0], y, "the gradient of a convolution's output", name());
    return {{shape_, inputs[0].dtype}};
  }
  bool takes_epilogue(Specs) const override { return true; }

  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    if (inputs[0].dtype != DType::float32) return 0;
    const ConvShape s = sizes(shape_, inputs[1].shape, inputs[0].shape);
    return layout(kernels_of(s), s).size(workers);
  }

  void run(const RunContext& c) const override {
    const ConvShape s = sizes(shape_, c.in_shape(1), c.in_shape(0));
    if (c.in_spec(0).dtype == DType::float32)
      run_kernels(c, s);
    else
      parallel_for(reference::conv_input_grad_samples(s), [&](index_t sample, int worker) {
        reference::conv_input_grad_sample(s, c.in<double>(0), c.in<double>(1), c.out<double>(0), sample);
        const index_t rows = s.height * s.width;
        c.finish_rows(sample * rows, (sample + 1) * rows, worker);
      });
  }

  void gradient(GradContext& g) const override {
    const Value &dy = g.input(0), &weights = g.input(1);
    if (g.needs(0)) g.set(0, build::node("conv", {g.dy(), weights}, attrs()));
    if (g.needs(1)) {
      const Ints kernel(weights.shape().begin(), weights.shape().end() - 2);
      g.set(1, build::node("conv_weight_grad", {g.dy(), dy}, attrs("kernel", kernel)));
    }
  }

  std::optional<Range> changed(Specs inputs, int input, Range in) const override {
    if (input != 0) return std::nullopt;
    return read_by(in, inputs[1].shape[0], shape_[1]);
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override {
    if (input != 0) return std::nullopt;
    return readers(out, inputs[1].shape[0], inputs[0].shape[1]);
  }
  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(sizes(shape_, inputs[1].shape, inputs[0].shape));
    return cost;
  }

 private:
  const ConvKernels& kernels_of(const ConvShape& s) const {
    return kernels_for(s, kernels::winograd().input_grad_pays);
  }

  static FloatWorkspace layout(const ConvKernels& k, const ConvShape& s) {
    return {k.input_grad_packed_size(s), k.input_grad_scratch(s)};
  }

  void run_kernels(const RunContext& c, const ConvShape& s) const {
    const ConvKernels& k = kernels_of(s);
    const FloatWorkspace memory = layout(k, s);
    float* packed = memory.shared(c);
    parallel_for(k.input_grad_pack_tasks(s),
                 [&](index_t task, int) { k.input_grad_pack(s, c.in<float>(1), packed, task); });
    parallel_for(k.input_grad_tasks(s), [&](index_t task, int worker) {
      index_t begin, end;
      k.input_grad(s, c.in<float>(0), packed, c.out<float>(0), task, memory.scratch(c, worker), &begin, &end);
      c.finish_rows(begin, end, worker);
    });
  }

  Shape shape_;
};
GENODL_REGISTER("conv_input_grad", ConvInputGrad)

}  // namespace

}  // namespace genodl
