// Rows of batch normalisation in float64; float32 goes to the kernels.
#pragma once

#include <algorithm>

#include "kernels/channel_norm.h"

namespace genodl {

inline void normalise_rows(const double* x, index_t rows, index_t channels, const double* middle, const double* scale,
                           const double* shift, double* y) {
  for (index_t r = 0; r < rows; ++r, x += channels, y += channels)
    for (index_t k = 0; k < channels; ++k) y[k] = (x[k] - middle[k]) * scale[k] + shift[k];
}
inline void normalise_rows(const float* x, index_t rows, index_t channels, const float* middle, const float* scale,
                           const float* shift, float* y) {
  kernels::channel_norm().normalise(x, rows, channels, channels, middle, scale, shift, y);
}

inline void gradient_sums(const double* dy, const double* x, index_t rows, index_t step, index_t columns,
                          const double* mean, double* sum, double* products) {
  std::fill_n(sum, columns, 0.0);
  std::fill_n(products, columns, 0.0);
  for (index_t r = 0; r < rows; ++r, x += step, dy += step)
    for (index_t c = 0; c < columns; ++c) {
      sum[c] += dy[c];
      products[c] += dy[c] * (x[c] - mean[c]);
    }
}
inline void gradient_sums(const float* dy, const float* x, index_t rows, index_t step, index_t columns,
                          const float* mean, float* sum, float* products) {
  kernels::channel_norm().grad_sums(dy, x, rows, step, columns, mean, sum, products);
}

inline void input_grad_rows(const double* dy, const double* x, index_t rows, index_t channels, const double* mean,
                            const double* scale, const double* slope, const double* shift, double* dx) {
  for (index_t r = 0; r < rows; ++r, x += channels, dy += channels, dx += channels)
    for (index_t k = 0; k < channels; ++k) dx[k] = scale[k] * dy[k] + (slope[k] * (x[k] - mean[k]) + shift[k]);
}
inline void input_grad_rows(const float* dy, const float* x, index_t rows, index_t channels, const float* mean,
                            const float* scale, const float* slope, const float* shift, float* dx) {
  kernels::channel_norm().input_grad(dy, x, rows, channels, channels, mean, scale, slope, shift, dx);
}

}  // namespace genodl
