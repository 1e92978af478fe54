#include "kernels/pool.h"

#include "kernels/vec_part.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

// Calls body(offset in the window, number of the position). Windows of the usual sizes are unrolled;
// 0 stands for a size known at run time only.
template <int kRows, int kColumns, class Body>
inline void each_position(const PoolLine& line, Body body) {
  if constexpr (kRows > 0) {
#pragma GCC unroll 3
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
      for (int j = 0; j < kColumns; ++j) body(i * line.row_step + j * line.column_step, i * kColumns + j);
  } else {
    for (index_t i = 0; i < line.rows; ++i)
      for (index_t j = 0; j < line.columns; ++j)
        body(i * line.row_step + j * line.column_step, static_cast<int>(i * line.columns + j));
  }
}
template <class Body>
inline void each_position(const PoolLine& line, Body body) {
  each_position<0, 0>(line, [&](index_t at, int) { body(at); });
}

// Calls body(offset of the window's first channel, offset of the output, channels left).
template <class Body>
inline void each_vector(const PoolLine& line, Body body) {
  for (index_t o = 0; o < line.outputs; ++o) {
    const index_t from = o * line.window_step, to = o * line.channels;
    index_t c = 0;
    for (; c + kLanes <= line.channels; c += kLanes) body(from + c, to + c, index_t{kLanes});
    if (c < line.channels) body(from + c, to + c, line.channels - c);
  }
}

// Windows read a little of many rows, which hardware prefetchers do not follow.
inline void fetch_next(const float* x, const PoolLine& line) { __builtin_prefetch(x + line.window_step); }

// Calls run.template operator()<rows, columns>(), with 0 for unusual windows.
template <class Run>
inline void with_window(const PoolLine& line, Run run) {
  const index_t rows = line.rows, columns = line.columns;
  if (rows == 1 && columns == 2) return run.template operator()<1, 2>();
  if (rows == 1 && columns == 3) return run.template operator()<1, 3>();
  if (rows == 1 && columns == 4) return run.template operator()<1, 4>();
  if (rows == 2 && columns == 2) return run.template operator()<2, 2>();
  if (rows == 3 && columns == 3) return run.template operator()<3, 3>();
  run.template operator()<0, 0>();
}

void max(const float* x, const PoolLine& line, float* y) {
  with_window(line, [&]<int kRows, int kColumns>() {
    each_vector(line, [&](index_t from, index_t to, index_t left) {
      Vec best = load_up_to(x + from, left);
      each_position<kRows, kColumns>(line, [&](index_t at, int) {
        fetch_next(x + from + at, line);
        best = maximum(load_up_to(x + from + at, left), best);
      });
      store_up_to(y + to, best, left);
    });
  });
}

void average(const float* x, const PoolLine& line, float* y) {
  const float scale = 1.0f / static_cast<float>(line.rows * line.columns);
  each_vector(line, [&](index_t from, index_t to, index_t left) {
    Vec sum{};
    each_position(line, [&](index_t at) { sum += load_up_to(x + from + at, left); });
    store_up_to(y + to, sum * scale, left);
  });
}

inline void give(float* dx, Vec gradient, index_t left, bool accumulate) {
  store_up_to(dx, accumulate ? load_up_to(dx, left) + gradient : gradient, left);
}

void max_grad(const float* x, const float* dy, const PoolLine& line, bool accumulate, float* dx) {
  with_window(line, [&]<int kRows, int kColumns>() {
    each_vector(line, [&](index_t from, index_t to, index_t left) {
      Vec best = load_up_to(x + from, left);
      VecI chosen{};
      each_position<kRows, kColumns>(line, [&](index_t at, int position) {
        fetch_next(x + from + at, line);
        const Vec value = load_up_to(x + from + at, left);
        // A NaN stays the maximum once it is found.
        const VecI keeps = (value <= best) | (best != best);
        best = select(keeps, best, value);
        chosen = select(keeps, chosen, splat_int(position));
      });
      const Vec gradient = load_up_to(dy + to, left);
      each_position<kRows, kColumns>(line, [&](index_t at, int position) {
        __builtin_prefetch(dx + from + at + line.window_step, 1);
        give(dx + from + at, select(chosen == position, gradient, splat(0.0f)), left, accumulate);
      });
    });
  });
}

void average_grad(const float* dy, const PoolLine& line, bool accumulate, float* dx) {
  const float scale = 1.0f / static_cast<float>(line.rows * line.columns);
  each_vector(line, [&](index_t from, index_t to, index_t left) {
    const Vec gradient = load_up_to(dy + to, left) * scale;
    each_position(line, [&](index_t at) { give(dx + from + at, gradient, left, accumulate); });
  });
}

}  // namespace

extern const PoolKernels pool_table = {max, average, max_grad, average_grad};

}  // namespace genodl::kernels::GENODL_ISA
