// Products with a thin side, limited by memory: the large matrix is read once, front to back.
#pragma once

#include "gemm_plan.simd.h"
#include "pack.simd.h"

namespace genodl::kernels::GENODL_ISA {

inline float sum_lanes(Vec v) {
  float lanes[kLanes];
  store(lanes, v);
#pragma GCC unroll 4
  for (int half = kLanes / 2; half > 0; half /= 2)
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  return lanes[0];
}

// c[kRows][columns] += a[kRows][kDepth] b[kDepth][columns], b passing by once.
template <int kRows, int kDepth>
inline void stream_rows(const float* a, index_t a_row, index_t a_term, const float* b, index_t ldb, index_t columns,
                        float* c, index_t ldc) {
  index_t n = 0;
  for (; n + kLanes <= columns; n += kLanes) {
    Vec right[kDepth];
#pragma GCC unroll 8
    for (int k = 0; k < kDepth; ++k) right[k] = load(b + k * ldb + n);
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
      Vec sum = load(c + i * ldc + n);
#pragma GCC unroll 8
      for (int k = 0; k < kDepth; ++k) sum += splat(a[i * a_row + k * a_term]) * right[k];
      store(c + i * ldc + n, sum);
    }
  }
  for (; n < columns; ++n)
    for (int i = 0; i < kRows; ++i) {
      float sum = c[i * ldc + n];
      for (int k = 0; k < kDepth; ++k) sum += a[i * a_row + k * a_term] * b[k * ldb + n];
      c[i * ldc + n] = sum;
    }
}

template <int kRows>
inline void stream(const GemmShape& s, const float* a, const float* b, float* c, index_t c_stride, index_t columns,
                   index_t k_begin, index_t k_end) {
  constexpr int kDepth = kRows <= 2 ? 8 : 4;
  const index_t a_row = s.transpose_a ? 1 : s.lda;
  const index_t a_term = s.transpose_a ? s.lda : 1;
  index_t k = k_begin;
  for (; k + kDepth <= k_end; k += kDepth)
    stream_rows<kRows, kDepth>(a + k * a_term, a_row, a_term, b + k * s.ldb, s.ldb, columns, c, c_stride);
  for (; k < k_end; ++k)
    stream_rows<kRows, 1>(a + k * a_term, a_row, a_term, b + k * s.ldb, s.ldb, columns, c, c_stride);
}

inline void run_stream(const GemmShape& s, const float* a, const float* b, float* c, index_t c_stride,
                       const GemmPart& part, bool accumulate) {
  using Function = void (*)(const GemmShape&, const float*, const float*, float*, index_t, index_t, index_t, index_t);
  static constexpr Function kTable[GemmPlan::kFewRows] = {stream<1>, stream<2>, stream<3>, stream<4>,
                                                          stream<5>, stream<6>, stream<7>, stream<8>};
  const index_t columns = part.columns();
  c += part.column_begin;
  if (!accumulate)
    for (index_t i = 0; i < s.m; ++i)
      for (index_t n = 0; n < columns; ++n) c[i * c_stride + n] = 0;
  kTable[s.m - 1](s, a, b + part.column_begin, c, c_stride, columns, part.k_begin, part.k_end);
}

// c[kRows][kColumns] += scalar products of rows of a and rows of b.
template <int kRows, int kColumns>
inline void dot_tile(const float* a, index_t lda, const float* b, index_t ldb, index_t depth, float* c, index_t ldc) {
  Vec sum[kRows][kColumns];
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
    for (int j = 0; j < kColumns; ++j) sum[i][j] = Vec{};
  index_t k = 0;
  for (; k + kLanes <= depth; k += kLanes) {
    Vec right[kColumns];
#pragma GCC unroll 4
    for (int j = 0; j < kColumns; ++j) right[j] = load(b + j * ldb + k);
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
      const Vec left = load(a + i * lda + k);
#pragma GCC unroll 4
      for (int j = 0; j < kColumns; ++j) sum[i][j] += left * right[j];
    }
  }
  for (int i = 0; i < kRows; ++i)
    for (int j = 0; j < kColumns; ++j) {
      float rest = 0;
      for (index_t t = k; t < depth; ++t) rest += a[i * lda + t] * b[j * ldb + t];
      c[i * ldc + j] += sum_lanes(sum[i][j]) + rest;
    }
}

template <int kColumns>
inline void dot_rows(const float* a, index_t lda, const float* b, index_t ldb, index_t depth, float* c, index_t ldc,
                     index_t rows) {
  constexpr int kRows = kColumns == 1 ? 8 : (kLanes == 16 ? 4 : 2);
  index_t i = 0;
  for (; i + kRows <= rows; i += kRows) dot_tile<kRows, kColumns>(a + i * lda, lda, b, ldb, depth, c + i * ldc, ldc);
  for (; i < rows; ++i) dot_tile<1, kColumns>(a + i * lda, lda, b, ldb, depth, c + i * ldc, ldc);
}

inline void run_dots(const GemmShape& s, const float* a, const float* b, float* c, const GemmPart& part,
                     bool accumulate, float* scratch) {
  using Function = void (*)(const float*, index_t, const float*, index_t, index_t, float*, index_t, index_t);
  static constexpr Function kTable[GemmPlan::kFewColumns] = {dot_rows<1>, dot_rows<2>, dot_rows<3>, dot_rows<4>};
  const bool b_rows_at_hand = s.transpose_b || (s.n == 1 && s.ldb == 1);
  const index_t rows = part.rows();
  a += part.row_begin * s.lda;
  c += part.row_begin * s.ldc;
  if (!accumulate)
    for (index_t i = 0; i < rows; ++i)
      for (index_t j = 0; j < s.n; ++j) c[i * s.ldc + j] = 0;
  for (index_t k = 0; k < s.k; k += GemmPlan::kDotDepth) {
    const index_t depth = smaller(GemmPlan::kDotDepth, s.k - k);
    const float* b_rows = scratch;
    index_t b_stride = GemmPlan::kDotDepth;
    if (b_rows_at_hand) {
      b_rows = b + k;
      b_stride = s.transpose_b ? s.ldb : 0;
    } else {
      for (index_t j = 0; j < s.n; ++j)
        for (index_t t = 0; t < depth; ++t) scratch[j * b_stride + t] = b[(k + t) * s.ldb + j];
    }
    kTable[s.n - 1](a + k, s.lda, b_rows, b_stride, depth, c, s.ldc, rows);
  }
}

}  // namespace genodl::kernels::GENODL_ISA
