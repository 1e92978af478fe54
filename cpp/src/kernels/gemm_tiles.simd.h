// The product of large matrices: panels of b, packed for all tasks or just before they are used,
// are multiplied by tiles of rows of a.
#pragma once

#include "gemm_plan.simd.h"
#include "pack.simd.h"
#include "prefetch.simd.h"

namespace genodl::kernels::GENODL_ISA {

class GemmTiles {
 public:
  // c starts with row `c_row`; blocks of a are copied to `copy` unless it is null.
  GemmTiles(const GemmShape& shape, const float* a, const float* b, float* c, index_t c_row, index_t c_stride,
            bool accumulate, float* scratch, const float* prepacked, float* copy)
      : s_(shape),
        a_(a),
        b_(b),
        c_(c),
        c_row_(c_row),
        c_stride_(c_stride),
        accumulate_(accumulate),
        packed_(scratch),
        prepacked_(prepacked),
        copy_(copy) {}

  // `following` is the part of the task that comes next: its first step is fetched during our last.
  void run(const GemmPart& part, const GemmPart& following) {
    const Steps steps(part, prepacked_);
    // A matrix read by at most two tiles of rows is not worth a copy.
    in_place_ = !prepacked_ && !s_.transpose_b && part.rows() <= 2 * kTileRows;
    for (index_t i = 0; i < steps.count(); ++i) {
      const GemmPart before = now_;
      now_ = steps.at(part, i);
      if (copy_ && (i == 0 || now_.row_begin != before.row_begin || now_.k_begin != before.k_begin)) copy_rows();
      const bool last = i + 1 == steps.count();
      plan_fetches(last ? Steps(following, prepacked_).at(following, 0) : steps.at(part, i + 1));
      arriving_a_ = i == 0 ? arriving_rows() : FetchQueue();
      run_panels(accumulate_ || now_.k_begin > part.k_begin);
    }
  }

 private:
  // A part is worked off in blocks whose a and b fit the second-level cache.
  struct Steps {
    index_t rows, depth, columns;

    Steps(const GemmPart& part, bool prepacked)
        : rows(prepacked ? divide_up(part.rows(), GemmPlan::kRowBlock) : 1),
          depth(larger(1, divide_up(part.depth(), prepacked ? GemmPlan::kDepthBlock : GemmPlan::kPackedDepth))),
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

  bool used_in_place(index_t columns) const { return in_place_ && (columns == kPanelWidth || columns == kLanes); }

  void plan_fetches(const GemmPart& next) {
    next_a_ = next_b_ = {};
    if (next.row_begin != now_.row_begin || next.k_begin != now_.k_begin)
      next_a_ = region(a_, s_.lda, s_.transpose_a, next.row_begin, next.rows(), next);
    if (!prepacked_) next_b_ = region(b_, s_.ldb, !s_.transpose_b, next.column_begin, next.columns(), next);
  }

  // What a part reads of a or b; `deep` matrices have a row per term of the sum.
  static FetchQueue region(const float* matrix, index_t stride, bool deep, index_t first, index_t count,
                           const GemmPart& part) {
    if (deep) return {matrix + part.k_begin * stride + first, part.depth(), count, stride};
    return {matrix + first * stride + part.k_begin, count, part.depth(), stride};
  }

  // Rows of a that follow the first tile, when nothing fetched them before.
  FetchQueue arriving_rows() const {
    const index_t skipped = smaller(now_.rows(), kTileRows);
    if (s_.transpose_a || copy_) return {};
    return region(a_, s_.lda, false, now_.row_begin + skipped, now_.rows() - skipped, now_);
  }

