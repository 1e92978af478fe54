// Shared by the tests of the dense kernels: every available instruction set, inputs between NaNs.
#pragma once

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "core/isa.h"
#include "tests/check.h"

namespace genodl::testing {

// Random numbers with NaN before and after: a kernel that uses what it must not read shows it.
class Poisoned {
 public:
  Poisoned(std::size_t size, std::mt19937& random)
      : values_(size + 2 * kGuard, std::numeric_limits<float>::quiet_NaN()) {
    std::uniform_real_distribution<float> uniform(-1, 1);
    for (std::size_t i = 0; i < size; ++i) values_[kGuard + i] = uniform(random);
  }
  const float* data() const { return values_.data() + kGuard; }

 private:
  static constexpr std::size_t kGuard = 64;
  std::vector<float> values_;
};

inline Guarded<float> nan_output(std::size_t size) {
  Guarded<float> out(size);
  for (float& value : out) value = std::numeric_limits<float>::quiet_NaN();
  return out;
}

// Sums of n products of numbers in [-1, 1] grow like sqrt(n); so does their rounding error, with
// a unit of 2^-24. A factor of 40 leaves room for the largest of many thousand sums.
inline double sum_tolerance(double terms) { return 40 * std::ldexp(1.0, -24) * (1 + std::sqrt(terms)); }

inline void check_close(const Guarded<float>& got, const std::vector<double>& expected, double tolerance,
                        const std::string& what) {
  CHECK_MSG(got.intact(), what << ": wrote outside its output");
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (!(std::fabs(got[i] - expected[i]) <= tolerance)) {
      CHECK_MSG(false, what << ": element " << i << " is " << got[i] << ", expected " << expected[i]);
      return;
    }
  CHECK_MSG(got.size() == expected.size(), what);
}

}  // namespace genodl::testing
