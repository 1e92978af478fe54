#include "kernels/channel_norm.h"

#include "kernels/vec_part.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

// Memory is read nearly in its order: a few rows, fetched ahead into the first-level cache, for all
// columns. The sums of some vectors of columns are in registers meanwhile.
constexpr index_t kRows = 16;
constexpr int kVectors = 4;

template <bool kWhole>
inline Vec read(const float* p, index_t left) {
  if constexpr (kWhole) return load(p);
  return load_up_to(p, left);
}

// Calls add(offset, left, its sums): what a row adds to the sums of kCount vectors of columns.
template <int kCount, bool kWhole, int kSums, class Add>
inline void sum_rows(index_t first, index_t last, index_t step, index_t column, index_t left,
                     float* const (&totals)[kSums], Add add) {
  Vec sums[kCount][kSums] = {};
  if (first > 0)
    for (int v = 0; v < kCount; ++v)
      for (int s = 0; s < kSums; ++s) sums[v][s] = read<kWhole>(totals[s] + column + v * kLanes, left);
  for (index_t r = first; r < last; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kCount; ++v) add(v, r * step + column + v * kLanes, sums[v]);
  for (int v = 0; v < kCount; ++v)
    for (int s = 0; s < kSums; ++s) store_up_to(totals[s] + column + v * kLanes, sums[v][s], left);
}

// Body::run<vectors, whole>(first row, last row, first column, columns left of the last vector).
template <class Body>
inline void each_block(index_t rows, index_t columns, const Body& body) {
  for (index_t r = 0; r < rows; r += kRows) {
    const index_t last = r + kRows < rows ? r + kRows : rows;
    index_t c = 0;
    for (; c + kVectors * kLanes <= columns; c += kVectors * kLanes)
      body.template run<kVectors, true>(r, last, c, index_t{kLanes});
    for (; c + kLanes <= columns; c += kLanes) body.template run<1, true>(r, last, c, index_t{kLanes});
    if (c < columns) body.template run<1, false>(r, last, c, columns - c);
  }
}

struct Sums {
  const float* x;
  index_t step;
  float* sum;

  template <int kCount, bool kWhole>
  void run(index_t first, index_t last, index_t column, index_t left) const {
    sum_rows<kCount, kWhole, 1>(first, last, step, column, left, {sum}, [&](int, index_t at, Vec(&sums)[1]) {
      __builtin_prefetch(x + at + kRows * step);
      sums[0] += read<kWhole>(x + at, left);
    });
  }
};

struct Moments {
  const float *x, *middle;
  index_t step;
  float *sum, *squares;

  template <int kCount, bool kWhole>
  void run(index_t first, index_t last, index_t column, index_t left) const {
    Vec m[kCount];
    for (int v = 0; v < kCount; ++v) m[v] = read<kWhole>(middle + column + v * kLanes, left);
    sum_rows<kCount, kWhole, 2>(first, last, step, column, left, {sum, squares}, [&](int v, index_t at, Vec(&sums)[2]) {
      const Vec d = read<kWhole>(x + at, left) - m[v];
      sums[0] += d;
      sums[1] += d * d;
    });
  }
};

struct GradSums {
  const float *dy, *x, *middle;
  index_t step;
  float *sum, *products;

  template <int kCount, bool kWhole>
  void run(index_t first, index_t last, index_t column, index_t left) const {
    Vec m[kCount];
    for (int v = 0; v < kCount; ++v) m[v] = read<kWhole>(middle + column + v * kLanes, left);
    sum_rows<kCount, kWhole, 2>(first, last, step, column, left, {sum, products},
                                [&](int v, index_t at, Vec(&sums)[2]) {
                                  __builtin_prefetch(x + at + kRows * step);
                                  __builtin_prefetch(dy + at + kRows * step);
                                  const Vec g = read<kWhole>(dy + at, left);
                                  sums[0] += g;
                                  sums[1] += g * (read<kWhole>(x + at, left) - m[v]);
                                });
  }
};

void sums(const float* x, index_t rows, index_t step, index_t columns, float* sum) {
  each_block(rows, columns, Sums{x, step, sum});
}
void moments(const float* x, index_t rows, index_t step, index_t columns, const float* middle, float* sum,
             float* squares) {
  each_block(rows, columns, Moments{x, middle, step, sum, squares});
}
void grad_sums(const float* dy, const float* x, index_t rows, index_t step, index_t columns, const float* middle,
               float* sum, float* products) {
  each_block(rows, columns, GradSums{dy, x, middle, step, sum, products});
}

// out[row][column] = value(offset, column, left).
template <class Value>
inline void each_element(index_t rows, index_t step, index_t columns, float* out, Value value) {
  for (index_t r = 0; r < rows; ++r) {
    index_t c = 0;
    for (; c + kLanes <= columns; c += kLanes) store(out + r * step + c, value(r * step + c, c, index_t{kLanes}));
    if (c < columns) store_up_to(out + r * step + c, value(r * step + c, c, columns - c), columns - c);
  }
}

void normalise(const float* x, index_t rows, index_t step, index_t columns, const float* middle, const float* scale,
               const float* shift, float* y) {
  each_element(rows, step, columns, y, [&](index_t at, index_t c, index_t left) {
    return (load_up_to(x + at, left) - load_up_to(middle + c, left)) * load_up_to(scale + c, left) +
           load_up_to(shift + c, left);
  });
}

void input_grad(const float* dy, const float* x, index_t rows, index_t step, index_t columns, const float* middle,
                const float* scale, const float* slope, const float* shift, float* dx) {
  each_element(rows, step, columns, dx, [&](index_t at, index_t c, index_t left) {
    const Vec away = load_up_to(x + at, left) - load_up_to(middle + c, left);
    const Vec from_x = load_up_to(slope + c, left) * away + load_up_to(shift + c, left);
    return load_up_to(scale + c, left) * load_up_to(dy + at, left) + from_x;
  });
}

}  // namespace

extern const ChannelNormKernels channel_norm_table = {sums, moments, grad_sums, normalise, input_grad};

}  // namespace genodl::kernels::GENODL_ISA
