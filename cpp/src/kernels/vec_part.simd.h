// Vectors that are only partly there, and sums over lanes.
#pragma once

#include "kernels/lanes.simd.h"
#include "kernels/vec_math.simd.h"

namespace genodl::kernels::GENODL_ISA {

// The first `count` lanes from p, `fill` in the others. Compiles to a masked load where there is one.
inline Vec load_first(const float* p, index_t count, float fill) {
  const std::int32_t lanes = static_cast<std::int32_t>(count);
  float values[kLanes];
  for (std::int32_t i = 0; i < kLanes; ++i) values[i] = i < lanes ? p[i] : fill;
  return load(values);
}

inline void store_first(float* p, Vec v, index_t count) {
  const std::int32_t lanes = static_cast<std::int32_t>(count);
  float values[kLanes];
  store(values, v);
  for (std::int32_t i = 0; i < kLanes; ++i)
    if (i < lanes) p[i] = values[i];
}

inline Vec load_up_to(const float* p, index_t count, float fill = 0.0f) {
  return count >= kLanes ? load(p) : load_first(p, count, fill);
}
inline void store_up_to(float* p, Vec v, index_t count) {
  if (count >= kLanes) return store(p, v);
  store_first(p, v, count);
}

// Half the lanes with the other half, and so on: the order of a tree.
template <class Merge>
inline float merge_lanes(Vec v, Merge merge) {
  if constexpr (kLanes >= 16) v = merge(v, rotate_lanes<8>(v, AllLanes{}));
  if constexpr (kLanes >= 8) v = merge(v, rotate_lanes<4>(v, AllLanes{}));
  v = merge(v, rotate_lanes<2>(v, AllLanes{}));
  v = merge(v, rotate_lanes<1>(v, AllLanes{}));
  return v[0];
}

// A NaN among the operands is the result.
inline Vec maximum(Vec a, Vec b) { return select((a > b) | (a != a), a, b); }
inline Vec minimum(Vec a, Vec b) { return select((a < b) | (a != a), a, b); }

inline float sum_lanes(Vec v) {
  return merge_lanes(v, [](Vec a, Vec b) { return a + b; });
}
inline float max_lanes(Vec v) { return merge_lanes(v, maximum); }
inline float min_lanes(Vec v) { return merge_lanes(v, minimum); }

}  // namespace genodl::kernels::GENODL_ISA
