// Gradient of the weights by F(4, 3) backwards: for each of the six points a product of transformed
// inputs and transformed output gradients, summed over all tiles, then transformed to three taps.
#pragma once

#include "pack.simd.h"
#include "winograd_tiles.simd.h"

namespace genodl::kernels::GENODL_ISA {

// A part is some groups of taps, channels and filters; its sums stay in the second-level cache while
// a chunk of lines passes by.
struct WinogradGradPlan {
  Lines l;
  index_t row_groups;  // groups of taps of a kernel row
  index_t tap_groups;  // of the whole kernel
  index_t groups_per_part, group_parts, channel_parts, filter_parts;
  index_t block_tiles, chunks;

  explicit WinogradGradPlan(const ConvShape& shape) : l(forward_lines(shape)) {
    constexpr index_t kWidest = 80, kSums = 64 * 1024, kBlock = 80 * 1024;
    constexpr index_t kTasks = 48, kFlops = 2'000'000, kPartial = 8 * 1024 * 1024, kNear = 2 * 1024 * 1024;
    row_groups = divide_up(l.kernel_w, kTaps);
    tap_groups = l.kernel_h * row_groups;
    channel_parts = larger(1, divide_up(l.terms, kWidest));
    filter_parts = larger(1, divide_up(l.columns, kWidest));
    const index_t sums = kPoints * part_channels() * part_width();
    groups_per_part = smaller(tap_groups, larger(1, kSums / larger(1, sums)));
    group_parts = divide_up(tap_groups, groups_per_part);
    block_tiles = larger(16, kBlock / (kPoints * (part_channels() + part_width())));
    chunks = 1;
    const index_t lines = l.batch * l.dest_h;
    if (size() == 0 || lines == 0) return;
    const index_t flops = 2 * lines * l.dest_w * size();
    // All parts read a chunk's x and dy one after the other: it should stay in the third-level cache.
    const index_t read = l.batch * l.source_h * l.source_w * l.source_c + lines * l.dest_w * l.dest_c;
    chunks = smaller(larger(divide_up(kTasks, parts()), divide_up(read, kNear)), lines);
    chunks = smaller(chunks, flops / parts() / kFlops);
    chunks = smaller(chunks, lines * tiles_per_line(l) / (2 * block_tiles));
    chunks = larger(1, smaller(chunks, kPartial / size()));
  }

  index_t size() const { return l.kernel_h * l.kernel_w * l.terms * l.columns; }
  index_t parts() const { return group_parts * channel_parts * filter_parts; }
  index_t tasks() const { return size() == 0 ? 0 : parts() * chunks; }
  index_t part_channels() const { return divide_up(l.terms, channel_parts); }
  index_t filter_start(index_t part) const {
    const index_t panels = divide_up(l.columns, kLanes);
    return smaller(l.columns, cut(panels, filter_parts, part) * kLanes);
  }
  // Filters of a part, in whole vectors.
  index_t part_width() const { return divide_up(divide_up(l.columns, kLanes), filter_parts) * kLanes; }
  index_t sums_size() const { return whole_lines(groups_per_part * kPoints * part_channels() * part_width()); }
  index_t inputs_size() const { return whole_lines(kPoints * block_tiles * part_channels()); }
  index_t grads_size() const { return kPoints * block_tiles * part_width(); }
  index_t zeros_size() const { return larger(larger(l.terms, l.columns), kLanes); }
  index_t scratch_size() const {
    return tile_lists_size(block_tiles) + sums_size() + inputs_size() + whole_lines(grads_size()) + zeros_size();
  }
};

class WinogradGradTask {
 public:
  WinogradGradTask(const WinogradGradPlan& plan, index_t part, float* scratch) : plan_(plan), l_(plan.l) {
    const index_t filter_part = part % plan.filter_parts;
    part /= plan.filter_parts;
    const index_t channel_part = part % plan.channel_parts;
    part /= plan.channel_parts;
    first_channel_ = cut(l_.terms, plan.channel_parts, channel_part);
    channels_ = cut(l_.terms, plan.channel_parts, channel_part + 1) - first_channel_;
    first_filter_ = plan.filter_start(filter_part);
    filters_ = plan.filter_start(filter_part + 1) - first_filter_;
    width_ = divide_up(filters_, kLanes) * kLanes;
    first_group_ = part * plan.groups_per_part;
    groups_ = smaller(plan.tap_groups - first_group_, plan.groups_per_part);

    tiles_ = reinterpret_cast<WinogradTile*>(scratch);
    next_ = tiles_ + plan.block_tiles;
    sums_ = scratch + tile_lists_size(plan.block_tiles);
    inputs_ = sums_ + plan.sums_size();
    grads_ = inputs_ + plan.inputs_size();
    zeros_ = grads_ + whole_lines(plan.grads_size());
    for (index_t i = 0; i < plan.zeros_size(); ++i) zeros_[i] = 0;
  }

  void run(const float* x, const float* dy, float* dw, index_t chunk) {
    x_ = x;
    dy_ = dy;
    const index_t lines = l_.batch * l_.dest_h;
    TileWalk walk(l_, {cut(lines, plan_.chunks, chunk), cut(lines, plan_.chunks, chunk + 1), 0, l_.dest_w});
    count_ = l_.dest_w > 0 ? walk.fill(tiles_, plan_.block_tiles) : 0;
    bool accumulate = false;
    do {
      next_count_ = count_ > 0 ? walk.fill(next_, plan_.block_tiles) : 0;
      fetched_ = 0;
      run_block(accumulate);
      accumulate = true;
      WinogradTile* const done = tiles_;
      tiles_ = next_;
      next_ = done;
      count_ = next_count_;
    } while (count_ > 0);
    for (index_t g = 0; g < groups_; ++g) write_taps(g, dw);
  }

