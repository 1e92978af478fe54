// Normalisation of each row (the last axis) by its own mean and variance, or by its root mean square.
#include <cmath>

#include "kernels/norm.h"
#include "ops/axes.h"
#include "ops/composed.h"

namespace genodl {

namespace {

// Sum of term(i) in sixteen interleaved strands.
template <class T, class Term>
T strand_sum(index_t n, Term&& term) {
  constexpr int kStrands = 16;
  T strands[kStrands] = {};
  index_t i = 0;
  for (; i + kStrands <= n; i += kStrands)
    for (int k = 0; k < kStrands; ++k) strands[k] += term(i + k);
  for (int k = 0; i < n; ++i, ++k) strands[k] += term(i);
  for (int width = kStrands / 2; width > 0; width /= 2)
    for (int k = 0; k < width; ++k) strands[k] += strands[k + width];
  return strands[0];
}

template <class T>
struct RowStatistics {
  T mean = T{0}, steep;  // steep: one over the standard deviation or the root mean square

  RowStatistics(const T* x, index_t n, double epsilon, bool rms) {
    const T count = static_cast<T>(n);
    if (!rms) mean = strand_sum<T>(n, [&](index_t i) { return x[i]; }) / count;
    const T power = strand_sum<T>(n, [&](index_t i) { return (x[i] - mean) * (x[i] - mean); }) / count;
    steep = T{1} / std::sqrt(power + static_cast<T>(epsilon));
  }
};

class RowNormOp : public Op {
 public:
  RowNormOp(AttrReader& a, bool rms) : rms_(rms), epsilon_(a.number("epsilon", rms ? 1e-6 : 1e-3)) {}

  std::optional<Range> changed(Specs inputs, int input, Range in) const override {
    return inputs[0].shape.size() >= 3 && input == 0 ? std::optional(in) : std::nullopt;
  }
  Cost cost(Specs inputs, Specs outputs) const override {
    Cost cost = Op::cost(inputs, outputs);
    cost.flops = 8 * static_cast<double>(elements(inputs[0].shape));
    return cost;
  }

 protected:
  void check(Specs inputs, std::size_t first_vector) const {
    expect_float(inputs[0], name());
    if (inputs[0].shape.empty() || inputs[0].shape.back() == 0)
      fail<ShapeError>(name(), ": expected something to normalise on the last axis, got the shape ",
                       to_string(inputs[0].shape), ".");
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      expect_same(inputs[0], inputs[i], name());
      if (i < first_vector)
        expect_shape(inputs[i], inputs[0].shape, "a gradient", name());
      else
        expect_shape(inputs[i], {inputs[0].shape.back()}, "a vector over the last axis", name());
    }
  }

  const bool rms_;
  const double epsilon_;
};

// (x, gamma, beta) -> y; (x, gamma) -> y of the RMS variant
template <bool kRms>
class RowNorm final : public RowNormOp {
 public:
  explicit RowNorm(AttrReader& a) : RowNormOp(a, kRms) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, kRms ? 2 : 3, name());
    check(inputs, 1);
    return {inputs[0]};
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }
  int in_place_input() const override { return 0; }
  bool takes_epilogue(Specs) const override { return true; }

  void run(const RunContext& c) const override {
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const index_t n = c.in_shape(0).back(), rows = elements(c.in_shape(0)) / n;
      const T *gamma = c.in<T>(1), *beta = kRms ? nullptr : c.in<T>(2);
      parallel_ranges(rows, grain(n), [&](index_t begin, index_t end, int worker) {
        for (index_t r = begin; r < end; ++r) {
          const T* x = c.in<T>(0) + r * n;
          T* y = c.out<T>(0) + r * n;
          const RowStatistics<T> s(x, n, epsilon_, kRms);
          if constexpr (kRms)
            for (index_t i = 0; i < n; ++i) y[i] = x[i] * s.steep * gamma[i];
          else
            for (index_t i = 0; i < n; ++i) y[i] = (x[i] - s.mean) * s.steep * gamma[i] + beta[i];
        }
        c.finish_rows(begin, end, worker);
      });
    });
  }

  void gradient(GradContext& g) const override {
    const Values all = make_node(kRms ? "rms_norm_grad" : "layer_norm_grad", {g.input(0), g.dy(), g.input(1)},
                                 {{"epsilon", epsilon_}}, g.node().layer);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (g.needs(static_cast<int>(i))) g.set(static_cast<int>(i), all[i]);
  }
};
GENODL_REGISTER("layer_norm", RowNorm<false>)
GENODL_REGISTER("rms_norm", RowNorm<true>)

