// Mean of the real elements of each window: padding does not count.
#include "ops/pool.h"

namespace genodl {

namespace {

class AveragePool final : public PoolForwardOp {
 public:
  using PoolForwardOp::PoolForwardOp;

  void run(const RunContext& c) const override {
    const PoolShape p = sizes(c.in_shape(0));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { pool<T>(c, p); });
  }
  void gradient(GradContext& g) const override {
    Attrs own = attrs();
    own["shape"] = g.input(0).shape();
    g.set(0, build::node("average_pool_grad", {g.dy()}, std::move(own)));
  }

 private:
  template <class T>
  static void pool(const RunContext& c, const PoolShape& p) {
    const T* x = c.in<T>(0);
    parallel_outputs(p, [&](index_t begin, index_t end, int worker) {
      for (index_t q = begin; q < end; ++q) {
        const PoolShape::Window w = p.window(q);
        T* y = c.out<T>(0) + q * p.channels;
        std::fill_n(y, p.channels, T{0});
        p.each_position(w, [&](index_t at) {
          for (index_t k = 0; k < p.channels; ++k) y[k] += x[at + k];
        });
        const T count = static_cast<T>(w.count());
        for (index_t k = 0; k < p.channels; ++k) y[k] /= count;
      }
      c.finish_rows(begin, end, worker);
    });
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
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { spread<T>(c, p); });
  }
  void gradient(GradContext& g) const override { g.set(0, build::node("average_pool", {g.dy()}, attrs())); }

 private:
  template <class T>
  static void spread(const RunContext& c, const PoolShape& p) {
    T* dx = c.out<T>(0);
    const index_t outputs = p.out_height * p.out_width;
    const bool add = p.overlap();
    parallel_images(p, [&](index_t image, index_t first, index_t last) {
      clear(p, image, dx, first, last);
      for (index_t q = image * outputs; q < (image + 1) * outputs; ++q) {
        const PoolShape::Window w = p.window(q);
        const T* dy = c.in<T>(0) + q * p.channels;
        const T share = T{1} / static_cast<T>(w.count());
        p.each_position(w, [&](index_t at) {
          for (index_t k = first; k < last; ++k) {
            const T part = dy[k] * share;
            dx[at + k] = add ? dx[at + k] + part : part;
          }
        });
      }
    });
  }

  Shape shape_;
};
GENODL_REGISTER("average_pool_grad", AveragePoolGrad)

}  // namespace

}  // namespace genodl
