// Pooling windows over (N, L, C) or (N, H, W, C); one dimension is two with a height of one.
#pragma once

#include "ops/axes.h"

namespace genodl {

// Windows along one spatial axis.
struct Windows {
  index_t pool = 1, stride = 1, before = 0, after = 0;

  index_t outputs(index_t n) const { return (n + before + after - pool) / stride + 1; }
  // Real positions that output o covers; never none.
  Range covered(index_t o, index_t n) const {
    const index_t start = o * stride - before;
    return {std::max<index_t>(0, start), std::min(n, start + pool)};
  }
  bool overlap() const { return pool > stride; }
  bool covers(index_t i, index_t outputs) const {
    return (i + before) % stride < pool && (i + before) / stride < outputs;
  }
};

// Sizes of one run.
struct PoolShape {
  Windows high, wide;
  index_t batch, height, width, channels, out_height, out_width;

  index_t outputs() const { return batch * out_height * out_width; }
  index_t image() const { return height * width * channels; }
  bool overlap() const { return high.overlap() || wide.overlap(); }

  struct Window {
    index_t batch;
    Range rows, columns;
    index_t count() const { return (rows.end - rows.begin) * (columns.end - columns.begin); }
  };
  // What the q-th output position covers.
  Window window(index_t q) const {
    const index_t ox = q % out_width, oy = q / out_width % out_height;
    return {q / out_width / out_height, high.covered(oy, height), wide.covered(ox, width)};
  }
  // Calls body(offset of the position's first channel) for every position of a window.
  template <class Body>
  void each_position(const Window& w, Body&& body) const {
    for (index_t i = w.rows.begin; i < w.rows.end; ++i)
      for (index_t j = w.columns.begin; j < w.columns.end; ++j)
        body(((w.batch * height + i) * width + j) * channels);
  }
};

class PoolOp : public Op {
 public:
  explicit PoolOp(AttrReader& a);

 protected:
  // Shape after pooling `in`; checks that the windows fit.
  Shape pooled(const Shape& in) const;
  PoolShape sizes(const Shape& in) const;
  Attrs attrs() const;
  const std::vector<Windows>& windows() const { return windows_; }

  // Calls body(q begin, q end, worker) for pieces of the output positions.
  template <class Body>
  static void parallel_outputs(const PoolShape& p, Body&& body) {
    parallel_ranges(p.outputs(), grain(p.channels * p.high.pool * p.wide.pool), body);
  }
  // Calls body(image, channel begin, channel end): windows may overlap, so an image is one task unless
  // there are too few of them.
  template <class Body>
  static void parallel_images(const PoolShape& p, Body&& body) {
    const index_t width = p.batch >= 16 ? std::max<index_t>(1, p.channels) : 64;
    const index_t groups = (p.channels + width - 1) / width;
    parallel_ranges(p.batch * groups, 1, [&](index_t t, index_t, int) {
      const index_t first = t % groups * width;
      body(t / groups, first, std::min(p.channels, first + width));
    });
  }
  // Clears the channels [begin, end) of the positions of an image that no window will write.
  template <class T>
  static void clear(const PoolShape& p, index_t image, T* dx, index_t begin, index_t end) {
    for (index_t i = 0; i < p.height; ++i)
      for (index_t j = 0; j < p.width; ++j)
        if (p.overlap() || !p.high.covers(i, p.out_height) || !p.wide.covers(j, p.out_width))
          std::fill_n(dx + ((image * p.height + i) * p.width + j) * p.channels + begin, end - begin, T{});
  }

 private:
  std::vector<Windows> windows_;
};

// Pooling itself, as opposed to its gradients.
class PoolForwardOp : public PoolOp {
 public:
  using PoolOp::PoolOp;
  std::vector<TensorSpec> infer(Specs inputs) const override;
  bool takes_epilogue(Specs) const override { return true; }
  std::optional<Range> changed(Specs inputs, int input, Range in) const override;
  std::optional<Range> needed(Specs inputs, int input, Range out) const override;
  Cost cost(Specs inputs, Specs outputs) const override;
};

}  // namespace genodl
