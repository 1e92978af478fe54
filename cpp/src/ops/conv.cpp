// (x, weights) -> y. With the gradients of its two inputs it is a closed family: each op's gradients
// are the other two.
#include "graph/delta.h"
#include "kernels/reference_conv.h"
#include "ops/conv_op.h"
#include "ops/window_conv.h"

namespace genodl {

namespace {

using kernels::ConvKernels;
using kernels::ConvShape;

class Conv final : public ConvOp {
 public:
  using ConvOp::ConvOp;

  std::vector<TensorSpec> infer(Specs inputs) const override {
    check_types(inputs);
    return {{convolved(inputs[0].shape, inputs[1].shape), inputs[0].dtype}};
  }
  bool takes_epilogue(Specs) const override { return true; }

  std::size_t workspace(Specs inputs, Specs outputs, int workers) const override {
    if (inputs[0].dtype != DType::float32) return 0;
    const ConvShape s = sizes(inputs[0].shape, inputs[1].shape, outputs[0].shape);
    return layout(kernels_of(s), s).size(workers);
  }

  void run(const RunContext& c) const override {
    const ConvShape s = sizes(c.in_shape(0), c.in_shape(1), c.out_shape(0));
    if (c.in_spec(0).dtype == DType::float32)
      run_kernels(c, s);
    else
      parallel_for(reference::conv_lines(s), [&](index_t line, int worker) {
        reference::conv_line(s, c.in<double>(0), c.in<double>(1), c.out<double>(0), line);
        c.finish_rows(line * s.out_w, (line + 1) * s.out_w, worker);
      });
  }

  void gradient(GradContext& g) const override {
    const Value &x = g.input(0), &weights = g.input(1);
    if (g.needs(0)) g.set(0, build::node("conv_input_grad", {g.dy(), weights}, attrs("shape", x.shape())));
    if (g.needs(1)) {
      const Ints kernel(weights.shape().begin(), weights.shape().end() - 2);
      g.set(1, build::node("conv_weight_grad", {x, g.dy()}, attrs("kernel", kernel)));
    }
  }

  std::optional<Range> changed(Specs inputs, int input, Range in) const override {
    if (input != 0) return std::nullopt;
    const Shape y = convolved(inputs[0].shape, inputs[1].shape);
    return readers(in, inputs[1].shape[0], y[1]);
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override {
    if (input != 0) return std::nullopt;
    return read_by(out, inputs[1].shape[0], inputs[0].shape[1]);
  }
  // Along one axis, changed rows are multiplied with all taps at once: the weights are laid out for that.
  Value delta(DeltaContext& d) const override {
    if (spatial() != 1 || d.changes(1) || !d.out()) return {};
    const auto single = [&](const char* name) { return std::get<Ints>(attrs().at(name))[0]; };
    const Value& weights = d.base(1);
    const index_t taps = weights.shape()[0], stride = single("strides"), dilation = single("dilation");
    Tensor order({{taps}, DType::int32});
    std::ranges::copy(tap_order(taps, stride, dilation), order.as<std::int32_t>());
    const Value ordered =
        stride == 1 ? weights : build::node("gather", {weights, make_constant(order)}, {{"axis", index_t{0}}});
    return build::node("window_conv",
                       {d.window(0), d.places(0).table, d.reference(0), d.once(build::transpose(ordered, {1, 0, 2})),
                        d.reference_output(), d.out()->table},
                       {{"stride", stride},
                        {"dilation", dilation},
                        {"before", single("before")},
                        {"groups", std::get<index_t>(attrs().at("groups"))},
                        {"width", d.out()->width}});
  }
  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(sizes(inputs[0].shape, inputs[1].shape, outputs[0].shape));
    return cost;
  }

 private:
  const ConvKernels& kernels_of(const ConvShape& s) const {
    const auto& few = kernels::conv_few_filters();
    return few.pays(s) ? few.conv : kernels_for(s, kernels::winograd().forward_pays);
  }

  static FloatWorkspace layout(const ConvKernels& k, const ConvShape& s) {
    return {k.packed_size(s), k.forward_scratch(s)};
  }

  void run_kernels(const RunContext& c, const ConvShape& s) const {
    const ConvKernels& k = kernels_of(s);
    const FloatWorkspace memory = layout(k, s);
    float* packed = memory.shared(c);
    parallel_for(k.forward_pack_tasks(s), [&](index_t task, int) { k.forward_pack(s, c.in<float>(1), packed, task); });
    parallel_for(k.forward_tasks(s), [&](index_t task, int worker) {
      index_t begin, end;
      k.forward(s, c.in<float>(0), packed, c.out<float>(0), task, memory.scratch(c, worker), &begin, &end);
      c.finish_rows(begin, end, worker);
    });
  }
};
GENODL_REGISTER("conv", Conv)

}  // namespace

}  // namespace genodl
