// The same memory under another shape.
#include <cstring>

#include "ops/axes.h"

namespace genodl {

namespace {

class Reshape final : public Op {
 public:
  explicit Reshape(AttrReader& a) : shape_(a.ints("shape")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    return {{resolved(inputs[0].shape), inputs[0].dtype}};
  }
  bool is_view() const override { return true; }
  // Plans share the memory and never come here; a caller that gave its own gets a copy.
  void run(const RunContext& c) const override {
    if (c.out<void>(0) != c.in<void>(0)) std::memcpy(c.out<void>(0), c.in<void>(0), c.out_spec(0).bytes());
  }
  void gradient(GradContext& g) const override { g.set(0, build::reshape(g.dy(), g.input(0).shape())); }
  std::optional<Range> changed(Specs inputs, int, Range in) const override {
    const Shape &from = inputs[0].shape, to = resolved(from);
    if (from.size() < 2 || to.size() < 2 || from[0] != to[0] || from[1] != to[1]) return std::nullopt;
    return in;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override {
    return changed(inputs, input, out);
  }
  Cost cost(Specs, Specs) const override { return {}; }

 private:
  Shape resolved(const Shape& from) const {
    Shape to = shape_;
    index_t known = 1, open = -1;
    for (std::size_t a = 0; a < to.size(); ++a) {
      if (to[a] < -1) fail<ConfigError>(name(), ": expected sizes of at least 0, or one -1, got ", to_string(to), ".");
      if (to[a] >= 0) {
        known *= to[a];
      } else {
        if (open >= 0) fail<ConfigError>(name(), ": expected at most one -1, got ", to_string(to), ".");
        open = static_cast<index_t>(a);
      }
    }
    const index_t total = elements(from);
    if (open >= 0 && known > 0 && total % known == 0) to[static_cast<std::size_t>(open)] = total / known;
    if ((open >= 0 && (known == 0 || total % known != 0)) || elements(to) != total)
      fail<ShapeError>(name(), ": expected a shape of ", total, " elements for ", to_string(from), ", got ",
                       to_string(shape_), ".");
    return to;
  }

  Shape shape_;
};
GENODL_REGISTER("reshape", Reshape)

}  // namespace

}  // namespace genodl
