// Largest element of each window. The gradient goes to the first position that holds it.
#include "ops/pool.h"
#include "ops/pool_lines.h"

namespace genodl {

namespace {

class MaxPool final : public PoolForwardOp {
 public:
  using PoolForwardOp::PoolForwardOp;

  void run(const RunContext& c) const override {
    const PoolShape p = sizes(c.in_shape(0));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const T* x = c.in<T>(0);
      T* y = c.out<T>(0);
      parallel_outputs(p, [&](index_t begin, index_t end, int worker) {
        p.each_line(begin, end,
                    [&](const PoolLine& line, index_t from, index_t to) { max_line(x + from, line, y + to); });
        c.finish_rows(begin, end, worker);
      });
    });
  }
  void gradient(GradContext& g) const override {
    g.set(0, build::node("max_pool_grad", {g.input(0), g.dy()}, attrs()));
  }
};
GENODL_REGISTER("max_pool", MaxPool)

// (x, dy) -> dx
class MaxPoolGrad final : public PoolOp {
 public:
  using PoolOp::PoolOp;

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_float(inputs[0], name());
    expect_same(inputs[0], inputs[1], name());
    expect_shape(inputs[1], pooled(inputs[0].shape), "a gradient", name());
    return {inputs[0]};
  }
  void run(const RunContext& c) const override {
    const PoolShape p = sizes(c.in_shape(0));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const T *x = c.in<T>(0), *dy = c.in<T>(1);
      T* dx = c.out<T>(0);
      run_gradient(c, p, dx, [&](index_t begin, index_t end) {
        p.each_line(begin, end, [&](const PoolLine& line, index_t from, index_t to) {
          max_grad_line(x + from, dy + to, line, p.overlap(), dx + from);
        });
      });
    });
  }
  void gradient(GradContext& g) const override {
    if (g.needs(1)) g.set(1, build::node("max_pool_gather", {g.input(0), g.dy()}, attrs()));
  }
};
GENODL_REGISTER("max_pool_grad", MaxPoolGrad)

// (x, g) -> what g holds where each window of x has its maximum
class MaxPoolGather final : public PoolOp {
 public:
  using PoolOp::PoolOp;

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_float(inputs[0], name());
    expect_same(inputs[0], inputs[1], name());
    expect_shape(inputs[1], inputs[0].shape, "values", name());
    return {{pooled(inputs[0].shape), inputs[0].dtype}};
  }
  void run(const RunContext& c) const override {
    const PoolShape p = sizes(c.in_shape(0));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const T *x = c.in<T>(0), *g = c.in<T>(1);
      T* y = c.out<T>(0);
      parallel_outputs(p, [&](index_t begin, index_t end, int worker) {
        p.each_line(begin, end, [&](const PoolLine& line, index_t from, index_t to) {
          each_window(line,
                      [&](index_t at, index_t out) { y[to + out] = g[from + at + chosen_in(x + from + at, line)]; });
        });
        c.finish_rows(begin, end, worker);
      });
    });
  }
  void gradient(GradContext& g) const override {
    if (g.needs(1)) g.set(1, build::node("max_pool_grad", {g.input(0), g.dy()}, attrs()));
  }
};
GENODL_REGISTER("max_pool_gather", MaxPoolGather)

}  // namespace

}  // namespace genodl
