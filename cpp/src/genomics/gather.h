// Stretches of FASTA text, line ends left out, to codes.
#pragma once

#include <string_view>

#include "genomics/records.h"

namespace genodl::genomics {

struct Stretch {
  index_t first_byte;  // in the text
  index_t column;      // of that byte in its line
  index_t letters;
  index_t line_bases;  // letters of a full line
  index_t line_gap;    // bytes between two lines
  index_t to;          // where its codes begin in the output
  bool reverse;        // as the other strand reads it
};

struct GatherResult {
  bool soft_masked = false;
  index_t bad_stretch = -1;  // the first that holds a byte which is no letter
  index_t bad_position = 0;  // letters from the stretch's first, on the forward strand
  unsigned char bad_byte = 0;
};

// Codes keep kSoftMasked. A stretch that leaves the text counts as a bad byte 0.
GatherResult gather(std::string_view text, const Stretch* stretches, index_t count, code_t* codes);

}  // namespace genodl::genomics
