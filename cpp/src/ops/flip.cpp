// Reversing and rotating along axes.
#include "ops/axis_map.h"

namespace genodl {

namespace {

class Flip final : public AxisMapOp {
 public:
  explicit Flip(AttrReader& a) : axes_(a.ints("axes")) {}
  void gradient(GradContext& g) const override { g.set(0, build::node("flip", {g.dy()}, {{"axes", axes_}})); }

 protected:
  Shape output_shape(const Shape& in) const override {
    normal_axes(axes_, rank_of(in), name());
    return in;
  }
  index_t source(const Shape& in, std::size_t axis, index_t i) const override {
    for (index_t a : axes_)
      if ((a < 0 ? a + rank_of(in) : a) == static_cast<index_t>(axis)) return in[axis] - 1 - i;
    return i;
  }

 private:
  Ints axes_;
};
GENODL_REGISTER("flip", Flip)

class Roll final : public AxisMapOp {
 public:
  explicit Roll(AttrReader& a) : shift_(a.ints("shift")), axes_(a.ints("axes")) {
    if (shift_.size() != axes_.size())
      fail<ConfigError>("roll: expected a shift for each of ", axes_.size(), " axes, got ", shift_.size(), ".");
  }
  void gradient(GradContext& g) const override {
    Ints back = shift_;
    for (index_t& s : back) s = -s;
    g.set(0, build::node("roll", {g.dy()}, {{"shift", back}, {"axes", axes_}}));
  }

 protected:
  Shape output_shape(const Shape& in) const override {
    normal_axes(axes_, rank_of(in), name());
    return in;
  }
  index_t source(const Shape& in, std::size_t axis, index_t i) const override {
    for (std::size_t k = 0; k < axes_.size(); ++k) {
      if ((axes_[k] < 0 ? axes_[k] + rank_of(in) : axes_[k]) != static_cast<index_t>(axis)) continue;
      const index_t n = in[axis], from = (i - shift_[k]) % n;
      return from < 0 ? from + n : from;
    }
    return i;
  }

 private:
  Ints shift_, axes_;
};
GENODL_REGISTER("roll", Roll)

}  // namespace

}  // namespace genodl
