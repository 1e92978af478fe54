// Repeating each position of an axis (upsampling) and repeating whole axes.
#include "ops/axis_map.h"

namespace genodl {

namespace {

class Repeat final : public AxisMapOp {
 public:
  explicit Repeat(AttrReader& a) : repeats_(a.integer("repeats")), axis_(a.integer("axis")) {
    if (repeats_ < 1) fail<ConfigError>("repeat: expected repeats of at least 1, got ", repeats_, ".");
  }
  void gradient(GradContext& g) const override {
    const Shape& x = g.input(0).shape();
    const index_t axis = normal_axis(axis_, rank_of(x), name());
    Shape split = x;
    split.insert(split.begin() + axis + 1, repeats_);
    g.set(0, build::sum(build::reshape(g.dy(), split), {axis + 1}, false));
  }

 protected:
  Shape output_shape(const Shape& in) const override {
    Shape out = in;
    out[static_cast<std::size_t>(normal_axis(axis_, rank_of(in), name()))] *= repeats_;
    return out;
  }
  index_t source(const Shape& in, std::size_t axis, index_t i) const override {
    const index_t own = axis_ < 0 ? axis_ + rank_of(in) : axis_;
    return own == static_cast<index_t>(axis) ? i / repeats_ : i;
  }

 private:
  index_t repeats_, axis_;
};
GENODL_REGISTER("repeat", Repeat)

class Tile final : public AxisMapOp {
 public:
  explicit Tile(AttrReader& a) : repeats_(a.ints("repeats")) {
    for (index_t r : repeats_)
      if (r < 1) fail<ConfigError>("tile: expected repeats of at least 1, got ", r, ".");
  }
  void gradient(GradContext& g) const override {
    const Shape& x = g.input(0).shape();
    Shape split;
    Ints copies;
    for (std::size_t a = 0; a < x.size(); ++a) {
      copies.push_back(static_cast<index_t>(split.size()));
      split.push_back(repeats_[a]);
      split.push_back(x[a]);
    }
    g.set(0, build::sum(build::reshape(g.dy(), split), copies, false));
  }

 protected:
  Shape output_shape(const Shape& in) const override {
    if (repeats_.size() != in.size())
      fail<ConfigError>(name(), ": expected ", in.size(), " repeats for shape ", to_string(in), ", got ",
                        repeats_.size(), ".");
    Shape out = in;
    for (std::size_t a = 0; a < out.size(); ++a) out[a] *= repeats_[a];
    return out;
  }
  index_t source(const Shape& in, std::size_t axis, index_t i) const override { return i % in[axis]; }

 private:
  Ints repeats_;
};
GENODL_REGISTER("tile", Tile)

}  // namespace

}  // namespace genodl
