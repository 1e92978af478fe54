// Plain double loops over one-hot rows: the truth for the table-lookup kernels.
#pragma once

#include <random>

#include "kernels/dna_conv.h"
#include "tests/check.h"

namespace genodl::testing {

using kernels::DnaConvShape;
using kernels::index_t;

// pad_right follows from the number of windows.
inline DnaConvShape dna_shape(index_t batch, index_t length, index_t taps, index_t filters, index_t pad_left = 0,
                              index_t pad_right = 0, index_t stride = 1, index_t dilation = 1) {
  const index_t room = length + pad_left + pad_right - (taps - 1) * dilation - 1;
  return {batch, length, taps, filters, stride, dilation, pad_left, room < 0 ? 0 : room / stride + 1};
}

struct Random {
  std::mt19937 engine{1};
  float uniform() { return std::uniform_real_distribution<float>(-1, 1)(engine); }
  int below(int n) { return static_cast<int>(engine() % static_cast<unsigned>(n)); }
};

enum class Letters { plain, some_n, all_codes };

inline void fill_codes(Random& random, Letters letters, Guarded<std::uint8_t>& codes) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto base = static_cast<std::uint8_t>(1 << random.below(4));
    codes[i] = letters == Letters::all_codes ? static_cast<std::uint8_t>(random.below(16)) : base;
    if (letters == Letters::some_n && i % 97 < 9) codes[i] = 15;
  }
}

template <class T>
inline void fill_uniform(Random& random, Guarded<T>& values) {
  for (T& value : values) value = random.uniform();
}

// Share of `base` in the code that window `t` meets at `tap`.
inline double dna_share(const DnaConvShape& s, const std::uint8_t* codes, index_t n, index_t t, index_t tap, int base) {
  const index_t at = t * s.stride - s.pad_left + tap * s.dilation;
  if (at < 0 || at >= s.length) return 0;
  const unsigned code = codes[n * s.length + at];
  return code >> base & 1 ? 1.0 / __builtin_popcount(code) : 0;
}

inline std::vector<double> dna_reference(const DnaConvShape& s, const std::uint8_t* codes, const float* weights,
                                         const float* bias) {
  std::vector<double> y(static_cast<std::size_t>(s.batch * s.out_length * s.filters));
  for (index_t row = 0; row < s.batch * s.out_length; ++row) {
    double* to = y.data() + row * s.filters;
    for (index_t f = 0; bias && f < s.filters; ++f) to[f] = bias[f];
    for (index_t i = 0; i < s.taps * 4; ++i) {
      const double share = dna_share(s, codes, row / s.out_length, row % s.out_length, i / 4, static_cast<int>(i % 4));
      for (index_t f = 0; share != 0 && f < s.filters; ++f) to[f] += share * weights[i * s.filters + f];
    }
  }
  return y;
}

// dw (taps, 4, filters), then one row for the bias.
inline std::vector<double> dna_reference_grad(const DnaConvShape& s, const std::uint8_t* codes, const double* dy) {
  std::vector<double> dw(static_cast<std::size_t>((s.taps * 4 + 1) * s.filters));
  for (index_t row = 0; row < s.batch * s.out_length; ++row) {
    const double* from = dy + row * s.filters;
    for (index_t i = 0; i <= s.taps * 4; ++i) {
      const double share =
          i == s.taps * 4 ? 1
                          : dna_share(s, codes, row / s.out_length, row % s.out_length, i / 4, static_cast<int>(i % 4));
      for (index_t f = 0; share != 0 && f < s.filters; ++f)
        dw[static_cast<std::size_t>(i * s.filters + f)] += share * from[f];
    }
  }
  return dw;
}

}  // namespace genodl::testing
