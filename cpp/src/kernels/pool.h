// Pooling of (height, width, channels) images, channels last, one row of windows at a time.
#pragma once

#include "core/index.h"

namespace genodl::kernels {

// `outputs` windows, window_step elements apart; each covers rows x columns positions. One dimension
// is rows = 1. Windows cut off at an edge are given on their own, outputs = 1.
struct PoolLine {
  index_t rows, row_step;
  index_t columns, column_step;
  index_t outputs, window_step;
  index_t channels;
};

struct PoolKernels {
  // y[outputs][channels]. A NaN in a window is its maximum.
  void (*max)(const float* x, const PoolLine& line, float* y);
  void (*average)(const float* x, const PoolLine& line, float* y);

  // dx += (accumulate, for windows that overlap) or = (all of every window is written). The
  // maximum's gradient goes to the first position that holds it.
  void (*max_grad)(const float* x, const float* dy, const PoolLine& line, bool accumulate, float* dx);
  void (*average_grad)(const float* dy, const PoolLine& line, bool accumulate, float* dx);
};

const PoolKernels& pool();

}  // namespace genodl::kernels
