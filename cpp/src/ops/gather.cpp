// Taking positions of an axis by index, and its gradient: adding rows up where they came from.
#include "ops/indices.h"

namespace genodl {

namespace {

class Gather final : public Op {
 public:
  explicit Gather(AttrReader& a) : axis_(a.integer("axis", 0)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_integer(inputs[1], name());
    const std::size_t axis = axis_of(inputs[0].shape);
    Shape out(inputs[0].shape.begin(), inputs[0].shape.begin() + static_cast<index_t>(axis));
    out.insert(out.end(), inputs[1].shape.begin(), inputs[1].shape.end());
    out.insert(out.end(), inputs[0].shape.begin() + static_cast<index_t>(axis) + 1, inputs[0].shape.end());
    return {{out, inputs[0].dtype}};
  }
  std::size_t workspace(Specs inputs, Specs, int) const override { return index_bytes(inputs[1]); }

  void run(const RunContext& c) const override {
    const Around a = around(c.in_shape(0), axis_of(c.in_shape(0)));
    index_t* at = reinterpret_cast<index_t*>(c.workspace());
    read_indices(c, 1, a.n, name(), at);
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      gather_rows(c.in<T>(0), at, c.out<T>(0), a.outer, a.n, elements(c.in_shape(1)), a.inner);
    });
  }

  void gradient(GradContext& g) const override {
    const Shape& x = g.input(0).shape();
    const std::size_t axis = axis_of(x);
    g.set(0,
          build::node("gather_grad", {g.dy(), g.input(1)}, {{"axis", static_cast<index_t>(axis)}, {"size", x[axis]}}));
  }

  // An embedding: position i of the output is looked up by position i of the indices.
  std::optional<Range> changed(Specs inputs, int input, Range in) const override {
    const bool lookup = input == 1 && axis_of(inputs[0].shape) == 0 && inputs[1].shape.size() >= 2;
    return lookup ? std::optional(in) : std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }

 private:
  std::size_t axis_of(const Shape& x) const { return static_cast<std::size_t>(normal_axis(axis_, rank_of(x), name())); }

  index_t axis_;
};
GENODL_REGISTER("gather", Gather)

// (dy, indices) -> dx with `size` positions along the axis.
class GatherGrad final : public Op {
 public:
  explicit GatherGrad(AttrReader& a) : axis_(a.integer("axis")), size_(a.integer("size")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_integer(inputs[1], name());
    const Shape &dy = inputs[0].shape, &at = inputs[1].shape;
    if (axis_ < 0 || dy.size() < at.size() + static_cast<std::size_t>(axis_) ||
        !std::equal(at.begin(), at.end(), dy.begin() + axis_))
      fail<ShapeError>(name(), ": expected a gradient that holds the indices' shape ", to_string(at), " from axis ",
                       axis_, ", got ", to_string(dy), ".");
    Shape out(dy.begin(), dy.begin() + axis_);
    out.push_back(size_);
    out.insert(out.end(), dy.begin() + axis_ + rank_of(at), dy.end());
    return {{out, inputs[0].dtype}};
  }
  std::size_t workspace(Specs inputs, Specs, int) const override { return index_bytes(inputs[1]); }

  void run(const RunContext& c) const override {
    const Around a = around(c.out_shape(0), static_cast<std::size_t>(axis_));
    index_t* at = reinterpret_cast<index_t*>(c.workspace());
    read_indices(c, 1, size_, name(), at);
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      scatter_rows(c.in<T>(0), at, c.out<T>(0), a.outer, a.n, elements(c.in_shape(1)), a.inner);
    });
  }

  void gradient(GradContext& g) const override {
    g.set(0, build::node("gather", {g.dy(), g.input(1)}, {{"axis", axis_}}));
  }

 private:
  index_t axis_, size_;
};
GENODL_REGISTER("gather_grad", GatherGrad)

}  // namespace

}  // namespace genodl
