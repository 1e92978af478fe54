// The largest and smallest elements over axes. A NaN among them is the answer.
#include <concepts>
#include <limits>

#include "graph/delta.h"
#include "kernels/reduce.h"
#include "ops/reduce.h"

namespace genodl {

namespace {

template <bool kMax>
struct Extreme {
  template <class S>
  using Acc = S;
  template <class S>
  using Wide = S;
  template <class A>
  static A start() {
    using Limits = std::numeric_limits<A>;
    if constexpr (Limits::has_infinity)
      return kMax ? -Limits::infinity() : Limits::infinity();
    else
      return kMax ? Limits::lowest() : Limits::max();
  }
  template <class A>
  static A step(A a, A x) {
    const bool better = kMax ? x > a : x < a;
    return better || x != x ? x : a;
  }
  template <class A>
  static A merge(A a, A b) {
    return step(a, b);
  }
  template <std::same_as<float> S>
  static float row(const S* x, index_t n) {
    return kMax ? kernels::reduce().max(x, n) : kernels::reduce().min(x, n);
  }
  static void columns(const float* x, index_t n, index_t step, index_t columns, float* most) {
    const kernels::ReduceKernels& k = kernels::reduce();
    (kMax ? k.column_max : k.column_min)(x, n, step, columns, most);
  }
};

template <bool kMax>
class ExtremeOp final : public ReduceOp {
 public:
  using ReduceOp::ReduceOp;
  void run(const RunContext& c) const override {
    dispatch(c.in_spec(0).dtype, [&]<class S>() {
      fold_all<Extreme<kMax>>(passes(c.in_shape(0)), c.in<S>(0), c.out<S>(0), c.workspace(), [](S w) { return w; });
    });
  }
  // Elements that tie share the gradient equally.
  void gradient(GradContext& g) const override {
    const Value& x = g.input(0);
    const Value y = kept(g.output(0), x.shape()), dy = kept(g.dy(), x.shape());
    const Ints axes = axes_of(x.shape());
    if (!axes.empty() && axes.back() - axes.front() + 1 == rank_of(axes)) {
      const Attrs range{{"begin", axes.front()}, {"end", axes.back() + 1}};
      return g.set(0, build::node("extreme_grad", {x, y, dy}, range));
    }
    const Value chosen = build::cast(build::compare("equal", x, y), x.dtype());
    const Value ties = build::sum(chosen, axes, true);
    g.set(0, build::mul(build::div(dy, ties), chosen));
  }
  Value delta(DeltaContext& d) const override { return window_delta(d, kMax ? "window_max" : "window_min", {}); }

 protected:
  DType result(DType in) const override { return in; }
  bool allows_empty() const override { return false; }
};
GENODL_REGISTER("max", ExtremeOp<true>)
GENODL_REGISTER("min", ExtremeOp<false>)

// The first position of the largest or smallest element along one axis.
template <bool kMax>
class ArgExtreme final : public Op {
 public:
  explicit ArgExtreme(AttrReader& a) : axis_(a.integer("axis", -1)), keepdims_(a.boolean("keepdims", false)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    Shape out = inputs[0].shape;
    const index_t axis = normal_axis(axis_, rank_of(out), name());
    if (out[static_cast<std::size_t>(axis)] == 0)
      fail<ShapeError>(name(), ": expected something to choose from, got the shape ", to_string(out), ".");
    if (keepdims_)
      out[static_cast<std::size_t>(axis)] = 1;
    else
      out.erase(out.begin() + axis);
    return {{out, DType::int32}};
  }

  void run(const RunContext& c) const override {
    const Shape& in = c.in_shape(0);
    const Around a = around(in, static_cast<std::size_t>(normal_axis(axis_, rank_of(in), name())));
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      const T* x = c.in<T>(0);
      int* y = c.out<int>(0);
      parallel_ranges(a.outer * a.inner, grain(a.n), [&](index_t begin, index_t end, int) {
        for (index_t p = begin; p < end; ++p) {
          const T* from = x + p / a.inner * a.n * a.inner + p % a.inner;
          index_t best = 0;
          for (index_t j = 1; j < a.n && from[best * a.inner] == from[best * a.inner]; ++j) {
            const T value = from[j * a.inner], most = from[best * a.inner];
            if ((kMax ? value > most : value < most) || value != value) best = j;
          }
          y[p] = static_cast<int>(best);
        }
      });
    });
  }
  void gradient(GradContext&) const override {}
  Cost cost(Specs inputs, Specs outputs) const override {
    return {static_cast<double>(elements(inputs[0].shape)),
            static_cast<double>(inputs[0].bytes() + outputs[0].bytes())};
  }

 private:
  index_t axis_;
  bool keepdims_;
};
GENODL_REGISTER("argmax", ArgExtreme<true>)
GENODL_REGISTER("argmin", ArgExtreme<false>)

}  // namespace

}  // namespace genodl