// (x, dy, gamma) -> dx, dgamma, dbeta (no dbeta of the RMS variant)
template <bool kRms>
class RowNormGrad final : public RowNormOp {
 public:
  explicit RowNormGrad(AttrReader& a) : RowNormOp(a, kRms) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 3, name());
    check(inputs, 2);
    std::vector<TensorSpec> outputs{inputs[0], inputs[2]};
    if (!kRms) outputs.push_back(inputs[2]);
    return outputs;
  }
  std::size_t workspace(Specs inputs, Specs, int) const override {
    const index_t n = inputs[0].shape.back();
    return static_cast<std::size_t>(kSums * blocks(inputs[0].shape) * n) * size_of(inputs[0].dtype);
  }
  int in_place_input() const override { return 1; }

  void run(const RunContext& c) const override {
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { differentiate<T>(c); });
  }

  void gradient(GradContext& g) const override {
    composed_gradient(g, [&](const Values& in) {
      using namespace build;
      const Value &x = in[0], &dy = in[1], &gamma = in[2];
      const index_t last = rank_of(x.shape()) - 1;
      const double n = static_cast<double>(x.shape().back());
      const auto mean = [&](const Value& v) { return mul(sum(v, {last}, true), 1.0 / n); };
      const Value away = kRms ? x : sub(x, mean(x));
      const Value steep = unary("rsqrt", add(mean(unary("square", away)), epsilon_));
      const Value hat = mul(away, steep), d = mul(dy, gamma);
      const Value slope = sub(d, mul(hat, mean(mul(d, hat))));
      Ints rows;
      for (index_t a = 0; a < last; ++a) rows.push_back(a);
      Values outputs{mul(kRms ? slope : sub(slope, mean(d)), steep), sum(mul(dy, hat), rows, false)};
      if (!kRms) outputs.push_back(sum(dy, rows, false));
      return outputs;
    });
  }

 private:
  static constexpr index_t kSums = kRms ? 1 : 2;

  static constexpr index_t kMostRows = 256;
  static index_t block_rows(index_t n) { return std::min(kMostRows, 2 * grain(n)); }
  static index_t blocks(const Shape& x) {
    const index_t rows = elements(x, 0, x.size() - 1), piece = block_rows(x.back());
    return (rows + piece - 1) / piece;
  }

  template <class T>
  void differentiate(const RunContext& c) const {
    const Shape& shape = c.in_shape(0);
    const index_t n = shape.back(), rows = elements(shape) / n, piece = block_rows(n);
    const T* gamma = c.in<T>(2);
    T* partial = reinterpret_cast<T*>(c.workspace());
    parallel_ranges(rows, piece, [&](index_t begin, index_t end, int) {
      T* dgamma = partial + begin / piece * kSums * n;
      T* dbeta = dgamma + (kSums - 1) * n;
      const index_t at = begin * n;
      block_gradient(c.in<T>(0) + at, c.in<T>(1) + at, gamma, end - begin, n, c.out<T>(0) + at, dgamma, dbeta);
    });
    parallel_ranges(n, grain(kSums * blocks(shape)), [&](index_t begin, index_t end, int) {
      for (index_t i = begin; i < end; ++i)
        for (index_t k = 0; k < kSums; ++k) {
          double sum = 0;
          for (index_t b = 0; b < blocks(shape); ++b) sum += static_cast<double>(partial[(b * kSums + k) * n + i]);
          c.out<T>(1 + static_cast<int>(k))[i] = static_cast<T>(sum);
        }
    });
  }

  template <class T>
  void block_gradient(const T* x, const T* dy, const T* gamma, index_t rows, index_t n, T* dx, T* dgamma,
                      T* dbeta) const {
    if constexpr (std::is_same_v<T, float> && !kRms) {
      float mean[kMostRows], steep[kMostRows];
      for (index_t r = 0; r < rows; ++r) {
        const RowStatistics<float> s(x + r * n, n, epsilon_, false);
        mean[r] = s.mean;
        steep[r] = s.steep;
      }
      const kernels::NormKernels& k = kernels::norm();
      k.layer_weight_grad(dy, x, mean, steep, rows, n, dgamma, dbeta);
      k.layer_grad(dy, x, mean, steep, gamma, rows, n, dx);
    } else {
      std::fill_n(dgamma, kSums * n, T{0});
      for (index_t r = 0; r < rows; ++r) row_gradient(x + r * n, dy + r * n, gamma, dx + r * n, dgamma, dbeta, n);
    }
  }

  template <class T>
  void row_gradient(const T* x, const T* dy, const T* gamma, T* dx, T* dgamma, T* dbeta, index_t n) const {
    const RowStatistics<T> s(x, n, epsilon_, kRms);
    const T count = static_cast<T>(n);
    const auto hat = [&](index_t i) { return (x[i] - s.mean) * s.steep; };
    const T slope = strand_sum<T>(n, [&](index_t i) { return dy[i] * gamma[i] * hat(i); }) / count;
    T level = T{0};
    if (!kRms) level = strand_sum<T>(n, [&](index_t i) { return dy[i] * gamma[i]; }) / count;
    for (index_t i = 0; i < n; ++i) {
      const T d = dy[i], h = hat(i);
      dgamma[i] += d * h;
      if (!kRms) dbeta[i] += d;
      dx[i] = (d * gamma[i] - level - h * slope) * s.steep;
    }
  }
};
GENODL_REGISTER("layer_norm_grad", RowNormGrad<false>)
GENODL_REGISTER("rms_norm_grad", RowNormGrad<true>)

}  // namespace

}  // namespace genodl
