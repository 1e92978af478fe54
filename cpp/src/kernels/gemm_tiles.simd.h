// The product of large matrices: blocks of b packed into panels that stay in the second-level
// cache while blocks of rows of a pass over them.
#pragma once

#include "gemm_plan.simd.h"
#include "pack.simd.h"
#include "prefetch.simd.h"

namespace genodl::kernels::GENODL_ISA {

class GemmTiles {
 public:
  GemmTiles(const GemmShape& shape, const float* a, const float* b, float* c, index_t c_stride,
            bool accumulate, float* scratch, const float* prepacked)
      : s_(shape), a_(a), b_(b), c_(c), c_stride_(c_stride), accumulate_(accumulate),
        packed_(scratch), prepacked_(prepacked) {}

  void run(const GemmBlock& block, index_t k_begin, index_t k_end) {
    const index_t rows = block.row_end - block.row_begin;
    const index_t columns = block.column_end - block.column_begin;
    const index_t depth = k_end - k_begin;
    const index_t row_steps = divide_up(rows, GemmPlan::kRowBlock);
    const index_t depth_steps = larger(1, divide_up(depth, GemmPlan::kDepthBlock));
    const index_t column_steps = divide_up(columns, GemmPlan::kColumnBlock);
    const bool pack_once = depth_steps == 1 && column_steps == 1;
    // A matrix read by at most two tiles of rows is not worth a copy.
    in_place_ = !prepacked_ && !s_.transpose_b && rows <= 2 * kTileRows;

    const auto block_at = [&](index_t step) {
      const index_t n = step % column_steps * GemmPlan::kColumnBlock;
      const index_t d = step / column_steps % depth_steps;
      const index_t r = step / column_steps / depth_steps;
      return Block{block.row_begin + cut(rows, row_steps, r),
                   block.row_begin + cut(rows, row_steps, r + 1),
                   block.column_begin + n,
                   block.column_begin + smaller(columns, n + GemmPlan::kColumnBlock),
                   k_begin + cut(depth, depth_steps, d),
                   k_begin + cut(depth, depth_steps, d + 1)};
    };
    const index_t steps = row_steps * depth_steps * column_steps;
    for (index_t step = 0; step < steps; ++step) {
      now_ = block_at(step);
      next_a_ = next_b_ = {};
      if (step + 1 < steps) plan_prefetch(block_at(step + 1), !pack_once && !prepacked_);
      if (!prepacked_ && (step == 0 || !pack_once)) pack();
      run_panels(accumulate_ || now_.k_begin > k_begin);
    }
  }

 private:
  struct Block {
    index_t row_begin, row_end, column_begin, column_end, k_begin, k_end;

    index_t rows() const { return row_end - row_begin; }
    index_t columns() const { return column_end - column_begin; }
    index_t depth() const { return k_end - k_begin; }
  };

  bool used_in_place(index_t columns) const {
    return in_place_ && (columns == kPanelWidth || columns == kLanes);
  }

  void plan_prefetch(const Block& next, bool new_b) {
    const index_t calls = divide_up(now_.columns(), kPanelWidth) * divide_up(now_.rows(), kTileRows);
    if (next.row_begin != now_.row_begin || next.k_begin != now_.k_begin)
      next_a_ = region(a_, s_.lda, s_.transpose_a, next.row_begin, next.rows(), next, calls);
    if (new_b) next_b_ = region(b_, s_.ldb, !s_.transpose_b, next.column_begin, next.columns(), next, calls);
  }

  // The part of a or b that `block` reads; `deep` matrices have a row per term of the sum.
  static Prefetch region(const float* matrix, index_t stride, bool deep, index_t first, index_t count,
                         const Block& block, index_t calls) {
    if (deep) return {matrix + block.k_begin * stride + first, block.depth(), count, stride, calls};
    return {matrix + first * stride + block.k_begin, count, block.depth(), stride, calls};
  }

  void pack() {
    const index_t depth = now_.depth();
    const float* from = b_ + (s_.transpose_b ? now_.column_begin * s_.ldb + now_.k_begin
                                             : now_.k_begin * s_.ldb + now_.column_begin);
    if (!s_.transpose_b && !in_place_) {
      pack_panels(from, s_.ldb, depth, now_.columns(), packed_);
      return;
    }
    for (index_t n = 0; n < now_.columns(); n += kPanelWidth) {
      const index_t columns = smaller(kPanelWidth, now_.columns() - n);
      if (s_.transpose_b)
        pack_transposed(from + n * s_.ldb, s_.ldb, depth, columns, packed_ + n * depth);
      else if (!used_in_place(columns))
        pack_rows(from + n, s_.ldb, depth, columns, packed_ + n * depth);
    }
  }

  void run_panels(bool accumulate) {
    const index_t depth = now_.depth();
    const Segment segment{a_ + (s_.transpose_a ? now_.k_begin * s_.lda : now_.k_begin), 0, depth};
    const index_t tiles = divide_up(now_.rows(), kTileRows);
    TileCall call{};
    call.segments = &segment;
    call.segment_count = 1;
    call.a_stride = s_.lda;
    call.c_stride = c_stride_;
    call.accumulate = accumulate;
    for (index_t n = 0; n < now_.columns(); n += kPanelWidth) {
      const index_t column = now_.column_begin + n;
      call.columns = smaller(kPanelWidth, now_.columns() - n);
      const bool in_place = used_in_place(call.columns);
      call.b_stride = in_place ? s_.ldb : panel_stride(call.columns);
      if (in_place)
        call.b = b_ + now_.k_begin * s_.ldb + column;
      else if (prepacked_)
        call.b = prepacked_ + column * s_.k + now_.k_begin * call.b_stride;
      else
        call.b = packed_ + n * depth;
      for (index_t i = 0; i < tiles; ++i) {
        const index_t row = now_.row_begin + cut(now_.rows(), tiles, i);
        const index_t rows = now_.row_begin + cut(now_.rows(), tiles, i + 1) - row;
        call.c = c_ + row * c_stride_ + column;
        call.a_offset = s_.transpose_a ? row : row * s_.lda;
        next_a_.some();
        next_b_.some();
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
  const float* prepacked_;
  bool in_place_ = false;
  Block now_{};
  Prefetch next_a_, next_b_;
};

}  // namespace genodl::kernels::GENODL_ISA
