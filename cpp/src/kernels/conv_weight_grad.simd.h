// Gradient of convolution weights: dw[tap, channel][filter] = sum over positions of x * dy. Tiles
// of channels x filters run over blocks of positions that fit the second-level cache.
#pragma once

#include "conv_lines.simd.h"
#include "pack.simd.h"
#include "prefetch.simd.h"

namespace genodl::kernels::GENODL_ISA {

// A row of the gradient matrix is one (tap, channel). Rows that share a tap, or a kernel row when
// its taps are neighbours in memory, form a family: they read the same positions of x.
struct WeightGradPlan {
  ConvShape s;
  index_t channels, filters;  // of one group of the convolution
  index_t family_rows, families, span;
  index_t positions, blocks, position_chunks;
  index_t row_parts, column_parts;

  static constexpr index_t kBlock = 256;  // positions per block

  explicit WeightGradPlan(const ConvShape& shape) : s(simplified(shape)) {
    constexpr index_t kPartRows = 448, kPartColumns = 512, kTasks = 48;
    constexpr index_t kPartialFloats = 8 * 1024 * 1024, kFlops = 2'000'000;
    channels = s.channels / s.groups;
    filters = s.filters / s.groups;
    const bool merged = s.groups == 1 && s.dilation_w == 1 && channels < 2 * kTileRows;
    span = merged ? s.kernel_w : 1;
    family_rows = span * channels;
    families = s.kernel_h * s.kernel_w / larger(1, span);
    positions = s.batch * s.out_h * s.out_w;
    blocks = divide_up(positions, kBlock);
    row_parts = row_count() == 0 ? 0 : divide_up(row_count(), kPartRows);
    if (family_rows > 0 && family_rows <= kPartRows)
      row_parts = smaller(families, divide_up(families, kPartRows / family_rows));
    column_parts = divide_up(filters, kPartColumns);
    const index_t parts = row_parts * column_parts * s.groups;
    position_chunks = 1;
    if (parts == 0 || positions == 0) return;
    const index_t flops = 2 * row_count() * s.filters * positions;
    index_t chunks = divide_up(kTasks, parts);
    chunks = smaller(chunks, flops / parts / kFlops);
    chunks = smaller(chunks, blocks / 2);
    chunks = smaller(chunks, kPartialFloats / (row_count() * s.filters));
    position_chunks = larger(1, chunks);
  }

  index_t row_count() const { return families * family_rows; }
  index_t size() const { return row_count() * s.filters; }
  index_t tasks() const { return position_chunks * s.groups * row_parts * column_parts; }

  // Parts start at a family where families are small, else at a multiple of the tile.
  index_t row_start(index_t part) const {
    if (row_parts <= families) return cut(families, row_parts, part) * family_rows;
    if (part == row_parts) return row_count();
    return cut(divide_up(row_count(), kTileRows), row_parts, part) * kTileRows;
  }

  index_t block_start(index_t block) const { return blocks == 0 ? 0 : cut(positions, blocks, block); }

  index_t pieces_per_block() const { return smaller(kBlock, kBlock / larger(1, s.out_w) + 2); }
  index_t families_per_part() const {
    return row_parts == 0 ? 0 : smaller(families, divide_up(families, row_parts) + 1);
  }
  index_t segment_room() const { return families_per_part() * pieces_per_block(); }
  index_t edge_room() const {
    if (span == 1) return 0;
    const index_t window = kBlock * s.stride_w + pieces_per_block() * s.kernel_w;
    return families_per_part() * window * s.channels;
  }
  index_t scratch_size() const {
    return kBlock * kPanelWidth + edge_room() +
           (segment_room() * sizeof(Segment) + families_per_part() * sizeof(index_t)) / sizeof(float);
  }
};

class WeightGradTask {
 public:
  WeightGradTask(const WeightGradPlan& plan, float* scratch)
      : plan_(plan),
        panel_(scratch),
        segments_(reinterpret_cast<Segment*>(scratch + WeightGradPlan::kBlock * kPanelWidth)),
        family_ends_(reinterpret_cast<index_t*>(segments_ + plan.segment_room())),
        edges_(reinterpret_cast<float*>(family_ends_ + plan.families_per_part())) {}

  void run(const float* x, const float* dy, float* dw, index_t task) {
    const ConvShape& s = plan_.s;
    const index_t column_part = task % plan_.column_parts;
    task /= plan_.column_parts;
    const index_t row_part = task % plan_.row_parts;
    task /= plan_.row_parts;
    const index_t group = task % s.groups;
    const index_t chunk = task / s.groups;

    first_row_ = plan_.row_start(row_part);
    last_row_ = plan_.row_start(row_part + 1);
    const index_t panels = divide_up(plan_.filters, kPanelWidth);
    const index_t first_column = cut(panels, plan_.column_parts, column_part) * kPanelWidth;
    const index_t last_column = smaller(plan_.filters, cut(panels, plan_.column_parts, column_part + 1) * kPanelWidth);
    const index_t last_block = cut(plan_.blocks, plan_.position_chunks, chunk + 1);
    index_t block = cut(plan_.blocks, plan_.position_chunks, chunk);
    bool accumulate = false;
    do {
      const index_t begin = plan_.block_start(block);
      const index_t block_end = plan_.block_start(++block);
      collect(x + group * plan_.channels, begin, block_end);
      plan_prefetch(x, dy, block_end, last_column - first_column);
      for (index_t n = first_column; n < last_column; n += kPanelWidth) {
        const index_t column = group * plan_.filters + n;
        const index_t columns = smaller(kPanelWidth, plan_.filters - n);
        pack_rows(dy + begin * s.filters + column, s.filters, block_end - begin, columns, panel_);
        run_panel(dw + column, columns, accumulate);
      }
      accumulate = true;
    } while (block < last_block);
  }

