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

// What a task wrote: rows [row_begin, row_end), columns [column_begin, column_end) of c. Where
// there are reduce tasks, c is final only after them.
struct GemmBlock {
  index_t row_begin, row_end, column_begin, column_end;
};

// Run the pack tasks, then the multiply tasks, then the reduce tasks; those of one stage are
// independent. Their number and limits follow from the shape alone, so do all sums. The workspace
// is shared by all tasks, scratch belongs to one running task; both are counted in floats and are
// best aligned to 64 bytes.
struct GemmKernels {
  index_t (*workspace)(const GemmShape&);
  index_t (*scratch)(const GemmShape&);
  index_t (*pack_tasks)(const GemmShape&);
  // `matrix` is b, or a where packs_a says so: only with few rows and a transposed b.
  void (*pack)(const GemmShape&, const float* matrix, float* workspace, index_t task);
  bool (*packs_a)(const GemmShape&);
  index_t (*tasks)(const GemmShape&);
  GemmBlock (*multiply)(const GemmShape&, const float* a, const float* b, float* c, bool accumulate, float* workspace,
                        index_t task, float* scratch);
  // Every multiply task writes complete rows of c in their final form: an epilogue may follow it.
  bool (*complete_rows)(const GemmShape&);
  index_t (*reduce_tasks)(const GemmShape&);
  GemmBlock (*reduce)(const GemmShape&, const float* workspace, float* c, bool accumulate, index_t task);
};

const GemmKernels& gemm();

}  // namespace genodl::kernels
