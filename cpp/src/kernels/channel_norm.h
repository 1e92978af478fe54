// What batch normalisation does to the columns of a matrix whose rows are `step` apart.
#pragma once

#include "core/index.h"

namespace genodl::kernels {

// Sums are one for each column, over a few hundred rows a call, so that float is enough.
struct ChannelNormKernels {
  // sum = sum of x.
  void (*sums)(const float* x, index_t rows, index_t step, index_t columns, float* sum);
  // sum = sum of x - middle, squares = sum of its square; near the mean this keeps the variance's digits.
  void (*moments)(const float* x, index_t rows, index_t step, index_t columns, const float* middle, float* sum,
                  float* squares);
  // sum = sum of dy, products = sum of dy * (x - middle).
  void (*grad_sums)(const float* dy, const float* x, index_t rows, index_t step, index_t columns, const float* middle,
                    float* sum, float* products);

  // y = (x - middle) * scale + shift; y may be x.
  void (*normalise)(const float* x, index_t rows, index_t step, index_t columns, const float* middle,
                    const float* scale, const float* shift, float* y);
  // dx = scale * dy + (slope * (x - middle) + shift); dx may be dy.
  void (*input_grad)(const float* dy, const float* x, index_t rows, index_t step, index_t columns, const float* middle,
                     const float* scale, const float* slope, const float* shift, float* dx);
};

const ChannelNormKernels& channel_norm();

}  // namespace genodl::kernels
