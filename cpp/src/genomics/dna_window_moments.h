// Mean and covariance of the one-hot windows that a convolution of DNA codes sees. From them follow,
// exactly, the moments of every filter's output: batch normalisation then needs no output to be there.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/dna_conv.h"

namespace genodl::genomics {

using kernels::DnaConvShape;
using kernels::index_t;

// Sums over a run of sequences: of x, (taps * 4), then of its products, (taps * 4, taps * 4).
struct WindowSums {
  double* sum;
  double* products;
};

inline index_t window_sums_size(const DnaConvShape& s) { return s.taps * 4 * (s.taps * 4 + 1); }
inline WindowSums window_sums(const DnaConvShape& s, double* memory) { return {memory, memory + s.taps * 4}; }

// Positions from the first base that a window touches to the last: bytes of scratch for each sequence.
inline index_t touched_positions(const DnaConvShape& s) {
  return s.out_length > 0 ? (s.out_length - 1) * s.stride + (s.taps - 1) * s.dilation + 1 : 0;
}

// Sums over the sequences [begin, end).
void sum_windows(const DnaConvShape& s, const std::uint8_t* codes, index_t begin, index_t end, std::uint8_t* scratch,
                 WindowSums out);

// Adds `chunks` sums, one after another in `sums`, and turns them into mean and covariance.
void finish_moments(const DnaConvShape& s, const double* sums, index_t chunks, double* mean, double* covariance);

}  // namespace genodl::genomics
