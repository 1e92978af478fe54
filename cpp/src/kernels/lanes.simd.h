// Lane numbers as a pack, for shuffles: AllLanes{} deduces 0, 1, ..., kLanes - 1.
#pragma once

#include "kernels/simd.h"

namespace genodl::kernels::GENODL_ISA {

template <int... kLane>
struct LaneList {};
#if defined(__AVX512F__)
using AllLanes = LaneList<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15>;
#elif defined(__AVX2__)
using AllLanes = LaneList<0, 1, 2, 3, 4, 5, 6, 7>;
#else
using AllLanes = LaneList<0, 1, 2, 3>;
#endif

template <int kBy, int... kLane>
inline Vec rotate_lanes(Vec v, LaneList<kLane...>) {
  return __builtin_shufflevector(v, v, ((kLane + kBy) % kLanes)...);
}

}  // namespace genodl::kernels::GENODL_ISA
