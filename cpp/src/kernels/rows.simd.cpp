#include "kernels/rows.h"

#include "kernels/vec_part.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

void add(const float* x, float* y, index_t n) {
  for (index_t i = 0; i < n; i += kLanes)
    store_up_to(y + i, load_up_to(y + i, n - i) + load_up_to(x + i, n - i), n - i);
}

void add_scaled(const float* x, float a, float* y, index_t n) {
  for (index_t i = 0; i < n; i += kLanes)
    store_up_to(y + i, a * load_up_to(x + i, n - i) + load_up_to(y + i, n - i), n - i);
}

void scatter_add(const float* rows, const index_t* at, index_t count, index_t n, float* table) {
  for (index_t r = 0; r < count; ++r) add(rows + r * n, table + at[r] * n, n);
}

void gather(const float* table, const index_t* at, index_t count, index_t n, float* to) {
  for (index_t r = 0; r < count; ++r) {
    const float* from = table + at[r] * n;
    for (index_t i = 0; i < n; i += kLanes) store_up_to(to + r * n + i, load_up_to(from + i, n - i), n - i);
  }
}

}  // namespace

extern const RowsKernels rows_table = {add, add_scaled, scatter_add, gather};

}  // namespace genodl::kernels::GENODL_ISA
