#include "genomics/kmers.h"

#include <algorithm>

#include "core/parallel.h"

namespace genodl::genomics {
namespace {

index_t reverse_complement_of(index_t kmer, int k) {
  index_t out = 0;
  for (int i = 0; i < k; ++i, kmer >>= 2) out = out << 2 | (3 - (kmer & 3));
  return out;
}

}  // namespace

KmerColumns kmer_columns(int k, bool both_strands) {
  KmerColumns out;
  const index_t kmers = index_t{1} << (2 * k);
  out.column.resize(static_cast<std::size_t>(kmers));
  for (index_t kmer = 0; kmer < kmers; ++kmer) {
    const index_t twin = both_strands ? reverse_complement_of(kmer, k) : kmer;
    out.column[kmer] = twin < kmer ? out.column[twin] : static_cast<std::int32_t>(out.count++);
  }
  return out;
}

void count_kmers(const Records& x, int k, const KmerColumns& columns, std::int32_t* out) {
  const index_t keep = (index_t{1} << (2 * k)) - 1;
  const auto cuts = record_blocks(x);
  parallel_for(static_cast<index_t>(cuts.size()) - 1, [&](index_t block, int) {
    for (index_t r = cuts[block]; r < cuts[block + 1]; ++r) {
      std::int32_t* row = out + r * columns.count;
      std::fill(row, row + columns.count, 0);
      const code_t* codes = x.begin(r);
      const index_t length = x.length(r);
      index_t kmer = 0;
      int valid = 0;
      for (index_t i = 0; i < length; ++i) {
        const code_t base = kBaseOfCode[codes[i] & 15];
        valid = base == kAmbiguous ? 0 : valid + 1;
        kmer = (kmer << 2 | (base & 3)) & keep;
        if (valid >= k) ++row[columns.column[kmer]];
      }
    }
  });
}

}  // namespace genodl::genomics
