// Matrix product c = op(a) op(b), (m, k) by (k, n); op transposes what is stored the other way.
#pragma once

#include <cstdint>

namespace genodl::kernels {

using index_t = std::int64_t;

// lda, ldb, ldc: distance in floats between stored rows; a is stored (m, k), or (k, m) when
// transposed, b (k, n), or (n, k) when transposed, c (m, n).
struct GemmShape {
  index_t m, n, k;
  index_t lda, ldb, ldc;
  bool transpose_a, transpose_b;
};

// What a task wrote: rows [row_begin, row_end) of c, columns [column_begin, column_end). With a
// partial sum (see partial_size) nothing of c is final before the reduction.
struct GemmBlock {
  index_t row_begin, row_end, column_begin, column_end;
};

// Run `tasks` independent tasks, then `reduce_tasks`. Their number and limits follow from the shape
// alone, so do all sums. Sizes are in floats; scratch is per running task, partial is shared.
struct GemmKernels {
  index_t (*tasks)(const GemmShape&);
  index_t (*scratch)(const GemmShape&);
  index_t (*partial_size)(const GemmShape&);
  // Every task writes complete rows of c in their final form: a fused epilogue may follow it.
  bool (*complete_rows)(const GemmShape&);
  GemmBlock (*multiply)(const GemmShape&, const float* a, const float* b, float* c,
                        bool accumulate, float* partial, index_t task, float* scratch);
  index_t (*reduce_tasks)(const GemmShape&);
  GemmBlock (*reduce)(const GemmShape&, const float* partial, float* c, bool accumulate,
                      index_t task);
};

const GemmKernels& gemm();

}  // namespace genodl::kernels
