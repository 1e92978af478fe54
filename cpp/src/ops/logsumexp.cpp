// log(sum(exp(x))) over axes without overflow. Several groups of axes are taken one after another:
// the result over two is the result over one of the results over the other.
#include <cmath>
#include <limits>

#include "kernels/softmax.h"
#include "ops/reduce.h"

namespace genodl {

namespace {

template <class T>
void logsumexp_lines(const T* x, T* y, index_t n, index_t step, index_t columns) {
  T most[kLines], sum[kLines] = {};
  std::fill_n(most, columns, -std::numeric_limits<T>::infinity());
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) {
      const T value = x[j * step + i];
      most[i] = value > most[i] || value != value ? value : most[i];
    }
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) sum[i] += std::exp(x[j * step + i] - most[i]);
  // An infinite or undefined maximum is the answer itself.
  for (index_t i = 0; i < columns; ++i) y[i] = std::isfinite(most[i]) ? most[i] + std::log(sum[i]) : most[i];
}

void logsumexp_lines(const float* x, float* y, index_t n, index_t step, index_t columns) {
  kernels::softmax().logsumexp(x, y, n, step, columns);
}

template <class T>
void logsumexp_pass(const Around& a, const T* x, T* y) {
  parallel_lines(a, [&](index_t at, index_t columns, int) {
    const index_t to = at / (a.n * a.inner) * a.inner + at % a.inner;
    logsumexp_lines(x + at, y + to, a.n, a.inner, columns);
  });
}

class LogSumExp final : public ReduceOp {
 public:
  using ReduceOp::ReduceOp;

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    expect_float(inputs[0], name());
    return ReduceOp::infer(inputs);
  }
  void run(const RunContext& c) const override {
    const Passes p = passes(c.in_shape(0));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { run_all<T>(c, p); });
  }
  // dy * exp(x - y); a line of -inf alone has y = -inf and no slope.
  void gradient(GradContext& g) const override {
    using namespace build;
    const Value& x = g.input(0);
    const Value y = kept(g.output(0), x.shape());
    const Value shift = where(unary("isfinite", y), y, zeros_like(y));
    g.set(0, mul(kept(g.dy(), x.shape()), unary("exp", sub(x, shift))));
  }

 protected:
  DType result(DType in) const override { return in; }
  bool allows_empty() const override { return false; }

 private:
  template <class T>
  static void run_all(const RunContext& c, const Passes& p) {
    T* between[2];
    for (std::size_t i = 0; i < 2; ++i)
      between[i] = reinterpret_cast<T*>(c.workspace() + p.partial_bytes() + i * p.between_bytes());
    const T* from = c.in<T>(0);
    for (int k = 0; k < p.count; ++k) {
      T* to = k + 1 == p.count ? c.out<T>(0) : between[k % 2];
      logsumexp_pass(p.pass[k], from, to);
      from = to;
    }
  }
};
GENODL_REGISTER("logsumexp", LogSumExp)

}  // namespace

}  // namespace genodl
