// Softmax and its logarithm along an axis, shifted by the largest element so that nothing overflows.
// Where all of a line is -inf there is nothing to choose: softmax gives zeros, its logarithm -inf.
#include <cmath>
#include <limits>

#include "kernels/softmax.h"
#include "ops/short_lines.h"

namespace genodl {

namespace {

// Largest of each of `columns` lines; -inf alone becomes 0, so that it may be subtracted.
template <class T>
void line_shifts(const T* x, index_t n, index_t step, index_t columns, T* shift) {
  std::fill_n(shift, columns, -std::numeric_limits<T>::infinity());
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) {
      const T value = x[j * step + i];
      shift[i] = value > shift[i] || value != value ? value : shift[i];
    }
  for (index_t i = 0; i < columns; ++i)
    if (shift[i] == -std::numeric_limits<T>::infinity()) shift[i] = T{0};
}

template <class T>
void softmax_lines(const T* x, T* y, index_t n, index_t step, index_t columns) {
  T shift[kLines], sum[kLines];
  line_shifts(x, n, step, columns, shift);
  std::fill_n(sum, columns, T{0});
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) sum[i] += y[j * step + i] = std::exp(x[j * step + i] - shift[i]);
  for (index_t i = 0; i < columns; ++i) sum[i] = sum[i] == T{0} ? T{0} : T{1} / sum[i];
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) y[j * step + i] *= sum[i];
}

template <class T>
void log_softmax_lines(const T* x, T* y, index_t n, index_t step, index_t columns) {
  T shift[kLines], sum[kLines];
  line_shifts(x, n, step, columns, shift);
  std::fill_n(sum, columns, T{0});
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) sum[i] += std::exp(x[j * step + i] - shift[i]);
  for (index_t i = 0; i < columns; ++i) shift[i] += sum[i] == T{0} ? T{0} : std::log(sum[i]);
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) y[j * step + i] = x[j * step + i] - shift[i];
}

// dx = y * (dy - sum(y * dy))
template <class T>
void softmax_grad_lines(const T* y, const T* dy, T* dx, index_t n, index_t step, index_t columns) {
  T sum[kLines] = {};
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) sum[i] += y[j * step + i] * dy[j * step + i];
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) dx[j * step + i] = y[j * step + i] * (dy[j * step + i] - sum[i]);
}

// dx = dy - exp(y) * sum(dy)
template <class T>
void log_softmax_grad_lines(const T* y, const T* dy, T* dx, index_t n, index_t step, index_t columns) {
  T sum[kLines] = {};
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) sum[i] += dy[j * step + i];
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) dx[j * step + i] = dy[j * step + i] - std::exp(y[j * step + i]) * sum[i];
}

// float32 has kernels for each instruction set.
void softmax_lines(const float* x, float* y, index_t n, index_t step, index_t columns) {
  kernels::softmax().softmax(x, y, n, step, columns);
}
void log_softmax_lines(const float* x, float* y, index_t n, index_t step, index_t columns) {
  kernels::softmax().log_softmax(x, y, n, step, columns);
}
void softmax_grad_lines(const float* y, const float* dy, float* dx, index_t n, index_t step, index_t columns) {
  kernels::softmax().softmax_grad(y, dy, dx, n, step, columns);
}
void log_softmax_grad_lines(const float* y, const float* dy, float* dx, index_t n, index_t step, index_t columns) {
  kernels::softmax().log_softmax_grad(y, dy, dx, n, step, columns);
}

class AxisOp : public Op {
 public:
  AxisOp(AttrReader& a, std::size_t arity) : axis_(a.integer("axis", -1)), arity_(arity) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, arity_, name());
    expect_float(inputs[0], name());
    for (const TensorSpec& s : inputs) {
      expect_same(inputs[0], s, name());
      expect_shape(s, inputs[0].shape, "an input", name());
    }
    axis_of(inputs[0].shape);
    return {inputs[0]};
  }
  int in_place_input() const override { return 0; }
  std::optional<Range> changed(Specs inputs, int, Range in) const override {
    const Shape& shape = inputs[0].shape;
    return shape.size() >= 2 && axis_of(shape) != 1 ? std::optional(in) : std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }

 protected:
  std::size_t axis_of(const Shape& x) const { return static_cast<std::size_t>(normal_axis(axis_, rank_of(x), name())); }
  Attrs axis_attr() const { return {{"axis", axis_}}; }
  Value sum(const Value& v) const { return build::sum(v, {static_cast<index_t>(axis_of(v.shape()))}, true); }

 private:
  index_t axis_;
  std::size_t arity_;
};

