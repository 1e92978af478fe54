// (x, dy) -> dw of a convolution whose kernel has the spatial sizes `kernel`.
#include "kernels/reference_conv.h"
#include "ops/conv_op.h"

namespace genodl {

namespace {

using kernels::ConvKernels;
using kernels::ConvShape;

class ConvWeightGrad final : public ConvOp {
 public:
  explicit ConvWeightGrad(AttrReader& a) : ConvOp(a), groups_(a.integer("groups", 1)), kernel_(a.ints("kernel")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    check_types(inputs);
    const Shape weights = weights_shape(inputs[0].shape, inputs[1].shape);
    expect_shape(inputs[1], convolved(inputs[0].shape, weights), "the gradient of a convolution's output", name());
    return {{weights, inputs[0].dtype}};
  }

  std::size_t workspace(Specs inputs, Specs outputs, int workers) const override {
    if (inputs[0].dtype != DType::float32) return 0;
    const ConvShape s = sizes(inputs[0].shape, outputs[0].shape, inputs[1].shape);
    return layout(kernels_of(s), s).size(workers);
  }

  void run(const RunContext& c) const override {
    const ConvShape s = sizes(c.in_shape(0), c.out_shape(0), c.in_shape(1));
    if (c.in_spec(0).dtype == DType::float32)
      run_kernels(c, s);
    else
      parallel_for(reference::conv_weight_rows(s), [&](index_t row, int) {
        reference::conv_weight_grad_row(s, c.in<double>(0), c.in<double>(1), c.out<double>(0), row);
      });
  }

  void gradient(GradContext& g) const override {
    const Value &x = g.input(0), &dy = g.input(1);
    if (g.needs(0)) g.set(0, build::node("conv_input_grad", {dy, g.dy()}, attrs("shape", x.shape())));
    if (g.needs(1)) g.set(1, build::node("conv", {x, g.dy()}, attrs()));
  }

  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(sizes(inputs[0].shape, outputs[0].shape, inputs[1].shape));
    return cost;
  }

 private:
  Shape weights_shape(const Shape& x, const Shape& dy) const {
    if (kernel_.size() != spatial() || x.size() != spatial() + 2 || dy.size() != x.size())
      fail<ShapeError>(name(), ": expected a kernel of ", spatial(), " sizes and two tensors of ", spatial() + 2,
                       " axes, got ", to_string(kernel_), ", ", to_string(x), " and ", to_string(dy), ".");
    Shape weights = kernel_;
    weights.push_back(x.back() / groups_);
    weights.push_back(dy.back());
    return weights;
  }

  const ConvKernels& kernels_of(const ConvShape& s) const {
    const auto& few = kernels::conv_few_filters();
    return few.pays(s) ? few.conv : kernels_for(s, kernels::winograd().weight_grad_pays);
  }

  static FloatWorkspace layout(const ConvKernels& k, const ConvShape& s) {
    return {k.weight_grad_partial_size(s), k.weight_grad_scratch(s)};
  }

  void run_kernels(const RunContext& c, const ConvShape& s) const {
    const ConvKernels& k = kernels_of(s);
    const FloatWorkspace memory = layout(k, s);
    float* partial = memory.shared(c);
    parallel_for(k.weight_grad_tasks(s), [&](index_t task, int worker) {
      k.weight_grad(s, c.in<float>(0), c.in<float>(1), c.out<float>(0), partial, task, memory.scratch(c, worker));
    });
    parallel_for(k.weight_grad_reduce_tasks(s),
                 [&](index_t task, int) { k.weight_grad_reduce(s, partial, c.out<float>(0), task); });
  }

  index_t groups_;
  Ints kernel_;
};
GENODL_REGISTER("conv_weight_grad", ConvWeightGrad)

}  // namespace

}  // namespace genodl
