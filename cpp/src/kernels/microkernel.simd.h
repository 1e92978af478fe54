// The register tile under every dense kernel: `rows x vectors` sums kept in registers while one
// operand is broadcast element by element and the other is read in vectors.
#pragma once

#include "simd.h"

namespace genodl::kernels::GENODL_ISA {

constexpr int kPanelVectors = 2;
constexpr index_t kPanelWidth = kPanelVectors * kLanes;

// Most rows whose sums, one broadcast and a panel row still fit the registers.
#if defined(__AVX512F__)
constexpr int kTileRows = 14;
#elif defined(__AVX2__)
constexpr int kTileRows = 6;
#elif defined(__aarch64__)
constexpr int kTileRows = 10;
#else
constexpr int kTileRows = 5;
#endif

// A run of `length` terms: the broadcast operand starts at `a`, the vector operand at row `b_row`.
struct Segment {
  const float* a;
  index_t b_row;
  index_t length;
};

// Memory to fetch ahead during a segment: `step` bytes further with every term.
struct Fetch {
  const char* from;
  index_t step;
};

// c[rows][columns] (+)= sum over segments. `a_stride` is the distance between rows of `a`, or,
// when the rows are neighbours in memory, between its terms; `a_offset` moves every segment.
struct TileCall {
  const Segment* segments;
  const Fetch* fetches;  // one for each segment, or null
  index_t segment_count;
  index_t a_offset;
  index_t a_stride;
  const float* b;
  index_t b_stride;
  float* c;
  index_t c_stride;
  index_t columns;
  bool accumulate;
};

inline Vec load_part(const float* p, index_t count) {
  float lanes[kLanes] = {};
  for (index_t i = 0; i < count; ++i) lanes[i] = p[i];
  return load(lanes);
}

inline void store_part(float* p, Vec v, index_t count) {
  float lanes[kLanes];
  store(lanes, v);
  for (index_t i = 0; i < count; ++i) p[i] = lanes[i];
}

// Three rows share a base pointer (offsets 0, 1, 2 strides fit x86 addressing); the empty asm
// keeps the compiler from deriving one pointer per row and spilling them.
template <int kRows, int kVectors, bool kFetch>
inline void add_strided_rows(Vec (&sum)[kRows][kVectors], const float* a, index_t a_stride, const float* b,
                             index_t b_stride, index_t length, Fetch fetch) {
  constexpr int kBases = (kRows + 2) / 3;
  const float* base[kBases];
#pragma GCC unroll 16
  for (int i = 0; i < kBases; ++i) base[i] = a + 3 * i * a_stride;
  for (index_t k = 0; k < length; ++k, b += b_stride) {
    Vec right[kVectors];
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) right[j] = load(b + j * kLanes);
    if constexpr (kFetch) {
      __builtin_prefetch(fetch.from, 0, 2);
      fetch.from += fetch.step;
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Vec left = splat(base[i / 3][(i % 3) * a_stride]);
#pragma GCC unroll 4
      for (int j = 0; j < kVectors; ++j) sum[i][j] += left * right[j];
    }
#pragma GCC unroll 16
    for (int i = 0; i < kBases; ++i) {
      ++base[i];
      asm("" : "+r"(base[i]));
    }
  }
}

template <int kRows, int kVectors, bool kFetch>
inline void add_neighbour_rows(Vec (&sum)[kRows][kVectors], const float* a, index_t a_stride, const float* b,
                               index_t b_stride, index_t length, Fetch fetch) {
  for (index_t k = 0; k < length; ++k, a += a_stride, b += b_stride) {
    Vec right[kVectors];
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) right[j] = load(b + j * kLanes);
    if constexpr (kFetch) {
      __builtin_prefetch(fetch.from, 0, 2);
      fetch.from += fetch.step;
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Vec left = splat(a[i]);
#pragma GCC unroll 4
      for (int j = 0; j < kVectors; ++j) sum[i][j] += left * right[j];
    }
  }
}

enum class Rows { strided, neighbours };

