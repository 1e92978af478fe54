// Max pooling of convolution sums while they are in the first-level cache.
#pragma once

#include "dna_bytes.simd.h"
#include "dna_table.simd.h"

namespace genodl::kernels::GENODL_ISA::dna {

// Of a task: rows from its first to its end, one after another. argmax pointers may be null.
struct PoolOutput {
  float* y;
  float* y_end;
  std::uint8_t* argmax8;
  std::int32_t* argmax32;
};

// The best of a window so far, and where it was.
struct Best {
  BlockVec value;
  VecI at[kBlockVectors];
};

struct Affine {
  BlockVec scale, shift;
};

template <bool kScaled>
inline Vec scaled(const Affine& affine, const float* p, int i) {
  const Vec v = load(p + i * kLanes);
  return kScaled ? v * affine.scale.v[i] + affine.shift.v[i] : v;
}

// Takes in `rows` rows of sums, the first of them being number `number` of the window.
template <bool kArgmax, bool kScaled>
inline void take_best(Best& best, const Affine& affine, const float* sums, index_t rows, index_t number) {
#pragma GCC unroll 2
  for (int i = 0; i < kBlockVectors; ++i) {
    Vec value = number == 0 ? scaled<kScaled>(affine, sums, i) : best.value.v[i];
    VecI at = best.at[i];
    if (number == 0) at = VecI{};
    for (index_t row = number == 0; row < rows; ++row) {
      const Vec v = scaled<kScaled>(affine, sums + row * kBlock, i);
      const VecI larger = v > value;
      value = larger ? v : value;
      if constexpr (kArgmax) at = larger ? VecI{} + static_cast<std::int32_t>(number + row) : at;
    }
    best.value.v[i] = value;
    best.at[i] = at;
  }
}

inline void store_argmax(const PoolOutput& out, index_t at, index_t room, VecI v) {
  if (out.argmax8) {
    if (room >= kLanes) {
      store_bytes(out.argmax8 + at, v);
    } else {
      for (index_t i = 0; i < room; ++i) out.argmax8[at + i] = static_cast<std::uint8_t>(v[i]);
    }
  } else if (room >= kLanes) {
    *reinterpret_cast<VecIU*>(out.argmax32 + at) = v;
  } else {
    for (index_t i = 0; i < room; ++i) out.argmax32[at + i] = v[i];
  }
}

template <bool kArgmax>
inline void store_best(const PoolOutput& out, index_t at, index_t width, bool relu, const Best& best) {
  for (int i = 0; i * kLanes < width; ++i, at += kLanes) {
    // Written so that NaN stays NaN.
    const Vec v = relu ? (best.value.v[i] < Vec{} ? Vec{} : best.value.v[i]) : best.value.v[i];
    store_over(out.y + at, out.y_end, v);
    if constexpr (kArgmax) {
      const VecI position = !relu ? best.at[i] : best.value.v[i] > Vec{} ? best.at[i] : VecI{} - 1;
      store_argmax(out, at, out.y_end - (out.y + at), position);
    }
  }
}

// Pooled rows [begin, end) of one block of filters.
template <bool kArgmax, bool kScaled>
inline void pool_block(const DnaConvShape& s, const TableLayout& t, const DnaPool& pool, const SequenceIndex& x,
                       const float* table, const BlockVec& start, const Affine& affine, index_t block, index_t begin,
                       index_t end, const PoolOutput& out) {
  alignas(64) float sums[kTileRows * kBlock];
  const index_t width = block_width(s, block);
  index_t at = block * kBlock;
  Best best = {};
  if (pool.size > kTileRows) {
    for (index_t row = begin; row < end; ++row, at += s.filters) {
      for (index_t number = 0; number < pool.size; number += kTileRows) {
        const index_t rows = pool.size - number < kTileRows ? pool.size - number : kTileRows;
        fill_tile(s, t, table, x, row * pool.stride + number, rows, start, sums);
        take_best<kArgmax, kScaled>(best, affine, sums, rows, number);
      }
      store_best<kArgmax>(out, at, width, pool.relu, best);
    }
    return;
  }
  const index_t windows = (kTileRows - pool.size) / pool.stride + 1;
  for (index_t row = begin; row < end; row += windows) {
    const index_t count = end - row < windows ? end - row : windows;
    const index_t left = end - row - count;
    fetch_rows(out.y + at + count * s.filters, s.filters, left < count ? left : count);
    fill_tile(s, t, table, x, row * pool.stride, (count - 1) * pool.stride + pool.size, start, sums);
    for (index_t i = 0; i < count; ++i, at += s.filters) {
      take_best<kArgmax, kScaled>(best, affine, sums + i * pool.stride * kBlock, pool.size, 0);
      store_best<kArgmax>(out, at, width, pool.relu, best);
    }
  }
}

inline void pool_block(const DnaConvShape& s, const TableLayout& t, const DnaPool& pool, const SequenceIndex& x,
                       const float* table, const float* bias, index_t block, index_t begin, index_t end,
                       const PoolOutput& out) {
  const index_t width = block_width(s, block);
  const auto filters = [&](const float* p) { return load_block_part(p ? p + block * kBlock : p, width); };
  const BlockVec start = filters(bias);
  const Affine affine = {filters(pool.scale), filters(pool.shift)};
  const bool argmax = out.argmax8 || out.argmax32;
  const auto run = argmax ? (pool.scale ? pool_block<true, true> : pool_block<true, false>)
                          : (pool.scale ? pool_block<false, true> : pool_block<false, false>);
  run(s, t, pool, x, table, start, affine, block, begin, end, out);
}

}  // namespace genodl::kernels::GENODL_ISA::dna
