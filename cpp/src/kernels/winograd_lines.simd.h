// Forward convolution and input gradient by Winograd's F(4, 3): tiles of four outputs, groups of
// three taps, six matrix products per group.
#pragma once

#include "winograd_tiles.simd.h"

namespace genodl::kernels::GENODL_ISA {

// How a product of stride 1 without groups is cut.
struct WinogradPlan {
  Lines l;
  index_t tap_groups;   // of three taps, per kernel row
  index_t unit;         // outputs of all phases of one tile
  index_t batch_tiles;  // transformed together
  index_t pieces_per_line, tasks;

  explicit WinogradPlan(const Lines& lines) : l(lines) {
    constexpr index_t kTasks = 128, kFlops = 2'000'000, kFloats = 64 * 1024;
    tap_groups = divide_up(l.kernel_w, kTaps);
    unit = kOutputs * l.dilation_w;
    const index_t widest = larger(1, larger(l.terms, l.columns));
    batch_tiles = larger(kTileRows, smaller(256, kFloats / (kPoints * widest)));
    pieces_per_line = 1;
    tasks = 0;
    const index_t count = l.batch * l.dest_h;
    const index_t rows = count * l.dest_w;
    if (rows == 0) return;
    const index_t flops = 2 * l.kernel_h * l.kernel_w * l.terms * l.columns + 1;
    const index_t chunk = larger(larger(2 * kOutputs * kTileRows, kFlops / flops),
                                 smaller(divide_up(rows, kTasks), kOutputs * batch_tiles));
    if (l.dest_w > chunk) {
      pieces_per_line = smaller(divide_up(l.dest_w, chunk), divide_up(l.dest_w, unit));
      tasks = count * pieces_per_line;
    } else {
      tasks = divide_up(count, chunk / l.dest_w);
    }
  }

  index_t depth() const { return l.kernel_h * tap_groups * l.terms; }
  index_t padded_columns() const { return divide_up(l.columns, kLanes) * kLanes; }
  index_t packed_size() const { return kPoints * depth() * padded_columns(); }
  index_t inputs_size() const { return whole_lines(kPoints * batch_tiles * l.terms); }
  index_t products_size() const { return kPoints * batch_tiles * padded_columns(); }
  index_t scratch_size() const {
    return tile_lists_size(batch_tiles) + inputs_size() + whole_lines(products_size()) + larger(l.terms, kLanes);
  }

  TaskRange range(index_t task) const {
    const index_t count = l.batch * l.dest_h;
    if (pieces_per_line == 1) return {cut(count, tasks, task), cut(count, tasks, task + 1), 0, l.dest_w};
    const index_t units = divide_up(l.dest_w, unit);
    const index_t piece = task % pieces_per_line;
    const index_t line = task / pieces_per_line;
    return {line, line + 1, cut(units, pieces_per_line, piece) * unit,
            smaller(l.dest_w, cut(units, pieces_per_line, piece + 1) * unit)};
  }

  // Tiles of one line: some phases have one position more than the others.
  index_t tiles_per_line() const {
    const index_t longer = l.dest_w % l.dilation_w;
    const index_t length = l.dest_w / l.dilation_w;
    return longer * divide_up(length + 1, kOutputs) + (l.dilation_w - longer) * divide_up(length, kOutputs);
  }
};

// Packed weights: for each group of taps, for each panel of columns, the six transformed matrices.
class WinogradTask {
 public:
  WinogradTask(const WinogradPlan& plan, float* scratch)
      : plan_(plan),
        l_(plan.l),
        width_(plan.padded_columns()),
        tiles_(reinterpret_cast<WinogradTile*>(scratch)),
        next_(tiles_ + plan.batch_tiles),
        inputs_(scratch + tile_lists_size(plan.batch_tiles)),
        products_(inputs_ + plan.inputs_size()),
        zeros_(products_ + whole_lines(plan.products_size())) {
    for (index_t i = 0; i < l_.terms; ++i) zeros_[i] = 0;
  }

  void run(const TaskRange& range, const float* source, const float* packed, float* dest) {
    source_ = source;
    packed_ = packed;
    dest_ = dest;
    TileWalk walk(l_, range);
    count_ = walk.fill(tiles_, plan_.batch_tiles);
    while (count_ > 0) {
      next_count_ = walk.fill(next_, plan_.batch_tiles);
      fetched_ = 0;
      run_batch();
      WinogradTile* const done = tiles_;
      tiles_ = next_;
      next_ = done;
      count_ = next_count_;
    }
  }

