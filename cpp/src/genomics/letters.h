// The one rule for letters. A code is a set of bases in four bits: A = 1, C = 2, G = 4, T = 8.
// U reads as T, IUPAC letters as their sets, N as all four, lower case as a soft mask.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace genodl::genomics {

using code_t = std::uint8_t;

// Marks that the letter table adds to a code; never kept in finished arrays.
inline constexpr code_t kSoftMasked = 0x10;
inline constexpr code_t kNotALetter = 0x80;

// The letter of each code. The empty set (0) has no letter of its own and is written N.
inline constexpr std::string_view kLetterOfCode = "NACMGRSVTWYHKDBN";

constexpr std::array<code_t, 256> make_code_of_letter() {
  std::array<code_t, 256> table{};
  for (auto& entry : table) entry = kNotALetter;
  for (code_t code = 1; code < 16; ++code) {
    const auto upper = static_cast<unsigned char>(kLetterOfCode[code]);
    table[upper] = code;
    table[upper + 32] = code | kSoftMasked;
  }
  table['U'] = table['T'];
  table['u'] = table['t'];
  return table;
}
inline constexpr std::array<code_t, 256> kCodeOfLetter = make_code_of_letter();

// Complementing swaps A with T and C with G: the four bits in reverse order.
constexpr code_t complement(code_t code) {
  return static_cast<code_t>((code & 1) << 3 | (code & 2) << 1 | (code & 4) >> 1 | (code & 8) >> 3);
}

// A, C, G, T as 0..3; anything else is kAmbiguous.
inline constexpr code_t kAmbiguous = 4;
inline constexpr std::array<code_t, 16> kBaseOfCode = {4, 0, 1, 4, 2, 4, 4, 4, 3, 4, 4, 4, 4, 4, 4, 4};

}  // namespace genodl::genomics
