#include "genomics/gather.h"

#include <algorithm>

#include "core/parallel.h"
#include "genomics/encode.h"

namespace genodl::genomics {
namespace {

constexpr index_t kLettersPerTask = 1 << 16;
// Stretches lie far apart: what comes so many later is fetched, up to so many bytes.
constexpr index_t kStretchesAhead = 2;
constexpr index_t kMostBytesAhead = 2048;
constexpr index_t kCacheLine = 64;

void fetch_ahead(std::string_view text, const Stretch& s) {
  const auto size = static_cast<index_t>(text.size());
  const index_t first = std::clamp<index_t>(s.first_byte, 0, size);
  const index_t last = std::min(first + std::min(s.letters, kMostBytesAhead), size);
  for (index_t at = first; at < last; at += kCacheLine) __builtin_prefetch(text.data() + at);
}

void reverse_in_place(code_t* codes, index_t n) {
  std::reverse(codes, codes + n);
  for (index_t i = 0; i < n; ++i) codes[i] = static_cast<code_t>(complement(codes[i] & 15) | (codes[i] & kSoftMasked));
}

void gather_one(std::string_view text, const Stretch& s, index_t number, code_t* codes, GatherResult& result) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const auto size = static_cast<index_t>(text.size());
  index_t at = s.first_byte;
  index_t column = s.column;
  code_t* to = codes + s.to;
  for (index_t done = 0; done < s.letters;) {
    const index_t n = std::min(s.line_bases - column, s.letters - done);
    if (at < 0 || n <= 0 || at + n > size) {
      result.bad_stretch = number;
      result.bad_position = done;
      return;
    }
    const EncodeResult part = encode(bytes + at, n, to + done);
    if (part.first_bad >= 0) {
      result.bad_stretch = number;
      result.bad_position = done + part.first_bad;
      result.bad_byte = bytes[at + part.first_bad];
      return;
    }
    result.soft_masked |= part.soft_masked;
    done += n;
    at += n + s.line_gap;
    column = 0;
  }
  if (s.reverse) reverse_in_place(to, s.letters);
}

}  // namespace

GatherResult gather(std::string_view text, const Stretch* stretches, index_t count, code_t* codes) {
  std::vector<index_t> cuts{0};
  index_t letters = 0;
  for (index_t i = 0; i < count; ++i) {
    letters += stretches[i].letters;
    if (i + 1 == count || letters >= kLettersPerTask) {
      cuts.push_back(i + 1);
      letters = 0;
    }
  }
  std::vector<GatherResult> parts(cuts.size() - 1);
  parallel_for(static_cast<index_t>(parts.size()), [&](index_t task, int) {
    for (index_t i = cuts[task]; i < cuts[task + 1] && parts[task].bad_stretch < 0; ++i) {
      if (i + kStretchesAhead < count) fetch_ahead(text, stretches[i + kStretchesAhead]);
      gather_one(text, stretches[i], i, codes, parts[task]);
    }
  });
  GatherResult result;
  for (const GatherResult& part : parts) {
    const bool soft_masked = result.soft_masked || part.soft_masked;
    if (result.bad_stretch < 0) result = part;
    result.soft_masked = soft_masked;
  }
  return result;
}

}  // namespace genodl::genomics
