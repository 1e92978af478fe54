// Counts of k-mers. A k-mer that holds an ambiguous letter is not counted.
#pragma once

#include <cstdint>
#include <vector>

#include "genomics/records.h"

namespace genodl::genomics {

// The column of each k-mer (A, C, G, T order, first letter slowest). With both strands a k-mer
// shares the column of its reverse complement, and the columns are numbered without gaps.
struct KmerColumns {
  std::vector<std::int32_t> column;
  index_t count = 0;
};
KmerColumns kmer_columns(int k, bool both_strands);

// out is (records, columns.count) and is overwritten.
void count_kmers(const Records& x, int k, const KmerColumns& columns, std::int32_t* out);

}  // namespace genodl::genomics
