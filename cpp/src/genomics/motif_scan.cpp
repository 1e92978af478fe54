#include "genomics/motif_scan.h"

#include <algorithm>
#include <limits>

#include "core/parallel.h"

namespace genodl::genomics {
namespace {

// Scores of whole groups of four letters, so that a window costs a quarter of the look-ups.
template <class T>
class GroupTable {
 public:
  GroupTable(const Matrix<T>& motif, bool reverse) : groups_((motif.width + 3) / 4), width_(motif.width) {
    table_.resize(static_cast<std::size_t>(groups_) * 256);
    for (index_t g = 0; g < groups_; ++g)
      for (int word = 0; word < 256; ++word) {
        // In double, so that float scores do not depend on where groups begin.
        double sum = 0;
        for (index_t j = 4 * g; j < std::min(4 * g + 4, width_); ++j) {
          const int base = word >> (6 - 2 * (j - 4 * g)) & 3;
          sum +=
              static_cast<double>(reverse ? motif.scores[4 * (width_ - 1 - j) + 3 - base] : motif.scores[4 * j + base]);
        }
        table_[256 * g + word] = static_cast<T>(sum);
      }
  }

  index_t width() const { return width_; }

  T score(const unsigned char* groups_at) const {
    T sum = 0;
    for (index_t g = 0; g < groups_; ++g) sum += table_[256 * g + groups_at[4 * g]];
    return sum;
  }

 private:
  index_t groups_, width_;
  std::vector<T> table_;
};

template <class T>
struct Strands {
  GroupTable<T> forward, reverse;
  explicit Strands(const Matrix<T>& motif) : forward(motif, false), reverse(motif, true) {}
};

template <class T>
std::vector<Strands<T>> tables_of(const std::vector<Matrix<T>>& motifs) {
  return {motifs.begin(), motifs.end()};
}

// The four letters that start at each position as one byte, and how many plain letters follow on.
class Grouped {
 public:
  void read(const code_t* codes, index_t n) {
    words_.resize(n);
    plain_.resize(n);
    unsigned char word = 0;
    std::int32_t plain = 0;
    for (index_t i = n - 1; i >= 0; --i) {
      const code_t base = kBaseOfCode[codes[i] & 15];
      word = static_cast<unsigned char>(word >> 2 | (base & 3) << 6);
      plain = base == kAmbiguous ? 0 : std::min(plain + 1, std::numeric_limits<std::int32_t>::max() - 1);
      words_[i] = word;
      plain_[i] = plain;
    }
  }

  const unsigned char* words() const { return words_.data(); }
  bool whole(index_t start, index_t width) const { return plain_[start] >= width; }

 private:
  std::vector<unsigned char> words_;
  std::vector<std::int32_t> plain_;
};

void scan_record(const Grouped& grouped, index_t record, index_t n, const std::vector<Strands<std::int32_t>>& motifs,
                 const std::vector<std::int32_t>& thresholds, bool both_strands, std::vector<Hit>& hits) {
  const auto first = static_cast<std::ptrdiff_t>(hits.size());
  for (std::size_t m = 0; m < motifs.size(); ++m) {
    const auto& [forward, reverse] = motifs[m];
    const std::int32_t threshold = thresholds[m];
    const index_t width = forward.width();
    auto keep = [&](index_t start, std::int32_t score, bool is_reverse) {
      if (score >= threshold && grouped.whole(start, width))
        hits.push_back({record, start, static_cast<std::int32_t>(m), score, is_reverse});
    };
    for (index_t start = 0; start + width <= n; ++start) {
      keep(start, forward.score(grouped.words() + start), false);
      if (both_strands) keep(start, reverse.score(grouped.words() + start), true);
    }
  }
  std::stable_sort(hits.begin() + first, hits.end(), [](const Hit& a, const Hit& b) { return a.start < b.start; });
}

}  // namespace

std::vector<Hit> scan(const Records& x, const std::vector<Matrix<std::int32_t>>& motifs,
                      const std::vector<std::int32_t>& thresholds, bool both_strands) {
  const auto tables = tables_of(motifs);
  const auto cuts = record_blocks(x);
  std::vector<std::vector<Hit>> parts(cuts.size() - 1);
  parallel_for(static_cast<index_t>(parts.size()), [&](index_t block, int) {
    Grouped grouped;
    for (index_t r = cuts[block]; r < cuts[block + 1]; ++r) {
      grouped.read(x.begin(r), x.length(r));
      scan_record(grouped, r, x.length(r), tables, thresholds, both_strands, parts[block]);
    }
  });
  std::vector<Hit> hits;
  for (const auto& part : parts) hits.insert(hits.end(), part.begin(), part.end());
  return hits;
}

void best_scores(const Records& x, const std::vector<Matrix<float>>& motifs, bool both_strands, float* out) {
  const auto tables = tables_of(motifs);
  const auto cuts = record_blocks(x);
  parallel_for(static_cast<index_t>(cuts.size()) - 1, [&](index_t block, int) {
    Grouped grouped;
    for (index_t r = cuts[block]; r < cuts[block + 1]; ++r) {
      grouped.read(x.begin(r), x.length(r));
      for (std::size_t m = 0; m < tables.size(); ++m) {
        const auto& [forward, reverse] = tables[m];
        float best = -std::numeric_limits<float>::infinity();
        for (index_t start = 0; start + forward.width() <= x.length(r); ++start) {
          if (!grouped.whole(start, forward.width())) continue;
          best = std::max(best, forward.score(grouped.words() + start));
          if (both_strands) best = std::max(best, reverse.score(grouped.words() + start));
        }
        out[r * static_cast<index_t>(tables.size()) + static_cast<index_t>(m)] = best;
      }
    }
  });
}

std::vector<double> score_tail(const Matrix<std::int32_t>& motif, const double background[4]) {
  std::vector<double> chance{1.0};
  std::vector<double> wider;
  for (index_t j = 0; j < motif.width; ++j) {
    const std::int32_t* scores = motif.scores + 4 * j;
    wider.assign(chance.size() + *std::max_element(scores, scores + 4), 0.0);
    for (int base = 0; base < 4; ++base)
      for (std::size_t s = 0; s < chance.size(); ++s) wider[s + scores[base]] += background[base] * chance[s];
    chance.swap(wider);
  }
  // From the small end, so that tiny tails keep their digits.
  for (std::size_t s = chance.size() - 1; s > 0; --s) chance[s - 1] += chance[s];
  return chance;
}

}  // namespace genodl::genomics
