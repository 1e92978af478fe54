#include "genomics/dna_window_moments.h"

#include <algorithm>
#include <bit>

namespace genodl::genomics {

namespace {

// Codes of one sequence at the positions that windows touch, nothing outside.
void unpack(const DnaConvShape& s, const std::uint8_t* codes, std::uint8_t* out) {
  const index_t size = touched_positions(s);
  for (index_t i = 0; i < size; ++i) {
    const index_t at = i - s.pad_left;
    out[i] = at < 0 || at >= s.length ? 0 : codes[at] & 15;
  }
}

double share(unsigned code, unsigned base) { return code >> base & 1 ? 1.0 / std::popcount(code) : 0.0; }

// out[a][b] += times * share of a in `first` * share of b in `second`
void add_pair(unsigned first, unsigned second, double times, double (&out)[4][4]) {
  for (unsigned a = 0; a < 4; ++a)
    for (unsigned b = 0; b < 4; ++b) out[a][b] += times * share(first, a) * share(second, b);
}

// How often each pair of codes occurs: in whole numbers, hence exact. Four tables, because neighbouring
// increments of one would wait for each other.
class PairCounts {
 public:
  void add(const std::uint8_t* first, index_t distance, index_t step, index_t count) {
    for (index_t i = 0; i < count; ++i) ++counts_[i & 3][first[i * step] << 4 | first[i * step + distance]];
  }
  void fold(double (&out)[4][4]) const {
    for (unsigned pair = 0; pair < 256; ++pair) {
      const std::int64_t n = std::int64_t{counts_[0][pair]} + counts_[1][pair] + counts_[2][pair] + counts_[3][pair];
      if (n) add_pair(pair >> 4, pair & 15, static_cast<double>(n), out);
    }
  }

 private:
  std::uint32_t counts_[4][256] = {};
};

class Products {
 public:
  Products(index_t taps, double* products) : width_(taps * 4), products_(products) {}
  void set(index_t i, index_t j, const double (&block)[4][4]) {
    for (index_t a = 0; a < 4; ++a)
      for (index_t b = 0; b < 4; ++b) {
        products_[(i * 4 + a) * width_ + j * 4 + b] = block[a][b];
        products_[(j * 4 + b) * width_ + i * 4 + a] = block[a][b];
      }
  }
  void get(index_t i, index_t j, double (&block)[4][4]) const {
    for (index_t a = 0; a < 4; ++a)
      for (index_t b = 0; b < 4; ++b) block[a][b] = products_[(i * 4 + a) * width_ + j * 4 + b];
  }

 private:
  index_t width_;
  double* products_;
};

// Windows one base apart share their bases: what tap i sees is what tap i - 1 saw, but for the ends.
bool slides(const DnaConvShape& s) { return s.stride == 1; }

void sum_bases(const DnaConvShape& s, const std::uint8_t* codes, index_t sequences, double* sum) {
  const index_t size = touched_positions(s);
  for (index_t tap = 0; tap < s.taps; ++tap, sum += 4) {
    const bool whole = tap == 0 || !slides(s);
    std::int64_t counts[16] = {};
    for (index_t n = 0; n < sequences; ++n) {
      const std::uint8_t* x = codes + n * size;
      if (whole)
        for (index_t t = 0; t < s.out_length; ++t) ++counts[x[t * s.stride + tap * s.dilation]];
      for (index_t p = (tap - 1) * s.dilation; !whole && p < tap * s.dilation; ++p) {
        --counts[x[p]];
        ++counts[x[p + s.out_length]];
      }
    }
    for (unsigned base = 0; base < 4; ++base) {
      sum[base] = whole ? 0 : sum[static_cast<int>(base) - 4];
      for (unsigned code = 0; code < 16; ++code) sum[base] += static_cast<double>(counts[code]) * share(code, base);
    }
  }
}

void sum_products(const DnaConvShape& s, const std::uint8_t* codes, index_t sequences, double* sums) {
  const index_t size = touched_positions(s);
  Products products(s.taps, sums);
  for (index_t lag = 0; lag < s.taps; ++lag) {
    const index_t distance = lag * s.dilation;
    for (index_t i = 0; i + lag < s.taps; ++i) {
      const bool whole = i == 0 || !slides(s);
      double block[4][4] = {};
      if (!whole) products.get(i - 1, i - 1 + lag, block);
      PairCounts counts;
      for (index_t n = 0; n < sequences; ++n) {
        const std::uint8_t* x = codes + n * size;
        if (whole) counts.add(x + i * s.dilation, distance, s.stride, s.out_length);
        for (index_t p = (i - 1) * s.dilation; !whole && p < i * s.dilation; ++p) {
          add_pair(x[p], x[p + distance], -1, block);
          add_pair(x[p + s.out_length], x[p + s.out_length + distance], 1, block);
        }
      }
      if (whole) counts.fold(block);
      products.set(i, i + lag, block);
    }
  }
}

}  // namespace

void sum_windows(const DnaConvShape& s, const std::uint8_t* codes, index_t begin, index_t end, std::uint8_t* scratch,
                 WindowSums out) {
  for (index_t n = begin; n < end; ++n) unpack(s, codes + n * s.length, scratch + (n - begin) * touched_positions(s));
  sum_bases(s, scratch, end - begin, out.sum);
  sum_products(s, scratch, end - begin, out.products);
}

void finish_moments(const DnaConvShape& s, const double* sums, index_t chunks, double* mean, double* covariance) {
  const index_t width = s.taps * 4, size = window_sums_size(s);
  const double n = static_cast<double>(s.batch * s.out_length);
  const auto total = [&](index_t at) {
    double all = 0;
    for (index_t chunk = 0; chunk < chunks; ++chunk) all += sums[chunk * size + at];
    return all / n;
  };
  for (index_t i = 0; i < width; ++i) mean[i] = total(i);
  for (index_t i = 0; i < width; ++i)
    for (index_t j = 0; j < width; ++j) covariance[i * width + j] = total(width + i * width + j) - mean[i] * mean[j];
}

}  // namespace genodl::genomics
