// Sums and extremes over contiguous runs and over the rows of a matrix, each in one fixed order.
// A NaN among the elements is the result.
#pragma once

#include "core/index.h"

namespace genodl::kernels {

struct ReduceKernels {
  // Over x[0, n). Nothing: 0, -infinity, infinity, 0.
  float (*sum)(const float* x, index_t n);
  float (*max)(const float* x, index_t n);
  float (*min)(const float* x, index_t n);
  float (*sum_squares)(const float* x, index_t n);
  float (*dot)(const float* x, const float* y, index_t n);

  // out[c] over x[r * step + c], 0 <= r < rows.
  void (*column_sum)(const float* x, index_t rows, index_t step, index_t columns, float* out);
  void (*column_max)(const float* x, index_t rows, index_t step, index_t columns, float* out);
  void (*column_min)(const float* x, index_t rows, index_t step, index_t columns, float* out);
};

const ReduceKernels& reduce();

}  // namespace genodl::kernels