 private:
  void run_block(bool accumulate) {
    for (index_t t = 0; t < count_; ++t) transform_grads(t);
    for (index_t g = 0; g < groups_; ++g) {
      const index_t group = first_group_ + g;
      for (index_t t = 0; t < count_; ++t)
        transform_input_tile(l_, tiles_[t], group / plan_.row_groups, group % plan_.row_groups, x_ + first_channel_,
                             zeros_, channels_, inputs_ + t * channels_, plan_.block_tiles * channels_);
      multiply(g, accumulate);
    }
  }

  // grads_[point][panel][tile][filter of the panel]
  void transform_grads(index_t t) {
    const WinogradTile& tile = tiles_[t];
    const float* from[kOutputs];
    for (index_t r = 0; r < kOutputs; ++r) {
      const index_t row = tile.line * l_.dest_w + tile.w + r * l_.dilation_w;
      from[r] = r < tile.outputs ? dy_ + row * l_.dest_c + first_filter_ : zeros_;
    }
    const index_t plane = plan_.block_tiles * width_;
    for (index_t n = 0; n < width_; n += kLanes) {
      const index_t panel = n / kPanelWidth * kPanelWidth;
      const index_t stride = smaller(kPanelWidth, width_ - panel);
      float* to = grads_ + panel * plan_.block_tiles + t * stride + n - panel;
      Vec y[kOutputs], m[kPoints];
      for (int r = 0; r < kOutputs; ++r)
        y[r] = filters_ - n >= kLanes ? load(from[r] + n) : load_part(from[r] + n, filters_ - n);
      transform_output_grads(y, m);
#pragma GCC unroll 6
      for (int i = 0; i < kPoints; ++i) store(to + i * plane, m[i]);
    }
  }

  // sums_[group][point][channel][filter] (+)= inputs_' grads_
  void multiply(index_t g, bool accumulate) {
    const index_t pieces = divide_up(channels_, kTileRows);
    const index_t calls = groups_ * kPoints * pieces * divide_up(width_, kPanelWidth);
    const index_t fetches_per_call = divide_up(next_count_, larger(1, calls));
    Segment segment{};
    segment.length = count_;
    TileCall call{};
    call.segments = &segment;
    call.segment_count = 1;
    call.a_stride = channels_;
    call.c_stride = width_;
    call.accumulate = accumulate;
    for (int point = 0; point < kPoints; ++point) {
      const float* inputs = inputs_ + point * plan_.block_tiles * channels_;
      const float* grads = grads_ + point * plan_.block_tiles * width_;
      float* sums = sums_ + (g * kPoints + point) * channels_ * width_;
      for (index_t column = 0; column < width_; column += kPanelWidth) {
        call.columns = smaller(kPanelWidth, width_ - column);
        call.b = grads + column * plan_.block_tiles;
        call.b_stride = call.columns;
        for (index_t i = 0; i < pieces; ++i) {
          const index_t c = cut(channels_, pieces, i);
          segment.a = inputs + c;
          call.c = sums + c * width_ + column;
          fetch_next(fetches_per_call);
          run_neighbour_tile(cut(channels_, pieces, i + 1) - c, call);
        }
      }
    }
  }

  // What the next block will read comes from far memory while this one multiplies.
  void fetch_next(index_t tiles) {
    constexpr index_t kLine = 16;
    for (; tiles > 0 && fetched_ < next_count_; --tiles) {
      const WinogradTile& tile = next_[fetched_++];
      const float* line = source_line(l_, tile.line, first_group_ / plan_.row_groups, x_);
      for (index_t r = 0; r < tile.outputs; ++r) {
        const index_t w = tile.w + r * l_.dilation_w;
        const float* grads = dy_ + (tile.line * l_.dest_w + w) * l_.dest_c + first_filter_;
        for (index_t n = 0; n < filters_; n += kLine) __builtin_prefetch(grads + n, 0, 2);
        if (!line || w >= l_.source_w) continue;
        const float* inputs = line + w * l_.source_c + first_channel_;
        for (index_t c = 0; c < channels_; c += kLine) __builtin_prefetch(inputs + c, 0, 2);
      }
    }
  }

  void write_taps(index_t g, float* dw) const {
    const index_t group = first_group_ + g;
    const index_t kh = group / plan_.row_groups;
    const index_t first_tap = group % plan_.row_groups * kTaps;
    const index_t taps = smaller(kTaps, l_.kernel_w - first_tap);
    const index_t plane = channels_ * width_;
    for (index_t c = 0; c < channels_; ++c)
      for (index_t n = 0; n < filters_; n += kLanes) {
        const float* from = sums_ + g * kPoints * plane + c * width_ + n;
        Vec u[kPoints], weights[kTaps];
        for (int i = 0; i < kPoints; ++i) u[i] = load(from + i * plane);
        transform_weight_grads(u, weights);
        for (index_t tap = 0; tap < taps; ++tap) {
          const index_t row = (kh * l_.kernel_w + first_tap + tap) * l_.terms + first_channel_ + c;
          float* to = dw + row * l_.columns + first_filter_ + n;
          if (filters_ - n >= kLanes)
            store(to, weights[tap]);
          else
            store_part(to, weights[tap], filters_ - n);
        }
      }
  }

  const WinogradGradPlan& plan_;
  const Lines& l_;
  index_t first_channel_, channels_, first_filter_, filters_, width_, first_group_, groups_;
  WinogradTile* tiles_;
  WinogradTile* next_;
  float* sums_;
  float* inputs_;
  float* grads_;
  float* zeros_;
  const float* x_ = nullptr;
  const float* dy_ = nullptr;
  index_t count_ = 0, next_count_ = 0, fetched_ = 0;
};

}  // namespace genodl::kernels::GENODL_ISA
