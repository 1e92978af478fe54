// Forward convolution and its input gradient seen alike: every line of the written tensor is made
// of tiles of positions, every tile sums over taps, every tap is a run of the read tensor.
#pragma once

#include "conv.h"
#include "microkernel.simd.h"

namespace genodl::kernels::GENODL_ISA {

// One product, named from the tensor that is written (`dest`) and the one that is read.
struct Lines {
  index_t batch, source_h, source_w, source_c, dest_h, dest_w, dest_c;
  index_t groups, terms, columns;  // terms: channels read per tap, columns: channels written
  index_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_h, pad_w;
  bool input_grad;
  bool merged;     // the taps of a kernel row are neighbours in memory and make one run
  index_t phases;  // a strided input gradient is `phases` convolutions, interleaved
  index_t step;    // source positions between neighbours of one phase
};

// A kernel of one tap, or as large as the input, is a plain product over fewer, longer lines.
inline ConvShape simplified(ConvShape s) {
  const bool unpadded = s.pad_top == 0 && s.pad_left == 0;
  const bool every_position = unpadded && s.kernel_h == 1 && s.kernel_w == 1 && s.stride_h == 1 && s.stride_w == 1 &&
                              s.out_h == s.height && s.out_w == s.width;
  const bool one_position = unpadded && s.out_h == 1 && s.out_w == 1 && s.groups == 1 && s.kernel_h == s.height &&
                            s.kernel_w == s.width && (s.dilation_h == 1 || s.kernel_h == 1) &&
                            (s.dilation_w == 1 || s.kernel_w == 1);
  if (!every_position && !one_position) return s;
  const index_t area = s.height * s.width;
  const index_t lines = every_position ? s.batch * area : s.batch;
  const index_t channels = every_position ? s.channels : s.channels * area;
  return {1, 1, lines, channels, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, lines, s.filters, s.groups};
}

inline Lines forward_lines(const ConvShape& shape) {
  const ConvShape s = simplified(shape);
  Lines l{s.batch,
          s.height,
          s.width,
          s.channels,
          s.out_h,
          s.out_w,
          s.filters,
          s.groups,
          s.channels / s.groups,
          s.filters / s.groups,
          s.kernel_h,
          s.kernel_w,
          s.stride_h,
          s.stride_w,
          s.dilation_h,
          s.dilation_w,
          s.pad_top,
          s.pad_left,
          false,
          false,
          1,
          s.stride_w};
  l.merged = l.groups == 1 && l.dilation_w == 1;
  return l;
}

inline Lines input_grad_lines(const ConvShape& shape) {
  const ConvShape s = simplified(shape);
  Lines l{s.batch,
          s.out_h,
          s.out_w,
          s.filters,
          s.height,
          s.width,
          s.channels,
          s.groups,
          s.filters / s.groups,
          s.channels / s.groups,
          s.kernel_h,
          s.kernel_w,
          s.stride_h,
          s.stride_w,
          s.dilation_h,
          s.dilation_w,
          s.pad_top,
          s.pad_left,
          true,
          false,
          s.stride_w,
          1};
  l.merged = l.groups == 1 && l.dilation_w == 1 && l.stride_w == 1;
  return l;
}

// Rows of dx that one row of the simplified shape stands for.
inline index_t input_rows(const ConvShape& shape, const Lines& l) {
  return shape.channels == 0 ? 1 : l.dest_c / shape.channels;
}

inline index_t floor_divide(index_t a, index_t b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

// The source row that kernel row `kh` reads for written row `h`, or -1.
inline index_t source_row(const Lines& l, index_t h, index_t kh) {
  index_t row;
  if (l.input_grad) {
    row = h + l.pad_h - kh * l.dilation_h;
    if (row < 0 || row % l.stride_h != 0) return -1;
    row /= l.stride_h;
  } else {
    row = h * l.stride_h - l.pad_h + kh * l.dilation_h;
  }
  return row >= 0 && row < l.source_h ? row : -1;
}

// Packed taps of an input gradient run backwards, so that they read ascending positions.
inline index_t packed_tap(const Lines& l, index_t tap) { return l.input_grad ? l.kernel_w - 1 - tap : tap; }

// Whether packed tap `u` serves `phase`, and which source position it reads for its position 0.
inline bool tap_position(const Lines& l, index_t u, index_t phase, index_t* position) {
  const index_t tap = packed_tap(l, u);
  if (!l.input_grad) {
    *position = tap * l.dilation_w - l.pad_w;
    return true;
  }
  const index_t distance = phase + l.pad_w - tap * l.dilation_w;
  *position = floor_divide(distance, l.stride_w);
  return *position * l.stride_w == distance;
}

struct TaskRange {
  index_t first_line, last_line, first_w, last_w;
};

// A task is a piece of one line or several whole lines: enough work to be worth starting, small
// enough that what it reads stays in the second-level cache while all panels pass over it.
struct LineTasks {
  index_t lines, pieces_per_line, tasks;

  explicit LineTasks(const Lines& l) {
    constexpr index_t kTasks = 128, kFlops = 2'000'000, kSourceFloats = 64 * 1024;
    lines = l.batch * l.dest_h;
    const index_t rows = lines * l.dest_w;
    pieces_per_line = 1;
    tasks = 0;
    if (rows == 0) return;
    const index_t flops = 2 * l.kernel_h * l.kernel_w * l.terms * l.dest_c + 1;
    const index_t least = larger(32, kFlops / flops);
    const index_t most = larger(64, kSourceFloats / larger(1, l.source_c));
    const index_t chunk = larger(least, smaller(divide_up(rows, kTasks), most));
    if (l.dest_w > chunk) {
      pieces_per_line = divide_up(l.dest_w, chunk);
      tasks = lines * pieces_per_line;
    } else {
      tasks = divide_up(lines, chunk / l.dest_w);
    }
  }

  TaskRange range(const Lines& l, index_t task) const {
    if (pieces_per_line == 1) return {cut(lines, tasks, task), cut(lines, tasks, task + 1), 0, l.dest_w};
    const index_t line = task / pieces_per_line;
    const index_t piece = task % pieces_per_line;
    return {line, line + 1, cut(l.dest_w, pieces_per_line, piece), cut(l.dest_w, pieces_per_line, piece + 1)};
  }
};

struct LineTile {
  index_t dest;  // offset of its first position
  index_t rows, first_segment, segment_count;
};

// Collects tiles with their segments and zero-padded edge copies until the scratch is full, then
// runs every panel over all of them.
class TileBatch {
 public:
  TileBatch(const Lines& lines, float* scratch)
      : lines_(lines),
        tiles_(reinterpret_cast<LineTile*>(scratch)),
        segments_(reinterpret_cast<Segment*>(tiles_ + kTiles)),
        edges_(reinterpret_cast<float*>(segments_ + segment_room(lines))) {}

  static index_t scratch_size(const Lines& l) {
    return (kTiles * sizeof(LineTile) + segment_room(l) * sizeof(Segment)) / sizeof(float) + edge_room(l);
  }

  void run_task(const TaskRange& range, const float* source, const float* packed, float* dest) {
    const index_t depth = lines_.kernel_h * lines_.kernel_w * lines_.terms;
    const index_t group_size = depth * divide_up(lines_.columns, kLanes) * kLanes;
    for (index_t g = 0; g < lines_.groups; ++g) {
      source_ = source + g * lines_.terms;
      packed_ = packed + g * group_size;
      dest_ = dest + g * lines_.columns;
      for (index_t line = range.first_line; line < range.last_line; ++line)
        for (index_t phase = 0; phase < lines_.phases; ++phase) add_line(line, phase, range.first_w, range.last_w);
      flush();
    }
  }

 private:
  static constexpr index_t kTiles = 128;

  static index_t tile_segments(const Lines& l) { return l.kernel_h * (l.merged ? 1 : l.kernel_w); }
  static index_t tile_edges(const Lines& l) {
    const index_t span = l.merged ? l.kernel_w : 1;
    return tile_segments(l) * ((kTileRows - 1) * l.step + span) * l.source_c;
  }
  static index_t segment_room(const Lines& l) { return larger(1024, tile_segments(l)); }
  static index_t edge_room(const Lines& l) { return larger(32 * 1024, tile_edges(l)); }

  void add_line(index_t line, index_t phase, index_t first_w, index_t last_w) {
    const index_t first = divide_up(larger(0, first_w - phase), lines_.phases);
    const index_t last = divide_up(larger(0, last_w - phase), lines_.phases);
    const index_t pieces = divide_up(last - first, kTileRows);
    for (index_t i = 0; i < pieces; ++i) {
      if (tile_count_ == kTiles || segment_count_ + tile_segments(lines_) > segment_room(lines_) ||
          edge_floats_ + tile_edges(lines_) > edge_room(lines_))
        flush();
      const index_t begin = first + cut(last - first, pieces, i);
      add_tile(line, phase, begin, first + cut(last - first, pieces, i + 1) - begin);
    }
  }

  void add_tile(index_t line, index_t phase, index_t begin, index_t rows) {
    const index_t sample = line / lines_.dest_h;
    const index_t h = line % lines_.dest_h;
    const index_t w = begin * lines_.phases + phase;
    LineTile& tile = tiles_[tile_count_++];
    tile = {(line * lines_.dest_w + w) * lines_.dest_c, rows, segment_count_, 0};
    const index_t taps = lines_.merged ? 1 : lines_.kernel_w;
    for (index_t kh = 0; kh < lines_.kernel_h; ++kh) {
      const index_t row = source_row(lines_, h, kh);
      if (row < 0) continue;
      const float* line_start = source_ + (sample * lines_.source_h + row) * lines_.source_w * lines_.source_c;
      for (index_t u = 0; u < taps; ++u) {
        index_t position;
        if (tap_position(lines_, u, phase, &position))
          add_segment(line_start, position + begin * lines_.step, rows, kh * lines_.kernel_w + u);
      }
    }
    tile.segment_count = segment_count_ - tile.first_segment;
  }

  // Taps that read only padding for all rows are left out; a run that reaches into the padding
  // is copied with zeros around it.
  void add_segment(const float* line, index_t position, index_t rows, index_t tap) {
    const index_t width = lines_.source_w;
    const index_t reach = (rows - 1) * lines_.step;
    const index_t span = lines_.merged ? lines_.kernel_w : 1;
    const index_t first = larger(0, -(position + reach));
    const index_t last = smaller(span, width - position);
    if (first >= last) return;
    position += first;
    const index_t window = reach + last - first;
    const float* a;
    if (position >= 0 && position + window <= width) {
      a = line + position * lines_.source_c;
    } else {
      a = edges_ + edge_floats_;
      copy_window(line, position, window, edges_ + edge_floats_);
      edge_floats_ += window * lines_.source_c;
    }
    segments_[segment_count_++] = {a, (tap + first) * lines_.terms, (last - first) * lines_.terms};
  }

  void copy_window(const float* line, index_t position, index_t window, float* to) const {
    const index_t channels = lines_.source_c;
    for (index_t i = 0; i < window; ++i, to += channels) {
      const index_t from = position + i;
      const bool inside = from >= 0 && from < lines_.source_w;
      const float* values = line + from * channels;
      if (inside)
        for (index_t c = 0; c < lines_.terms; ++c) to[c] = values[c];
      else
        for (index_t c = 0; c < lines_.terms; ++c) to[c] = 0;
    }
  }

  void flush() {
    const index_t depth = lines_.kernel_h * lines_.kernel_w * lines_.terms;
    for (index_t column = 0; column < lines_.columns; column += kPanelWidth) {
      const index_t columns = smaller(kPanelWidth, lines_.columns - column);
      TileCall call{};
      call.a_stride = lines_.step * lines_.source_c;
      call.b = packed_ + column * depth;
      call.b_stride = columns > kLanes ? kPanelWidth : kLanes;
      call.c_stride = lines_.phases * lines_.dest_c;
      call.columns = columns;
      for (index_t i = 0; i < tile_count_; ++i) {
        call.segments = segments_ + tiles_[i].first_segment;
        call.segment_count = tiles_[i].segment_count;
        call.c = dest_ + tiles_[i].dest + column;
        run_strided_tile(tiles_[i].rows, call);
      }
    }
    tile_count_ = segment_count_ = edge_floats_ = 0;
  }

  const Lines& lines_;
  LineTile* tiles_;
  Segment* segments_;
  float* edges_;
  const float* source_ = nullptr;
  const float* packed_ = nullptr;
  float* dest_ = nullptr;
  index_t tile_count_ = 0, segment_count_ = 0, edge_floats_ = 0;
};

}  // namespace genodl::kernels::GENODL_ISA
