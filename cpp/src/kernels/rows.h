// Adding up rows, for scattering and for sums over tasks.
#pragma once

#include "core/index.h"

namespace genodl::kernels {

struct RowsKernels {
  void (*add)(const float* x, float* y, index_t n);                  // y += x
  void (*add_scaled)(const float* x, float a, float* y, index_t n);  // y += a x
  // table[at[r]] += rows[r], in order, each row of n elements; every at[r] lies inside the table.
  void (*scatter_add)(const float* rows, const index_t* at, index_t count, index_t n, float* table);
  // to[r] = table[at[r]]
  void (*gather)(const float* table, const index_t* at, index_t count, index_t n, float* to);
};

const RowsKernels& rows();

}  // namespace genodl::kernels
