#include "conv_few_filters.h"

#include "pack.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

// Forward, a product gives what every tap makes of every position, products[filter, tap][position];
// an output is a sum along a diagonal of it. For the weights, shifted copies of the outputs'
// gradients, which are one padded line read from many places, are the left side of a product with x.

constexpr index_t kOutputs = 512;     // of a forward task: their products fit the second-level cache
constexpr index_t kPositions = 4096;  // of a step of the weight gradient
constexpr index_t kMostChunks = 48;

bool pays(const ConvShape& s) {
  const bool one_axis = s.kernel_h == 1 && s.height == 1 && s.out_h == 1 && s.pad_top == 0;
  return one_axis && s.groups == 1 && s.stride_w == 1 && 4 * s.filters <= kLanes &&
         s.filters * s.kernel_w >= kTileRows && s.channels >= kLanes && s.width >= 64;
}

index_t reach(const ConvShape& s) { return (s.kernel_w - 1) * s.dilation_w; }
index_t rows_of(const ConvShape& s) { return s.filters * s.kernel_w; }

constexpr index_t kDepth = 256;  // terms of a packed panel of x, which stays in the first-level cache

// c[rows][columns] (+)= a[rows][depth] panel[depth][columns], rows of a `a_stride` apart.
void multiply_panel(const float* a, index_t a_stride, index_t rows, index_t depth, const float* panel, index_t columns,
                    float* c, index_t c_stride, bool accumulate) {
  const Segment segment{a, 0, depth};
  TileCall call{};
  call.segments = &segment;
  call.segment_count = 1;
  call.a_stride = a_stride;
  call.b = panel;
  call.b_stride = panel_stride(columns);
  call.c_stride = c_stride;
  call.columns = columns;
  call.accumulate = accumulate;
  const index_t tiles = divide_up(rows, kTileRows);
  for (index_t i = 0; i < tiles; ++i) {
    const index_t row = cut(rows, tiles, i);
    call.a_offset = row * a_stride;
    call.c = c + row * c_stride;
    run_strided_tile(cut(rows, tiles, i + 1) - row, call);
  }
}

index_t packed_size(const ConvShape& s) { return rows_of(s) * s.channels; }
index_t forward_pack_tasks(const ConvShape&) { return 1; }

void forward_pack(const ConvShape& s, const float* weights, float* packed, index_t) {
  for (index_t t = 0; t < s.kernel_w; ++t)
    for (index_t c = 0; c < s.channels; ++c)
      for (index_t f = 0; f < s.filters; ++f)
        packed[(f * s.kernel_w + t) * s.channels + c] = weights[(t * s.channels + c) * s.filters + f];
}

index_t pieces_of(const ConvShape& s) { return divide_up(s.out_w, kOutputs); }
index_t forward_tasks(const ConvShape& s) { return s.batch * pieces_of(s); }
index_t products_room(const ConvShape& s) { return rows_of(s) * smaller(s.width, kOutputs + reach(s)); }
index_t forward_scratch(const ConvShape& s) { return products_room(s) + kOutputs + kDepth * kPanelWidth; }

// products[filter, tap][position] of `count` positions of x.
void multiply_positions(const ConvShape& s, const float* packed, const float* x, index_t count, float* products,
                        float* panel) {
  for (index_t n = 0; n < count; n += kPanelWidth) {
    const index_t columns = smaller(kPanelWidth, count - n);
    for (index_t k = 0; k < s.channels; k += kDepth) {
      const index_t depth = smaller(kDepth, s.channels - k);
      pack_transposed(x + n * s.channels + k, s.channels, depth, columns, panel);
      multiply_panel(packed + k, s.channels, rows_of(s), depth, panel, columns, products + n, count, k > 0);
    }
  }
}

void add_shifted(const float* from, float* to, index_t count) {
  index_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(to + i, load(to + i) + load(from + i));
  for (; i < count; ++i) to[i] += from[i];
}

void forward(const ConvShape& s, const float* x, const float* packed, float* y, index_t task, float* scratch,
             index_t* row_begin, index_t* row_end) {
  const index_t line = task / pieces_of(s);
  const index_t first = cut(s.out_w, pieces_of(s), task % pieces_of(s));
  const index_t last = cut(s.out_w, pieces_of(s), task % pieces_of(s) + 1);
  // Positions of x that these outputs read.
  const index_t begin = larger(0, first - s.pad_left);
  const index_t end = smaller(s.width, last - s.pad_left + reach(s));
  const index_t count = larger(0, end - begin);
  float* const products = scratch;
  float* const sums = products + products_room(s);
  multiply_positions(s, packed, x + (line * s.width + begin) * s.channels, count, products, sums + kOutputs);

  float* const out = y + (line * s.out_w + first) * s.filters;
  for (index_t f = 0; f < s.filters; ++f) {
    for (index_t i = 0; i < last - first; ++i) sums[i] = 0;
    for (index_t t = 0; t < s.kernel_w; ++t) {
      const index_t shift = t * s.dilation_w - s.pad_left;  // position read minus output
      const index_t from = larger(first, begin - shift), to = smaller(last, end - shift);
      add_shifted(products + (f * s.kernel_w + t) * count + (from + shift - begin), sums + (from - first), to - from);
    }
    for (index_t i = 0; i < last - first; ++i) out[i * s.filters + f] = sums[i];
  }
  *row_begin = line * s.out_w + first;
  *row_end = line * s.out_w + last;
}

