// The random numbers of the element-wise kernels, one at a time.
#pragma once

#include <cstdint>

namespace genodl {

struct RandomWords {
  std::uint32_t first, second;
};

RandomWords threefry(std::uint64_t key, std::uint64_t counter);

// In [0, 1), a multiple of 2^-24; and standard normal (Box and Muller).
double random_uniform(std::uint64_t key, std::uint64_t step, std::uint64_t element);
double random_normal(std::uint64_t key, std::uint64_t step, std::uint64_t element);

}  // namespace genodl
