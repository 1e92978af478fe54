// Cross-entropy of softmax(logits) along the last axis, one number per row, without forming it.
#include <cmath>
#include <limits>

#include "kernels/softmax.h"
#include "ops/short_lines.h"

namespace genodl {

namespace {

// log(sum(exp(x))) of a row.
template <class T>
T row_logsumexp(const T* x, index_t n) {
  T most = -std::numeric_limits<T>::infinity(), sum = T{0};
  for (index_t i = 0; i < n; ++i) most = x[i] > most || x[i] != x[i] ? x[i] : most;
  if (!std::isfinite(most)) return most;
  for (index_t i = 0; i < n; ++i) sum += std::exp(x[i] - most);
  return most + std::log(sum);
}

// Of at most kLines rows.
template <class T>
void row_logsumexps(const T* x, index_t rows, index_t n, T* out) {
  for (index_t r = 0; r < rows; ++r) out[r] = row_logsumexp(x + r * n, n);
}
void row_logsumexps(const float* x, index_t rows, index_t n, float* out) {
  if (n > kShortLine) {
    for (index_t r = 0; r < rows; ++r) kernels::softmax().logsumexp(x + r * n, out + r, n, 1, 1);
    return;
  }
  float beside[kShortLine * kLines];
  lay_side_by_side(x, rows, n, beside);
  kernels::softmax().logsumexp(beside, out, n, kLines, rows);
}

class CrossEntropyOp : public Op {
 public:
  Cost cost(Specs inputs, Specs outputs) const override {
    const double n = static_cast<double>(elements(inputs[0].shape));
    return {4 * n, static_cast<double>(inputs[0].bytes() + inputs[1].bytes() + outputs[0].bytes())};
  }

 protected:
  TensorSpec row_spec(const TensorSpec& logits) const {
    expect_float(logits, name());
    if (logits.shape.empty() || logits.shape.back() == 0)
      fail<ShapeError>(name(), ": expected logits with classes on the last axis, got the shape ",
                       to_string(logits.shape), ".");
    return {Shape(logits.shape.begin(), logits.shape.end() - 1), logits.dtype};
  }
  // Calls f(row, n, log of the sum of exp over the row) for all rows.
  template <class T, class F>
  static void by_rows(const RunContext& c, F&& f) {
    const index_t n = c.in_shape(0).back(), rows = elements(c.out_shape(0));
    parallel_ranges(rows, std::max(kLines, grain(n)), [&](index_t begin, index_t end, int) {
      T log_sums[kLines];
      for (index_t first = begin; first < end; first += kLines) {
        const index_t count = std::min(kLines, end - first);
        row_logsumexps(c.in<T>(0) + first * n, count, n, log_sums);
        for (index_t i = 0; i < count; ++i) f(first + i, n, log_sums[i]);
      }
    });
  }
  static Value column(const Value& v) {
    Shape shape = v.shape();
    shape.push_back(1);
    return build::reshape(v, shape);
  }
};

// (logits, targets) of one shape; targets are probabilities, though they need not sum to 1.
class SoftmaxCrossEntropy final : public CrossEntropyOp {
 public:
  explicit SoftmaxCrossEntropy(AttrReader&) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_same(inputs[0], inputs[1], name());
    expect_shape(inputs[1], inputs[0].shape, "targets", name());
    return {row_spec(inputs[0])};
  }
  void run(const RunContext& c) const override {
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { run_rows<T>(c); });
  }
  void gradient(GradContext& g) const override {
    using namespace build;
    const Value &x = g.input(0), &t = g.input(1);
    const Value dy = column(g.dy());
    if (g.needs(0)) g.set(0, mul(dy, sub(mul(node("softmax", {x}), sum(t, {rank_of(t.shape()) - 1}, true)), t)));
    if (g.needs(1)) g.set(1, neg(mul(dy, node("log_softmax", {x}))));
  }

 private:
  template <class T>
  static void run_rows(const RunContext& c) {
    const T *x = c.in<T>(0), *t = c.in<T>(1);
    T* y = c.out<T>(0);
    by_rows<T>(c, [&](index_t r, index_t n, T log_sum) {
      T loss = T{0};
      // A class without weight costs nothing, even where its logit is -inf.
      for (index_t i = r * n; i < (r + 1) * n; ++i)
        if (t[i] != T{0}) loss += t[i] * (log_sum - x[i]);
      y[r] = loss;
    });
  }
};
GENODL_REGISTER("softmax_cross_entropy", SoftmaxCrossEntropy)

// (logits, labels): labels are integers of the shape of the rows.
class SparseSoftmaxCrossEntropy final : public CrossEntropyOp {
 public:
  explicit SparseSoftmaxCrossEntropy(AttrReader&) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    const TensorSpec rows = row_spec(inputs[0]);
    expect_integer(inputs[1], name());
    expect_shape(inputs[1], rows.shape, "labels", name());
    return {rows};
  }
  void run(const RunContext& c) const override {
    dispatch(c.in_spec(1).dtype,
             [&]<class L>() { dispatch_float(c.in_spec(0).dtype, [&]<class T>() { run_rows<T, L>(c); }); });
  }
  void gradient(GradContext& g) const override {
    using namespace build;
    const Value& x = g.input(0);
    const Value hot =
        node("one_hot", {g.input(1)}, {{"depth", x.shape().back()}, {"dtype", std::string(name_of(x.dtype()))}});
    g.set(0, mul(column(g.dy()), sub(node("softmax", {x}), hot)));
  }

 private:
  template <class T, class L>
  void run_rows(const RunContext& c) const {
    const T* x = c.in<T>(0);
    const L* labels = c.in<L>(1);
    T* y = c.out<T>(0);
    by_rows<T>(c, [&](index_t r, index_t n, T log_sum) {
      const index_t label = static_cast<index_t>(labels[r]);
      if (label < 0 || label >= n)
        fail<ShapeError>(name(), ": expected labels from 0 to ", n - 1, ", got ", label, " in row ", r, ".");
      y[r] = log_sum - x[r * n + label];
    });
  }
};
GENODL_REGISTER("sparse_softmax_cross_entropy", SparseSoftmaxCrossEntropy)

}  // namespace

}  // namespace genodl
