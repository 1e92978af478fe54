// Pooling windows over (N, L, C) or (N, H, W, C); one dimension is two with a height of one.
#pragma once

#include "kernels/pool.h"
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

// Sizes of one run, and its windows as the kernels take them.
struct PoolShape {
  Windows high, wide;
  index_t batch, height, width, channels, out_height, out_width;

  index_t outputs() const { return batch * out_height * out_width; }
  bool overlap() const { return high.overlap() || wide.overlap(); }

  // Calls body(line, offset of its input, offset of its output) for the output positions [begin, end):
  // runs of whole windows, and windows cut off at an edge one by one.
  template <class Body>
  void each_line(index_t begin, index_t end, Body&& body) const {
    const index_t whole = width + wide.before < wide.pool ? 0 : (width + wide.before - wide.pool) / wide.stride + 1;
    for (index_t q = begin; q < end;) {
      const index_t ox = q % out_width, oy = q / out_width % out_height, image = q / out_width / out_height;
      const Range rows = high.covered(oy, height), columns = wide.covered(ox, width);
      const bool cut = columns.end - columns.begin < wide.pool;
      const index_t count = cut ? 1 : std::min(whole - ox, end - q);
      body(kernels::PoolLine{rows.end - rows.begin, width * channels, columns.end - columns.begin, channels, count,
                             wide.stride * channels, channels},
           ((image * height + rows.begin) * width + columns.begin) * channels, q * channels);
      q += count;
    }
  }

  // Clears the positions [begin, end) of an input row that no window covers.
  template <class T>
  void clear_uncovered(index_t row, index_t begin, index_t end, T* x) const {
    const auto fill = [&](index_t from, index_t to) {
      if (from < to) std::fill(x + (row * width + from) * channels, x + (row * width + to) * channels, T{});
    };
    if (!high.covers(row % height, out_height)) return fill(begin, end);
    if (wide.pool >= wide.stride) return fill(std::max(begin, wide.covered(out_width - 1, width).end), end);
    for (index_t j = begin; j < end; ++j)
      if (!wide.covers(j, out_width)) fill(j, j + 1);
  }
};

class PoolOp : public Op {
 public:
  explicit PoolOp(AttrReader& a);
  bool takes_epilogue(Specs) const override { return true; }

 protected:
  // Shape after pooling `in`; checks that the windows fit.
  Shape pooled(const Shape& in) const;
  PoolShape sizes(const Shape& in) const;
  Attrs attrs() const;
  const std::vector<Windows>& windows() const { return windows_; }

  // Calls body(begin, end, worker) for pieces of the output positions.
  template <class Body>
  static void parallel_outputs(const PoolShape& p, Body&& body) {
    parallel_ranges(p.outputs(), grain(p.channels * p.high.pool * p.wide.pool), body);
  }
  // Gradients of all positions of the input: 0 where no window is, else what body(begin, end) writes
  // for pieces of the output positions (adds where windows overlap).
  template <class T, class Body>
  static void run_gradient(const RunContext& c, const PoolShape& p, T* dx, Body&& body);

 private:
  std::vector<Windows> windows_;
};

// Pooling itself, as opposed to its gradients.
class PoolForwardOp : public PoolOp {
 public:
  using PoolOp::PoolOp;
  std::vector<TensorSpec> infer(Specs inputs) const override;
  std::optional<Range> changed(Specs inputs, int input, Range in) const override;
  std::optional<Range> needed(Specs inputs, int input, Range out) const override;
  Value delta(DeltaContext& d) const override;
  Cost cost(Specs inputs, Specs outputs) const override;
};

template <class T, class Body>
void PoolOp::run_gradient(const RunContext& c, const PoolShape& p, T* dx, Body&& body) {
  // Segments of an image's rows of windows, or of its only row.
  const bool flat = p.height == 1 && p.out_height == 1;
  const Windows& along = flat ? p.wide : p.high;
  const index_t count = flat ? p.out_width : p.out_height, unit = flat ? 1 : p.out_width;
  const index_t length = flat ? p.width : p.height;
  const index_t reach = (along.pool + along.stride - 1) / along.stride;
  const index_t segment = std::max(reach, grain(unit * p.channels * p.high.pool * p.wide.pool));
  const index_t segments = (count + segment - 1) / segment;
  const auto windows = [&](index_t image, index_t s) {
    body((image * count + s * segment) * unit, (image * count + std::min(count, (s + 1) * segment)) * unit);
  };
  if (!p.overlap()) {
    const auto start = [&](index_t s) {
      if (s == 0) return index_t{0};
      return s == segments ? length : std::max<index_t>(0, s * segment * along.stride - along.before);
    };
    parallel_ranges(p.batch * segments, 1, [&](index_t t, index_t, int worker) {
      const index_t image = t / segments, s = t % segments, begin = start(s), end = start(s + 1);
      const index_t rows = flat ? 1 : end - begin, columns = flat ? end : p.width;
      for (index_t r = 0; r < rows; ++r)
        p.clear_uncovered(image * p.height + (flat ? 0 : begin + r), flat ? begin : 0, columns, dx);
      windows(image, s);
      const index_t width = flat ? 1 : p.width;
      c.finish_rows((image * length + begin) * width, (image * length + end) * width, worker);
    });
    return;
  }
  const index_t all = p.batch * p.height * p.width;
  parallel_ranges(all, grain(p.channels), [&](index_t begin, index_t end, int) {
    std::fill(dx + begin * p.channels, dx + end * p.channels, T{});
  });
  // Segments are so long that every second one is free of the others.
  for (index_t phase = 0; phase < 2; ++phase) {
    const index_t each = (segments - phase + 1) / 2;
    parallel_ranges(p.batch * each, 1, [&](index_t t, index_t, int) { windows(t / each, t % each * 2 + phase); });
  }
  if (c.has_epilogue())
    parallel_ranges(all, grain(p.channels),
                    [&](index_t begin, index_t end, int worker) { c.finish_rows(begin, end, worker); });
}

}  // namespace genodl