template <int kRows, int kVectors, Rows kKind, bool kFetch>
void tile(const TileCall& call) {
  Vec sum[kRows][kVectors];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) sum[i][j] = Vec{};

  const index_t b_stride = call.b_stride;
  for (index_t s = 0; s < call.segment_count; ++s) {
    const Segment& segment = call.segments[s];
    const float* a = segment.a + call.a_offset;
    const float* b = call.b + segment.b_row * b_stride;
    const Fetch fetch = kFetch ? call.fetches[s] : Fetch{};
    if constexpr (kKind == Rows::neighbours)
      add_neighbour_rows<kRows, kVectors, kFetch>(sum, a, call.a_stride, b, b_stride, segment.length, fetch);
    else
      add_strided_rows<kRows, kVectors, kFetch>(sum, a, call.a_stride, b, b_stride, segment.length, fetch);
  }

  float* c = call.c;
  if (call.columns == kVectors * kLanes) {
    if (call.accumulate) {
#pragma GCC unroll 16
      for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
        for (int j = 0; j < kVectors; ++j) sum[i][j] += load(c + i * call.c_stride + j * kLanes);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
      for (int j = 0; j < kVectors; ++j) store(c + i * call.c_stride + j * kLanes, sum[i][j]);
    return;
  }
  float spilled[kRows][kVectors * kLanes];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) store(&spilled[i][j * kLanes], sum[i][j]);
  for (int i = 0; i < kRows; ++i, c += call.c_stride) {
    if (call.accumulate)
      for (index_t n = 0; n < call.columns; ++n) c[n] += spilled[i][n];
    else
      for (index_t n = 0; n < call.columns; ++n) c[n] = spilled[i][n];
  }
}

using TileFunction = void (*)(const TileCall&);

template <int kVectors, Rows kKind, bool kFetch>
inline TileFunction tile_function(index_t rows) {
  static_assert(kTileRows <= 14);
  static constexpr TileFunction kTable[14] = {
      tile<1, kVectors, kKind, kFetch>,
      tile<2, kVectors, kKind, kFetch>,
      tile<3, kVectors, kKind, kFetch>,
      tile<4, kVectors, kKind, kFetch>,
      tile<5, kVectors, kKind, kFetch>,
      tile < kTileRows < 6 ? 1 : 6,
      kVectors,
      kKind,
      kFetch >,
      tile < kTileRows < 7 ? 1 : 7,
      kVectors,
      kKind,
      kFetch >,
      tile < kTileRows < 8 ? 1 : 8,
      kVectors,
      kKind,
      kFetch >,
      tile < kTileRows < 9 ? 1 : 9,
      kVectors,
      kKind,
      kFetch >,
      tile < kTileRows < 10 ? 1 : 10,
      kVectors,
      kKind,
      kFetch >,
      tile < kTileRows < 11 ? 1 : 11,
      kVectors,
      kKind,
      kFetch >,
      tile < kTileRows < 12 ? 1 : 12,
      kVectors,
      kKind,
      kFetch >,
      tile < kTileRows < 13 ? 1 : 13,
      kVectors,
      kKind,
      kFetch >
      , tile < kTileRows < 14 ? 1 : 14, kVectors, kKind, kFetch >,
  };
  return kTable[rows - 1];
}

// Only full panels fetch: narrow products are too short to be worth the code.
template <Rows kKind>
inline void run_tile(index_t rows, const TileCall& call) {
  if (call.columns <= kLanes)
    tile_function<1, kKind, false>(rows)(call);
  else if (call.fetches)
    tile_function<2, kKind, true>(rows)(call);
  else
    tile_function<2, kKind, false>(rows)(call);
}

// Rows of `a` lie `a_stride` apart, their terms are neighbours.
inline void run_strided_tile(index_t rows, const TileCall& call) { run_tile<Rows::strided>(rows, call); }

// Rows of `a` are neighbours, their terms lie `a_stride` apart.
inline void run_neighbour_tile(index_t rows, const TileCall& call) { run_tile<Rows::neighbours>(rows, call); }

inline index_t divide_up(index_t a, index_t b) { return (a + b - 1) / b; }
inline index_t smaller(index_t a, index_t b) { return a < b ? a : b; }
inline index_t larger(index_t a, index_t b) { return a > b ? a : b; }

// Piece `index` of `total` cut into `pieces` nearly equal runs starts here.
inline index_t cut(index_t total, index_t pieces, index_t index) {
  return total / pieces * index + smaller(index, total % pieces);
}

}  // namespace genodl::kernels::GENODL_ISA
