// Exchanging rows and columns of a matrix.
#pragma once

#include "core/index.h"

namespace genodl::kernels {

struct TransposeKernels {
  // y[c * y_step + r] = x[r * x_step + c]. Fastest on pieces that fit the first cache.
  void (*transpose)(const float* x, index_t rows, index_t columns, index_t x_step, float* y, index_t y_step);
};

const TransposeKernels& transpose();

}  // namespace genodl::kernels
