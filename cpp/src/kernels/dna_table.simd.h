// The tables of a block of filters, and the sums of a tile of windows looked up in them.
#pragma once

#include "dna_words.simd.h"

namespace genodl::kernels::GENODL_ISA::dna {

#if defined(__AVX512F__)
constexpr int kBlockVectors = 1;
#else
constexpr int kBlockVectors = 2;
#endif
constexpr int kBlock = kBlockVectors * kLanes;
constexpr int kTileStep = 8 / kBlockVectors;  // windows whose sums stay in registers
constexpr int kTileRows = 64;                 // windows of a tile, kept in the first-level cache

// Of one block: rows of `group` taps for every word, then single taps for every code.
struct TableLayout {
  WordLayout words;
  index_t blocks;
  index_t group_floats;
  index_t code_rows;  // where the single taps begin
  index_t block_floats;
};

// The fewest lookups, where a table that leaves the first-level cache makes each half as dear again.
inline TableLayout table_layout(const DnaConvShape& s) {
  constexpr index_t kNearBytes = 40 * 1024;
  index_t best = 1, best_cost = 0;
  for (index_t group = 1; group <= 4; ++group) {
    const WordLayout w = word_layout(s, group);
    const bool near = w.groups * w.rows * kBlock * 4 <= kNearBytes;
    const index_t cost = w.groups * (near ? 2 : 3);
    if (group == 1 || cost < best_cost) best = group, best_cost = cost;
  }
  TableLayout t;
  t.words = word_layout(s, best);
  t.blocks = (s.filters + kBlock - 1) / kBlock;
  t.group_floats = t.words.rows * kBlock;
  t.code_rows = t.words.groups * t.group_floats;
  t.block_floats = t.code_rows + s.taps * 16 * kBlock;
  return t;
}

struct BlockVec {
  Vec v[kBlockVectors];
};

inline BlockVec load_block(const float* p) {
  BlockVec b;
  for (int i = 0; i < kBlockVectors; ++i) b.v[i] = load(p + i * kLanes);
  return b;
}
inline void store_block(float* p, const BlockVec& b) {
  for (int i = 0; i < kBlockVectors; ++i) store(p + i * kLanes, b.v[i]);
}
inline void add_block(BlockVec& sum, const float* p) {
  for (int i = 0; i < kBlockVectors; ++i) sum.v[i] += load(p + i * kLanes);
}
// `present` values at p, then zeros; a null pointer reads as zeros.
inline BlockVec load_block_part(const float* p, index_t present) {
  float values[kBlock] = {};
  for (index_t i = 0; p && i < present && i < kBlock; ++i) values[i] = p[i];
  return load_block(values);
}

// Filters of block `block` that exist.
inline index_t block_width(const DnaConvShape& s, index_t block) {
  const index_t left = s.filters - block * kBlock;
  return left < kBlock ? left : kBlock;
}

inline void build_codes(const DnaConvShape& s, const float* weights, index_t block, float* rows) {
  const index_t width = block_width(s, block);
  for (index_t tap = 0; tap < s.taps; ++tap, rows += 16 * kBlock) {
    for (int base = 0; base < 4; ++base) {
      const float* from = weights + (tap * 4 + base) * s.filters + block * kBlock;
      store_block(rows + (1 << base) * kBlock, load_block_part(from, width));
    }
    for (int code = 0; code < 16; ++code) {
      if (code == 1 || code == 2 || code == 4 || code == 8) continue;
      BlockVec sum = {};
      for (int base = 0; base < 4; ++base)
        if (code >> base & 1) add_block(sum, rows + (1 << base) * kBlock);
      for (int i = 0; i < kBlockVectors; ++i) sum.v[i] *= splat(kShare[code]);
      store_block(rows + code * kBlock, sum);
    }
  }
}

inline void build_words(const DnaConvShape& s, const TableLayout& t, float* table) {
  const float* codes = table + t.code_rows;
  for (index_t g = 0; g < t.words.groups; ++g) {
    for (index_t word = 0; word < t.words.rows; ++word, table += kBlock) {
      BlockVec sum = {};
      for (index_t place = 0; place < t.words.group; ++place) {
        const index_t tap = g * t.words.group + place;
        if (tap < s.taps) add_block(sum, codes + (tap * 16 + word_code(t.words, word, place)) * kBlock);
      }
      store_block(table, sum);
    }
  }
}

// Sums of kTileStep windows, one position apart: words are read four at a time.
inline void look_up(const TableLayout& t, const float* table, const std::uint16_t* words, index_t words_step,
                    const BlockVec& start, float* sums) {
  BlockVec sum[kTileStep];
#pragma GCC unroll 8
  for (int i = 0; i < kTileStep; ++i) sum[i] = start;
  const char* rows = reinterpret_cast<const char*>(table);
  for (index_t g = 0; g < t.words.groups; ++g) {
#pragma GCC unroll 2
    for (int q = 0; q < kTileStep; q += 4) {
      std::uint64_t four;
      __builtin_memcpy(&four, words + q, 8);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) {
        constexpr index_t kUnit = kBlock * 4 / kWordScale;
        add_block(sum[q + i], reinterpret_cast<const float*>(rows + (four >> (16 * i) & 0xffff) * kUnit));
      }
    }
    rows += t.group_floats * 4;
    words += words_step;
  }
#pragma GCC unroll 8
  for (int i = 0; i < kTileStep; ++i) store_block(sums + i * kBlock, sum[i]);
}

