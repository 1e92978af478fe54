// Convolution of DNA codes, bias, relu and max pooling in one pass, made by fuse_dna_conv: what lies
// before the pooling is never written, and the gradient goes straight to the weights.
#include "ops/dna_grad_sums.h"

namespace genodl {

namespace {

using kernels::DnaConvShape;
using kernels::DnaPool;

class DnaPoolOp : public DnaConvOp {
 public:
  explicit DnaPoolOp(AttrReader& a) : DnaConvOp(a), pool_(a.integer("pool")), pool_stride_(a.integer("pool_stride")) {
    if (pool_ < 1 || pool_stride_ < 1)
      fail<ConfigError>("dna_conv1d_pool: expected pool and stride of at least 1, got ", pool_, " and ", pool_stride_,
                        ".");
  }

 protected:
  Shape pooled(const Shape& y) const {
    if (y[1] < pool_) fail<ShapeError>(name(), ": expected at least ", pool_, " windows to pool, got ", y[1], ".");
    return {y[0], (y[1] - pool_) / pool_stride_ + 1, y[2]};
  }
  bool wide_argmax() const { return pool_ > 255; }
  TensorSpec argmax_spec(const Shape& pooled) const { return {pooled, wide_argmax() ? DType::int32 : DType::uint8}; }
  void expect_float32(const TensorSpec& spec) const {
    if (spec.dtype != DType::float32) fail<DTypeError>(name(), ": expected float32, got ", name_of(spec.dtype), ".");
  }

  index_t pool_, pool_stride_;
};

// (codes, weights, bias[, scale, shift]) -> y and, with `argmax`, where in its window each maximum is.
// scale and shift, one for each filter, come between the bias and relu.
class DnaConvPool final : public DnaPoolOp {
 public:
  explicit DnaConvPool(AttrReader& a)
      : DnaPoolOp(a), relu_(a.boolean("relu", true)), argmax_(a.boolean("argmax", false)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, inputs.size() == 3 ? 3 : 5, name());
    expect_float32(inputs[1]);
    const Shape y = convolved(inputs[0], inputs[1]);
    for (std::size_t i = 2; i < inputs.size(); ++i) {
      expect_same(inputs[1], inputs[i], name());
      expect_shape(inputs[i], {y[2]}, "a vector over filters", name());
    }
    std::vector<TensorSpec> out{{pooled(y), DType::float32}};
    if (argmax_) out.push_back(argmax_spec(out[0].shape));
    return out;
  }
  bool takes_epilogue(Specs) const override { return true; }

  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    return FloatWorkspace(DnaTables(sizes_of(inputs[0].shape, inputs[1].shape)).floats(), 0).size(workers);
  }

  void run(const RunContext& c) const override {
    const DnaConvShape s = sizes_of(c.in_shape(0), c.in_shape(1));
    const kernels::DnaConvKernels& k = kernels::dna_conv();
    const std::uint8_t* codes = c.in<std::uint8_t>(0);
    DnaTables tables(s);
    tables.make(codes, c.in<float>(1), FloatWorkspace(tables.floats(), 0).shared(c));
    const bool scaled = c.inputs() == 5;
    const DnaPool pool{pool_,
                       pool_stride_,
                       c.out_shape(0)[1],
                       relu_,
                       scaled ? c.in<float>(3) : nullptr,
                       scaled ? c.in<float>(4) : nullptr};
    std::uint8_t* bytes = argmax_ && !wide_argmax() ? c.out<std::uint8_t>(1) : nullptr;
    std::int32_t* ints = argmax_ && wide_argmax() ? c.out<std::int32_t>(1) : nullptr;
    parallel_for(k.pool_tasks(s, pool), [&](index_t task, int worker) {
      index_t begin, end;
      k.pool(s, pool, codes, tables.indexes(), tables.tables(), c.in<float>(2), c.out<float>(0), bytes, ints, task,
             &begin, &end);
      c.finish_rows(begin, end, worker);
    });
  }

  std::optional<Range> changed(Specs inputs, int input, Range in) const override {
    const std::optional<Range> middle = DnaConvOp::changed(inputs, input, in);
    if (!middle || middle->begin >= middle->end) return middle;
    const index_t first = middle->begin - (pool_ - 1);
    const index_t begin = first <= 0 ? 0 : (first + pool_stride_ - 1) / pool_stride_;
    const index_t outputs = (windows(inputs[0].shape[1], inputs[1].shape[0]) - pool_) / pool_stride_ + 1;
    const index_t end = std::min(outputs, (middle->end - 1) / pool_stride_ + 1);
    return begin < end ? Range{begin, end} : Range{0, 0};
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override {
    if (out.begin >= out.end) return Range{0, 0};
    return DnaConvOp::needed(inputs, input, {out.begin * pool_stride_, (out.end - 1) * pool_stride_ + pool_});
  }
  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(sizes_of(inputs[0].shape, inputs[1].shape));
    return cost;
  }

 private:
  DnaConvShape sizes_of(const Shape& codes, const Shape& weights) const {
    return sizes(codes, weights, windows(codes[1], weights[0]));
  }

  bool relu_, argmax_;
};
GENODL_REGISTER("dna_conv1d_pool", DnaConvPool)

// (codes, argmax, dy) -> dw, dbias
class DnaConvPoolGrad final : public DnaPoolOp {
 public:
  explicit DnaConvPoolGrad(AttrReader& a) : DnaPoolOp(a), taps_(a.integer("taps")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 3, name());
    expect_float32(inputs[2]);
    if (inputs[2].shape.size() != 3)
      fail<ShapeError>(name(), ": expected a gradient (batch, windows, filters), got the shape ",
                       to_string(inputs[2].shape), ".");
    const TensorSpec weights{weights_shape(taps_, inputs[2].shape), DType::float32};
    const Shape y = pooled(convolved(inputs[0], weights));
    expect_same(inputs[1], argmax_spec(y), name());
    expect_shape(inputs[1], y, "positions of maxima", name());
    expect_shape(inputs[2], y, "a gradient", name());
    return {weights, {{y[2]}, DType::float32}};
  }

  std::size_t workspace(Specs inputs, Specs outputs, int workers) const override {
    return DnaGradSums(sizes_of(inputs[0].shape, outputs[0].shape)).workspace().size(workers);
  }

  void run(const RunContext& c) const override {
    const kernels::DnaGradSource source{nullptr,
                                        c.in<float>(2),
                                        wide_argmax() ? nullptr : c.in<std::uint8_t>(1),
                                        wide_argmax() ? c.in<std::int32_t>(1) : nullptr,
                                        pool_,
                                        pool_stride_,
                                        c.in_shape(2)[1]};
    const DnaConvShape s = sizes_of(c.in_shape(0), c.out_shape(0));
    DnaGradSums(s).run(c, source, c.in<std::uint8_t>(0), c.out<float>(0), c.out<float>(1));
  }

  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = flops(sizes_of(inputs[0].shape, outputs[0].shape));
    return cost;
  }

 private:
  DnaConvShape sizes_of(const Shape& codes, const Shape& weights) const {
    return sizes(codes, weights, windows(codes[1], weights[0]));
  }

  index_t taps_;
};
GENODL_REGISTER("dna_conv1d_pool_grad", DnaConvPoolGrad)

}  // namespace

}  // namespace genodl
