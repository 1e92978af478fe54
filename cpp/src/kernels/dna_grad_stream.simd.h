// Brings rows of dy, dense or behind pooling, into the stream that the weight gradient reads.
#pragma once

#include "dna_bytes.simd.h"
#include "dna_grad_layout.simd.h"

namespace genodl::kernels::GENODL_ISA::dna {

// A vector at p, without reading at or past `end`.
inline Vec load_until(const float* p, const float* end) {
  if (end - p >= kLanes) return load(p);
  float lanes[kLanes] = {};
  for (index_t i = 0; i < end - p; ++i) lanes[i] = p[i];
  return load(lanes);
}

inline void clear_rows(float* rows, index_t count) {
  for (index_t i = 0; i < count * kGradBlock; i += kLanes) store(rows + i, Vec{});
}

// Lanes behind the last filter carry what follows in memory; nobody reads their sums.
inline void stream_dense(const DnaConvShape& s, const Part& part, index_t block, const float* dy, float* rows,
                         Vec (&bias)[kGradVectors]) {
  const float* end = dy + s.batch * s.out_length * s.filters;
  const float* from = dy + (part.sequence * s.out_length + part.window) * s.filters + block * kGradBlock;
  for (index_t i = 0; i < part.windows; ++i, from += s.filters, rows += s.stride * kGradBlock) {
    for (int j = 0; j < kGradVectors; ++j) {
      const Vec v = load_until(from + j * kLanes, end);
      bias[j] += v;
      store(rows + j * kLanes, v);
    }
  }
}

inline VecI load_argmax(const DnaGradSource& source, index_t at, index_t size) {
  if (size - at >= kLanes) {
    if (!source.argmax8) return *reinterpret_cast<const VecIU*>(source.argmax32 + at);
    return widen_bytes(source.argmax8 + at);
  }
  VecI v = {};
  for (index_t i = 0; i < size - at; ++i) v[i] = source.argmax8 ? source.argmax8[at + i] : source.argmax32[at + i];
  return v;
}

inline void stream_pooled(const DnaConvShape& s, const Part& part, index_t block, const DnaGradSource& source,
                          float* rows, Vec (&bias)[kGradVectors]) {
  const index_t step = s.stride * kGradBlock;
  const bool overlap = source.stride < source.size;
  // Windows that follow each other write every row up to where they end.
  const index_t written = source.stride == source.size ? source.out_length * source.size - part.window : 0;
  for (index_t i = written < 0 ? 0 : written; i < part.windows; ++i) clear_rows(rows + i * step, 1);
  const index_t size = s.batch * source.out_length * s.filters;
  const index_t first = part.window < source.size ? 0 : (part.window - source.size) / source.stride + 1;
  for (index_t pooled = first; pooled < source.out_length; ++pooled) {
    const index_t start = pooled * source.stride - part.window;
    if (start >= part.windows) break;
    const index_t begin = start < 0 ? -start : 0;
    const index_t end = start + source.size < part.windows ? source.size : part.windows - start;
    index_t at = (part.sequence * source.out_length + pooled) * s.filters + block * kGradBlock;
    for (int j = 0; j < kGradVectors; ++j, at += kLanes) {
      if (at >= size) break;
      const Vec v = load_until(source.pooled + at, source.pooled + size);
      const VecI argmax = load_argmax(source, at, size);
      float* row = rows + (start + begin) * step + j * kLanes;
      for (index_t i = begin; i < end; ++i, row += step) {
        const Vec here = argmax == static_cast<std::int32_t>(i) ? v : Vec{};
        bias[j] += here;
        store(row, overlap ? load(row) + here : here);
      }
    }
  }
}

// Reads a byte of each cache line of `rows` runs of `bytes` bytes. Blocks of filters are narrow slices
// of rows; taken from memory in that order they come in at a third of the speed of whole rows.
inline void touch(const void* first, index_t bytes, index_t stride, index_t rows) {
  constexpr index_t kLine = 64;
  const volatile char* p = static_cast<const volatile char*>(first);
  for (index_t row = 0; row < rows; ++row, p += stride)
    for (index_t i = 0; i < bytes; i += kLine) (void)p[i];
}

// Brings what a pass over `parts` parts reads of filters [filter, filter + filters) near.
inline void touch_source(const DnaConvShape& s, const GradLayout& l, const DnaGradSource& source, index_t first_part,
                         index_t parts, index_t filter, index_t filters) {
  const auto row_of = [&](index_t number) {
    const Part part = part_of(s, l, number);
    if (source.dense) return part.sequence * s.out_length + part.window;
    const index_t pooled = part.window / source.stride;
    return part.sequence * source.out_length + (pooled < source.out_length ? pooled : source.out_length);
  };
  const index_t row = row_of(first_part), rows = row_of(first_part + parts) - row;
  const index_t at = row * s.filters + filter;
  if (source.dense) {
    touch(source.dense + at, filters * 4, s.filters * 4, rows);
    return;
  }
  touch(source.pooled + at, filters * 4, s.filters * 4, rows);
  if (source.argmax8) touch(source.argmax8 + at, filters, s.filters, rows);
  if (source.argmax32) touch(source.argmax32 + at, filters * 4, s.filters * 4, rows);
}

}  // namespace genodl::kernels::GENODL_ISA::dna
