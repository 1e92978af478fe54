#include "kernels/transpose.h"

#include "kernels/pack.simd.h"
#include "kernels/vec_part.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

inline void square(const float* x, index_t x_step, float* y, index_t y_step) {
  Vec block[kLanes];
  for (int i = 0; i < kLanes; ++i) block[i] = load(x + i * x_step);
  transpose(block);
  for (int i = 0; i < kLanes; ++i) store(y + i * y_step, block[i]);
}

inline void corner(const float* x, index_t rows, index_t columns, index_t x_step, float* y, index_t y_step) {
  Vec block[kLanes] = {};
  for (index_t r = 0; r < rows; ++r) block[r] = load_up_to(x + r * x_step, columns);
  transpose(block);
  for (index_t c = 0; c < columns; ++c) store_up_to(y + c * y_step, block[c], rows);
}

void whole(const float* x, index_t rows, index_t columns, index_t x_step, float* y, index_t y_step) {
  for (index_t r = 0; r < rows; r += kLanes) {
    const index_t high = rows - r < kLanes ? rows - r : kLanes;
    for (index_t c = 0; c < columns; c += kLanes) {
      const index_t wide = columns - c < kLanes ? columns - c : kLanes;
      const float* from = x + r * x_step + c;
      float* to = y + c * y_step + r;
      if (high == kLanes && wide == kLanes) {
        square(from, x_step, to, y_step);
      } else {
        corner(from, high, wide, x_step, to, y_step);
      }
    }
  }
}

}  // namespace

extern const TransposeKernels transpose_table = {whole};

}  // namespace genodl::kernels::GENODL_ISA
