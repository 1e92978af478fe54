// Random sequences with exactly the k-mers of a given one.
#pragma once

#include <cstdint>

#include "genomics/records.h"

namespace genodl::genomics {

// Every maximal run of plain letters (A, C, G, T not marked in `fixed`, which may be null) becomes a
// sequence drawn uniformly from all those with the same k-mer counts and the same first and last
// (k-1)-mer; all else stays where it is. Copy c of record r goes to row r * copies + c of out.
// The result depends on seed, record and copy alone, never on threads or on the other records.
void shuffle(const Records& x, const bool* fixed, int k, std::uint64_t seed, index_t copies, code_t* out);

inline constexpr int kMaxShuffleK = 31;

}  // namespace genodl::genomics
