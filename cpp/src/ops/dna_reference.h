// Convolution of DNA codes in plain loops, for float64. Serial pieces, each summed in one order.
#pragma once

#include <algorithm>
#include <bit>

#include "kernels/dna_conv.h"

namespace genodl::reference {

using kernels::DnaConvShape;
using kernels::index_t;

// Calls visit(row of the weights, share) for what window `t` of sequence `n` sees.
template <class T, class Visit>
void each_base(const DnaConvShape& s, const std::uint8_t* codes, index_t n, index_t t, Visit visit) {
  for (index_t tap = 0; tap < s.taps; ++tap) {
    const index_t at = t * s.stride - s.pad_left + tap * s.dilation;
    if (at < 0 || at >= s.length) continue;
    const unsigned code = codes[n * s.length + at] & 15u;
    for (index_t base = 0; base < 4; ++base)
      if (code >> base & 1) visit(tap * 4 + base, T{1} / static_cast<T>(std::popcount(code)));
  }
}

// Row `row` of y.
template <class T>
void dna_conv_row(const DnaConvShape& s, const std::uint8_t* codes, const T* weights, T* y, index_t row) {
  y += row * s.filters;
  std::fill_n(y, s.filters, T{});
  each_base<T>(s, codes, row / s.out_length, row % s.out_length, [&](index_t weight, T share) {
    const T* from = weights + weight * s.filters;
    for (index_t f = 0; f < s.filters; ++f) y[f] += share * from[f];
  });
}

// Filters [begin, end) of dw.
template <class T>
void dna_conv_weight_grad(const DnaConvShape& s, const std::uint8_t* codes, const T* dy, T* dw, index_t begin,
                          index_t end) {
  for (index_t row = 0; row < s.taps * 4; ++row)
    std::fill(dw + row * s.filters + begin, dw + row * s.filters + end, T{});
  for (index_t row = 0; row < s.batch * s.out_length; ++row)
    each_base<T>(s, codes, row / s.out_length, row % s.out_length, [&](index_t weight, T share) {
      for (index_t f = begin; f < end; ++f) dw[weight * s.filters + f] += share * dy[row * s.filters + f];
    });
}

}  // namespace genodl::reference
