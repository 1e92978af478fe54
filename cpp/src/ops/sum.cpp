// Sums, means and products over axes, and the two questions any and all.
#include <concepts>

#include "graph/delta.h"
#include "kernels/reduce.h"
#include "ops/reduce.h"

namespace genodl {

namespace {

// Floats meet in their own type within a block and in double between blocks; integers in 64 bits.
struct Sum {
  template <class S>
  using Acc = std::conditional_t<std::is_floating_point_v<S>, S, long long>;
  template <class S>
  using Wide = std::conditional_t<std::is_floating_point_v<S>, double, long long>;
  template <class A>
  static A start() {
    return A{0};
  }
  template <class A, class S>
  static A step(A a, S x) {
    return a + static_cast<A>(x);
  }
  template <class A>
  static A merge(A a, A b) {
    return a + b;
  }
  template <std::same_as<float> S>
  static float row(const S* x, index_t n) {
    return kernels::reduce().sum(x, n);
  }
  static void columns(const float* x, index_t n, index_t step, index_t columns, float* sums) {
    kernels::reduce().column_sum(x, n, step, columns, sums);
  }
};

struct Product {
  template <class S>
  using Acc = Sum::Wide<S>;
  template <class S>
  using Wide = Sum::Wide<S>;
  template <class A>
  static A start() {
    return A{1};
  }
  template <class A, class S>
  static A step(A a, S x) {
    return a * static_cast<A>(x);
  }
  template <class A>
  static A merge(A a, A b) {
    return a * b;
  }
};

template <bool kAll>
struct Truth {
  template <class S>
  using Acc = unsigned char;
  template <class S>
  using Wide = unsigned char;
  template <class A>
  static A start() {
    return A{kAll};
  }
  template <class A, class S>
  static A step(A a, S x) {
    const A truth = x != S{0};
    return kAll ? a & truth : a | truth;
  }
  template <class A>
  static A merge(A a, A b) {
    return step(a, b);
  }
};

DType sum_type(DType in) { return is_float(in) || in == DType::int64 ? in : DType::int32; }

class SumOp final : public ReduceOp {
 public:
  using ReduceOp::ReduceOp;
  void run(const RunContext& c) const override {
    dispatch(c.in_spec(0).dtype, [&]<class S>() {
      dispatch(c.out_spec(0).dtype, [&]<class O>() {
        if constexpr (!std::is_same_v<O, unsigned char>)
          fold_all<Sum>(passes(c.in_shape(0)), c.in<S>(0), c.out<O>(0), c.workspace(),
                        [](auto w) { return static_cast<O>(w); });
      });
    });
  }
  void gradient(GradContext& g) const override {
    const Shape& x = g.input(0).shape();
    g.set(0, build::broadcast_to(kept(g.dy(), x), x));
  }
  Value delta(DeltaContext& d) const override { return window_delta(d, "window_sum", {}); }

 protected:
  DType result(DType in) const override { return sum_type(in); }
};
GENODL_REGISTER("sum", SumOp)

class Mean final : public ReduceOp {
 public:
  using ReduceOp::ReduceOp;
  void run(const RunContext& c) const override {
    const double n = static_cast<double>(count(c.in_shape(0)));
    dispatch(c.in_spec(0).dtype, [&]<class S>() {
      using O = std::conditional_t<std::is_same_v<S, double>, double, float>;
      fold_all<Sum>(passes(c.in_shape(0)), c.in<S>(0), c.out<O>(0), c.workspace(),
                    [n](auto w) { return static_cast<O>(static_cast<double>(w) / n); });
    });
  }
  void gradient(GradContext& g) const override {
    const Shape& x = g.input(0).shape();
    const Value share = build::mul(g.dy(), 1.0 / static_cast<double>(count(x)));
    g.set(0, build::broadcast_to(kept(share, x), x));
  }
  Value delta(DeltaContext& d) const override {
    const double n = static_cast<double>(count(d.node().inputs[0].shape()));
    return window_delta(d, "window_sum", {{"scale", 1.0 / n}});
  }

 protected:
  DType result(DType in) const override { return is_float(in) ? in : DType::float32; }
};
GENODL_REGISTER("mean", Mean)

class Prod final : public ReduceOp {
 public:
  using ReduceOp::ReduceOp;
  void run(const RunContext& c) const override {
    dispatch(c.in_spec(0).dtype, [&]<class S>() {
      dispatch(c.out_spec(0).dtype, [&]<class O>() {
        if constexpr (!std::is_same_v<O, unsigned char>)
          fold_all<Product>(passes(c.in_shape(0)), c.in<S>(0), c.out<O>(0), c.workspace(),
                            [](auto w) { return static_cast<O>(w); });
      });
    });
  }
  // The product of all others is that of those before times that of those after: no division, so
  // zeros are no trouble.
  void gradient(GradContext& g) const override {
    const Value& x = g.input(0);
    const Ints axes = axes_of(x.shape());
    if (axes.empty()) return g.set(0, g.dy());
    Ints order, back(x.shape().size());
    for (std::size_t a = 0; a < x.shape().size(); ++a)
      if (!std::binary_search(axes.begin(), axes.end(), static_cast<index_t>(a)))
        order.push_back(static_cast<index_t>(a));
    order.insert(order.end(), axes.begin(), axes.end());
    Shape moved, flat;
    for (std::size_t i = 0; i < order.size(); ++i) {
      moved.push_back(x.shape()[static_cast<std::size_t>(order[i])]);
      back[static_cast<std::size_t>(order[i])] = static_cast<index_t>(i);
    }
    flat.assign(moved.begin(), moved.end() - rank_of(axes));
    flat.push_back(count(x.shape()));
    const Value rows = build::reshape(build::transpose(x, order), flat);
    const auto others = [&](bool reverse) {
      return build::node("cumprod", {rows}, {{"axis", index_t{-1}}, {"exclusive", true}, {"reverse", reverse}});
    };
    const Value rest = build::transpose(build::reshape(build::mul(others(false), others(true)), moved), back);
    g.set(0, build::mul(kept(g.dy(), x.shape()), rest));
  }

 protected:
  DType result(DType in) const override { return sum_type(in); }
};
GENODL_REGISTER("prod", Prod)

template <bool kAll>
class TruthOp final : public ReduceOp {
 public:
  using ReduceOp::ReduceOp;
  void run(const RunContext& c) const override {
    dispatch(c.in_spec(0).dtype, [&]<class S>() {
      fold_all<Truth<kAll>>(passes(c.in_shape(0)), c.in<S>(0), c.out<unsigned char>(0), c.workspace(),
                            [](auto w) { return w; });
    });
  }
  void gradient(GradContext&) const override {}

 protected:
  DType result(DType) const override { return DType::boolean; }
};
GENODL_REGISTER("any", TruthOp<false>)
GENODL_REGISTER("all", TruthOp<true>)

}  // namespace

}  // namespace genodl