// Steps are runs of positions of a line; a chunk of them shares a partial sum [filter, tap, channel],
// the taps in reverse.
index_t steps_per_line(const ConvShape& s) { return divide_up(s.width, kPositions); }
index_t steps_of(const ConvShape& s) { return s.batch * steps_per_line(s); }
index_t chunks_of(const ConvShape& s) { return smaller(kMostChunks, steps_of(s)); }
index_t weight_size(const ConvShape& s) { return rows_of(s) * s.channels; }

index_t weight_grad_partial_size(const ConvShape& s) { return chunks_of(s) * weight_size(s); }
index_t weight_grad_tasks(const ConvShape& s) { return chunks_of(s); }
index_t shifted_room(const ConvShape& s) { return smaller(s.width, kPositions) + reach(s); }
index_t weight_grad_scratch(const ConvShape& s) { return shifted_room(s) + kDepth * kPanelWidth; }

// sums[tap][channel] (+)= what the shifted lines take of `count` positions of x.
void add_taps(const ConvShape& s, const float* shifted, const float* x, index_t count, float* sums, bool accumulate,
              float* panel) {
  for (index_t k = 0; k < count; k += kDepth) {
    const index_t depth = smaller(kDepth, count - k);
    for (index_t n = 0; n < s.channels; n += kPanelWidth) {
      const index_t columns = smaller(kPanelWidth, s.channels - n);
      pack_rows(x + k * s.channels + n, s.channels, depth, columns, panel);
      multiply_panel(shifted + k, s.dilation_w, s.kernel_w, depth, panel, columns, sums + n, s.channels,
                     accumulate || k > 0);
    }
  }
}

void weight_grad(const ConvShape& s, const float* x, const float* dy, float*, float* partial, index_t task,
                 float* scratch) {
  const index_t first_step = cut(steps_of(s), chunks_of(s), task);
  const index_t last_step = cut(steps_of(s), chunks_of(s), task + 1);
  float* const sums = partial + task * weight_size(s);
  float* const shifted = scratch;
  for (index_t step = first_step; step < last_step; ++step) {
    const index_t line = step / steps_per_line(s), piece = step % steps_per_line(s);
    const index_t begin = cut(s.width, steps_per_line(s), piece), end = cut(s.width, steps_per_line(s), piece + 1);
    for (index_t f = 0; f < s.filters; ++f) {
      const index_t first = begin + s.pad_left - reach(s);  // output at the start of the padded line
      for (index_t i = 0; i < end - begin + reach(s); ++i) {
        const bool exists = first + i >= 0 && first + i < s.out_w;
        shifted[i] = exists ? dy[(line * s.out_w + first + i) * s.filters + f] : 0.0f;
      }
      add_taps(s, shifted, x + (line * s.width + begin) * s.channels, end - begin, sums + f * s.kernel_w * s.channels,
               step > first_step, shifted + shifted_room(s));
    }
  }
}

index_t weight_grad_reduce_tasks(const ConvShape& s) { return s.kernel_w; }

void weight_grad_reduce(const ConvShape& s, const float* partial, float* dw, index_t task) {
  for (index_t f = 0; f < s.filters; ++f) {
    const float* from = partial + (f * s.kernel_w + s.kernel_w - 1 - task) * s.channels;
    for (index_t c = 0; c < s.channels; ++c) {
      float sum = 0;
      for (index_t chunk = 0; chunk < chunks_of(s); ++chunk) sum += from[chunk * weight_size(s) + c];
      dw[(task * s.channels + c) * s.filters + f] = sum;
    }
  }
}

}  // namespace

extern const ConvFewFiltersKernels conv_few_filters_table = {
    pays,
    {
        packed_size,
        forward_pack_tasks,
        forward_pack,
        forward_tasks,
        forward_scratch,
        forward,
        nullptr,
        nullptr,
        nullptr,
        nullptr,
        nullptr,
        nullptr,
        weight_grad_partial_size,
        weight_grad_tasks,
        weight_grad_scratch,
        weight_grad,
        weight_grad_reduce_tasks,
        weight_grad_reduce,
    },
};

}  // namespace genodl::kernels::GENODL_ISA