// The same for windows further apart.
inline void look_up_strided(const DnaConvShape& s, const TableLayout& t, const float* table, const std::uint16_t* words,
                            index_t window, const BlockVec& start, float* sums) {
  std::uint16_t gathered[kTileStep];
  for (int i = 0; i < kTileStep; ++i) store_block(sums + i * kBlock, start);
  TableLayout one = t;
  one.words.groups = 1;
  for (index_t g = 0; g < t.words.groups; ++g) {
    for (int i = 0; i < kTileStep; ++i) {
      const index_t at = window + i < s.out_length ? window + i : s.out_length - 1;
      gathered[i] = words[at * s.stride + g * t.words.group_step];
    }
    float terms[kTileStep * kBlock];
    look_up(one, table + g * t.group_floats, gathered, 0, BlockVec{}, terms);
    for (int i = 0; i < kTileStep * kBlock; ++i) sums[i] += terms[i];
  }
}

// Adds the taps that see a mixed word, base by base.
inline void add_mixed(const DnaConvShape& s, const TableLayout& t, const float* table, const SequenceIndex& x,
                      index_t window, index_t rows, float* sums) {
  const index_t begin = window * s.stride;
  const index_t end = (window + rows - 1) * s.stride + (t.words.groups - 1) * t.words.group_step;
  const float* code_rows = table + t.code_rows;
  for (index_t m = first_mixed(x, begin); m < x.mixed_count && x.mixed[m] <= end; ++m) {
    for (index_t g = 0; g < t.words.groups; ++g) {
      const index_t offset = x.mixed[m] - g * t.words.group_step - begin;
      if (offset < 0) break;
      const index_t row = offset / s.stride;
      if (row >= rows || row * s.stride != offset) continue;
      BlockVec sum = load_block(sums + row * kBlock);
      for (index_t place = 0; place < t.words.group; ++place) {
        const index_t tap = g * t.words.group + place;
        if (tap >= s.taps) break;
        const int code = code_at(s, x.codes, x.mixed[m] + place * s.dilation);
        add_block(sum, code_rows + (tap * 16 + code) * kBlock);
      }
      store_block(sums + row * kBlock, sum);
    }
  }
}

// Convolution of the windows [window, window + rows), rows <= kTileRows, for one block of filters.
inline void fill_tile(const DnaConvShape& s, const TableLayout& t, const float* table, const SequenceIndex& x,
                      index_t window, index_t rows, const BlockVec& start, float* sums) {
  for (index_t i = 0; i < rows; i += kTileStep) {
    if (s.stride == 1)
      look_up(t, table, x.words + window + i, t.words.group_step, start, sums + i * kBlock);
    else
      look_up_strided(s, t, table, x.words, window + i, start, sums + i * kBlock);
  }
  if (x.mixed_count) add_mixed(s, t, table, x, window, rows, sums);
}

// A store to memory that no cache holds would stall the sums behind it: outputs are fetched a tile ahead.
template <class T>
inline void fetch_rows(T* p, index_t stride, index_t rows) {
  for (index_t i = 0; i < rows && i < kTileRows; ++i) __builtin_prefetch(p + i * stride, 1);
}

// Whole vectors may run over the end of a row into rows (or blocks) that are written later, but
// never past `end`. So blocks are written last to first and rows in rising order.
inline void store_over(float* p, const float* end, Vec v) {
  if (end - p >= kLanes) {
    store(p, v);
  } else {
    for (index_t i = 0; i < end - p; ++i) p[i] = v[i];
  }
}

}  // namespace genodl::kernels::GENODL_ISA::dna
