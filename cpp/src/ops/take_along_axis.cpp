// One index for every element: y[.., j, ..] = x[.., indices[.., j, ..], ..], and its gradient.
#include "ops/indices.h"

namespace genodl {

namespace {

void check_shapes(const Shape& x, const Shape& at, std::size_t axis, const std::string& who) {
  bool fits = x.size() == at.size();
  for (std::size_t a = 0; fits && a < x.size(); ++a) fits = a == axis || x[a] == at[a];
  if (!fits)
    fail<ShapeError>(who, ": expected indices that differ from shape ", to_string(x), " on axis ", axis, " only, got ",
                     to_string(at), ".");
}

// Calls body(x row start, y row start, count of y rows, begin, end of columns) for pieces of the columns.
template <class Body>
void by_columns(const Around& x, index_t count, Body&& body) {
  constexpr index_t kColumns = 64;
  const index_t chunks = (x.inner + kColumns - 1) / kColumns;
  parallel_ranges(x.outer * chunks, grain((x.n + count) * std::min(x.inner, kColumns)),
                  [&](index_t begin, index_t end, int) {
                    for (index_t t = begin; t < end; ++t) {
                      const index_t o = t / chunks, column = t % chunks * kColumns;
                      body(o * x.n * x.inner, o * count * x.inner, column, std::min(x.inner, column + kColumns));
                    }
                  });
}

class TakeAlongAxis final : public Op {
 public:
  explicit TakeAlongAxis(AttrReader& a) : axis_(a.integer("axis", -1)) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_integer(inputs[1], name());
    check_shapes(inputs[0].shape, inputs[1].shape, axis_of(inputs[0].shape), name());
    return {{inputs[1].shape, inputs[0].dtype}};
  }
  std::size_t workspace(Specs inputs, Specs, int) const override { return index_bytes(inputs[1]); }

  void run(const RunContext& c) const override {
    const std::size_t axis = axis_of(c.in_shape(0));
    const Around a = around(c.in_shape(0), axis);
    const index_t count = c.in_shape(1)[axis];
    index_t* at = reinterpret_cast<index_t*>(c.workspace());
    read_indices(c, 1, a.n, name(), at);
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      const T* x = c.in<T>(0);
      T* y = c.out<T>(0);
      by_columns(a, count, [&](index_t x0, index_t y0, index_t begin, index_t end) {
        for (index_t j = 0; j < count; ++j)
          for (index_t i = begin; i < end; ++i) {
            const index_t to = y0 + j * a.inner + i;
            y[to] = x[x0 + at[to] * a.inner + i];
          }
      });
    });
  }

  void gradient(GradContext& g) const override {
    const std::size_t axis = axis_of(g.input(0).shape());
    g.set(0, build::node("take_along_axis_grad", {g.dy(), g.input(1)},
                         {{"axis", static_cast<index_t>(axis)}, {"size", g.input(0).shape()[axis]}}));
  }

 private:
  std::size_t axis_of(const Shape& x) const { return static_cast<std::size_t>(normal_axis(axis_, rank_of(x), name())); }

  index_t axis_;
};
GENODL_REGISTER("take_along_axis", TakeAlongAxis)

class TakeAlongAxisGrad final : public Op {
 public:
  explicit TakeAlongAxisGrad(AttrReader& a) : axis_(a.integer("axis")), size_(a.integer("size")) {}

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 2, name());
    expect_integer(inputs[1], name());
    expect_shape(inputs[0], inputs[1].shape, "a gradient", name());
    TensorSpec out = inputs[0];
    out.shape[static_cast<std::size_t>(normal_axis(axis_, rank_of(out.shape), name()))] = size_;
    return {out};
  }
  std::size_t workspace(Specs inputs, Specs, int) const override { return index_bytes(inputs[1]); }

  void run(const RunContext& c) const override {
    const std::size_t axis = static_cast<std::size_t>(axis_);
    const Around a = around(c.out_shape(0), axis);
    const index_t count = c.in_shape(1)[axis];
    index_t* at = reinterpret_cast<index_t*>(c.workspace());
    read_indices(c, 1, size_, name(), at);
    dispatch(c.in_spec(0).dtype, [&]<class T>() {
      const T* dy = c.in<T>(0);
      T* dx = c.out<T>(0);
      by_columns(a, count, [&](index_t x0, index_t y0, index_t begin, index_t end) {
        for (index_t j = 0; j < a.n; ++j) std::fill_n(dx + x0 + j * a.inner + begin, end - begin, T{});
        for (index_t j = 0; j < count; ++j)
          for (index_t i = begin; i < end; ++i) {
            const index_t from = y0 + j * a.inner + i;
            T& sum = dx[x0 + at[from] * a.inner + i];
            sum = static_cast<T>(sum + dy[from]);
          }
      });
    });
  }

  void gradient(GradContext& g) const override {
    g.set(0, build::node("take_along_axis", {g.dy(), g.input(1)}, {{"axis", axis_}}));
  }

 private:
  index_t axis_, size_;
};
GENODL_REGISTER("take_along_axis_grad", TakeAlongAxisGrad)

}  // namespace

}  // namespace genodl
