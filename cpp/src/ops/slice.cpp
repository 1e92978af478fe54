// A box of a tensor with steps, and its gradient: the box put back among zeros.
#include "ops/axis_map.h"

namespace genodl {

namespace {

struct Box {
  Ints begin, size, strides;

  explicit Box(AttrReader& a)
      : begin(a.ints("begin")), size(a.ints("size")), strides(a.ints("strides", Ints(begin.size(), 1))) {}

  void check(const Shape& whole, const std::string& who) const {
    const std::size_t rank = whole.size();
    if (begin.size() != rank || size.size() != rank || strides.size() != rank)
      fail<ConfigError>(who, ": expected begin, size and strides of ", rank, " numbers for shape ", to_string(whole),
                        ", got ", begin.size(), ", ", size.size(), " and ", strides.size(), ".");
    for (std::size_t a = 0; a < rank; ++a) {
      if (strides[a] == 0) fail<ConfigError>(who, ": expected strides other than 0, got 0 on axis ", a, ".");
      if (size[a] < 0) fail<ConfigError>(who, ": expected sizes of at least 0, got ", size[a], " on axis ", a, ".");
      const index_t last = begin[a] + (size[a] - 1) * strides[a];
      if (size[a] > 0 && (std::min(begin[a], last) < 0 || std::max(begin[a], last) >= whole[a]))
        fail<ShapeError>(who, ": expected positions from 0 to ", whole[a] - 1, " on axis ", a, ", got ", begin[a],
                         " to ", last, ".");
    }
  }
  Attrs attrs() const { return {{"begin", begin}, {"size", size}, {"strides", strides}}; }
};

class Slice final : public AxisMapOp {
 public:
  explicit Slice(AttrReader& a) : box_(a) {}

  void gradient(GradContext& g) const override {
    Attrs attrs = box_.attrs();
    attrs["shape"] = g.input(0).shape();
    g.set(0, build::node("slice_grad", {g.dy()}, std::move(attrs)));
  }

 protected:
  Shape output_shape(const Shape& in) const override {
    box_.check(in, name());
    return box_.size;
  }
  index_t source(const Shape&, std::size_t axis, index_t i) const override {
    return box_.begin[axis] + i * box_.strides[axis];
  }

 private:
  Box box_;
};
GENODL_REGISTER("slice", Slice)

class SliceGrad final : public AxisMapOp {
 public:
  explicit SliceGrad(AttrReader& a) : box_(a), shape_(a.ints("shape")) {}

  void gradient(GradContext& g) const override { g.set(0, build::node("slice", {g.dy()}, box_.attrs())); }

 protected:
  Shape output_shape(const Shape& in) const override {
    box_.check(shape_, name());
    if (in != box_.size)
      fail<ShapeError>(name(), ": expected the shape ", to_string(box_.size), ", got ", to_string(in), ".");
    return shape_;
  }
  index_t source(const Shape& in, std::size_t axis, index_t i) const override {
    const index_t away = i - box_.begin[axis], from = away / box_.strides[axis];
    return away % box_.strides[axis] == 0 && from >= 0 && from < in[axis] ? from : -1;
  }

 private:
  Box box_;
  Shape shape_;
};
GENODL_REGISTER("slice_grad", SliceGrad)

}  // namespace

}  // namespace genodl
