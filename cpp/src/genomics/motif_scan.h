// Motif matrices slid over sequences, both strands. A window that holds an ambiguous letter has no score.
#pragma once

#include <cstdint>
#include <vector>

#include "genomics/records.h"

namespace genodl::genomics {

// Scores of A, C, G, T at each of `width` positions, row-major.
template <class T>
struct Matrix {
  const T* scores;
  index_t width;
};

struct Hit {
  index_t record, start;
  std::int32_t motif, score;
  bool reverse;
};

// All windows that score at least thresholds[m], ordered by record, start, motif and strand.
std::vector<Hit> scan(const Records& x, const std::vector<Matrix<std::int32_t>>& motifs,
                      const std::vector<std::int32_t>& thresholds, bool both_strands);

// out is (records, motifs): the best window's score, minus infinity where no window has one.
void best_scores(const Records& x, const std::vector<Matrix<float>>& motifs, bool both_strands, float* out);

// tail[s] = P(score >= s) of a random word of independent letters, s = 0 .. the greatest score;
// every score of the matrix is at least 0.
std::vector<double> score_tail(const Matrix<std::int32_t>& motif, const double background[4]);

}  // namespace genodl::genomics
