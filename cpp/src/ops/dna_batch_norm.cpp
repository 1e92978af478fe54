// Batch normalisation behind a convolution of DNA codes, without the convolution's output: its moments
// and its gradient follow from mean m and covariance C of the one-hot windows. Made by fuse_dna_conv.
#include <cmath>

#include "genomics/dna_window_moments.h"
#include "ops/dna_conv_op.h"

namespace genodl {

namespace {

using kernels::DnaConvShape;

constexpr index_t kFilterBlock = 32;

// codes -> m (4 taps), C (4 taps, 4 taps) over all windows of the batch, in float64.
class DnaWindowMoments final : public DnaConvOp {
 public:
  explicit DnaWindowMoments(AttrReader& a) : DnaConvOp(a), taps_(a.integer("taps")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    convolved(inputs[0], {{taps_, 4, 1}, DType::float32});
    return {{{taps_ * 4}, DType::float64}, {{taps_ * 4, taps_ * 4}, DType::float64}};
  }

  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    return layout(inputs[0].shape).size(workers);
  }

  void run(const RunContext& c) const override {
    const DnaConvShape s = sizes_of(c.in_shape(0));
    const index_t chunks = chunks_of(s);
    const FloatWorkspace memory = layout(c.in_shape(0));
    double* sums = reinterpret_cast<double*>(memory.shared(c));
    parallel_for(chunks, [&](index_t chunk, int worker) {
      std::uint8_t* scratch = reinterpret_cast<std::uint8_t*>(memory.scratch(c, worker));
      double* to = sums + chunk * genomics::window_sums_size(s);
      genomics::sum_windows(s, c.in<std::uint8_t>(0), s.batch * chunk / chunks, s.batch * (chunk + 1) / chunks, scratch,
                            genomics::window_sums(s, to));
    });
    genomics::finish_moments(s, sums, chunks, c.out<double>(0), c.out<double>(1));
  }

 private:
  DnaConvShape sizes_of(const Shape& codes) const { return sizes(codes, {taps_, 4, 1}, windows(codes[1], taps_)); }
  static index_t chunks_of(const DnaConvShape& s) { return std::min<index_t>(s.batch, 16); }
  FloatWorkspace layout(const Shape& codes) const {
    const DnaConvShape s = sizes_of(codes);
    const index_t chunks = chunks_of(s), most = chunks ? (s.batch + chunks - 1) / chunks : 0;
    return {2 * chunks * genomics::window_sums_size(s),
            floats_for(static_cast<std::size_t>(most * genomics::touched_positions(s)))};
  }

  index_t taps_;
};
GENODL_REGISTER("dna_window_moments", DnaWindowMoments)

class DnaMomentsOp : public Op {
 protected:
  void check_moments(Specs inputs, std::size_t weights, std::size_t m) const {
    if (inputs[weights].shape.size() != 3 || inputs[weights].dtype != DType::float32)
      fail<ShapeError>(name(), ": expected float32 weights (taps, 4, filters), got ", name_of(inputs[weights].dtype),
                       " ", to_string(inputs[weights].shape), ".");
    const index_t width = inputs[weights].shape[0] * 4;
    expect_shape(inputs[m], {width}, "means of windows", name());
    expect_shape(inputs[m + 1], {width, width}, "a covariance of windows", name());
  }

