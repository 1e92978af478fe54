#include "gemm.h"

#include "gemm_thin.simd.h"
#include "gemm_tiles.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

index_t tasks(const GemmShape& s) { return GemmPlan(s).tasks(); }
index_t scratch_size(const GemmShape& s) { return GemmPlan(s).scratch_size(); }
index_t workspace_size(const GemmShape& s) { return GemmPlan(s).workspace_size(); }
bool complete_rows(const GemmShape& s) { return GemmPlan(s).complete_rows(); }

GemmBlock as_asked(const GemmPlan& plan, const GemmBlock& b) {
  return plan.swapped ? GemmBlock{b.column_begin, b.column_end, b.row_begin, b.row_end} : b;
}

index_t pack_tasks(const GemmShape& s) {
  const GemmPlan plan(s);
  return plan.prepacked ? plan.panels() : 0;
}

void pack(const GemmShape& s, const float* b, float* workspace, index_t task) {
  const index_t n = task * kPanelWidth;
  const index_t columns = smaller(kPanelWidth, s.n - n);
  if (s.transpose_b)
    pack_transposed(b + n * s.ldb, s.ldb, s.k, columns, workspace + n * s.k);
  else
    pack_rows(b + n, s.ldb, s.k, columns, workspace + n * s.k);
}

GemmBlock multiply(const GemmShape& shape, const float* a, const float* b, float* c,
                   bool accumulate, float* workspace, index_t task, float* scratch) {
  const GemmPlan plan(shape);
  const GemmShape& s = plan.s;
  if (plan.swapped) {
    const float* left = b;
    b = a;
    a = left;
  }
  const GemmPart part = plan.part(task);
  const bool whole = plan.depth_parts == 1;
  const index_t chunk = task / (plan.column_parts * plan.row_parts);
  float* to = whole ? c : workspace + chunk * s.m * s.n;
  const index_t stride = whole ? s.ldc : s.n;
  const bool add = accumulate && whole;
  switch (plan.way) {
    case GemmWay::dots: run_dots(s, a, b, c, part, accumulate, scratch); break;
    case GemmWay::stream: run_stream(s, a, b, to, stride, part, add); break;
    case GemmWay::tiles:
      GemmTiles(s, a, b, to, stride, add, scratch, plan.prepacked ? workspace : nullptr)
          .run(part, plan.part(smaller(task + 1, plan.tasks() - 1)));
      break;
  }
  return as_asked(plan, {part.row_begin, part.row_end, part.column_begin, part.column_end});
}

index_t rows_per_reduce(const GemmPlan& plan) { return larger(1, kReduceFloats / plan.s.n); }

index_t reduce_tasks(const GemmShape& s) {
  const GemmPlan plan(s);
  return plan.depth_parts == 1 ? 0 : divide_up(plan.s.m, rows_per_reduce(plan));
}

GemmBlock reduce(const GemmShape& shape, const float* workspace, float* c, bool accumulate,
                 index_t task) {
  const GemmPlan plan(shape);
  const GemmShape& s = plan.s;
  const index_t begin = task * rows_per_reduce(plan);
  const index_t end = smaller(s.m, begin + rows_per_reduce(plan));
  for (index_t row = begin; row < end; ++row)
    add_in_order(workspace + row * s.n, s.m * s.n, plan.depth_parts, s.n, c + row * s.ldc, accumulate);
  return as_asked(plan, {begin, end, 0, s.n});
}

}  // namespace

extern const GemmKernels gemm_table = {
    workspace_size, scratch_size, pack_tasks, pack, tasks, multiply, complete_rows, reduce_tasks, reduce,
};

}  // namespace genodl::kernels::GENODL_ISA
