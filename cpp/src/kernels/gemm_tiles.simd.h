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

  // `following` is the part of the task that comes next: its first step is fetched during our last.
  void run(const GemmPart& part, const GemmPart& following) {
    const Steps steps(part);
    const bool pack_once = steps.depth == 1 && steps.columns == 1;
    // A matrix read by at most two tiles of rows is not worth a copy.
    in_place_ = !prepacked_ && !s_.transpose_b && part.rows() <= 2 * kTileRows;
    for (index_t i = 0; i < steps.count(); ++i) {
      now_ = steps.at(part, i);
      const bool last = i + 1 == steps.count();
      plan_fetches(last ? Steps(following).at(following, 0) : steps.at(part, i + 1),
                   !prepacked_ && (last || !pack_once));
      arriving_a_ = i == 0 ? strided_rows_of_a(now_, smaller(now_.rows(), kTileRows)) : FetchQueue();
      if (!prepacked_ && (i == 0 || !pack_once)) pack();
      run_panels(accumulate_ || now_.k_begin > part.k_begin);
    }
  }

 private:
  // A part is worked off in blocks whose a and packed b fit the second-level cache.
  struct Steps {
    index_t rows, depth, columns;

    explicit Steps(const GemmPart& part)
        : rows(divide_up(part.rows(), GemmPlan::kRowBlock)),
          depth(larger(1, divide_up(part.depth(), GemmPlan::kDepthBlock))),
          columns(divide_up(part.columns(), GemmPlan::kColumnBlock)) {}

    index_t count() const { return rows * depth * columns; }

    GemmPart at(const GemmPart& part, index_t i) const {
      const index_t n = i % columns * GemmPlan::kColumnBlock;
      const index_t d = i / columns % depth;
      const index_t r = i / columns / depth;
      return {part.row_begin + cut(part.rows(), rows, r),
              part.row_begin + cut(part.rows(), rows, r + 1),
              part.column_begin + n,
              part.column_begin + smaller(part.columns(), n + GemmPlan::kColumnBlock),
              part.k_begin + cut(part.depth(), depth, d),
              part.k_begin + cut(part.depth(), depth, d + 1)};
    }
  };

  bool used_in_place(index_t columns) const {
    return in_place_ && (columns == kPanelWidth || columns == kLanes);
  }

  void plan_fetches(const GemmPart& next, bool new_b) {
    next_a_ = next_b_ = {};
    if (next.row_begin != now_.row_begin || next.k_begin != now_.k_begin)
      next_a_ = strided_rows_of_a(next, 0);
    if (!new_b) return;
    const float* from = b_ + (s_.transpose_b ? next.column_begin * s_.ldb + next.k_begin
                                             : next.k_begin * s_.ldb + next.column_begin);
    next_b_ = s_.transpose_b ? FetchQueue(from, next.columns(), next.depth(), s_.ldb)
                             : FetchQueue(from, next.depth(), next.columns(), s_.ldb);
  }

  FetchQueue strided_rows_of_a(const GemmPart& part, index_t skipped) const {
    if (s_.transpose_a) return {};
    return {a_ + (part.row_begin + skipped) * s_.lda + part.k_begin, part.rows() - skipped,
            part.depth(), s_.lda};
  }

  // Cuts the terms of a call into a segment for each row that it fetches: of this block, the rows
  // of the next tile, then those of the next block.
  void cut_segments(const float* a, index_t calls_left, TileCall* call) {
    const index_t depth = now_.depth();
    const bool arriving = arriving_a_.rows() > 0;
    const index_t wanted = arriving ? smaller(kTileRows, arriving_a_.rows())
                                    : divide_up(next_a_.rows() + next_b_.rows(), calls_left);
    const index_t pieces = smaller(smaller(FetchQueue::kMost, depth / 8), wanted);
    call->segment_count = larger(1, pieces);
    call->fetches = pieces < 1 ? nullptr : fetches_;
    segments_[0] = {a, 0, depth};
    for (index_t i = 0; i < pieces; ++i) {
      const index_t k = cut(depth, pieces, i);
      const index_t length = cut(depth, pieces, i + 1) - k;
      segments_[i] = {a + k, k, length};
      FetchQueue& queue = arriving ? arriving_a_ : next_b_.rows() > 0 ? next_b_ : next_a_;
      fetches_[i] = queue.rows() > 0 ? queue.take(length) : Fetch{reinterpret_cast<const char*>(a), 0};
    }
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
    const float* a = a_ + (s_.transpose_a ? now_.k_begin * s_.lda : now_.k_begin);
    const index_t tiles = divide_up(now_.rows(), kTileRows);
    index_t calls_left = tiles * divide_up(now_.columns(), kPanelWidth);
    segments_[0] = {a, 0, depth};
    TileCall call{};
    call.segments = segments_;
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
        if (s_.transpose_a) {
          run_neighbour_tile(rows, call);
        } else {
          cut_segments(a, calls_left--, &call);
          run_strided_tile(rows, call);
        }
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
  GemmPart now_{};
  FetchQueue arriving_a_, next_a_, next_b_;
  Segment segments_[FetchQueue::kMost];
  Fetch fetches_[FetchQueue::kMost];
};

}  // namespace genodl::kernels::GENODL_ISA
