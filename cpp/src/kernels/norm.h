// Normalisation over rows (layer) and over columns (batch) of a matrix whose rows are `step` apart.
#pragma once

#include "core/index.h"

namespace genodl::kernels {

struct NormKernels {
  // y = (x - mean) * inverse * gamma + beta for each row of n; gamma and beta may be null. Gives
  // mean[rows] and inverse[rows] = 1 / sqrt(variance + epsilon).
  void (*layer)(const float* x, index_t rows, index_t n, float epsilon, const float* gamma, const float* beta,
                float* y, float* mean, float* inverse);
  // dx of layer(); gamma may be null. dx may be dy.
  void (*layer_grad)(const float* dy, const float* x, const float* mean, const float* inverse,
                     const float* gamma, index_t rows, index_t n, float* dx);
  // dgamma[n] = sum over rows of dy * xhat, dbeta[n] = sum of dy. A few hundred rows a call keep
  // the float sums short.
  void (*layer_weight_grad)(const float* dy, const float* x, const float* mean, const float* inverse,
                            index_t rows, index_t n, float* dgamma, float* dbeta);

  // Per column: sum of (x - shift) and of its square; shift may be null, and near the mean it keeps
  // the digits of the variance.
  void (*moments)(const float* x, index_t rows, index_t step, index_t columns, const float* shift,
                  float* sum, float* sum_squares);
  // Per column: sum of dy and of dy * (x - mean) * inverse.
  void (*grad_sums)(const float* dy, const float* x, index_t rows, index_t step, index_t columns,
                    const float* mean, const float* inverse, float* sum_dy, float* sum_dy_xhat);
  // y = x * scale + shift, and dx = a * dy + b * x + c, with one factor a column.
  void (*scale_shift)(const float* x, index_t rows, index_t step, index_t columns, const float* scale,
                      const float* shift, float* y);
  void (*mix)(const float* dy, const float* x, index_t rows, index_t step, index_t columns, const float* a,
              const float* b, const float* c, float* dx);
};

const NormKernels& norm();

}  // namespace genodl::kernels
