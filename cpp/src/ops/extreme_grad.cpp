// Gradient of max and min along one run of neighbouring axes: ties share it equally.
#include "ops/axes.h"

namespace genodl {

namespace {

template <class T>
void share_lines(const T* x, const T* y, const T* dy, T* dx, index_t n, index_t step, index_t columns) {
  T share[kLines] = {};
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) share[i] += x[j * step + i] == y[i] ? T{1} : T{0};
  for (index_t i = 0; i < columns; ++i) share[i] = dy[i] / share[i];
  for (index_t j = 0; j < n; ++j)
    for (index_t i = 0; i < columns; ++i) {
      const T part = share[i];
      dx[j * step + i] = x[j * step + i] == y[i] ? part : T{0};
    }
}

// (x, y, dy) -> dx; y and dy hold ones on the axes [begin, end).
class ExtremeGrad final : public Op {
 public:
  explicit ExtremeGrad(AttrReader& a) : begin_(a.integer("begin")), end_(a.integer("end")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 3, name());
    expect_float(inputs[0], name());
    Shape kept = inputs[0].shape;
    if (begin_ < 0 || begin_ >= end_ || end_ > rank_of(kept))
      fail<ConfigError>(name(), ": expected axes within shape ", to_string(kept), ", got ", begin_, " to ", end_, ".");
    std::fill(kept.begin() + begin_, kept.begin() + end_, 1);
    for (std::size_t i = 1; i < 3; ++i) {
      expect_same(inputs[0], inputs[i], name());
      expect_shape(inputs[i], kept, "a reduced input", name());
    }
    return {inputs[0]};
  }

  void run(const RunContext& c) const override {
    const Shape& x = c.in_shape(0);
    const std::size_t begin = static_cast<std::size_t>(begin_), end = static_cast<std::size_t>(end_);
    const Around a{elements(x, 0, begin), elements(x, begin, end), elements(x, end, x.size())};
    dispatch_float(c.in_spec(0).dtype, [&]<class T>() {
      parallel_lines(a, [&](index_t at, index_t columns, int) {
        const index_t kept = at / (a.n * a.inner) * a.inner + at % a.inner;
        share_lines(c.in<T>(0) + at, c.in<T>(1) + kept, c.in<T>(2) + kept, c.out<T>(0) + at, a.n, a.inner, columns);
      });
    });
  }

  void gradient(GradContext& g) const override {
    if (!g.needs(2)) return;
    using namespace build;
    Ints axes;
    for (index_t a = begin_; a < end_; ++a) axes.push_back(a);
    const Value chosen = cast(compare("equal", g.input(0), g.input(1)), g.dy().dtype());
    g.set(2, div(sum(mul(g.dy(), chosen), axes, true), sum(chosen, axes, true)));
  }

 private:
  index_t begin_, end_;
};
GENODL_REGISTER("extreme_grad", ExtremeGrad)

}  // namespace

}  // namespace genodl
