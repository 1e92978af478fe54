// A stream of random numbers that is a pure function of its key: SplitMix64 (Steele et al. 2014).
#pragma once

#include <cstdint>

#include "core/index.h"

namespace genodl::genomics {

class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t record, std::uint64_t copy)
      : state_(mix(mix(mix(seed) + record) + copy)) {}

  std::uint64_t next() { return mix(state_ += 0x9E3779B97F4A7C15u); }

  // Uniform in [0, n), without bias: the high word of next() * n, redrawn while the low word falls
  // into the short interval that would favour some values (Lemire 2019).
  index_t below(index_t n) {
    const auto range = static_cast<std::uint64_t>(n);
    Wide product = static_cast<Wide>(next()) * range;
    if (static_cast<std::uint64_t>(product) < range) {
      const std::uint64_t unfair = -range % range;
      while (static_cast<std::uint64_t>(product) < unfair) product = static_cast<Wide>(next()) * range;
    }
    return static_cast<index_t>(product >> 64);
  }

 private:
  __extension__ using Wide = unsigned __int128;

  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace genodl::genomics
