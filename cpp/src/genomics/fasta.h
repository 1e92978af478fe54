// FASTA text to flat codes in one walk over the whole buffer.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "genomics/records.h"

namespace genodl::genomics {

struct FastaProblem {
  enum Kind { none, no_records, no_header, no_sequence, bad_letter };
  Kind kind = none;
  index_t line = 0;      // 1-based
  index_t record = 0;    // 0-based
  index_t position = 0;  // 1-based, within the record
  unsigned char letter = 0;
};

struct Fasta {
  std::vector<std::string_view> headers;  // without '>', into the parsed text
  std::vector<index_t> offsets{0};
  std::unique_ptr<code_t[]> codes;
  bool soft_masked = false;
  FastaProblem problem;
};

Fasta parse_fasta(std::string_view text);

}  // namespace genodl::genomics
