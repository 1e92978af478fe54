// How a matrix product is cut into tasks and which way each of them goes.
#pragma once

#include "gemm.h"
#include "microkernel.simd.h"

namespace genodl::kernels::GENODL_ISA {

enum class GemmWay {
  tiles,   // register tiles over packed panels of b
  stream,  // few rows of a: b is read once, row after row
  dots,    // few columns of b: scalar products along k
};

// The part of a product that one task, or one step of it, computes.
struct GemmPart {
  index_t row_begin, row_end, column_begin, column_end, k_begin, k_end;

  index_t rows() const { return row_end - row_begin; }
  index_t columns() const { return column_end - column_begin; }
  index_t depth() const { return k_end - k_begin; }
};

struct GemmPlan {
  GemmShape s;
  bool swapped = false;  // the transposed product is computed: s is its shape
  bool turned = false;   // which is then written to c turned back
  GemmWay way = GemmWay::tiles;
  index_t row_parts = 1, column_parts = 1, depth_parts = 1;
  bool prepacked = false;  // b is packed once, for all tasks

  static constexpr index_t kRowBlock = 252;  // multiple of most tile heights
  static constexpr index_t kColumnBlock = 256;
  static constexpr index_t kDepthBlock = 384;
  static constexpr index_t kPackedDepth = 192;  // of a panel packed on the way: stays in the first-level cache
  static constexpr index_t kCopyStride = kDepthBlock + 16;
  static constexpr index_t kFewRows = 8;
  static constexpr index_t kFewColumns = 4;
  static constexpr index_t kDotDepth = 1024;

  explicit GemmPlan(const GemmShape& shape) : s(shape) {
    const bool row_vector = s.m == 1 && s.transpose_b;
    const bool column_vector = s.n == 1 && s.transpose_a && s.ldc == 1;
    turned = !row_vector && !column_vector && turning_pays(s);
    swapped = turned || row_vector || column_vector;
    if (swapped)
      s = {s.n, s.m, s.k, s.ldb, s.lda, turned ? s.ldc : row_vector ? 1 : s.m, !s.transpose_b, !s.transpose_a};
    if (turned)
      way = GemmWay::tiles;
    else if (s.n <= kFewColumns && !s.transpose_a && s.k >= kLanes)
      way = GemmWay::dots;
    else if (s.m <= kFewRows && !s.transpose_b && s.n >= kPanelWidth)
      way = GemmWay::stream;
    if (s.m <= 0 || s.n <= 0) {
      row_parts = 0;
      return;
    }
    if (turned)
      plan_turned();
    else if (way == GemmWay::tiles)
      plan_tiles();
    else
      plan_thin();
  }
  index_t tasks() const { return row_parts * column_parts * depth_parts; }
  // Columns are cut at whole panels, so that only the last part has a ragged one.
  GemmPart part(index_t task) const {
    const index_t column = task % column_parts;
    const index_t row = task / column_parts % row_parts;
    const index_t depth = task / (column_parts * row_parts);
    return {cut(s.m, row_parts, row),
            cut(s.m, row_parts, row + 1),
            smaller(s.n, cut(panels(), column_parts, column) * kPanelWidth),
            smaller(s.n, cut(panels(), column_parts, column + 1) * kPanelWidth),
            cut(s.k, depth_parts, depth),
            cut(s.k, depth_parts, depth + 1)};
  }

  index_t panels() const { return divide_up(s.n, kPanelWidth); }
  index_t workspace_size() const {
    if (prepacked) return s.k * divide_up(s.n, kLanes) * kLanes;
    return depth_parts > 1 ? depth_parts * s.m * s.n : 0;
  }
  bool complete_rows() const { return column_parts == 1 && depth_parts == 1 && !swapped; }

  index_t scratch_size() const {
    switch (way) {
      case GemmWay::stream:
        return 0;
      case GemmWay::dots:
        return kFewColumns * kDotDepth;
      case GemmWay::tiles:
        break;
    }
    return panel_size() + turned_size() + (copies_a() ? kRowBlock * kCopyStride : 0);
  }
  // A panel packed on the way, and a row of the product before it is turned.
  index_t panel_size() const { return prepacked ? 0 : smaller(kPackedDepth, s.k) * kPanelWidth; }
  index_t turned_size() const { return turned ? divide_up(s.m, row_parts) * turned_stride() : 0; }
  // Rows of a that start a multiple of 2 KiB apart fall into the same few cache sets: they are copied.
  bool copies_a() const {
    return way == GemmWay::tiles && prepacked && !s.transpose_a && s.lda % 512 == 0 &&
           s.n >= 8 * kPanelWidth * column_parts;
  }
  index_t turned_stride() const { return divide_up(s.n, kLanes) * kLanes; }

 private:
  // With few rows, transposing b costs more than packing a. Few, but enough to fill vectors.
  static bool turning_pays(const GemmShape& s) {
    const index_t lanes = divide_up(s.m, kLanes) * kLanes;
    return s.transpose_b && s.m > kFewRows && s.m <= 256 && 4 * s.m >= 3 * lanes && s.n >= 2 * s.m && s.k >= 64;
  }

  // Long sums are cut along k, each part packing its share on the way; others share what is packed.
  void plan_turned() {
    constexpr index_t kTasks = 32, kFlops = 2'000'000, kLong = 4096, kRows = 512;
    const index_t wanted = larger(1, smaller(kTasks, 2 * s.m * s.n * s.k / kFlops));
    if (s.k >= kLong && s.m <= 4 * kRows) {
      row_parts = divide_up(s.m, kRows);
      depth_parts = larger(1, smaller(divide_up(wanted, row_parts), s.k / 1024));
    } else {
      row_parts = smaller(wanted, divide_up(s.m, 56));
      prepacked = row_parts > 1;
    }
  }

  void plan_thin() {
    constexpr index_t kFloats = 64 * 1024;  // read by a task, at least
    const index_t large = s.k * (way == GemmWay::dots ? s.m : s.n) / kFloats;
    const index_t wanted = larger(1, smaller(32, large));
    if (way == GemmWay::dots) {
      row_parts = smaller(wanted, divide_up(s.m, 4));
    } else {
      depth_parts = larger(1, smaller(wanted, s.k / 32));
      column_parts = larger(1, smaller(wanted / depth_parts, s.n / 512));
    }
  }

  void plan_tiles() {
    constexpr index_t kTasks = 64, kEnough = 16, kFlops = 2'000'000;
    const index_t wanted = larger(1, smaller(kTasks, 2 * s.m * s.n * s.k / kFlops));
    row_parts = smaller(wanted, divide_up(s.m, 112));
    prepacked = row_parts > 1;
    if (row_parts < kEnough) column_parts = smaller(divide_up(wanted, row_parts), divide_up(s.n, 128));
    const index_t parts = row_parts * column_parts;
    if (parts >= kEnough || s.k < 1024) return;
    depth_parts = larger(1, smaller(divide_up(smaller(wanted, 32), parts), s.k / 512));
    if (depth_parts > 1) prepacked = false;
  }
};

}  // namespace genodl::kernels::GENODL_ISA
