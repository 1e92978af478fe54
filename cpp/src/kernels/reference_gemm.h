// Matrix product in plain loops for any float type: the path of float64.
#pragma once

#include <algorithm>

#include "kernels/gemm.h"

namespace genodl::reference {

using kernels::GemmShape;
using kernels::index_t;

// Row `row` of c = op(a) op(b), see kernels/gemm.h.
template <class T>
void gemm_row(const GemmShape& s, const T* a, const T* b, T* c, index_t row) {
  const T* terms = s.transpose_a ? a + row : a + row * s.lda;
  const index_t stride = s.transpose_a ? s.lda : 1;
  c += row * s.ldc;
  if (s.transpose_b) {
    for (index_t n = 0; n < s.n; ++n) {
      T sum{};
      for (index_t k = 0; k < s.k; ++k) sum += terms[k * stride] * b[n * s.ldb + k];
      c[n] = sum;
    }
    return;
  }
  std::fill_n(c, s.n, T{});
  for (index_t k = 0; k < s.k; ++k) {
    const T value = terms[k * stride];
    for (index_t n = 0; n < s.n; ++n) c[n] += value * b[k * s.ldb + n];
  }
}

}  // namespace genodl::reference
