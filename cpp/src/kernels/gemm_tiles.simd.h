// The product of large matrices: blocks of b packed into panels that stay in the second-level
// cache while blocks of rows of a pass over them.
#pragma once

#include "gemm_plan.simd.h"
#include "pack.simd.h"

namespace genodl::kernels::GENODL_ISA {

class GemmTiles {
 public:
  GemmTiles(const GemmShape& shape, const float* a, const float* b, float* c, index_t c_stride,
            bool accumulate, float* scratch)
      : s_(shape), a_(a), b_(b), c_(c), c_stride_(c_stride), accumulate_(accumulate), packed_(scratch) {}

  void run(const GemmBlock& block, index_t k_begin, index_t k_end) {
    const index_t depth_blocks = larger(1, divide_up(k_end - k_begin, GemmPlan::kDepthBlock));
    const index_t columns = block.column_end - block.column_begin;
    const index_t column_blocks = divide_up(columns, GemmPlan::kColumnBlock);
    const bool pack_once = depth_blocks == 1 && column_blocks == 1;
    const index_t row_blocks = divide_up(block.row_end - block.row_begin, GemmPlan::kRowBlock);
    // A matrix read by at most two tiles of rows is not worth a copy.
    in_place_ = !s_.transpose_b && block.row_end - block.row_begin <= 2 * kTileRows;
    for (index_t i = 0; i < row_blocks; ++i) {
      const index_t rows = block.row_end - block.row_begin;
      row_begin_ = block.row_begin + cut(rows, row_blocks, i);
      row_end_ = block.row_begin + cut(rows, row_blocks, i + 1);
      for (index_t d = 0; d < depth_blocks; ++d) {
        k_begin_ = k_begin + cut(k_end - k_begin, depth_blocks, d);
        k_end_ = k_begin + cut(k_end - k_begin, depth_blocks, d + 1);
        for (index_t n = 0; n < columns; n += GemmPlan::kColumnBlock) {
          column_begin_ = block.column_begin + n;
          column_end_ = column_begin_ + smaller(GemmPlan::kColumnBlock, columns - n);
          if (i == 0 || !pack_once) pack();
          run_panels(accumulate_ || d > 0);
        }
      }
    }
  }

 private:
  index_t depth() const { return k_end_ - k_begin_; }
  bool used_in_place(index_t columns) const {
    return in_place_ && (columns == kPanelWidth || columns == kLanes);
  }

  void pack() {
    for (index_t n = column_begin_; n < column_end_; n += kPanelWidth) {
      const index_t columns = smaller(kPanelWidth, column_end_ - n);
      if (used_in_place(columns)) continue;
      float* panel = packed_ + (n - column_begin_) * depth();
      if (s_.transpose_b)
        pack_transposed(b_ + n * s_.ldb + k_begin_, s_.ldb, depth(), columns, panel);
      else
        pack_rows(b_ + k_begin_ * s_.ldb + n, s_.ldb, depth(), columns, panel);
    }
  }

  void run_panels(bool accumulate) const {
    const Segment segment{a_ + (s_.transpose_a ? k_begin_ * s_.lda : k_begin_), 0, depth()};
    const index_t tiles = divide_up(row_end_ - row_begin_, kTileRows);
    TileCall call{};
    call.segments = &segment;
    call.segment_count = 1;
    call.a_stride = s_.lda;
    call.c_stride = c_stride_;
    call.accumulate = accumulate;
    for (index_t n = column_begin_; n < column_end_; n += kPanelWidth) {
      call.columns = smaller(kPanelWidth, column_end_ - n);
      const bool in_place = used_in_place(call.columns);
      call.b = in_place ? b_ + k_begin_ * s_.ldb + n : packed_ + (n - column_begin_) * depth();
      call.b_stride = in_place ? s_.ldb : panel_stride(call.columns);
      for (index_t i = 0; i < tiles; ++i) {
        const index_t row = row_begin_ + cut(row_end_ - row_begin_, tiles, i);
        const index_t rows = row_begin_ + cut(row_end_ - row_begin_, tiles, i + 1) - row;
        call.c = c_ + row * c_stride_ + n;
        call.a_offset = s_.transpose_a ? row : row * s_.lda;
        if (s_.transpose_a)
          run_neighbour_tile(rows, call);
        else
          run_strided_tile(rows, call);
      }
    }
  }

  const GemmShape& s_;
  const float* a_;
  const float* b_;
  float* c_;
  index_t c_stride_;
  bool accumulate_;
  float* packed_;
  bool in_place_ = false;
  index_t row_begin_ = 0, row_end_ = 0, column_begin_ = 0, column_end_ = 0;
  index_t k_begin_ = 0, k_end_ = 0;
};

}  // namespace genodl::kernels::GENODL_ISA
