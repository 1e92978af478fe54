// Mean of the real elements of each window: padding does not count.
#include "ops/pool.h"
#include "ops/pool_lines.h"

namespace genodl {

namespace {

class AveragePool final : public PoolForwardOp {
 public:
  using PoolForwardOp::PoolForwardOp;

  void run(const RunContext& c) const override {
    const PoolShape p = sizes(c.in_shape(0));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const T* x = c.in<T>(0);
      T* y = c.out<T>(0);
      parallel_outputs(p, [&](index_t begin, index_t end, int worker) {
        p.each_line(begin, end,
                    [&](const PoolLine& line, index_t from, index_t to) { average_line(x + from, line, y + to); });
        c.finish_rows(begin, end, worker);
      });
    });
  }
  void gradient(GradContext& g) const override {
    Attrs own = attrs();
    own["shape"] = g.input(0).shape();
    g.set(0, build::node("average_pool_grad", {g.dy()}, std::move(own)));
  }
};
GENODL_REGISTER("average_pool", AveragePool)

// dy -> dx of the given shape
class AveragePoolGrad final : public PoolOp {
 public:
  explicit AveragePoolGrad(AttrReader& a) : PoolOp(a), shape_(a.ints("shape")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    expect_float(inputs[0], name());
    expect_shape(inputs[0], pooled(shape_), "a gradient", name());
    return {{shape_, inputs[0].dtype}};
  }
  void run(const RunContext& c) const override {
    const PoolShape p = sizes(shape_);
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const T* dy = c.in<T>(0);
      T* dx = c.out<T>(0);
      run_gradient(c, p, dx, [&](index_t begin, index_t end) {
        p.each_line(begin, end, [&](const PoolLine& line, index_t from, index_t to) {
          average_grad_line(dy + to, line, p.overlap(), dx + from);
        });
      });
    });
  }
  void gradient(GradContext& g) const override { g.set(0, build::node("average_pool", {g.dy()}, attrs())); }

 private:
  Shape shape_;
};
GENODL_REGISTER("average_pool_grad", AveragePoolGrad)

}  // namespace

}  // namespace genodl
