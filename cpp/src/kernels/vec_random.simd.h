// Counter-based random numbers, a group of 32 elements at a time (see core/random_key.h).
#pragma once

#include "core/random_key.h"
#include "kernels/vec_trig.simd.h"

namespace genodl::kernels::GENODL_ISA {

struct RandomVecs {
  VecW first, second;
};

template <int kRotation>
inline VecW rotate(VecW x) {
  return (x << kRotation) | (x >> (32 - kRotation));
}

template <int kRound>
inline void threefry_round(RandomVecs& v) {
  v.first += v.second;
  v.second = rotate<kThreefryRotations[kRound % 8]>(v.second) ^ v.first;
}

template <int kInjection>
inline void threefry_rounds(RandomVecs& v, const std::uint32_t (&keys)[3]) {
  threefry_round<4 * kInjection - 4>(v);
  threefry_round<4 * kInjection - 3>(v);
  threefry_round<4 * kInjection - 2>(v);
  threefry_round<4 * kInjection - 1>(v);
  v.first += keys[kInjection % 3];
  v.second += keys[(kInjection + 1) % 3] + kInjection;
}

// Of the counters counter, counter + 1, ...; a group never crosses a multiple of 2^32.
inline RandomVecs threefry(std::uint64_t key, std::uint64_t counter) {
  const std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  const std::uint32_t keys[3] = {k0, k1, k0 ^ k1 ^ kThreefryParity};
  RandomVecs v{};
  for (int i = 0; i < kLanes; ++i) v.first[i] = static_cast<std::uint32_t>(i);
  v.first += static_cast<std::uint32_t>(counter) + k0;
  v.second += static_cast<std::uint32_t>(counter >> 32) + k1;
  threefry_rounds<1>(v, keys);
  threefry_rounds<2>(v, keys);
  threefry_rounds<3>(v, keys);
  threefry_rounds<4>(v, keys);
  threefry_rounds<5>(v, keys);
  return v;
}

inline Vec random_fraction(VecW words) { return to_float((VecI)(words >> 8)) * 0x1p-24f; }

// dst[0, 32): the elements of group `group`.
inline void uniform_group(std::uint64_t key, std::uint64_t group, float* dst) {
  for (int i = 0; i < kRandomGroup; i += kLanes) {
    const RandomVecs words = threefry(key, group * kRandomGroup + i);
    store(dst + i, random_fraction(words.first));
    store(dst + kRandomGroup + i, random_fraction(words.second));
  }
}

inline void normal_group(std::uint64_t key, std::uint64_t group, float* dst) {
  for (int i = 0; i < kRandomGroup; i += kLanes) {
    const RandomVecs words = threefry(key, group * kRandomGroup + i);
    const Vec radius = sqrt(-2.0f * log(random_fraction(words.first) + 0x1p-24f));
    const Vec quarters = 4.0f * random_fraction(words.second), whole = round(quarters);
    const Angle angle{__builtin_convertvector(whole, VecI), (quarters - whole) * kHalfPi};
    store(dst + i, radius * cos_of_angle(angle));
    store(dst + kRandomGroup + i, radius * sin_of_angle(angle));
  }
}

}  // namespace genodl::kernels::GENODL_ISA
