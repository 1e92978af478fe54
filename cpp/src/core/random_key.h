// Random numbers are functions of (key, step, element): Threefry-2x32-20 (Salmon et al. 2011) on
// counters of 16 neighbouring elements and their 16 successors, which share a counter's two words.
#pragma once

#include <cstdint>

namespace genodl {
namespace {  // kernels of every instruction set include this: nothing may be shared at link time

constexpr int kRandomGroup = 16;  // elements that take their first words from as many counters
constexpr int kThreefryRotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
constexpr std::uint32_t kThreefryParity = 0x1BD11BDA;

constexpr std::uint64_t mix_bits(std::uint64_t z) {  // SplitMix64's finalizer
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

constexpr std::uint64_t random_step_key(std::uint64_t key, std::uint64_t step) {
  return mix_bits(mix_bits(key + 0x9E3779B97F4A7C15u) + step);
}

}  // namespace
}  // namespace genodl
