// Element-wise copies that change type or repeat along axes; fused, they cost nothing.
#include "core/error.h"
#include "graph/delta.h"
#include "ops/elementwise.h"

namespace genodl {

namespace {

class Cast final : public ElementwiseOp {
 public:
  explicit Cast(AttrReader& a)
      : ElementwiseOp(kernels::EwOp::copy, 1, Result::promoted), dtype_(dtype_from(a.text("dtype"))) {}
  std::vector<TensorSpec> infer(Specs inputs) const override { return {{inputs[0].shape, dtype_}}; }
  void gradient(GradContext& g) const override { g.set(0, build::cast(g.dy(), g.input(0).dtype())); }

 private:
  DType dtype_;
};
GENODL_REGISTER("cast", Cast)

class BroadcastTo final : public ElementwiseOp {
 public:
  explicit BroadcastTo(AttrReader& a)
      : ElementwiseOp(kernels::EwOp::copy, 1, Result::promoted), shape_(a.ints("shape")) {}
  std::vector<TensorSpec> infer(Specs inputs) const override {
    if (broadcast(inputs[0].shape, shape_, name()) != shape_)
      fail<ShapeError>(name(), ": expected a shape that broadcasts to ", to_string(shape_), ", got ",
                       to_string(inputs[0].shape), ".");
    return {{shape_, inputs[0].dtype}};
  }
  void gradient(GradContext& g) const override { g.set(0, build::sum_to(g.dy(), g.input(0).shape())); }
  std::optional<Range> changed(Specs inputs, int, Range in) const override {
    const Shape& from = inputs[0].shape;
    const bool same = from.size() >= 2 && from.size() == shape_.size() && from[1] == shape_[1];
    return same ? std::optional(in) : std::nullopt;
  }
  Value delta(DeltaContext& d) const override {
    if (!d.out()) return {};
    Shape window = shape_;
    window[1] = d.out()->width;
    return d.positionwise({{"shape", window}});
  }

 private:
  Shape shape_;
};
GENODL_REGISTER("broadcast_to", BroadcastTo)

}  // namespace

}  // namespace genodl
