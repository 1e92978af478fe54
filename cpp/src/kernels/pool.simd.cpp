#include "kernels/pool.h"

#include "kernels/vec_part.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

template <class Body>
inline void each_position(const PoolLine& line, Body body) {
  for (index_t i = 0; i < line.rows; ++i)
    for (index_t j = 0; j < line.columns; ++j) body(i * line.row_step + j * line.column_step);
}

// Calls body(offset of the window's first channel, offset of the output, channels left).
template <class Body>
inline void each_vector(const PoolLine& line, Body body) {
  for (index_t o = 0; o < line.outputs; ++o)
    for (index_t c = 0; c < line.channels; c += kLanes)
      body(o * line.window_step + c, o * line.channels + c, line.channels - c);
}

void max(const float* x, const PoolLine& line, float* y) {
  each_vector(line, [&](index_t from, index_t to, index_t left) {
    Vec best = load_up_to(x + from, left);
    each_position(line, [&](index_t at) { best = maximum(load_up_to(x + from + at, left), best); });
    store_up_to(y + to, best, left);
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
  each_vector(line, [&](index_t from, index_t to, index_t left) {
    Vec best = load_up_to(x + from, left);
    VecI chosen{};
    std::int32_t position = 0;
    each_position(line, [&](index_t at) {
      const Vec value = load_up_to(x + from + at, left);
      // A NaN stays the maximum once it is found.
      const VecI better = ((value > best) | (value != value)) & (best == best);
      best = select(better, value, best);
      chosen = select(better, splat_int(position), chosen);
      ++position;
    });
    const Vec gradient = load_up_to(dy + to, left);
    position = 0;
    each_position(line, [&](index_t at) {
      give(dx + from + at, select(chosen == position, gradient, splat(0.0f)), left, accumulate);
      ++position;
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
