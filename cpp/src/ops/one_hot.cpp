// Integers as one-hot vectors along a new axis; an integer outside [0, depth) gives zeros.
#include "ops/axes.h"

namespace genodl {

namespace {

class OneHot final : public Op {
 public:
  explicit OneHot(AttrReader& a)
      : depth_(a.integer("depth")), axis_(a.integer("axis", -1)), dtype_(dtype_from(a.text("dtype", "float32"))) {
    if (depth_ < 1) fail<ConfigError>("one_hot: expected a depth of at least 1, got ", depth_, ".");
  }

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    expect_integer(inputs[0], name());
    Shape out = inputs[0].shape;
    out.insert(out.begin() + axis_of(out), depth_);
    return {{out, dtype_}};
  }

  void run(const RunContext& c) const override {
    const Around a = around(c.out_shape(0), static_cast<std::size_t>(axis_of(c.in_shape(0))));
    dispatch(dtype_,
             [&]<class T>() { dispatch(c.in_spec(0).dtype, [&]<class I>() { fill(a, c.in<I>(0), c.out<T>(0)); }); });
  }
  void gradient(GradContext&) const override {}

  std::optional<Range> changed(Specs inputs, int, Range in) const override {
    const bool kept = inputs[0].shape.size() >= 2 && axis_of(inputs[0].shape) >= 2;
    return kept ? std::optional(in) : std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }

 private:
  index_t axis_of(const Shape& in) const { return normal_axis(axis_, rank_of(in) + 1, name()); }

  template <class I, class T>
  static void fill(const Around& a, const I* at, T* y) {
    parallel_ranges(a.outer, grain(a.n * a.inner), [&](index_t begin, index_t end, int) {
      std::fill(y + begin * a.n * a.inner, y + end * a.n * a.inner, T{});
      for (index_t p = begin * a.inner; p < end * a.inner; ++p) {
        const index_t hot = static_cast<index_t>(at[p]);
        if (hot >= 0 && hot < a.n) y[(p / a.inner * a.n + hot) * a.inner + p % a.inner] = T{1};
      }
    });
  }

  index_t depth_, axis_;
  DType dtype_;
};
GENODL_REGISTER("one_hot", OneHot)

}  // namespace

}  // namespace genodl
