// Adding values into zeros at given coordinates, and its gradient: reading at coordinates.
// The last axis of the indices holds the coordinates on the leading axes.
#include "ops/indices.h"

namespace genodl {

namespace {

// Writes the row number of each coordinate tuple over the leading axes of `shape`.
void read_rows(const RunContext& c, int input, const Shape& shape, const std::string& who, index_t* rows) {
  const index_t axes = c.in_shape(input).back(), count = elements(c.in_shape(input)) / axes;
  dispatch(c.in_spec(input).dtype, [&]<class T>() {
    const T* from = c.in<T>(input);
    for (index_t i = 0; i < count; ++i) {
      rows[i] = 0;
      for (index_t a = 0; a < axes; ++a) {
        const index_t n = shape[static_cast<std::size_t>(a)], at = static_cast<index_t>(from[i * axes + a]);
        if (at < -n || at >= n)
          fail<ShapeError>(who, ": expected indices from ", -n, " to ", n - 1, " on axis ", a, ", got ", at,
                           " in tuple ", i, ".");
        rows[i] = rows[i] * n + (at < 0 ? at + n : at);
      }
    }
  });
}

// The shape that goes with indices: their own without the last axis, then the axes they leave over.
Shape picked_shape(const TensorSpec& indices, const Shape& shape, const std::string& who) {
  expect_integer(indices, who);
  const Shape& at = indices.shape;
  if (at.empty() || at.back() < 1 || at.back() > rank_of(shape))
    fail<ShapeError>(who, ": expected indices whose last axis holds 1 to ", shape.size(), " coordinates for shape ",
                     to_string(shape), ", got ", to_string(at), ".");
  Shape picked(at.begin(), at.end() - 1);
  picked.insert(picked.end(), shape.begin() + at.back(), shape.end());
  return picked;
}

class ScatterAdd final : public Op {
 public:
  explicit ScatterAdd(AttrReader& a) : shape_(a.ints("shape")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_shape(inputs[1], picked_shape(inputs[0], shape_, name()), "values", name());
    return {{shape_, inputs[1].dtype}};
  }
  std::size_t workspace(Specs inputs, Specs, int) const override { return index_bytes(inputs[0]); }

  void run(const RunContext& c) const override {
    const std::size_t axes = static_cast<std::size_t>(c.in_shape(0).back());
    index_t* rows = reinterpret_cast<index_t*>(c.workspace());
    read_rows(c, 0, shape_, name(), rows);
    const index_t count = elements(c.in_shape(0)) / c.in_shape(0).back();
    dispatch(c.in_spec(1).dtype, [&]<class T>() {
      scatter_rows(c.in<T>(1), rows, c.out<T>(0), 1, elements(shape_, 0, axes), count,
                   elements(shape_, axes, shape_.size()));
    });
  }
  void gradient(GradContext& g) const override { g.set(1, build::node("gather_nd", {g.dy(), g.input(0)})); }

 private:
  Shape shape_;
};
GENODL_REGISTER("scatter_add", ScatterAdd)

class GatherNd final : public Op {
 public:
  explicit GatherNd(AttrReader&) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    return {{picked_shape(inputs[1], inputs[0].shape, name()), inputs[0].dtype}};
  }
  std::size_t workspace(Specs inputs, Specs, int) const override { return index_bytes(inputs[1]); }

  void run(const RunContext& c) const override {
    const Shape& x = c.in_shape(0);
    const std::size_t axes = static_cast<std::size_t>(c.in_shape(1).back());
    index_t* rows = reinterpret_cast<index_t*>(c.workspace());
    read_rows(c, 1, x, name(), rows);
    const index_t count = elements(c.in_shape(1)) / c.in_shape(1).back();
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      gather_rows(c.in<T>(0), rows, c.out<T>(0), 1, elements(x, 0, axes), count, elements(x, axes, x.size()));
    });
  }
  void gradient(GradContext& g) const override {
    g.set(0, build::node("scatter_add", {g.input(1), g.dy()}, {{"shape", g.input(0).shape()}}));
  }
};
GENODL_REGISTER("gather_nd", GatherNd)

}  // namespace

}  // namespace genodl
