// Normalisation over the rows of a matrix.
#pragma once

#include "core/index.h"

namespace genodl::kernels {

struct NormKernels {
  // y = (x - mean) * inverse * gamma + beta for each row of n; gamma and beta may be null. Gives
  // mean[rows] and inverse[rows] = 1 / sqrt(variance + epsilon).
  void (*layer)(const float* x, index_t rows, index_t n, float epsilon, const float* gamma, const float* beta, float* y,
                float* mean, float* inverse);
  // dx of layer(); gamma may be null. dx may be dy.
  void (*layer_grad)(const float* dy, const float* x, const float* mean, const float* inverse, const float* gamma,
                     index_t rows, index_t n, float* dx);
  // dgamma[n] = sum over rows of dy * xhat, dbeta[n] = sum of dy. A few hundred rows a call keep
  // the float sums short.
  void (*layer_weight_grad)(const float* dy, const float* x, const float* mean, const float* inverse, index_t rows,
                            index_t n, float* dgamma, float* dbeta);
};

const NormKernels& norm();

}  // namespace genodl::kernels
