// Letters to codes and back, reverse complement and letter counts.
#pragma once

#include "genomics/records.h"

namespace genodl::genomics {

struct EncodeResult {
  index_t first_bad = -1;  // position of the first byte that is no letter, or -1
  bool soft_masked = false;
};

// Leaves kSoftMasked in the codes of lower-case letters: split_soft_mask removes it.
EncodeResult encode(const unsigned char* letters, index_t n, code_t* codes);
void split_soft_mask(code_t* codes, index_t n, bool* mask);

// mask may be null: then every letter is upper case.
void decode(const code_t* codes, const bool* mask, index_t n, char* letters);

void reverse_complement(const Records& x, code_t* out);
void reverse_mask(const Records& x, const bool* mask, bool* out);

// out is (records, 16): how often each code occurs.
void code_counts(const Records& x, index_t* out);

}  // namespace genodl::genomics
