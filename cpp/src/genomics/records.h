// Many sequences in one flat array: record i is [offsets[i], offsets[i + 1]).
#pragma once

#include <vector>

#include "core/index.h"
#include "genomics/letters.h"

namespace genodl::genomics {

struct Records {
  const code_t* codes;
  const index_t* offsets;
  index_t count;

  const code_t* begin(index_t i) const { return codes + offsets[i]; }
  index_t length(index_t i) const { return offsets[i + 1] - offsets[i]; }
};

// Cuts [0, count) where about `letters` letters have gathered: tasks worth a thread's while.
// Block b is [cuts[b], cuts[b + 1]).
inline std::vector<index_t> record_blocks(const Records& x, index_t letters = 1 << 15) {
  std::vector<index_t> cuts{0};
  for (index_t r = 0; r < x.count; ++r)
    if (r + 1 == x.count || x.offsets[r + 1] - x.offsets[cuts.back()] >= letters) cuts.push_back(r + 1);
  return cuts;
}

}  // namespace genodl::genomics
