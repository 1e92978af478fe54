// Convolution of DNA codes without the one-hot array: for every block of filters a table holds the
// sums of `group` taps for each word of `group` bases, so a window costs one row per group.
#pragma once

#include <cstddef>
#include <cstdint>

namespace genodl::kernels {

using index_t = std::int64_t;

// codes (batch, length), weights (taps, 4, filters), y (batch, out_length, filters). A code is a set
// of bases in four bits and stands for equal fractions of them; outside of the sequence is nothing.
struct DnaConvShape {
  index_t batch, length;
  index_t taps, filters;
  index_t stride, dilation;
  index_t pad_left, out_length;
};

// Max pooling of relu(scale * conv + shift), the steps that are absent left out. Windows lie inside:
// (out_length - 1) * stride + size <= length of the convolution.
struct DnaPool {
  index_t size, stride, out_length;
  bool relu;
  const float* scale;  // null: conv itself; else filters values each
  const float* shift;
};

// First `index` each sequence and `build` each part of the tables; then any forward task.
struct DnaConvKernels {
  std::size_t (*index_bytes)(const DnaConvShape&);
  void (*index)(const DnaConvShape&, const std::uint8_t* codes, std::byte* indexes, index_t sequence);

  index_t (*table_size)(const DnaConvShape&);  // in floats, best aligned to 64 bytes
  index_t (*build_tasks)(const DnaConvShape&);
  void (*build)(const DnaConvShape&, const float* weights, float* tables, index_t task);

  index_t (*forward_tasks)(const DnaConvShape&);
  // Writes the complete rows [*row_begin, *row_end) of y; bias may be null.
  void (*forward)(const DnaConvShape&, const std::uint8_t* codes, const std::byte* indexes, const float* tables,
                  const float* bias, float* y, index_t task, index_t* row_begin, index_t* row_end);

  index_t (*pool_tasks)(const DnaConvShape&, const DnaPool&);
  // Writes the complete rows [*row_begin, *row_end) of y (batch, pool.out_length, filters), and where
  // in its window each maximum came first, as bytes (size < 256) or int32; both null: not wanted. Where
  // relu lets no gradient through there is no such position: -1, as a byte 255.
  void (*pool)(const DnaConvShape&, const DnaPool&, const std::uint8_t* codes, const std::byte* indexes,
               const float* tables, const float* bias, float* y, std::uint8_t* argmax8, std::int32_t* argmax32,
               index_t task, index_t* row_begin, index_t* row_end);
};

const DnaConvKernels& dna_conv();

}  // namespace genodl::kernels
