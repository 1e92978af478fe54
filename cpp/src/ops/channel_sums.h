// Statistics of each channel over all rows of a (rows, channels) matrix: blocks of rows in fixed
// order, in the tensor's type within a block and in double between blocks.
#pragma once

#include "kernels/channel_norm.h"
#include "ops/axes.h"

namespace genodl {

struct ChannelBlocks {
  static constexpr index_t kRows = 256, kChannels = 256;
  index_t rows, channels;

  explicit ChannelBlocks(const Shape& x) : rows(elements(x, 0, x.size() - 1)), channels(x.back()) {}

  index_t blocks() const { return (rows + kRows - 1) / kRows; }
  // Bytes for two doubles of each channel in each block.
  std::size_t partial_bytes() const {
    return align_up(static_cast<std::size_t>(2 * blocks() * channels) * sizeof(double));
  }
  std::size_t channel_bytes() const { return align_up(static_cast<std::size_t>(channels) * sizeof(double)); }

  // Fills partial[block][2][channel] by body(first element, rows, columns, first of two, second of two).
  template <class Body>
  void each(double* partial, Body&& body) const {
    const index_t width = std::min(channels, kChannels);
    const index_t groups = channels == 0 ? 0 : (channels + width - 1) / width;
    parallel_ranges(blocks() * groups, grain(std::min(rows, kRows) * width), [&](index_t begin, index_t end, int) {
      for (index_t t = begin; t < end; ++t) {
        const index_t block = t / groups, column = t % groups * width, first = block * kRows;
        double* to = partial + 2 * block * channels + column;
        body(first * channels + column, rows_of(block), std::min(width, channels - column), to, to + channels);
      }
    });
  }

  index_t rows_of(index_t block) const { return std::min(kRows, rows - block * kRows); }

  // Calls body(first channel, last) for groups of at most kGroup channels, in parallel.
  static constexpr index_t kGroup = 32;
  template <class Body>
  void each_group(Body&& body) const {
    parallel_ranges((channels + kGroup - 1) / kGroup, grain(2 * kGroup * blocks()),
                    [&](index_t begin, index_t end, int) {
                      for (index_t g = begin; g < end; ++g) body(g * kGroup, std::min(channels, (g + 1) * kGroup));
                    });
  }
};

// Per column: sums of x - shift and of its square.
inline void shifted_sums(const double* x, index_t rows, index_t step, index_t columns, const double* shift, double* sum,
                         double* squares) {
  std::fill_n(sum, columns, 0.0);
  std::fill_n(squares, columns, 0.0);
  for (index_t r = 0; r < rows; ++r)
    for (index_t c = 0; c < columns; ++c) {
      const double away = x[r * step + c] - shift[c];
      sum[c] += away;
      squares[c] += away * away;
    }
}
inline void shifted_sums(const float* x, index_t rows, index_t step, index_t columns, const float* shift, float* sum,
                         float* squares) {
  kernels::channel_norm().moments(x, rows, step, columns, shift, sum, squares);
}

inline void column_sums(const double* x, index_t rows, index_t step, index_t columns, double* sum) {
  std::fill_n(sum, columns, 0.0);
  for (index_t r = 0; r < rows; ++r)
    for (index_t c = 0; c < columns; ++c) sum[c] += x[r * step + c];
}
inline void column_sums(const float* x, index_t rows, index_t step, index_t columns, float* sum) {
  kernels::channel_norm().sums(x, rows, step, columns, sum);
}

// Mean and sum of squared deviations of a block, by two readings while it is in the cache: accurate
// even where the mean is large beside the spread.
template <class T>
void block_moments(const T* x, index_t rows, index_t step, index_t columns, double* mean, double* squares) {
  T middle[ChannelBlocks::kChannels], first[ChannelBlocks::kChannels], second[ChannelBlocks::kChannels];
  column_sums(x, rows, step, columns, first);
  for (index_t c = 0; c < columns; ++c) middle[c] = first[c] / static_cast<T>(rows);
  shifted_sums(x, rows, step, columns, middle, first, second);
  const double n = static_cast<double>(rows);
  for (index_t c = 0; c < columns; ++c) {
    const double off = static_cast<double>(first[c]);
    mean[c] = static_cast<double>(middle[c]) + off / n;
    squares[c] = static_cast<double>(second[c]) - off * off / n;
  }
}

// Mean and (biased) variance of each channel; partial holds partial_bytes().
template <class T>
void channel_moments(const ChannelBlocks& b, const T* x, double* partial, double* mean, double* variance) {
  b.each(partial, [&](index_t at, index_t rows, index_t columns, double* m, double* s) {
    block_moments(x + at, rows, b.channels, columns, m, s);
  });
  const double n = static_cast<double>(b.rows);
  b.each_group([&](index_t begin, index_t end) {
    double middle[ChannelBlocks::kGroup] = {}, spread[ChannelBlocks::kGroup] = {};
    for (index_t k = 0; k < b.blocks(); ++k) {
      const double weight = static_cast<double>(b.rows_of(k)) / n;
      for (index_t c = begin; c < end; ++c) middle[c - begin] += weight * partial[2 * k * b.channels + c];
    }
    for (index_t k = 0; k < b.blocks(); ++k) {
      const double rows = static_cast<double>(b.rows_of(k));
      for (index_t c = begin; c < end; ++c) {
        const double away = partial[2 * k * b.channels + c] - middle[c - begin];
        spread[c - begin] += partial[(2 * k + 1) * b.channels + c] + rows * away * away;
      }
    }
    for (index_t c = begin; c < end; ++c) {
      const double s = spread[c - begin];
      mean[c] = middle[c - begin];
      variance[c] = s < 0 ? 0 : s / n;  // rounding may leave less than nothing
    }
  });
}

}  // namespace genodl
