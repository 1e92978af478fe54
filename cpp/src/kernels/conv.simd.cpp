#include "conv.h"

#include "conv_lines.simd.h"
#include "conv_weight_grad.simd.h"
#include "pack.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

index_t depth_of(const Lines& l) { return l.kernel_h * l.kernel_w * l.terms; }
index_t padded_columns(const Lines& l) { return divide_up(l.columns, kLanes) * kLanes; }
index_t panels_of(const Lines& l) { return divide_up(l.columns, kPanelWidth); }
index_t packed_size_of(const Lines& l) { return l.groups * depth_of(l) * padded_columns(l); }

struct PackedPanel {
  index_t group, column, columns;
  float* data;
};

PackedPanel packed_panel(const Lines& l, float* packed, index_t task) {
  const index_t group = task / panels_of(l);
  const index_t column = task % panels_of(l) * kPanelWidth;
  return {group, column, smaller(kPanelWidth, l.columns - column),
          packed + group * depth_of(l) * padded_columns(l) + column * depth_of(l)};
}

void run_lines(const Lines& l, const float* source, const float* packed, float* dest, index_t task, float* scratch,
               index_t* row_begin, index_t* row_end) {
  const TaskRange range = LineTasks(l).range(l, task);
  TileBatch(l, scratch).run_task(range, source, packed, dest);
  *row_begin = range.first_line * l.dest_w + range.first_w;
  *row_end = (range.last_line - 1) * l.dest_w + range.last_w;
}

index_t packed_size(const ConvShape& s) { return packed_size_of(forward_lines(s)); }

index_t forward_pack_tasks(const ConvShape& s) {
  const Lines l = forward_lines(s);
  return l.groups * panels_of(l);
}

void forward_pack(const ConvShape& s, const float* weights, float* packed, index_t task) {
  const Lines l = forward_lines(s);
  const PackedPanel panel = packed_panel(l, packed, task);
  pack_rows(weights + panel.group * l.columns + panel.column, l.dest_c, depth_of(l), panel.columns, panel.data);
}

index_t forward_tasks(const ConvShape& s) { return LineTasks(forward_lines(s)).tasks; }

index_t forward_scratch(const ConvShape& s) { return TileBatch::scratch_size(forward_lines(s)); }

void forward(const ConvShape& s, const float* x, const float* packed, float* y, index_t task, float* scratch,
             index_t* row_begin, index_t* row_end) {
  run_lines(forward_lines(s), x, packed, y, task, scratch, row_begin, row_end);
}

index_t input_grad_packed_size(const ConvShape& s) { return packed_size_of(input_grad_lines(s)); }

index_t input_grad_pack_tasks(const ConvShape& s) {
  const Lines l = input_grad_lines(s);
  return l.groups * panels_of(l);
}

void input_grad_pack(const ConvShape& s, const float* weights, float* packed, index_t task) {
  const Lines l = input_grad_lines(s);
  const PackedPanel panel = packed_panel(l, packed, task);
  const index_t width = panel_stride(panel.columns);
  for (index_t kh = 0; kh < l.kernel_h; ++kh)
    for (index_t u = 0; u < l.kernel_w; ++u) {
      const index_t tap = kh * l.kernel_w + packed_tap(l, u);
      const float* from = weights + (tap * l.columns + panel.column) * l.source_c + panel.group * l.terms;
      pack_transposed(from, l.source_c, l.terms, panel.columns, panel.data + (kh * l.kernel_w + u) * l.terms * width);
    }
}

index_t input_grad_tasks(const ConvShape& s) { return LineTasks(input_grad_lines(s)).tasks; }

index_t input_grad_scratch(const ConvShape& s) { return TileBatch::scratch_size(input_grad_lines(s)); }

void input_grad(const ConvShape& s, const float* dy, const float* packed, float* dx, index_t task, float* scratch,
                index_t* row_begin, index_t* row_end) {
  const Lines l = input_grad_lines(s);
  run_lines(l, dy, packed, dx, task, scratch, row_begin, row_end);
  *row_begin *= input_rows(s, l);
  *row_end *= input_rows(s, l);
}

index_t weight_grad_partial_size(const ConvShape& s) {
  const WeightGradPlan plan(s);
  return plan.position_chunks > 1 ? plan.position_chunks * plan.size() : 0;
}

index_t weight_grad_tasks(const ConvShape& s) { return WeightGradPlan(s).tasks(); }

index_t weight_grad_scratch(const ConvShape& s) { return WeightGradPlan(s).scratch_size(); }

void weight_grad(const ConvShape& s, const float* x, const float* dy, float* dw, float* partial, index_t task,
                 float* scratch) {
  const WeightGradPlan plan(s);
  const index_t chunk = task / (plan.tasks() / plan.position_chunks);
  float* to = plan.position_chunks > 1 ? partial + chunk * plan.size() : dw;
  WeightGradTask(plan, scratch).run(x, dy, to, task);
}

index_t weight_grad_reduce_tasks(const ConvShape& s) {
  const WeightGradPlan plan(s);
  return plan.position_chunks > 1 ? divide_up(plan.size(), kReduceFloats) : 0;
}

void weight_grad_reduce(const ConvShape& s, const float* partial, float* dw, index_t task) {
  const WeightGradPlan plan(s);
  reduce_piece(partial, plan.size(), plan.position_chunks, dw, task);
}

}  // namespace

extern const ConvKernels conv_table = {
    packed_size,
    forward_pack_tasks,
    forward_pack,
    forward_tasks,
    forward_scratch,
    forward,
    input_grad_packed_size,
    input_grad_pack_tasks,
    input_grad_pack,
    input_grad_tasks,
    input_grad_scratch,
    input_grad,
    weight_grad_partial_size,
    weight_grad_tasks,
    weight_grad_scratch,
    weight_grad,
    weight_grad_reduce_tasks,
    weight_grad_reduce,
};

}  // namespace genodl::kernels::GENODL_ISA