  // Cuts the terms of a call into a segment for each row that it fetches: of this block, the rows
  // of the next tile, then those of the next block.
  void cut_segments(const float* a, index_t calls_left, TileCall* call) {
    const index_t depth = now_.depth();
    const index_t term = s_.transpose_a ? s_.lda : 1;
    const bool arriving = arriving_a_.rows() > 0;
    const index_t wanted =
        arriving ? smaller(kTileRows, arriving_a_.rows()) : divide_up(next_a_.rows() + next_b_.rows(), calls_left);
    const index_t pieces = smaller(smaller(FetchQueue::kMost, depth / 8), wanted);
    call->segment_count = larger(1, pieces);
    call->fetches = pieces < 1 ? nullptr : fetches_;
    segments_[0] = {a, 0, depth};
    if (pieces < 1) return;
    const index_t length = depth / pieces;
    const FetchQueue* stepped = nullptr;
    index_t step = 0;
    for (index_t i = 0, k = 0; i < pieces; ++i, k += length) {
      segments_[i] = {a + k * term, k, i + 1 == pieces ? depth - k : length};
      FetchQueue& queue = arriving ? arriving_a_ : next_b_.rows() > 0 ? next_b_ : next_a_;
      if (&queue != stepped) step = queue.row_bytes() / length;
      stepped = &queue;
      fetches_[i] = queue.rows() > 0 ? Fetch{queue.take(), step} : Fetch{reinterpret_cast<const char*>(a), 0};
    }
  }

  void copy_rows() {
    for (index_t i = 0; i < now_.rows(); ++i) {
      const float* from = a_ + (now_.row_begin + i) * s_.lda + now_.k_begin;
      float* to = copy_ + i * GemmPlan::kCopyStride;
      for (index_t k = 0; k < now_.depth(); ++k) to[k] = from[k];
    }
  }

  // The panel of b from `column` on, as the tiles read it.
  void prepare_panel(index_t column, TileCall* call) {
    const index_t depth = now_.depth();
    call->columns = smaller(kPanelWidth, now_.column_end - column);
    call->b_stride = panel_stride(call->columns);
    if (prepacked_) {
      call->b = prepacked_ + column * s_.k + now_.k_begin * call->b_stride;
    } else if (used_in_place(call->columns)) {
      call->b = b_ + now_.k_begin * s_.ldb + column;
      call->b_stride = s_.ldb;
    } else {
      call->b = packed_;
      if (s_.transpose_b)
        pack_transposed(b_ + column * s_.ldb + now_.k_begin, s_.ldb, depth, call->columns, packed_);
      else
        pack_rows(b_ + now_.k_begin * s_.ldb + column, s_.ldb, depth, call->columns, packed_);
    }
  }

  void run_panels(bool accumulate) {
    const index_t depth = now_.depth();
    // The first row that `a` points at, and how far its rows (or terms) are apart.
    const index_t stride = copy_ ? GemmPlan::kCopyStride : s_.lda;
    const float* a = a_ + (s_.transpose_a ? now_.k_begin * s_.lda : now_.k_begin);
    if (copy_) a = copy_;
    const index_t first_row = copy_ ? now_.row_begin : 0;
    const index_t tiles = divide_up(now_.rows(), kTileRows);
    index_t calls_left = tiles * divide_up(now_.columns(), kPanelWidth);
    segments_[0] = {a, 0, depth};
    TileCall call{};
    call.segments = segments_;
    call.segment_count = 1;
    call.a_stride = stride;
    call.c_stride = c_stride_;
    call.accumulate = accumulate;
    for (index_t column = now_.column_begin; column < now_.column_end; column += kPanelWidth) {
      prepare_panel(column, &call);
      for (index_t i = 0; i < tiles; ++i) {
        const index_t row = now_.row_begin + cut(now_.rows(), tiles, i);
        const index_t rows = now_.row_begin + cut(now_.rows(), tiles, i + 1) - row;
        call.c = c_ + (row - c_row_) * c_stride_ + column;
        call.a_offset = s_.transpose_a ? row : (row - first_row) * stride;
        cut_segments(a, calls_left--, &call);
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
  index_t c_row_, c_stride_;
  bool accumulate_;
  float* packed_;
  const float* prepacked_;
  float* copy_;
  bool in_place_ = false;
  GemmPart now_{};
  FetchQueue arriving_a_, next_a_, next_b_;
  Segment segments_[FetchQueue::kMost];
  Fetch fetches_[FetchQueue::kMost];
};

}  // namespace genodl::kernels::GENODL_ISA