 private:
  void run_batch() {
    const float* packed = packed_;
    for (index_t kh = 0; kh < l_.kernel_h; ++kh)
      for (index_t group = 0; group < plan_.tap_groups; ++group) {
        // inputs_[point][tile][channel]
        for (index_t t = 0; t < count_; ++t)
          transform_input_tile(l_, tiles_[t], kh, group, source_, zeros_, l_.terms, inputs_ + t * l_.terms,
                               plan_.batch_tiles * l_.terms);
        multiply(packed, kh > 0 || group > 0);
        packed += kPoints * l_.terms * width_;
      }
    for (index_t t = 0; t < count_; ++t) write_tile(t);
  }

  // What the next batch will read and write comes from far memory while this one multiplies.
  void fetch_next(index_t tiles) {
    constexpr index_t kLine = 16;
    for (; tiles > 0 && fetched_ < next_count_; --tiles) {
      const WinogradTile& tile = next_[fetched_++];
      const index_t row = source_row(l_, tile.line % l_.dest_h, l_.input_grad ? 0 : l_.kernel_h - 1);
      for (index_t r = 0; r < tile.outputs; ++r) {
        const index_t w = tile.w + r * l_.dilation_w;
        const float* to = dest_ + (tile.line * l_.dest_w + w) * l_.dest_c;
        for (index_t n = 0; n < l_.columns; n += kLine) __builtin_prefetch(to + n, 1, 2);
        if (row < 0 || w >= l_.source_w) continue;
        const index_t line = tile.line / l_.dest_h * l_.source_h + row;
        const float* from = source_ + (line * l_.source_w + w) * l_.source_c;
        for (index_t c = 0; c < l_.terms; c += kLine) __builtin_prefetch(from + c, 0, 2);
      }
    }
  }

  // products_[point][tile][column] (+)= inputs_ times one group of packed weights
  void multiply(const float* packed, bool accumulate) {
    const index_t tiles = divide_up(count_, kTileRows);
    const index_t calls = l_.kernel_h * plan_.tap_groups * divide_up(width_, kPanelWidth) * kPoints * tiles;
    const index_t fetches_per_call = divide_up(next_count_, larger(1, calls));
    TileCall call{};
    Segment segment{};
    segment.length = l_.terms;
    call.segments = &segment;
    call.segment_count = 1;
    call.a_stride = l_.terms;
    call.c_stride = width_;
    call.accumulate = accumulate;
    for (index_t column = 0; column < width_; column += kPanelWidth) {
      call.columns = smaller(kPanelWidth, width_ - column);
      call.b_stride = call.columns;
      for (int point = 0; point < kPoints; ++point) {
        call.b = packed + kPoints * column * l_.terms + point * l_.terms * call.columns;
        for (index_t i = 0; i < tiles; ++i) {
          const index_t t = cut(count_, tiles, i);
          segment.a = inputs_ + (point * plan_.batch_tiles + t) * l_.terms;
          call.c = products_ + (point * plan_.batch_tiles + t) * width_ + column;
          fetch_next(fetches_per_call);
          run_strided_tile(cut(count_, tiles, i + 1) - t, call);
        }
      }
    }
  }

  void write_tile(index_t t) {
    const WinogradTile& tile = tiles_[t];
    const float* from = products_ + t * width_;
    const index_t plane = plan_.batch_tiles * width_;
    float* to = dest_ + (tile.line * l_.dest_w + tile.w) * l_.dest_c;
    const index_t step = l_.dilation_w * l_.dest_c;
    for (index_t n = 0; n < l_.columns; n += kLanes) {
      Vec m[kPoints], y[kOutputs];
#pragma GCC unroll 6
      for (int i = 0; i < kPoints; ++i) m[i] = load(from + i * plane + n);
      transform_products(m, y);
      const index_t columns = smaller(kLanes, l_.columns - n);
      for (index_t r = 0; r < tile.outputs; ++r) {
        if (columns == kLanes)
          store(to + r * step + n, y[r]);
        else
          store_part(to + r * step + n, y[r], columns);
      }
    }
  }

  const WinogradPlan& plan_;
  const Lines& l_;
  index_t width_;
  WinogradTile* tiles_;
  WinogradTile* next_;
  float* inputs_;
  float* products_;
  float* zeros_;
  const float* source_ = nullptr;
  const float* packed_ = nullptr;
  float* dest_ = nullptr;
  index_t count_ = 0, next_count_ = 0, fetched_ = 0;
};

}  // namespace genodl::kernels::GENODL_ISA
