// Batch normalisation over all axes but the last: its moments, itself, and its gradient, each in as
// few passes over the batch as the mathematics allows.
#include <cmath>

#include "ops/channel_rows.h"
#include "ops/channel_sums.h"
#include "ops/composed.h"

namespace genodl {

namespace {

Ints row_axes(const Shape& x) {
  Ints axes;
  for (index_t a = 0; a + 1 < rank_of(x); ++a) axes.push_back(a);
  return axes;
}

double row_count(const Shape& x) { return static_cast<double>(elements(x, 0, x.size() - 1)); }

// What the moments' gradients add to that of x.
Value moments_gradient(const Value& x, const Value& mean, const Value& dmean, const Value& dvariance) {
  using namespace build;
  const double n = row_count(x.shape());
  Value dx;
  if (dmean) dx = broadcast_to(mul(dmean, 1.0 / n), x.shape());
  if (dvariance) {
    const Value part = mul(sub(x, mean), mul(dvariance, 2.0 / n));
    dx = dx ? add(dx, part) : part;
  }
  return dx;
}

class BatchNormOp : public Op {
 public:
  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = 8 * static_cast<double>(elements(inputs[0].shape));
    return cost;
  }

 protected:
  void check(const TensorSpec& x) const {
    expect_float(x, name());
    if (x.shape.size() < 2 || row_count(x.shape) == 0)
      fail<ShapeError>(name(), ": expected a batch of at least one row with channels last, got the shape ",
                       to_string(x.shape), ".");
  }
  void check_channels(Specs inputs, std::size_t first) const {
    for (std::size_t i = first; i < inputs.size(); ++i) {
      expect_same(inputs[0], inputs[i], name());
      expect_shape(inputs[i], {inputs[0].shape.back()}, "a vector over channels", name());
    }
  }
};

// x -> mean, variance
class Moments final : public BatchNormOp {
 public:
  explicit Moments(AttrReader&) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    check(inputs[0]);
    const TensorSpec channels{{inputs[0].shape.back()}, inputs[0].dtype};
    return {channels, channels};
  }
  std::size_t workspace(Specs inputs, Specs, int) const override {
    const ChannelBlocks b(inputs[0].shape);
    return b.partial_bytes() + 2 * b.channel_bytes();
  }
  void run(const RunContext& c) const override {
    const ChannelBlocks b(c.in_shape(0));
    double* partial = reinterpret_cast<double*>(c.workspace());
    double* mean = reinterpret_cast<double*>(c.workspace() + b.partial_bytes());
    double* variance = reinterpret_cast<double*>(c.workspace() + b.partial_bytes() + b.channel_bytes());
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      channel_moments(b, c.in<T>(0), partial, mean, variance);
      for (index_t k = 0; k < b.channels; ++k) {
        c.out<T>(0)[k] = static_cast<T>(mean[k]);
        c.out<T>(1)[k] = static_cast<T>(variance[k]);
      }
    });
  }
  void gradient(GradContext& g) const override {
    g.set(0, moments_gradient(g.input(0), g.output(0), g.dy(0), g.dy(1)));
  }
};
GENODL_REGISTER("batch_norm_moments", Moments)

// (x, gamma, beta) -> y, mean, variance
class BatchNorm final : public BatchNormOp {
 public:
  explicit BatchNorm(AttrReader& a) : epsilon_(a.number("epsilon", 1e-3)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 3, name());
    check(inputs[0]);
    check_channels(inputs, 1);
    return {inputs[0], inputs[1], inputs[1]};
  }
  std::size_t workspace(Specs inputs, Specs, int) const override {
    const ChannelBlocks b(inputs[0].shape);
    return b.partial_bytes() + 2 * b.channel_bytes();
  }
  int in_place_input() const override { return 0; }
  bool takes_epilogue(Specs) const override { return true; }

  void run(const RunContext& c) const override {
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { normalise<T>(c); });
  }

  void gradient(GradContext& g) const override {
    const Value& x = g.input(0);
    Value dx = moments_gradient(x, g.output(1), g.dy(1), g.dy(2));
    if (g.dy(0)) {
      const Values all = make_node("batch_norm_grad", {x, g.dy(0), g.output(1), g.output(2), g.input(1)},
                                   {{"epsilon", epsilon_}}, g.node().layer);
      dx = dx ? build::add(dx, all[0]) : all[0];
      if (g.needs(1)) g.set(1, all[1]);
      if (g.needs(2)) g.set(2, all[2]);
    }
    if (g.needs(0)) g.set(0, dx);
  }

 private:
  template <class T>
  void normalise(const RunContext& c) const {
    const ChannelBlocks b(c.in_shape(0));
    double* partial = reinterpret_cast<double*>(c.workspace());
    double* mean = reinterpret_cast<double*>(c.workspace() + b.partial_bytes());
    double* variance = reinterpret_cast<double*>(c.workspace() + b.partial_bytes() + b.channel_bytes());
    channel_moments(b, c.in<T>(0), partial, mean, variance);
    // y = (x - middle) * scale + shift; shift also carries what rounding took from the mean.
    T *middle = c.out<T>(1), *scale = reinterpret_cast<T*>(partial), *shift = scale + b.channels;
    for (index_t k = 0; k < b.channels; ++k) {
      const double steep = static_cast<double>(c.in<T>(1)[k]) / std::sqrt(variance[k] + epsilon_);
      middle[k] = static_cast<T>(mean[k]);
      c.out<T>(2)[k] = static_cast<T>(variance[k]);
      scale[k] = static_cast<T>(steep);
      shift[k] =
          static_cast<T>(static_cast<double>(c.in<T>(2)[k]) + (static_cast<double>(middle[k]) - mean[k]) * steep);
    }
    const T* x = c.in<T>(0);
    T* y = c.out<T>(0);
    parallel_ranges(b.rows, grain(b.channels), [&](index_t begin, index_t end, int worker) {
      normalise_rows(x + begin * b.channels, end - begin, b.channels, middle, scale, shift, y + begin * b.channels);
      c.finish_rows(begin, end, worker);
    });
  }

  double epsilon_;
};
GENODL_REGISTER("batch_norm", BatchNorm)

