#include "winograd.h"

#include "pack.simd.h"
#include "winograd_lines.simd.h"
#include "winograd_weight_grad.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

// Expected time of both ways in cycles, from what a unit with two multiply-adds, two loads and a
// store per cycle needs for a vector; a tenth is asked for as margin.
bool pays(const ConvShape& s, const Lines& l) {
  if (s.groups != 1 || s.stride_h != 1 || s.stride_w != 1 || s.kernel_w < kTaps) return false;
  if (l.batch * l.dest_h * l.dest_w < 512) return false;  // too few to repay transformed weights
  const WinogradPlan plan(l);
  const index_t groups = l.kernel_h * plan.tap_groups;
  const index_t in = divide_up(l.terms, kLanes), out = divide_up(l.columns, kLanes);
  const index_t direct = l.dest_w * l.kernel_h * l.kernel_w * l.terms * out;
  const index_t products = kPoints * groups * l.terms * out;
  const index_t transforms = 2 * (groups * in * 12 + out * 14 + groups * out * 10);
  return tiles_per_line(l) * (products + transforms) * 11 < direct * 10;
}

bool forward_pays(const ConvShape& s) { return pays(s, forward_lines(s)); }
bool input_grad_pays(const ConvShape& s) { return pays(s, input_grad_lines(s)); }

// The same products and transforms, backwards; sums are read and written once per block of tiles.
bool weight_grad_pays(const ConvShape& s) { return pays(s, forward_lines(s)); }

index_t pack_tasks_of(const WinogradPlan& plan) {
  return plan.l.kernel_h * plan.tap_groups * divide_up(plan.l.columns, kPanelWidth);
}

// Three taps go into the places of the first three transformed matrices and are transformed there.
void pack_of(const WinogradPlan& plan, const float* weights, float* packed, index_t task) {
  const Lines& l = plan.l;
  const index_t panels = divide_up(l.columns, kPanelWidth);
  const index_t column = task % panels * kPanelWidth;
  const index_t group = task / panels % plan.tap_groups;
  const index_t kh = task / panels / plan.tap_groups;
  const index_t columns = smaller(kPanelWidth, l.columns - column);
  const index_t plane = l.terms * panel_stride(columns);
  float* to = packed + kPoints * l.terms * ((kh * plan.tap_groups + group) * plan.padded_columns() + column);
  for (int i = 0; i < kTaps; ++i) {
    const index_t u = group * kTaps + i;
    const index_t tap = kh * l.kernel_w + packed_tap(l, u);
    if (u >= l.kernel_w)
      for (index_t k = 0; k < plane; ++k) to[i * plane + k] = 0;
    else if (l.input_grad)
      pack_transposed(weights + (tap * l.columns + column) * l.source_c, l.source_c, l.terms, columns, to + i * plane);
    else
      pack_rows(weights + tap * l.terms * l.dest_c + column, l.dest_c, l.terms, columns, to + i * plane);
  }
  for (index_t k = 0; k < plane; k += kLanes) {
    Vec g[kTaps], u[kPoints];
    for (int i = 0; i < kTaps; ++i) g[i] = load(to + i * plane + k);
    transform_weights(g, u);
    for (int i = 0; i < kPoints; ++i) store(to + i * plane + k, u[i]);
  }
}

void run_lines(const WinogradPlan& plan, const float* source, const float* packed, float* dest, index_t task,
               float* scratch, index_t* row_begin, index_t* row_end) {
  const TaskRange range = plan.range(task);
  WinogradTask(plan, scratch).run(range, source, packed, dest);
  *row_begin = range.first_line * plan.l.dest_w + range.first_w;
  *row_end = (range.last_line - 1) * plan.l.dest_w + range.last_w;
}

WinogradPlan forward_plan(const ConvShape& s) { return WinogradPlan(forward_lines(s)); }
WinogradPlan input_grad_plan(const ConvShape& s) { return WinogradPlan(input_grad_lines(s)); }

index_t packed_size(const ConvShape& s) { return forward_plan(s).packed_size(); }
index_t forward_pack_tasks(const ConvShape& s) { return pack_tasks_of(forward_plan(s)); }
void forward_pack(const ConvShape& s, const float* weights, float* packed, index_t task) {
  pack_of(forward_plan(s), weights, packed, task);
}
index_t forward_tasks(const ConvShape& s) { return forward_plan(s).tasks; }
index_t forward_scratch(const ConvShape& s) { return forward_plan(s).scratch_size(); }
void forward(const ConvShape& s, const float* x, const float* packed, float* y, index_t task, float* scratch,
             index_t* row_begin, index_t* row_end) {
  run_lines(forward_plan(s), x, packed, y, task, scratch, row_begin, row_end);
}

index_t input_grad_packed_size(const ConvShape& s) { return input_grad_plan(s).packed_size(); }
index_t input_grad_pack_tasks(const ConvShape& s) { return pack_tasks_of(input_grad_plan(s)); }
void input_grad_pack(const ConvShape& s, const float* weights, float* packed, index_t task) {
  pack_of(input_grad_plan(s), weights, packed, task);
}
index_t input_grad_tasks(const ConvShape& s) { return input_grad_plan(s).tasks; }
index_t input_grad_scratch(const ConvShape& s) { return input_grad_plan(s).scratch_size(); }
void input_grad(const ConvShape& s, const float* dy, const float* packed, float* dx, index_t task, float* scratch,
                index_t* row_begin, index_t* row_end) {
  const WinogradPlan plan = input_grad_plan(s);
  run_lines(plan, dy, packed, dx, task, scratch, row_begin, row_end);
  *row_begin *= input_rows(s, plan.l);
  *row_end *= input_rows(s, plan.l);
}

index_t weight_grad_partial_size(const ConvShape& s) {
  const WinogradGradPlan plan(s);
  return plan.chunks > 1 ? plan.chunks * plan.size() : 0;
}
index_t weight_grad_tasks(const ConvShape& s) { return WinogradGradPlan(s).tasks(); }
index_t weight_grad_scratch(const ConvShape& s) { return WinogradGradPlan(s).scratch_size(); }
void weight_grad(const ConvShape& s, const float* x, const float* dy, float* dw, float* partial, index_t task,
                 float* scratch) {
  const WinogradGradPlan plan(s);
  const index_t chunk = task / plan.parts();
  float* to = plan.chunks > 1 ? partial + chunk * plan.size() : dw;
  WinogradGradTask(plan, task % plan.parts(), scratch).run(x, dy, to, chunk);
}
index_t weight_grad_reduce_tasks(const ConvShape& s) {
  const WinogradGradPlan plan(s);
  return plan.chunks > 1 ? divide_up(plan.size(), kReduceFloats) : 0;
}
void weight_grad_reduce(const ConvShape& s, const float* partial, float* dw, index_t task) {
  const WinogradGradPlan plan(s);
  reduce_piece(partial, plan.size(), plan.chunks, dw, task);
}

}  // namespace

extern const WinogradKernels winograd_table = {
    forward_pays,
    input_grad_pays,
    weight_grad_pays,
    {
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
    },
};

}  // namespace genodl::kernels::GENODL_ISA
