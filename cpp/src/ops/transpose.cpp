// Reordering axes. Axes that stay together are merged first, so most cases are one of two loops.
#include "kernels/transpose.h"
#include "ops/axes.h"

namespace genodl {

namespace {

struct Axis {
  index_t size, from, to;  // length, and strides in the input and the output
};

// Output axes with their strides, neighbours merged where the input has them side by side too.
// Made while running, so nothing is allocated.
struct Layout {
  Axis axes[kMaxRank];
  int rank = 0;

  Layout(const Shape& in, const Ints& order) {
    index_t steps[kMaxRank];
    index_t to = 1;
    for (std::size_t i = in.size(); i-- > 0; to *= in[i]) steps[i] = to;
    for (index_t a : order) {
      const std::size_t i = static_cast<std::size_t>(a);
      to /= in[i];
      if (in[i] == 1) continue;
      if (rank > 0 && axes[rank - 1].from == in[i] * steps[i])
        axes[rank - 1] = {axes[rank - 1].size * in[i], steps[i], to};
      else
        axes[rank++] = {in[i], steps[i], to};
    }
  }
};

constexpr index_t kTile = 16;

// y[i, j] = x[j, i] for one tile.
template <class T>
void transpose_tile(const T* x, index_t x_step, T* y, index_t y_step, index_t rows, index_t columns) {
  for (index_t i = 0; i < rows; ++i)
    for (index_t j = 0; j < columns; ++j) y[i * y_step + j] = x[j * x_step + i];
}
void transpose_tile(const float* x, index_t x_step, float* y, index_t y_step, index_t rows, index_t columns) {
  kernels::transpose().transpose(x, columns, rows, x_step, y, y_step);
}

// The output's last axis is strided in the input; `near` is the axis that is not.
template <class T>
void transpose_plane(const T* x, T* y, const Axis& near, const Axis& last, index_t begin, index_t end) {
  constexpr index_t tile = std::is_same_v<T, float> ? 4 * kTile : kTile;
  for (index_t i = begin; i < end; i += tile)
    for (index_t j = 0; j < last.size; j += tile)
      transpose_tile(x + i + j * last.from, last.from, y + i * near.to + j, near.to, std::min(tile, end - i),
                     std::min(tile, last.size - j));
}

// Offsets of the p-th combination of the axes other than `skip` and the last.
void place(const Layout& l, int skip, index_t p, index_t* from, index_t* to) {
  *from = *to = 0;
  for (int a = l.rank - 1; a-- > 0;) {
    if (a == skip) continue;
    const Axis& axis = l.axes[a];
    const index_t i = p % axis.size;
    p /= axis.size;
    *from += i * axis.from;
    *to += i * axis.to;
  }
}

template <class T>
void transpose(const Layout& l, const T* x, T* y, index_t total) {
  if (l.rank <= 1) {
    parallel_ranges(total, kTaskElements, [&](index_t b, index_t e, int) { std::copy(x + b, x + e, y + b); });
    return;
  }
  const Axis& last = l.axes[l.rank - 1];
  if (last.from == 1) {
    parallel_ranges(total / last.size, grain(last.size), [&](index_t begin, index_t end, int) {
      for (index_t p = begin; p < end; ++p) {
        index_t from, to;
        place(l, -1, p, &from, &to);
        std::copy_n(x + from, last.size, y + to);
      }
    });
    return;
  }
  int near = 0;
  while (l.axes[near].from != 1) ++near;
  // A task is one strip of a plane: some positions of the near axis, all of the last.
  const Axis& axis = l.axes[near];
  const index_t strip = std::min(axis.size, (grain(last.size) + kTile - 1) / kTile * kTile);
  const index_t strips = (axis.size + strip - 1) / strip, planes = total / last.size / axis.size;
  parallel_ranges(planes * strips, grain(strip * last.size), [&](index_t begin, index_t end, int) {
    for (index_t t = begin; t < end; ++t) {
      index_t from, to;
      place(l, near, t / strips, &from, &to);
      const index_t first = t % strips * strip;
      transpose_plane(x + from, y + to, axis, last, first, std::min(axis.size, first + strip));
    }
  });
}

class Transpose final : public Op {
 public:
  explicit Transpose(AttrReader& a) : axes_(a.ints("axes")) {
    for (index_t& axis : axes_)
      if (axis < 0) axis += rank_of(axes_);
  }

  std::vector<TensorSpec> infer(Specs inputs) const override {
    expect_inputs(inputs, 1, name());
    const Shape& in = inputs[0].shape;
    if (axes_.size() != in.size())
      fail<ShapeError>(name(), ": expected ", in.size(), " axes for shape ", to_string(in), ", got ", to_string(axes_),
                       ".");
    normal_axes(axes_, rank_of(in), name());
    Shape out;
    for (index_t a : axes_) out.push_back(in[static_cast<std::size_t>(a)]);
    return {{out, inputs[0].dtype}};
  }

  void run(const RunContext& c) const override {
    const index_t total = elements(c.out_shape(0));
    if (total == 0) return;
    const Layout layout(c.in_shape(0), axes_);
    dispatch(c.out_spec(0).dtype, [&]<class T>() { transpose(layout, c.in<T>(0), c.out<T>(0), total); });
  }

  void gradient(GradContext& g) const override {
    Ints back(axes_.size());
    for (std::size_t i = 0; i < back.size(); ++i) back[static_cast<std::size_t>(axes_[i])] = static_cast<index_t>(i);
    g.set(0, build::transpose(g.dy(), back));
  }
  std::optional<Range> changed(Specs inputs, int, Range in) const override {
    return inputs[0].shape.size() >= 2 && axes_[1] == 1 ? std::optional(in) : std::nullopt;
  }
  std::optional<Range> needed(Specs inputs, int input, Range out) const override { return changed(inputs, input, out); }

 private:
  Ints axes_;
};
GENODL_REGISTER("transpose", Transpose)

}  // namespace

}  // namespace genodl
