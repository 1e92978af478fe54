// Tiles of four neighbouring outputs, the neighbours of a dilated convolution being `dilation` apart.
#pragma once

#include "conv_lines.simd.h"
#include "winograd_transforms.simd.h"

namespace genodl::kernels::GENODL_ISA {

// `outputs` is less than four at the end of a phase.
struct WinogradTile {
  index_t line, w, outputs;
};

// Floats in whole cache lines, so that what follows starts at one.
inline index_t whole_lines(index_t floats) { return divide_up(floats, 16) * 16; }

// Two lists of `count` tiles, in floats.
inline index_t tile_lists_size(index_t count) {
  return whole_lines(2 * count * index_t{sizeof(WinogradTile)} / index_t{sizeof(float)});
}

// Tiles of one line: some phases have one position more than the others.
inline index_t tiles_per_line(const Lines& l) {
  const index_t longer = l.dest_w % l.dilation_w;
  const index_t length = l.dest_w / l.dilation_w;
  return longer * divide_up(length + 1, kOutputs) + (l.dilation_w - longer) * divide_up(length, kOutputs);
}

// Hands out the tiles of a task, phase after phase.
class TileWalk {
 public:
  TileWalk(const Lines& lines, const TaskRange& range)
      : l_(lines), range_(range), line_(range.first_line), phase_(range.first_w), at_(phase_) {}

  // Fills `tiles` with up to `most` of those that are left.
  index_t fill(WinogradTile* tiles, index_t most) {
    const index_t dilation = l_.dilation_w;
    const index_t phase_end = smaller(range_.last_w, range_.first_w + dilation);
    index_t count = 0;
    while (count < most && line_ < range_.last_line) {
      tiles[count++] = {line_, at_, smaller(kOutputs, divide_up(range_.last_w - at_, dilation))};
      at_ += kOutputs * dilation;
      if (at_ < range_.last_w) continue;
      at_ = ++phase_;
      if (phase_ < phase_end) continue;
      at_ = phase_ = range_.first_w;
      ++line_;
    }
    return count;
  }

 private:
  const Lines& l_;
  const TaskRange range_;
  index_t line_, phase_, at_;
};

// Row kh of the source for a written line, or null where it is padding.
inline const float* source_line(const Lines& l, index_t line, index_t kh, const float* source) {
  const index_t row = source_row(l, line % l.dest_h, kh);
  if (row < 0) return nullptr;
  return source + (line / l.dest_h * l.source_h + row) * l.source_w * l.source_c;
}

// The six transformed inputs of a tile for one group of taps: to[point * plane + channel].
inline void transform_input_tile(const Lines& l, const WinogradTile& tile, index_t kh, index_t group,
                                 const float* source, const float* zeros, index_t channels, float* to, index_t plane) {
  const float* line = source_line(l, tile.line, kh, source);
  const index_t first_tap = l.input_grad ? l.pad_w - (l.kernel_w - 1) * l.dilation_w : -l.pad_w;
  const index_t first = tile.w + first_tap + group * kTaps * l.dilation_w;
  const float* from[kPoints];
  for (int i = 0; i < kPoints; ++i) {
    const index_t at = first + i * l.dilation_w;
    from[i] = line && at >= 0 && at < l.source_w ? line + at * l.source_c : zeros;
  }
  index_t c = 0;
  for (; c + kLanes <= channels; c += kLanes) {
    Vec d[kPoints], v[kPoints];
#pragma GCC unroll 6
    for (int i = 0; i < kPoints; ++i) d[i] = load(from[i] + c);
    transform_inputs(d, v);
#pragma GCC unroll 6
    for (int i = 0; i < kPoints; ++i) store(to + i * plane + c, v[i]);
  }
  for (; c < channels; ++c) {
    float d[kPoints], v[kPoints];
    for (int i = 0; i < kPoints; ++i) d[i] = from[i][c];
    transform_inputs(d, v);
    for (int i = 0; i < kPoints; ++i) to[i * plane + c] = v[i];
  }
}

}  // namespace genodl::kernels::GENODL_ISA
