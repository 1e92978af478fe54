// The same memory under another shape.
#include <cstring>

#include "graph/delta.h"
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
    if (const index_t row = merged(from, to)) return Range{in.begin * row, in.end * row};
    return std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int, Range out) const override {
    const Shape &from = inputs[0].shape, to = resolved(from);
    if (const index_t row = merged(from, to)) return Range{out.begin / row, (out.end + row - 1) / row};
    return std::nullopt;
  }
  // Windows stay windows: of the same positions, or, flattened, of all elements of theirs.
  Value delta(DeltaContext& d) const override {
    const Shape &from = d.node().inputs[0].shape(), &to = d.node().outputs[0].shape;
    const index_t row = d.out() ? merged(from, to) : 0;
    if (row == 0) return {};
    Shape shape = to;
    shape[1] = d.window(0).shape()[1] * row;
    if (row > 1) {
      // Clamping leaves the starts in step unless the needed part cuts a position.
      const WindowPlaces &in = d.places(0), &out = *d.out();
      bool same = out.width == in.width * row;
      for (std::size_t p = 0; p < in.starts.size(); ++p) same = same && out.starts[p] == in.starts[p] * row;
      return same ? build::reshape(d.window(0), shape) : Value{};
    }
    shape[1] = d.out()->width;
    return build::reshape(d.aligned(0), shape);
  }
  Cost cost(Specs, Specs) const override { return {}; }

 private:
  // How many positions of axis 1 one becomes where axes behind it are merged into it: 1 where it stays
  // as it is, 0 where positions do not stay together.
  static index_t merged(const Shape& from, const Shape& to) {
    if (from.size() < 2 || to.size() < 2 || from[0] != to[0]) return 0;
    if (from[1] == to[1]) return 1;
    return to.size() == 2 && from[1] > 0 ? to[1] / from[1] : 0;
  }
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
