// Padding with a constant, or with the tensor's own mirror image with or without its edge.
#include "ops/axis_map.h"

namespace genodl {

namespace {

class Pad final : public AxisMapOp {
 public:
  explicit Pad(AttrReader& a) : before_(a.ints("before")), after_(a.ints("after")), value_(a.number("value", 0.0)) {
    const std::string mode = a.text("mode", "constant");
    if (mode == "reflect")
      mode_ = Mode::reflect;
    else if (mode == "symmetric")
      mode_ = Mode::symmetric;
    else if (mode != "constant")
      fail<ConfigError>("pad: expected the mode constant, reflect or symmetric, got '", mode, "'.");
  }

  void gradient(GradContext& g) const override {
    const Shape& x = g.input(0).shape();
    if (mode_ == Mode::constant) {
      g.set(0, build::node("slice", {g.dy()}, {{"begin", before_}, {"size", x}}));
      return;
    }
    // Each axis is a gather with known indices, undone from the last axis to the first.
    Value dx = g.dy();
    for (std::size_t a = x.size(); a-- > 0;)
      if (before_[a] || after_[a])
        dx = build::node("gather_grad", {dx, sources(x, a)}, {{"axis", static_cast<index_t>(a)}, {"size", x[a]}});
    g.set(0, dx);
  }

 protected:
  Shape output_shape(const Shape& in) const override {
    if (before_.size() != in.size() || after_.size() != in.size())
      fail<ConfigError>(name(), ": expected before and after of ", in.size(), " numbers for shape ", to_string(in),
                        ", got ", before_.size(), " and ", after_.size(), ".");
    Shape out = in;
    for (std::size_t a = 0; a < in.size(); ++a) {
      if (before_[a] < 0 || after_[a] < 0)
        fail<ConfigError>(name(), ": expected padding of at least 0, got ", before_[a], " and ", after_[a], " on axis ",
                          a, ".");
      if (mode_ != Mode::constant && in[a] == 0 && before_[a] + after_[a] > 0)
        fail<ShapeError>(name(), ": expected something to mirror on axis ", a, ", got the shape ", to_string(in), ".");
      out[a] += before_[a] + after_[a];
    }
    return out;
  }
  index_t source(const Shape& in, std::size_t axis, index_t i) const override {
    const index_t n = in[axis];
    index_t from = i - before_[axis];
    if (from >= 0 && from < n) return from;
    if (mode_ == Mode::constant) return -1;
    if (mode_ == Mode::reflect && n == 1) return 0;
    // The mirrored tensor repeats with this period; its second half runs backwards.
    const index_t period = mode_ == Mode::reflect ? 2 * n - 2 : 2 * n;
    from = (from % period + period) % period;
    if (from < n) return from;
    return mode_ == Mode::reflect ? period - from : period - 1 - from;
  }
  double fill() const override { return value_; }

 private:
  enum class Mode { constant, reflect, symmetric };

  Value sources(const Shape& in, std::size_t axis) const {
    const index_t n = in[axis] + before_[axis] + after_[axis];
    Tensor t(TensorSpec{{n}, DType::int64});
    for (index_t i = 0; i < n; ++i) t.as<index_t>()[i] = source(in, axis, i);
    return make_constant(std::move(t));
  }

  Ints before_, after_;
  double value_;
  Mode mode_ = Mode::constant;
};
GENODL_REGISTER("pad", Pad)

}  // namespace

}  // namespace genodl
