#include "kernels/peak.h"

#include "kernels/simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

constexpr int kChains = 12;  // two units with a latency of four or five, within 16 registers

float multiply_adds(index_t rounds) {
  Vec sums[kChains];
  for (int i = 0; i < kChains; ++i) sums[i] = splat(static_cast<float>(i));
  const Vec factor = splat(static_cast<float>(rounds) * 1e-12f), term = splat(1.0f);
  for (; rounds > 0; --rounds) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) sums[i] = sums[i] * factor + term;
  }
  Vec total{};
  for (int i = 0; i < kChains; ++i) total += sums[i];
  return total[0];
}

}  // namespace

extern const PeakKernels peak_table = {multiply_adds, 2 * kChains* kLanes};

}  // namespace genodl::kernels::GENODL_ISA
