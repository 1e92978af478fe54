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

  // Calls body(begin, end, worker) for pieces of the output positions.
  template <class Body>
  static void parallel_outputs(const PoolShape& p, Body&& body) {
    parallel_ranges(p.outputs(), grain(p.channels * p.high.pool * p.wide.pool), body);
  }
  // The same for gradients, which write where windows are: pieces that overlap never run together.
  template <class Body>
  static void parallel_windows(const PoolShape& p, Body&& body);
  // Clears the positions of dx that no window writes, or all where windows add up.
  template <class T>
  static void clear(const PoolShape& p, T* dx);

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
  Value delta(DeltaContext& d) const override;
  Cost cost(Specs inputs, Specs outputs) const override;
};

template <class Body>
void PoolOp::parallel_windows(const PoolShape& p, Body&& body) {
  if (!p.overlap()) return parallel_outputs(p, [&](index_t begin, index_t end, int) { body(begin, end); });
  // Segments of an image's rows (or of its only row) so long that every second one is free of the others.
  const bool flat = p.out_height == 1;
  const Windows& along = flat ? p.wide : p.high;
  const index_t count = flat ? p.out_width : p.out_height, unit = flat ? 1 : p.out_width;
  const index_t reach = (along.pool + along.stride - 1) / along.stride;
  const index_t segment = std::max(reach, grain(unit * p.channels * p.high.pool * p.wide.pool));
  const index_t segments = (count + segment - 1) / segment;
  for (index_t phase = 0; phase < 2; ++phase) {
    const index_t each = (segments - phase + 1) / 2;
    parallel_ranges(p.batch * each, 1, [&](index_t t, index_t, int) {
      const index_t first = (t % each * 2 + phase) * segment, image = t / each * count;
      body((image + first) * unit, (image + std::min(count, first + segment)) * unit);
    });
  }
}

template <class T>
void PoolOp::clear(const PoolShape& p, T* dx) {
  parallel_ranges(p.batch * p.height, grain(p.width * p.channels), [&](index_t begin, index_t end, int) {
    for (index_t r = begin; r < end; ++r) {
      T* row = dx + r * p.width * p.channels;
      if (p.overlap() || !p.high.covers(r % p.height, p.out_height)) {
        std::fill_n(row, p.width * p.channels, T{});
        continue;
      }
      for (index_t j = 0; j < p.width; ++j)
        if (!p.wide.covers(j, p.out_width)) std::fill_n(row + j * p.channels, p.channels, T{});
    }
  });
}

}  // namespace genodl
