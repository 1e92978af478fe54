// Statistics of each channel over all rows of a (rows, channels) matrix: blocks of rows in fixed
// order, in the tensor's type within a block and in double between blocks.
#pragma once

#include "ops/axes.h"

namespace genodl {

struct ChannelBlocks {
  static constexpr index_t kRows = 512, kChannels = 256;
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
        body(first * channels + column, std::min(kRows, rows - first), std::min(width, channels - column), to,
             to + channels);
      }
    });
  }

  // Calls body(channel) for every channel, in parallel.
  template <class Body>
  void each_channel(Body&& body) const {
    parallel_ranges(channels, grain(2 * blocks()), [&](index_t begin, index_t end, int) {
      for (index_t c = begin; c < end; ++c) body(c);
    });
  }
};

// Mean and sum of squared deviations of a block, by two readings while it is in the cache: accurate
// even where the mean is large beside the spread.
template <class T>
void block_moments(const T* x, index_t rows, index_t step, index_t columns, double* mean, double* squares) {
  T middle[ChannelBlocks::kChannels] = {}, first[ChannelBlocks::kChannels] = {}, second[ChannelBlocks::kChannels] = {};
  for (index_t r = 0; r < rows; ++r)
    for (index_t c = 0; c < columns; ++c) middle[c] += x[r * step + c];
  for (index_t c = 0; c < columns; ++c) middle[c] /= static_cast<T>(rows);
  for (index_t r = 0; r < rows; ++r)
    for (index_t c = 0; c < columns; ++c) {
      const T away = x[r * step + c] - middle[c];
      first[c] += away;
      second[c] += away * away;
    }
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
  // Two sets meet as in Chan, Golub and LeVeque (1983).
  b.each_channel([&](index_t c) {
    double n = 0, m = 0, s = 0;
    for (index_t k = 0; k < b.blocks(); ++k) {
      const double more = static_cast<double>(std::min(ChannelBlocks::kRows, b.rows - k * ChannelBlocks::kRows));
      const double away = partial[2 * k * b.channels + c] - m, total = n + more;
      m += away * more / total;
      s += partial[(2 * k + 1) * b.channels + c] + away * away * n * more / total;
      n = total;
    }
    mean[c] = m;
    variance[c] = s < 0 ? 0 : s / n;  // rounding may leave less than nothing
  });
}

}  // namespace genodl
