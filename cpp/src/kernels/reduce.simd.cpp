#include "kernels/reduce.h"

#include "kernels/vec_part.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

constexpr int kChains = 8;
constexpr index_t kChainBlock = 64 * kChains * kLanes;  // longer runs add up blocks in double

// Sum of term(i, count) over vectors of a block: independent chains, then a tree.
template <class Term>
inline float block_sum(index_t n, Term term) {
  Vec sums[kChains] = {};
  index_t i = 0;
  for (; i + kChains * kLanes <= n; i += kChains * kLanes)
    for (int k = 0; k < kChains; ++k) sums[k] += term(i + k * kLanes, index_t{kLanes});
  for (int k = 0; i < n; i += kLanes, ++k) sums[k] += term(i, n - i);
  for (int width = kChains / 2; width > 0; width /= 2)
    for (int k = 0; k < width; ++k) sums[k] += sums[k + width];
  return sum_lanes(sums[0]);
}

template <class Term>
inline float long_sum(index_t n, Term term) {
  if (n <= kChainBlock) return block_sum(n, term);
  double total = 0;
  for (index_t first = 0; first < n; first += kChainBlock) {
    const index_t count = n - first < kChainBlock ? n - first : kChainBlock;
    total += block_sum(count, [&](index_t i, index_t left) { return term(first + i, left); });
  }
  return static_cast<float>(total);
}

float sum(const float* x, index_t n) {
  return long_sum(n, [x](index_t i, index_t left) { return load_up_to(x + i, left); });
}
float sum_squares(const float* x, index_t n) {
  return long_sum(n, [x](index_t i, index_t left) {
    const Vec v = load_up_to(x + i, left);
    return v * v;
  });
}
float dot(const float* x, const float* y, index_t n) {
  return long_sum(n, [x, y](index_t i, index_t left) { return load_up_to(x + i, left) * load_up_to(y + i, left); });
}

template <class Merge>
inline Vec extreme(const float* x, index_t n, float start, Merge merge) {
  Vec best[4] = {splat(start), splat(start), splat(start), splat(start)};
  index_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes)
    for (int k = 0; k < 4; ++k) best[k] = merge(load(x + i + k * kLanes), best[k]);
  for (; i < n; i += kLanes) best[0] = merge(load_up_to(x + i, n - i, start), best[0]);
  return merge(merge(best[0], best[1]), merge(best[2], best[3]));
}

float max(const float* x, index_t n) { return max_lanes(extreme(x, n, -kInfinity, maximum)); }
float min(const float* x, index_t n) { return min_lanes(extreme(x, n, kInfinity, minimum)); }

// Strips of four vectors of columns: as many independent chains.
template <class Merge>
inline void columns_merged(const float* x, index_t rows, index_t step, index_t columns, float* out, float start,
                           Merge merge) {
  constexpr int kWide = 4;
  index_t c = 0;
  for (; c + kWide * kLanes <= columns; c += kWide * kLanes) {
    Vec sums[kWide];
    for (int k = 0; k < kWide; ++k) sums[k] = splat(start);
    for (index_t r = 0; r < rows; ++r)
      for (int k = 0; k < kWide; ++k) sums[k] = merge(load(x + r * step + c + k * kLanes), sums[k]);
    for (int k = 0; k < kWide; ++k) store(out + c + k * kLanes, sums[k]);
  }
  for (; c < columns; c += kLanes) {
    const index_t left = columns - c;
    Vec sum = splat(start);
    for (index_t r = 0; r < rows; ++r) sum = merge(load_up_to(x + r * step + c, left), sum);
    store_up_to(out + c, sum, left);
  }
}

void column_sum(const float* x, index_t rows, index_t step, index_t columns, float* out) {
  columns_merged(x, rows, step, columns, out, 0.0f, [](Vec a, Vec b) { return a + b; });
}
void column_max(const float* x, index_t rows, index_t step, index_t columns, float* out) {
  columns_merged(x, rows, step, columns, out, -kInfinity, maximum);
}
void column_min(const float* x, index_t rows, index_t step, index_t columns, float* out) {
  columns_merged(x, rows, step, columns, out, kInfinity, minimum);
}

}  // namespace

extern const ReduceKernels reduce_table = {sum, max, min, sum_squares, dot, column_sum, column_max, column_min};

}  // namespace genodl::kernels::GENODL_ISA
