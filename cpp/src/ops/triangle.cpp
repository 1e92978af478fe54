// The lower or upper triangle of the last two axes, the rest zero.
#include "ops/axes.h"

namespace genodl {

namespace {

template <bool kLower>
class Triangle final : public Op {
 public:
  explicit Triangle(AttrReader& a) : k_(a.integer("k", 0)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    if (inputs[0].shape.size() < 2)
      fail<ShapeError>(name(), ": expected at least 2 axes, got the shape ", to_string(inputs[0].shape), ".");
    return {inputs[0]};
  }
  int in_place_input() const override { return 0; }

  void run(const RunContext& c) const override {
    const Shape& shape = c.in_shape(0);
    const index_t rows = shape[shape.size() - 2], columns = shape.back();
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      const T* x = c.in<T>(0);
      T* y = c.out<T>(0);
      parallel_ranges(elements(shape, 0, shape.size() - 1), grain(columns), [&](index_t begin, index_t end, int) {
        for (index_t r = begin; r < end; ++r) {
          // The lower triangle keeps columns [0, i + k], the upper one [i + k, columns).
          const index_t cut = std::clamp<index_t>(r % rows + k_ + (kLower ? 1 : 0), 0, columns);
          const T* from = x + r * columns;
          T* to = y + r * columns;
          if (kLower) {
            if (to != from) std::copy_n(from, cut, to);
            std::fill(to + cut, to + columns, T{});
          } else {
            std::fill_n(to, cut, T{});
            if (to != from) std::copy(from + cut, from + columns, to + cut);
          }
        }
      });
    });
  }
  void gradient(GradContext& g) const override { g.set(0, build::node(name(), {g.dy()}, {{"k", k_}})); }
  std::optional<Range> changed(Specs inputs, int, Range in) const override {
    return inputs[0].shape.size() >= 2 ? std::optional(in) : std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }

 private:
  index_t k_;
};
GENODL_REGISTER("tril", Triangle<true>)
GENODL_REGISTER("triu", Triangle<false>)

}  // namespace

}  // namespace genodl