class Softmax final : public AxisOp {
 public:
  explicit Softmax(AttrReader& a) : AxisOp(a, 1) {}
  void run(const RunContext& c) const override {
    const Around a = around(c.in_shape(0), axis_of(c.in_shape(0)));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const T* x = c.in<T>(0);
      T* y = c.out<T>(0);
      map_lines(
          a, y, [](auto... lines) { softmax_lines(lines...); }, x);
    });
  }
  void gradient(GradContext& g) const override {
    g.set(0, build::node("softmax_grad", {g.output(0), g.dy()}, axis_attr()));
  }
};
GENODL_REGISTER("softmax", Softmax)

// (y, dy) -> dx
class SoftmaxGrad final : public AxisOp {
 public:
  explicit SoftmaxGrad(AttrReader& a) : AxisOp(a, 2) {}
  int in_place_input() const override { return 1; }
  void run(const RunContext& c) const override {
    const Around a = around(c.in_shape(0), axis_of(c.in_shape(0)));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const T *y = c.in<T>(0), *dy = c.in<T>(1);
      T* dx = c.out<T>(0);
      map_lines(
          a, dx, [](auto... lines) { softmax_grad_lines(lines...); }, y, dy);
    });
  }
  void gradient(GradContext& g) const override {
    using namespace build;
    const Value &y = g.input(0), &dy = g.input(1), &g2 = g.dy();
    if (g.needs(0)) g.set(0, sub(mul(g2, sub(dy, sum(mul(y, dy)))), mul(dy, sum(mul(g2, y)))));
    if (g.needs(1)) g.set(1, node("softmax_grad", {y, g2}, axis_attr()));
  }
};
GENODL_REGISTER("softmax_grad", SoftmaxGrad)

class LogSoftmax final : public AxisOp {
 public:
  explicit LogSoftmax(AttrReader& a) : AxisOp(a, 1) {}
  void run(const RunContext& c) const override {
    const Around a = around(c.in_shape(0), axis_of(c.in_shape(0)));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const T* x = c.in<T>(0);
      T* y = c.out<T>(0);
      map_lines(
          a, y, [](auto... lines) { log_softmax_lines(lines...); }, x);
    });
  }
  void gradient(GradContext& g) const override {
    g.set(0, build::node("log_softmax_grad", {g.output(0), g.dy()}, axis_attr()));
  }
};
GENODL_REGISTER("log_softmax", LogSoftmax)

// (y, dy) -> dx
class LogSoftmaxGrad final : public AxisOp {
 public:
  explicit LogSoftmaxGrad(AttrReader& a) : AxisOp(a, 2) {}
  void run(const RunContext& c) const override {
    const Around a = around(c.in_shape(0), axis_of(c.in_shape(0)));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      const T *y = c.in<T>(0), *dy = c.in<T>(1);
      T* dx = c.out<T>(0);
      map_lines(
          a, dx, [](auto... lines) { log_softmax_grad_lines(lines...); }, y, dy);
    });
  }
  int in_place_input() const override { return 1; }
  void gradient(GradContext& g) const override {
    using namespace build;
    const Value p = unary("exp", g.input(0)), &dy = g.input(1), &g2 = g.dy();
    if (g.needs(0)) g.set(0, neg(mul(mul(g2, p), sum(dy))));
    if (g.needs(1)) g.set(1, sub(g2, sum(mul(g2, p))));
  }
};
GENODL_REGISTER("log_softmax_grad", LogSoftmaxGrad)

}  // namespace

}  // namespace genodl
