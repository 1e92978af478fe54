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

bool packs_a(const GemmShape& s) { return GemmPlan(s).swapped; }

void pack(const GemmShape& shape, const float* matrix, float* workspace, index_t task) {
  const GemmPlan plan(shape);
  const GemmShape& s = plan.s;
  const index_t n = task * kPanelWidth;
  const index_t columns = smaller(kPanelWidth, s.n - n);
  if (s.transpose_b)
    pack_transposed(matrix + n * s.ldb, s.ldb, s.k, columns, workspace + n * s.k);
  else
    pack_rows(matrix + n, s.ldb, s.k, columns, workspace + n * s.k);
}

// Where a task adds: c, or its part's place among the partial sums (kept in the shape asked for).
struct Target {
  float* to;
  index_t stride;
  bool accumulate;
};

Target target_of(const GemmPlan& plan, float* c, bool accumulate, float* workspace, index_t task) {
  const GemmShape& s = plan.s;
  if (plan.depth_parts == 1) return {c, s.ldc, accumulate};
  const index_t chunk = task / (plan.column_parts * plan.row_parts);
  return {workspace + chunk * s.m * s.n, plan.turned ? s.m : s.n, false};
}

void run_tiles(const GemmPlan& plan, const float* a, const float* b, const Target& target, const float* packed,
               index_t task, float* scratch) {
  const GemmPart part = plan.part(task);
  const GemmPart following = plan.part(smaller(task + 1, plan.tasks() - 1));
  const GemmShape& s = plan.s;
  float* product = scratch + plan.panel_size();
  float* copy = plan.copies_a() ? product + plan.turned_size() : nullptr;
  if (!plan.turned) {
    GemmTiles(s, a, b, target.to, 0, target.stride, target.accumulate, scratch, packed, copy).run(part, following);
    return;
  }
  const index_t stride = plan.turned_stride();
  GemmTiles(s, a, b, product, part.row_begin, stride, false, scratch, packed, copy).run(part, following);
  write_turned(product, stride, part.rows(), s.n, target.to + part.row_begin, target.stride, target.accumulate);
}

GemmBlock multiply(const GemmShape& shape, const float* a, const float* b, float* c, bool accumulate, float* workspace,
                   index_t task, float* scratch) {
  const GemmPlan plan(shape);
  if (plan.swapped) {
    const float* left = b;
    b = a;
    a = left;
  }
  const GemmPart part = plan.part(task);
  const Target target = target_of(plan, c, accumulate, workspace, task);
  switch (plan.way) {
    case GemmWay::dots:
      run_dots(plan.s, a, b, c, part, accumulate, scratch);
      break;
    case GemmWay::stream:
      run_stream(plan.s, a, b, target.to, target.stride, part, target.accumulate);
      break;
    case GemmWay::tiles:
      run_tiles(plan, a, b, target, plan.prepacked ? workspace : nullptr, task, scratch);
      break;
  }
  return as_asked(plan, {part.row_begin, part.row_end, part.column_begin, part.column_end});
}

// Rows and columns of the partial sums.
struct Sums {
  index_t rows, columns, rows_per_task;

  explicit Sums(const GemmPlan& plan)
      : rows(plan.turned ? plan.s.n : plan.s.m),
        columns(plan.turned ? plan.s.m : plan.s.n),
        rows_per_task(larger(1, kReduceFloats / larger(1, columns))) {}
};

index_t reduce_tasks(const GemmShape& s) {
  const GemmPlan plan(s);
  const Sums sums(plan);
  return plan.depth_parts == 1 ? 0 : divide_up(sums.rows, sums.rows_per_task);
}

GemmBlock reduce(const GemmShape& shape, const float* workspace, float* c, bool accumulate, index_t task) {
  const GemmPlan plan(shape);
  const Sums sums(plan);
  const index_t begin = task * sums.rows_per_task;
  const index_t end = smaller(sums.rows, begin + sums.rows_per_task);
  for (index_t row = begin; row < end; ++row)
    add_in_order(workspace + row * sums.columns, sums.rows * sums.columns, plan.depth_parts, sums.columns,
                 c + row * plan.s.ldc, accumulate);
  const GemmBlock block{begin, end, 0, sums.columns};
  return plan.turned ? block : as_asked(plan, block);
}

}  // namespace

extern const GemmKernels gemm_table = {
    workspace_size, scratch_size, pack_tasks, pack, packs_a, tasks, multiply, complete_rows, reduce_tasks, reduce,
};

}  // namespace genodl::kernels::GENODL_ISA
