#include "genomics/one_hot_codes.h"

#include <algorithm>
#include <atomic>
#include <bit>

#include "core/parallel.h"

namespace genodl::genomics {

namespace {

constexpr std::uint8_t kStrange = 0xff;

// Of a row that is neither one base nor nothing.
std::uint8_t code_of_fractions(const float* x) {
  unsigned code = 0;
  for (unsigned base = 0; base < 4; ++base) code |= static_cast<unsigned>(x[base] != 0) << base;
  const float share = 1.f / static_cast<float>(std::popcount(code));
  for (unsigned base = 0; base < 4; ++base)
    if ((code >> base & 1) && x[base] != share) return kStrange;
  return static_cast<std::uint8_t>(code);
}

bool plain_codes(const float* x, index_t rows, std::uint8_t* codes) {
  for (index_t i = 0; i < rows; ++i, x += 4) {
    unsigned code = 0, ones = 0, zeros = 0;
    for (unsigned base = 0; base < 4; ++base) {
      code |= static_cast<unsigned>(x[base] == 1) << base;
      ones += x[base] == 1;
      zeros += x[base] == 0;
    }
    codes[i] = ones + zeros == 4 && ones < 2 ? static_cast<std::uint8_t>(code) : code_of_fractions(x);
    if (codes[i] == kStrange) return false;
  }
  return true;
}

}  // namespace

bool one_hot_codes(const float* x, index_t rows, std::uint8_t* codes) {
  constexpr index_t kGlance = 64, kPiece = 1 << 15;
  const index_t glance = std::min(rows, kGlance);
  if (!plain_codes(x, glance, codes)) return false;
  std::atomic<bool> strange = false;
  parallel_for((rows - glance + kPiece - 1) / kPiece, [&](index_t piece, int) {
    const index_t begin = glance + piece * kPiece, end = std::min(rows, begin + kPiece);
    if (!strange.load(std::memory_order_relaxed) && !plain_codes(x + begin * 4, end - begin, codes + begin))
      strange.store(true, std::memory_order_relaxed);
  });
  return !strange;
}

}  // namespace genodl::genomics
