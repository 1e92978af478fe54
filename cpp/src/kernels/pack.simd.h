// Copies of a matrix in the order the register tile reads it: panels of kPanelWidth columns, each
// panel row after row. The last panel is one vector wide when that is enough; missing columns are 0.
#pragma once

#include "lanes.simd.h"
#include "microkernel.simd.h"

namespace genodl::kernels::GENODL_ISA {

inline index_t panel_stride(index_t columns) { return columns > kLanes ? kPanelWidth : kLanes; }

inline void pack_rows(const float* source, index_t source_stride, index_t rows, index_t columns, float* panel) {
  const index_t width = panel_stride(columns);
  if (columns == kPanelWidth) {
    for (index_t k = 0; k < rows; ++k, source += source_stride, panel += width)
      for (int j = 0; j < kPanelVectors; ++j) store(panel + j * kLanes, load(source + j * kLanes));
    return;
  }
  for (index_t k = 0; k < rows; ++k, source += source_stride, panel += width) {
    index_t n = 0;
    for (; n + kLanes <= columns; n += kLanes) store(panel + n, load(source + n));
    if (n < width) store(panel + n, load_part(source + n, columns - n));
  }
}

template <int kBit, int... kLane>
inline void exchange(Vec& upper, Vec& lower, LaneList<kLane...>) {
  const Vec a = upper;
  const Vec b = lower;
  upper = __builtin_shufflevector(a, b, ((kLane & kBit) ? kLanes + kLane - kBit : kLane)...);
  lower = __builtin_shufflevector(a, b, ((kLane & kBit) ? kLanes + kLane : kLane + kBit)...);
}

template <int kBit>
inline void exchange_all(Vec (&block)[kLanes]) {
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i)
    if (!(i & kBit)) exchange<kBit>(block[i], block[i + kBit], AllLanes{});
}

inline void transpose(Vec (&block)[kLanes]) {
  if constexpr (kLanes >= 16) exchange_all<8>(block);
  if constexpr (kLanes >= 8) exchange_all<4>(block);
  exchange_all<2>(block);
  exchange_all<1>(block);
}

// The same panel from a matrix stored with its columns as rows: panel[k][n] = source[n][k].
inline void pack_transposed(const float* source, index_t source_stride, index_t rows, index_t columns, float* panel) {
  const index_t width = panel_stride(columns);
  for (index_t n = 0; n < width; n += kLanes) {
    const index_t present = larger(0, smaller(kLanes, columns - n));
    for (index_t k = 0; k < rows; k += kLanes) {
      const index_t length = smaller(kLanes, rows - k);
      Vec block[kLanes];
      const float* from = source + n * source_stride + k;
      if (present == kLanes && length == kLanes) {
#pragma GCC unroll 16
        for (int i = 0; i < kLanes; ++i) block[i] = load(from + i * source_stride);
      } else {
        for (int i = 0; i < kLanes; ++i) block[i] = i < present ? load_part(from + i * source_stride, length) : Vec{};
      }
      transpose(block);
      for (index_t i = 0; i < length; ++i) store(panel + (k + i) * width + n, block[i]);
    }
  }
}

// to[c][r] (+)= from[r][c]; rows of `from` are padded to whole vectors.
inline void write_turned(const float* from, index_t from_stride, index_t rows, index_t columns, float* to,
                         index_t to_stride, bool accumulate) {
  for (index_t r = 0; r < rows; r += kLanes)
    for (index_t c = 0; c < columns; c += kLanes) {
      const index_t height = smaller(kLanes, rows - r);
      const index_t width = smaller(kLanes, columns - c);
      Vec block[kLanes];
      for (int i = 0; i < kLanes; ++i) block[i] = i < height ? load(from + (r + i) * from_stride + c) : Vec{};
      transpose(block);
      for (index_t i = 0; i < width; ++i) {
        float* line = to + (c + i) * to_stride + r;
        if (height == kLanes) {
          store(line, accumulate ? block[i] + load(line) : block[i]);
        } else {
          store_part(line, accumulate ? block[i] + load_part(line, height) : block[i], height);
        }
      }
    }
}

// to[i] (+)= parts[0][i] + parts[1][i] + ..., always in this order.
inline void add_in_order(const float* parts, index_t stride, index_t count, index_t length, float* to,
                         bool accumulate) {
  index_t i = 0;
  for (; i + kLanes <= length; i += kLanes) {
    Vec sum = accumulate ? load(to + i) : Vec{};
    for (index_t part = 0; part < count; ++part) sum += load(parts + part * stride + i);
    store(to + i, sum);
  }
  for (; i < length; ++i) {
    float sum = accumulate ? to[i] : 0.0f;
    for (index_t part = 0; part < count; ++part) sum += parts[part * stride + i];
    to[i] = sum;
  }
}

// Piece `piece` of the sum of `count` arrays of `size` numbers that follow each other.
constexpr index_t kReduceFloats = 16 * 1024;
inline void reduce_piece(const float* parts, index_t size, index_t count, float* to, index_t piece) {
  const index_t begin = piece * kReduceFloats;
  add_in_order(parts + begin, size, count, smaller(kReduceFloats, size - begin), to + begin, false);
}

}  // namespace genodl::kernels::GENODL_ISA