 private:
  void plan_prefetch(const float* x, const float* dy, index_t next, index_t columns) {
    const ConvShape& s = plan_.s;
    const index_t length = smaller(WeightGradPlan::kBlock, plan_.positions - next);
    if (length <= 0) {
      next_x_ = next_dy_ = {};
      return;
    }
    const index_t line = next / s.out_w;
    const index_t row = line / s.out_h * s.height + line % s.out_h * s.stride_h;
    const index_t from = row * s.width + next % s.out_w * s.stride_w;
    const index_t until = smaller(s.batch * s.height * s.width, from + length * s.stride_w * s.stride_h);
    const index_t tiles = divide_up(columns, kPanelWidth) * larger(1, (last_row_ - first_row_) / kTileRows);
    next_x_ = {x + from * s.channels, 1, (until - from) * s.channels, 0, tiles};
    next_dy_ = {dy + next * s.filters, 1, length * s.filters, 0, tiles};
  }

  // Segments of every family of this part over positions [begin, end).
  void collect(const float* x, index_t begin, index_t end) {
    const ConvShape& s = plan_.s;
    segment_count_ = edge_floats_ = 0;
    first_family_ = first_row_ / plan_.family_rows;
    const index_t last_family = divide_up(last_row_, plan_.family_rows);
    const index_t taps = s.kernel_w / plan_.span;
    for (index_t family = first_family_; family < last_family; ++family) {
      const index_t kh = family / taps;
      const index_t kw = family % taps;
      for (index_t position = begin; position < end;) {
        const index_t line = position / s.out_w;
        const index_t w = position % s.out_w;
        const index_t length = smaller(s.out_w - w, end - position);
        const index_t h = line % s.out_h * s.stride_h - s.pad_top + kh * s.dilation_h;
        if (h >= 0 && h < s.height) {
          const float* row = x + (line / s.out_h * s.height + h) * s.width * s.channels;
          if (plan_.span == 1)
            add_tap(row, kw * s.dilation_w - s.pad_left, w, length, position - begin);
          else
            add_window(row, w * s.stride_w - s.pad_left, length, position - begin);
        }
        position += length;
      }
      family_ends_[family - first_family_] = segment_count_;
    }
  }

  // One tap: only the positions whose tap lies inside the row take part.
  void add_tap(const float* row, index_t offset, index_t w, index_t length, index_t block_row) {
    const ConvShape& s = plan_.s;
    const index_t first = larger(w, -floor_divide(offset, s.stride_w));
    const index_t last = smaller(w + length, floor_divide(s.width - 1 - offset, s.stride_w) + 1);
    if (first >= last) return;
    segments_[segment_count_++] = {row + (first * s.stride_w + offset) * s.channels, block_row + first - w,
                                   last - first};
  }

  // A whole kernel row: windows that reach into the padding are copied with zeros around them.
  void add_window(const float* row, index_t start, index_t length, index_t block_row) {
    const ConvShape& s = plan_.s;
    const index_t window = (length - 1) * s.stride_w + plan_.span;
    if (start >= 0 && start + window <= s.width) {
      segments_[segment_count_++] = {row + start * s.channels, block_row, length};
      return;
    }
    float* to = edges_ + edge_floats_;
    segments_[segment_count_++] = {to, block_row, length};
    edge_floats_ += window * s.channels;
    for (index_t i = start; i < start + window; ++i, to += s.channels) {
      if (i >= 0 && i < s.width)
        for (index_t c = 0; c < s.channels; ++c) to[c] = row[i * s.channels + c];
      else
        for (index_t c = 0; c < s.channels; ++c) to[c] = 0;
    }
  }

  void run_panel(float* dw, index_t columns, bool accumulate) {
    TileCall call{};
    call.a_stride = plan_.s.stride_w * plan_.s.channels;
    call.b = panel_;
    call.b_stride = panel_stride(columns);
    call.c_stride = plan_.s.filters;
    call.columns = columns;
    call.accumulate = accumulate;
    for (index_t row = first_row_; row < last_row_;) {
      const index_t family = row / plan_.family_rows;
      const index_t family_start = family * plan_.family_rows;
      const index_t end = smaller(last_row_, family_start + plan_.family_rows);
      const index_t slot = family - first_family_;
      const index_t first_segment = slot == 0 ? 0 : family_ends_[slot - 1];
      const index_t pieces = divide_up(end - row, kTileRows);
      call.segment_count = family_ends_[slot] - first_segment;
      for (index_t piece = 0; piece < pieces; ++piece) {
        const index_t tile = row + cut(end - row, pieces, piece);
        call.segments = segments_ + first_segment;
        call.a_offset = tile - family_start;
        call.c = dw + tile * call.c_stride;
        next_x_.some();
        next_dy_.some();
        run_neighbour_tile(row + cut(end - row, pieces, piece + 1) - tile, call);
      }
      row = end;
    }
  }

  const WeightGradPlan& plan_;
  Prefetch next_x_, next_dy_;
  float* panel_;
  Segment* segments_;
  index_t* family_ends_;
  float* edges_;
  index_t first_row_ = 0, last_row_ = 0, first_family_ = 0;
  index_t segment_count_ = 0, edge_floats_ = 0;
};

}  // namespace genodl::kernels::GENODL_ISA