  // Calls body(begin, filters, product) for blocks of filters; product(i) holds row i of C W for them.
  template <class Body>
  static void each_block(const Shape& weights, const float* w, const double* covariance, Body&& body) {
    const index_t width = weights[0] * 4, filters = weights[2];
    parallel_ranges(filters, kFilterBlock, [&](index_t begin, index_t end, int) {
      const auto product = [&](index_t i, double(&row)[kFilterBlock]) {
        std::fill_n(row, kFilterBlock, 0.0);
        for (index_t j = 0; j < width; ++j) {
          const double factor = covariance[i * width + j];
          for (index_t f = begin; f < end; ++f) row[f - begin] += factor * static_cast<double>(w[j * filters + f]);
        }
      };
      body(begin, end - begin, product);
    });
  }
};

// (weights, m, C) -> mean and variance of each filter's output: m W and diag(W' C W).
class DnaConvMoments final : public DnaMomentsOp {
 public:
  explicit DnaConvMoments(AttrReader&) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 3, name());
    check_moments(inputs, 0, 1);
    const TensorSpec channels{{inputs[0].shape[2]}, DType::float32};
    return {channels, channels};
  }

  void run(const RunContext& c) const override {
    const Shape& weights = c.in_shape(0);
    const float* w = c.in<float>(0);
    const double* m = c.in<double>(1);
    each_block(weights, w, c.in<double>(2), [&](index_t begin, index_t filters, const auto& product) {
      double mean[kFilterBlock] = {}, variance[kFilterBlock] = {}, row[kFilterBlock];
      for (index_t i = 0; i < weights[0] * 4; ++i) {
        product(i, row);
        for (index_t f = 0; f < filters; ++f) {
          const double weight = static_cast<double>(w[i * weights[2] + begin + f]);
          mean[f] += m[i] * weight;
          variance[f] += row[f] * weight;
        }
      }
      for (index_t f = 0; f < filters; ++f) {
        c.out<float>(0)[begin + f] = static_cast<float>(mean[f]);
        c.out<float>(1)[begin + f] = static_cast<float>(std::max(variance[f], 0.0));
      }
    });
  }
};
GENODL_REGISTER("dna_conv1d_moments", DnaConvMoments)

// (P, sum, weights, gamma, variance, m, C) -> dw, dgamma. P and sum are the gradients of weights and
// bias as if what is behind the normalisation came straight from the convolution. With p = gamma / s:
// dw = p (P - m sum - C W weighted / s^2), weighted = sum of dy (c - mean) = W' (P - m sum).
class DnaConvNormGrad final : public DnaMomentsOp {
 public:
  explicit DnaConvNormGrad(AttrReader& a) : epsilon_(a.number("epsilon", 1e-3)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 7, name());
    check_moments(inputs, 2, 5);
    expect_shape(inputs[0], inputs[2].shape, "a gradient of weights", name());
    for (std::size_t i : {1, 3, 4}) expect_shape(inputs[i], {inputs[2].shape[2]}, "a vector over filters", name());
    return {inputs[2], inputs[3]};
  }

  void run(const RunContext& c) const override {
    const Shape& weights = c.in_shape(2);
    const index_t width = weights[0] * 4, all = weights[2];
    const float *p = c.in<float>(0), *sum = c.in<float>(1), *w = c.in<float>(2);
    const double* m = c.in<double>(5);
    each_block(weights, w, c.in<double>(6), [&](index_t begin, index_t filters, const auto& product) {
      const auto plain = [&](index_t i, index_t f) {
        return static_cast<double>(p[i * all + begin + f]) - m[i] * static_cast<double>(sum[begin + f]);
      };
      double weighted[kFilterBlock] = {}, factor[kFilterBlock], slope[kFilterBlock], row[kFilterBlock];
      for (index_t i = 0; i < width; ++i)
        for (index_t f = 0; f < filters; ++f) weighted[f] += static_cast<double>(w[i * all + begin + f]) * plain(i, f);
      for (index_t f = 0; f < filters; ++f) {
        const double power = static_cast<double>(c.in<float>(4)[begin + f]) + epsilon_, steep = 1 / std::sqrt(power);
        factor[f] = static_cast<double>(c.in<float>(3)[begin + f]) * steep;
        slope[f] = weighted[f] / power;
        c.out<float>(1)[begin + f] = static_cast<float>(weighted[f] * steep);
      }
      for (index_t i = 0; i < width; ++i) {
        product(i, row);
        for (index_t f = 0; f < filters; ++f)
          c.out<float>(0)[i * all + begin + f] = static_cast<float>(factor[f] * (plain(i, f) - slope[f] * row[f]));
      }
    });
  }

 private:
  double epsilon_;
};
GENODL_REGISTER("dna_conv1d_norm_grad", DnaConvNormGrad)

}  // namespace

}  // namespace genodl
