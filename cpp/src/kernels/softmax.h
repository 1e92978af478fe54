// Softmax along lines: line i holds the elements j * step + i, 0 <= j < n, for 0 <= i < columns.
// Shifted by the largest element; of a line of -infinity softmax is 0 and its logarithm -infinity.
// y may be x, dx may be dy.
#pragma once

#include "core/index.h"

namespace genodl::kernels {

struct SoftmaxKernels {
  void (*softmax)(const float* x, float* y, index_t n, index_t step, index_t columns);
  void (*log_softmax)(const float* x, float* y, index_t n, index_t step, index_t columns);
  // out[i]: log of the sum of exp over line i.
  void (*logsumexp)(const float* x, float* out, index_t n, index_t step, index_t columns);
  // Gradients from the forward result y: y (dy - sum(y dy)) and dy - exp(y) sum(dy).
  void (*softmax_grad)(const float* y, const float* dy, float* dx, index_t n, index_t step, index_t columns);
  void (*log_softmax_grad)(const float* y, const float* dy, float* dx, index_t n, index_t step, index_t columns);
};

const SoftmaxKernels& softmax();

}  // namespace genodl::kernels
