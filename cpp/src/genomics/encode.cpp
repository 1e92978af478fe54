#include "genomics/encode.h"

#include <algorithm>

namespace genodl::genomics {

EncodeResult encode(const unsigned char* letters, index_t n, code_t* codes) {
  code_t seen = 0;
  for (index_t i = 0; i < n; ++i) {
    const code_t code = kCodeOfLetter[letters[i]];
    codes[i] = code;
    seen |= code;
  }
  EncodeResult result;
  result.soft_masked = (seen & kSoftMasked) != 0;
  if (seen & kNotALetter) {
    result.first_bad = std::find_if(codes, codes + n, [](code_t c) { return (c & kNotALetter) != 0; }) - codes;
  }
  return result;
}

void split_soft_mask(code_t* codes, index_t n, bool* mask) {
  for (index_t i = 0; i < n; ++i) {
    mask[i] = (codes[i] & kSoftMasked) != 0;
    codes[i] &= 15;
  }
}

void decode(const code_t* codes, const bool* mask, index_t n, char* letters) {
  for (index_t i = 0; i < n; ++i) letters[i] = kLetterOfCode[codes[i] & 15];
  if (!mask) return;
  for (index_t i = 0; i < n; ++i) letters[i] = static_cast<char>(letters[i] + (mask[i] ? 32 : 0));
}

void reverse_complement(const Records& x, code_t* out) {
  for (index_t r = 0; r < x.count; ++r) {
    const code_t* first = x.codes + x.offsets[r];
    const code_t* last = x.codes + x.offsets[r + 1];
    code_t* to = out + x.offsets[r];
    while (last != first) *to++ = complement(*--last);
  }
}

void reverse_mask(const Records& x, const bool* mask, bool* out) {
  for (index_t r = 0; r < x.count; ++r)
    std::reverse_copy(mask + x.offsets[r], mask + x.offsets[r + 1], out + x.offsets[r]);
}

void code_counts(const Records& x, index_t* out) {
  std::fill(out, out + 16 * x.count, index_t{0});
  for (index_t r = 0; r < x.count; ++r, out += 16)
    for (index_t i = x.offsets[r]; i < x.offsets[r + 1]; ++i) ++out[x.codes[i] & 15];
}

}  // namespace genodl::genomics
