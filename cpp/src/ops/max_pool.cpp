// Largest element of each window. The gradient goes to the first position that holds it.
#include "ops/pool.h"

namespace genodl {

namespace {

// A NaN in the window is its maximum.
template <class T>
bool beats(T value, T best) {
  return value > best || value != value;
}

template <class T>
void max_window(const PoolShape& p, const PoolShape::Window& w, const T* x, T* y) {
  bool first = true;
  p.each_position(w, [&](index_t at) {
    const T* from = x + at;
    if (first)
      std::copy_n(from, p.channels, y);
    else
      for (index_t c = 0; c < p.channels; ++c) y[c] = beats(from[c], y[c]) ? from[c] : y[c];
    first = false;
  });
}

class MaxPool final : public PoolForwardOp {
 public:
  using PoolForwardOp::PoolForwardOp;

  void run(const RunContext& c) const override {
    const PoolShape p = sizes(c.in_shape(0));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { pool<T>(c, p); });
  }
  void gradient(GradContext& g) const override {
    g.set(0, build::node("max_pool_grad", {g.input(0), g.dy()}, attrs()));
  }

 private:
  template <class T>
  static void pool(const RunContext& c, const PoolShape& p) {
    const T* x = c.in<T>(0);
    T* y = c.out<T>(0);
    parallel_outputs(p, [&](index_t begin, index_t end, int worker) {
      for (index_t q = begin; q < end; ++q) max_window(p, p.window(q), x, y + q * p.channels);
      c.finish_rows(begin, end, worker);
    });
  }
};
GENODL_REGISTER("max_pool", MaxPool)

constexpr index_t kChannels = 64;

// Gives each channel's dy to the position of the window that holds its maximum.
template <class T>
void spread_window(const PoolShape& p, const PoolShape::Window& w, const T* x, const T* dy, T* dx, index_t channels) {
  T best[kChannels];
  std::int32_t chosen[kChannels] = {};
  std::int32_t number = 0;
  p.each_position(w, [&](index_t at) {
    const T* from = x + at;
    if (number == 0)
      std::copy_n(from, channels, best);
    else
      for (index_t c = 0; c < channels; ++c) {
        // A NaN stays the maximum once it is found.
        const bool better = beats(from[c], best[c]) && best[c] == best[c];
        best[c] = better ? from[c] : best[c];
        chosen[c] = better ? number : chosen[c];
      }
    ++number;
  });
  number = 0;
  const bool add = p.overlap();
  p.each_position(w, [&](index_t at) {
    T* to = dx + at;
    if (add)
      for (index_t c = 0; c < channels; ++c) to[c] += chosen[c] == number ? dy[c] : T{0};
    else
      for (index_t c = 0; c < channels; ++c) to[c] = chosen[c] == number ? dy[c] : T{0};
    ++number;
  });
}

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
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { spread<T>(c, p); });
  }
  void gradient(GradContext& g) const override {
    if (g.needs(1)) g.set(1, build::node("max_pool_gather", {g.input(0), g.dy()}, attrs()));
  }

 private:
  template <class T>
  static void spread(const RunContext& c, const PoolShape& p) {
    const T *x = c.in<T>(0), *dy = c.in<T>(1);
    T* dx = c.out<T>(0);
    const index_t outputs = p.out_height * p.out_width;
    parallel_images(p, [&](index_t image, index_t first, index_t last) {
      clear(p, image, dx, first, last);
      for (index_t q = image * outputs; q < (image + 1) * outputs; ++q) {
        const PoolShape::Window w = p.window(q);
        for (index_t k = first; k < last; k += kChannels)
          spread_window(p, w, x + k, dy + q * p.channels + k, dx + k, std::min(kChannels, last - k));
      }
    });
  }
};
GENODL_REGISTER("max_pool_grad", MaxPoolGrad)

// (x, g) -> what g holds where each window of x has its maximum.
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
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { take<T>(c, p); });
  }
  void gradient(GradContext& g) const override {
    if (g.needs(1)) g.set(1, build::node("max_pool_grad", {g.input(0), g.dy()}, attrs()));
  }

 private:
  template <class T>
  static void take(const RunContext& c, const PoolShape& p) {
    const T *x = c.in<T>(0), *g = c.in<T>(1);
    T* y = c.out<T>(0);
    parallel_outputs(p, [&](index_t begin, index_t end, int) {
      for (index_t q = begin; q < end; ++q) {
        const PoolShape::Window w = p.window(q);
        for (index_t k = 0; k < p.channels; ++k) {
          index_t chosen = -1;
          p.each_position(w, [&](index_t at) {
            if (chosen < 0 || (beats(x[at + k], x[chosen]) && x[chosen] == x[chosen])) chosen = at + k;
          });
          y[q * p.channels + k] = g[chosen];
        }
      }
    });
  }
};
GENODL_REGISTER("max_pool_gather", MaxPoolGather)

}  // namespace

}  // namespace genodl