// Sums of dy and of dy * (x - mean) over a block.
template <class T>
void block_products(const T* x, const T* dy, const T* mean, index_t rows, index_t step, index_t columns, double* plain,
                    double* weighted) {
  T sum[ChannelBlocks::kChannels], product[ChannelBlocks::kChannels];
  gradient_sums(dy, x, rows, step, columns, mean, sum, product);
  for (index_t c = 0; c < columns; ++c) {
    plain[c] = static_cast<double>(sum[c]);
    weighted[c] = static_cast<double>(product[c]);
  }
}

// (x, dy, mean, variance, gamma) -> dx, dgamma, dbeta
class BatchNormGrad final : public BatchNormOp {
 public:
  explicit BatchNormGrad(AttrReader& a) : epsilon_(a.number("epsilon", 1e-3)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 5, name());
    check(inputs[0]);
    expect_same(inputs[0], inputs[1], name());
    expect_shape(inputs[1], inputs[0].shape, "a gradient", name());
    check_channels(inputs, 2);
    return {inputs[0], inputs[4], inputs[4]};
  }
  std::size_t workspace(Specs inputs, Specs, int) const override {
    const ChannelBlocks b(inputs[0].shape);
    return b.partial_bytes() + 3 * b.channel_bytes();
  }
  int in_place_input() const override { return 1; }
  // Shifting x changes nothing, so dx has no mean: a bias before the normalisation gets no gradient.
  bool sums_to_zero(int output, const Ints& axes, Specs inputs) const override {
    return output == 0 && normal_axes(axes, rank_of(inputs[0].shape), name()) == row_axes(inputs[0].shape);
  }

  void run(const RunContext& c) const override {
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { differentiate<T>(c); });
  }

  void gradient(GradContext& g) const override {
    composed_gradient(g, [&](const Values& in) {
      using namespace build;
      const Value &x = in[0], &dy = in[1], &gamma = in[4];
      const Ints axes = row_axes(x.shape());
      const double n = row_count(x.shape());
      const Value steep = unary("rsqrt", add(in[3], epsilon_)), away = sub(x, in[2]);
      const Value plain = sum(dy, axes, false), weighted = sum(mul(dy, away), axes, false);
      const Value slope = mul(mul(unary("square", steep), weighted), 1.0 / n);
      const Value rest = sub(sub(dy, mul(plain, 1.0 / n)), mul(away, slope));
      return Values{mul(mul(gamma, steep), rest), mul(weighted, steep), plain};
    });
  }

 private:
  template <class T>
  void differentiate(const RunContext& c) const {
    const ChannelBlocks b(c.in_shape(0));
    const T *x = c.in<T>(0), *dy = c.in<T>(1), *mean = c.in<T>(2), *variance = c.in<T>(3), *gamma = c.in<T>(4);
    double* partial = reinterpret_cast<double*>(c.workspace());
    b.each(partial, [&](index_t at, index_t rows, index_t columns, double* plain, double* weighted) {
      block_products(x + at, dy + at, mean + at % b.channels, rows, b.channels, columns, plain, weighted);
    });
    // dx = scale * dy + slope * (x - mean) + shift
    std::byte* const channel = c.workspace() + b.partial_bytes();
    T* const scale = reinterpret_cast<T*>(channel);
    T* const slope = reinterpret_cast<T*>(channel + b.channel_bytes());
    T* const shift = reinterpret_cast<T*>(channel + 2 * b.channel_bytes());
    b.each_group([&](index_t begin, index_t end) {
      double plain[ChannelBlocks::kGroup] = {}, weighted[ChannelBlocks::kGroup] = {};
      for (index_t block = 0; block < b.blocks(); ++block)
        for (index_t k = begin; k < end; ++k) {
          plain[k - begin] += partial[2 * block * b.channels + k];
          weighted[k - begin] += partial[(2 * block + 1) * b.channels + k];
        }
      for (index_t k = begin; k < end; ++k) {
        const double n = static_cast<double>(b.rows), power = static_cast<double>(variance[k]) + epsilon_;
        const double steep = 1.0 / std::sqrt(power), factor = static_cast<double>(gamma[k]) * steep;
        scale[k] = static_cast<T>(factor);
        slope[k] = static_cast<T>(-factor * weighted[k - begin] / power / n);
        shift[k] = static_cast<T>(-factor * plain[k - begin] / n);
        c.out<T>(1)[k] = static_cast<T>(weighted[k - begin] * steep);
        c.out<T>(2)[k] = static_cast<T>(plain[k - begin]);
      }
    });
    T* dx = c.out<T>(0);
    parallel_ranges(b.rows, grain(b.channels), [&](index_t begin, index_t end, int) {
      const index_t at = begin * b.channels;
      input_grad_rows(dy + at, x + at, end - begin, b.channels, mean, scale, slope, shift, dx + at);
    });
  }

  double epsilon_;
};
GENODL_REGISTER("batch_norm_grad", BatchNormGrad)

}  // namespace

}  // namespace genodl
