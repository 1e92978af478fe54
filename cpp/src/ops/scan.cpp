// Running sums and products along an axis, and the recurrence that is their gradient.
#include "ops/axes.h"

namespace genodl {

namespace {

class ScanOp : public Op {
 public:
  explicit ScanOp(AttrReader& a) : axis_(a.integer("axis", -1)), reverse_(a.boolean("reverse", false)) {}

  std::optional<Range> changed(Specs inputs, int, Range in) const override {
    const Shape& shape = inputs[0].shape;
    if (shape.size() < 2) return std::nullopt;
    if (axis_of(shape) != 1) return in;
    return reverse_ ? Range{0, in.end} : Range{in.begin, shape[1]};
  }
  std::optional<Range> needed(Specs inputs, int, Range out) const override {
    const Shape& shape = inputs[0].shape;
    if (shape.size() < 2) return std::nullopt;
    if (axis_of(shape) != 1) return out;
    return reverse_ ? Range{out.begin, shape[1]} : Range{0, out.end};
  }

 protected:
  std::size_t axis_of(const Shape& x) const { return static_cast<std::size_t>(normal_axis(axis_, rank_of(x), name())); }
  bool reverse() const { return reverse_; }
  Attrs attrs(bool reverse) const { return {{"axis", axis_}, {"reverse", reverse}}; }

  // Moves v by one against (or with) the direction of the scan; `edge` comes in.
  Value shifted(const Value& v, bool with, double edge) const {
    const std::size_t axis = axis_of(v.shape());
    if (v.shape()[axis] == 0) return v;
    const bool later = with != reverse_;
    Ints begin(v.shape().size(), 0), size = v.shape(), before = begin, after = begin;
    begin[axis] = later ? 0 : 1;
    size[axis] -= 1;
    (later ? before : after)[axis] = 1;
    const Value part = build::node("slice", {v}, {{"begin", begin}, {"size", size}});
    return build::node("pad", {part}, {{"before", before}, {"after", after}, {"value", edge}});
  }

 private:
  index_t axis_;
  bool reverse_;
};

// Floats run on in double, so that long sums stay exact to the last bits.
template <bool kSum, class T, class A>
void scan_lines(const T* x, T* y, index_t n, index_t step, index_t columns, bool reverse, bool exclusive) {
  A sums[kLines];
  std::fill_n(sums, columns, A{kSum ? 0 : 1});
  for (index_t k = 0; k < n; ++k) {
    const index_t row = (reverse ? n - 1 - k : k) * step;
    for (index_t i = 0; i < columns; ++i) {
      const A before = sums[i], value = static_cast<A>(x[row + i]);
      sums[i] = kSum ? before + value : before * value;
      y[row + i] = static_cast<T>(exclusive ? before : sums[i]);
    }
  }
}

template <bool kSum>
class Cumulative final : public ScanOp {
 public:
  explicit Cumulative(AttrReader& a) : ScanOp(a), exclusive_(a.boolean("exclusive", false)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    axis_of(inputs[0].shape);
    return {inputs[0]};
  }
  int in_place_input() const override { return 0; }

  void run(const RunContext& c) const override {
    const Around a = around(c.in_shape(0), axis_of(c.in_shape(0)));
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      using A = std::conditional_t<std::is_floating_point_v<T>, double, long long>;
      const T* x = c.in<T>(0);
      T* y = c.out<T>(0);
      parallel_lines(a, [&](index_t at, index_t columns, int) {
        scan_lines<kSum, T, A>(x + at, y + at, a.n, a.inner, columns, reverse(), exclusive_);
      });
    });
  }

  void gradient(GradContext& g) const override {
    Attrs back = attrs(!reverse());
    if constexpr (kSum) {
      back["exclusive"] = exclusive_;
      g.set(0, build::node("cumsum", {g.dy()}, back));
    } else {
      // p[t] = p[t-1] * x[t], so the adjoint is a[t] = d[t] + x[t+1] * a[t+1] and dx[t] = a[t] * p[t-1].
      Attrs own = attrs(reverse());
      own["exclusive"] = true;
      const Value before = build::node("cumprod", {g.input(0)}, own);
      const Value d = exclusive_ ? shifted(g.dy(), false, 0.0) : g.dy();
      const Value adjoint = build::node("linear_scan", {d, shifted(g.input(0), false, 0.0)}, back);
      g.set(0, build::mul(adjoint, before));
    }
  }

 private:
  bool exclusive_;
};
GENODL_REGISTER("cumsum", Cumulative<true>)
GENODL_REGISTER("cumprod", Cumulative<false>)

// (b, c) -> a with a[t] = b[t] + c[t] * a[t-1], starting from 0.
class LinearScan final : public ScanOp {
 public:
  using ScanOp::ScanOp;

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_float(inputs[0], name());
    expect_same(inputs[0], inputs[1], name());
    expect_shape(inputs[1], inputs[0].shape, "factors", name());
    axis_of(inputs[0].shape);
    return {inputs[0]};
  }
  int in_place_input() const override { return 0; }

  void run(const RunContext& c) const override {
    const Around a = around(c.in_shape(0), axis_of(c.in_shape(0)));
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() { run_lines<T>(c, a); });
  }
  // The adjoint runs the other way: e[t] = d[t] + c[t+1] * e[t+1]; then db = e and dc[t] = e[t] * a[t-1].
  void gradient(GradContext& g) const override {
    const Value e = build::node("linear_scan", {g.dy(), shifted(g.input(1), false, 0.0)}, attrs(!reverse()));
    if (g.needs(0)) g.set(0, e);
    if (g.needs(1)) g.set(1, build::mul(e, shifted(g.output(0), true, 0.0)));
  }

 private:
  template <class T>
  void run_lines(const RunContext& c, const Around& a) const {
    const T *b = c.in<T>(0), *factor = c.in<T>(1);
    T* y = c.out<T>(0);
    parallel_lines(a, [&](index_t at, index_t columns, int) {
      T state[kLines] = {};
      for (index_t k = 0; k < a.n; ++k) {
        const index_t row = at + (reverse() ? a.n - 1 - k : k) * a.inner;
        for (index_t i = 0; i < columns; ++i) y[row + i] = state[i] = b[row + i] + factor[row + i] * state[i];
      }
    });
  }
};
GENODL_REGISTER("linear_scan", LinearScan)

}  // namespace

}  // namespace genodl
