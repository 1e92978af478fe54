// Sorting along an axis, stable; NaN counts as the largest. `descending` still puts ties in their order.
#include "ops/axes.h"

namespace genodl {

namespace {

template <class T>
struct Keyed {
  T value;
  int at;
};

// Whether a number comes before another in rising order.
template <class T>
bool below(T a, T b) {
  return a < b || (b != b && a == a);
}

// Ties fall back on the position, which makes any sort stable.
template <class T>
bool first(const Keyed<T>& a, const Keyed<T>& b, bool descending) {
  if (descending ? below(b.value, a.value) : below(a.value, b.value)) return true;
  if (descending ? below(a.value, b.value) : below(b.value, a.value)) return false;
  return a.at < b.at;
}

// Bytes a worker needs for lines of n elements.
std::size_t line_bytes(index_t n) { return align_up(static_cast<std::size_t>(n) * sizeof(Keyed<double>)); }

// Calls body(line start, keyed elements) for every line along the axis, the elements not yet sorted.
template <class T, class Body>
void each_line(const RunContext& c, const Around& a, Body&& body) {
  const T* x = c.in<T>(0);
  parallel_lines(a, [&](index_t at, index_t columns, int worker) {
    Keyed<T>* line = reinterpret_cast<Keyed<T>*>(c.workspace() + static_cast<std::size_t>(worker) * line_bytes(a.n));
    for (index_t i = 0; i < columns; ++i) {
      for (index_t j = 0; j < a.n; ++j) line[j] = {x[at + i + j * a.inner], static_cast<int>(j)};
      body(at + i, line);
    }
  });
}

template <bool kIndices>
class SortOp final : public Op {
 public:
  explicit SortOp(AttrReader& a) : axis_(a.integer("axis", -1)), descending_(a.boolean("descending", false)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    axis_of(inputs[0].shape);
    return {{inputs[0].shape, kIndices ? DType::int32 : inputs[0].dtype}};
  }
  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    return static_cast<std::size_t>(workers) * line_bytes(inputs[0].shape[axis_of(inputs[0].shape)]);
  }
  void run(const RunContext& c) const override {
    const Around a = around(c.in_shape(0), axis_of(c.in_shape(0)));
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      using O = std::conditional_t<kIndices, int, T>;
      O* y = c.out<O>(0);
      each_line<T>(c, a, [&](index_t at, Keyed<T>* line) {
        std::sort(line, line + a.n, [&](const Keyed<T>& p, const Keyed<T>& q) { return first(p, q, descending_); });
        for (index_t j = 0; j < a.n; ++j) {
          if constexpr (kIndices)
            y[at + j * a.inner] = line[j].at;
          else
            y[at + j * a.inner] = line[j].value;
        }
      });
    });
  }
  void gradient(GradContext& g) const override {
    if constexpr (!kIndices) {
      const Value order = build::node("argsort", {g.input(0)}, {{"axis", axis_}, {"descending", descending_}});
      const std::size_t axis = axis_of(order.shape());
      g.set(0, build::node("take_along_axis_grad", {g.dy(), order},
                           {{"axis", static_cast<index_t>(axis)}, {"size", order.shape()[axis]}}));
    }
  }
  std::optional<Range> changed(Specs inputs, int, Range in) const override {
    const Shape& shape = inputs[0].shape;
    return shape.size() >= 2 && axis_of(shape) != 1 ? std::optional(in) : std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }

 private:
  std::size_t axis_of(const Shape& x) const { return static_cast<std::size_t>(normal_axis(axis_, rank_of(x), name())); }

  index_t axis_;
  bool descending_;
};
GENODL_REGISTER("sort", SortOp<false>)
GENODL_REGISTER("argsort", SortOp<true>)

// The k largest of the last axis, largest first, and where they stood.
class TopK final : public Op {
 public:
  explicit TopK(AttrReader& a) : k_(a.integer("k")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    Shape out = inputs[0].shape;
    if (out.empty() || k_ < 1 || k_ > out.back())
      fail<ShapeError>(name(), ": expected k from 1 to the size of the last axis, got k = ", k_, " for shape ",
                       to_string(out), ".");
    out.back() = k_;
    return {{out, inputs[0].dtype}, {out, DType::int32}};
  }
  std::size_t workspace(Specs inputs, Specs, int workers) const override {
    return static_cast<std::size_t>(workers) * line_bytes(inputs[0].shape.back());
  }
  void run(const RunContext& c) const override {
    const Shape& x = c.in_shape(0);
    const Around a = around(x, x.size() - 1);
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      each_line<T>(c, a, [&](index_t at, Keyed<T>* line) {
        std::partial_sort(line, line + k_, line + a.n,
                          [](const Keyed<T>& p, const Keyed<T>& q) { return first(p, q, true); });
        const index_t to = at / a.n * k_;
        for (index_t j = 0; j < k_; ++j) {
          c.out<T>(0)[to + j] = line[j].value;
          c.out<int>(1)[to + j] = line[j].at;
        }
      });
    });
  }
  void gradient(GradContext& g) const override {
    if (!g.dy(0)) return;
    const Shape& x = g.input(0).shape();
    g.set(0,
          build::node("take_along_axis_grad", {g.dy(0), g.output(1)}, {{"axis", rank_of(x) - 1}, {"size", x.back()}}));
  }
  std::optional<Range> changed(Specs inputs, int, Range in) const override {
    return inputs[0].shape.size() >= 3 ? std::optional(in) : std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }

 private:
  index_t k_;
};
GENODL_REGISTER("top_k", TopK)

}  // namespace

}  // namespace genodl
