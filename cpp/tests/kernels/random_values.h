// Arrays of normal values for kernel tests.
#pragma once

#include <random>
#include <vector>

#include "tests/check.h"

namespace genodl::testing {

inline std::vector<float> normal_values(std::size_t size, unsigned seed, float mean = 0.0f) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal(mean, 1.0f);
  std::vector<float> x(size);
  for (float& v : x) v = normal(engine);
  return x;
}

}  // namespace genodl::testing
