// The index of a sequence: for each position the row of a k-mer table that its next bases select,
// and the list of the few positions whose bases no row stands for.
#pragma once

#include "dna_conv.h"
#include "simd.h"

namespace genodl::kernels::GENODL_ISA::dna {

// Words are stored times 8, so that an address is base + 8 * word (or 4 *, for shorter rows).
constexpr int kWordScale = 8;
constexpr int kWordSlack = 8;

// A code has 1, 2, 3 or 4 bases, each of them counts with its share.
static constexpr float kShare[16] = {0, 1,       1,       1.f / 2, 1,       1.f / 2, 1.f / 2, 1.f / 3,
                                     1, 1.f / 2, 1.f / 2, 1.f / 3, 1.f / 2, 1.f / 3, 1.f / 3, 1.f / 4};

// `position` counts from the first base that a window touches, padding included.
struct WordLayout {
  index_t group;       // bases in a word
  index_t groups;      // words in a window
  index_t group_step;  // distance of the words of a window
  index_t rows;        // words of plain bases, then all N, then nothing
  index_t positions;
};

inline index_t word_any(const WordLayout& w) { return w.rows - 2; }
inline index_t word_none(const WordLayout& w) { return w.rows - 1; }

inline WordLayout word_layout(const DnaConvShape& s, index_t group) {
  WordLayout w;
  w.group = group;
  w.groups = (s.taps + group - 1) / group;
  w.group_step = group * s.dilation;
  w.rows = (index_t{1} << (2 * group)) + 2;
  w.positions = s.out_length > 0 ? (s.out_length - 1) * s.stride + (w.groups - 1) * w.group_step + 1 : 0;
  return w;
}

inline index_t word_bytes(const DnaConvShape& s, const WordLayout& w) {
  const index_t ahead = (w.group - 1) * s.dilation;
  const index_t words = w.positions + (ahead > kWordSlack ? ahead : kWordSlack);
  return (words * 2 + 63) / 64 * 64;
}

inline std::size_t index_bytes(const DnaConvShape& s, const WordLayout& w) {
  return static_cast<std::size_t>(word_bytes(s, w) + (w.positions * 4 + 4 + 63) / 64 * 64);
}

// The code of base `place` of a word.
inline int word_code(const WordLayout& w, index_t word, index_t place) {
  if (word == word_any(w)) return 15;
  if (word == word_none(w)) return 0;
  return 1 << (word >> (2 * (w.group - 1 - place)) & 3);
}

struct SequenceIndex {
  const std::uint8_t* codes;
  const std::uint16_t* words;
  const std::int32_t* mixed;  // positions that are in no row, rising
  index_t mixed_count;
};

inline SequenceIndex sequence_index(const DnaConvShape& s, const WordLayout& w, const std::uint8_t* codes,
                                    const std::byte* indexes, index_t sequence) {
  const std::byte* at = indexes + index_bytes(s, w) * static_cast<std::size_t>(sequence);
  const auto* mixed = reinterpret_cast<const std::int32_t*>(at + word_bytes(s, w));
  return {codes + sequence * s.length, reinterpret_cast<const std::uint16_t*>(at), mixed + 1, *mixed};
}

inline int code_at(const DnaConvShape& s, const std::uint8_t* codes, index_t position) {
  const index_t at = position - s.pad_left;
  return at < 0 || at >= s.length ? 0 : codes[at] & 15;
}

// First of the mixed positions that is not before `position`.
inline index_t first_mixed(const SequenceIndex& x, index_t position) {
  index_t low = 0, high = x.mixed_count;
  while (low < high) {
    const index_t middle = (low + high) / 2;
    if (x.mixed[middle] < position)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// What a code is before words are made: 0..3, or one of three marks.
constexpr std::uint16_t kMarkAny = 0x100;
constexpr std::uint16_t kMarkNone = 0x200;
constexpr std::uint16_t kMarkOther = 0x400;
constexpr std::uint16_t kMixed = 0xffff;

// In arithmetic rather than a table, so that it runs in vectors: 1, 2, 4, 8 become 0, 1, 2, 3.
inline std::uint16_t mark_of(std::uint16_t code) {
  const std::uint16_t base = static_cast<std::uint16_t>((code >> 1) - (code >> 3));
  const std::uint16_t special = code == 15 ? kMarkAny : code == 0 ? kMarkNone : kMarkOther;
  return (code & (code - 1)) == 0 && code != 0 ? base : special;
}

inline void write_marks(std::uint16_t* marks, index_t count, const std::uint8_t* codes) {
  for (index_t i = 0; i < count; ++i) marks[i] = mark_of(codes[i] & 15);
}
inline void fill_marks(std::uint16_t* marks, index_t count, std::uint16_t mark) {
  for (index_t i = 0; i < count; ++i) marks[i] = mark;
}

typedef std::uint16_t Marks __attribute__((vector_size(kLanes * 4)));
typedef std::uint16_t MarksU __attribute__((vector_size(kLanes * 4), aligned(2), may_alias));

// The words of one or several neighbouring positions, from a function that gives their marks `ahead`.
template <int kGroup, class T, class Read>
inline T words_of(const Read& read, index_t dilation) {
  constexpr std::uint16_t kPlain = 1u << (2 * kGroup);
  T any = read(0), all = any, word = any & 3;
#pragma GCC unroll 3
  for (int j = 1; j < kGroup; ++j) {
    const T mark = read(j * dilation);
    any |= mark;
    all &= mark;
    word = word << 2 | (mark & 3);
  }
  const T zero = any ^ any;
  const T none = (all & kMarkNone) != 0 ? zero + static_cast<std::uint16_t>((kPlain + 1) * kWordScale) : zero + kMixed;
  const T special = (all & kMarkAny) != 0 ? zero + static_cast<std::uint16_t>(kPlain * kWordScale) : none;
  return any < 4 ? word * kWordScale : special;
}

// Marks become words in place: a word needs marks at its position and behind. Returns whether any is mixed.
template <int kGroup>
inline bool words_of_marks(std::uint16_t* words, index_t count, index_t dilation) {
  constexpr index_t kStep = 2 * kLanes;
  Marks mixed = {};
  index_t i = 0;
  for (; i + kStep <= count; i += kStep) {
    const auto read = [&](index_t ahead) { return Marks(*reinterpret_cast<const MarksU*>(words + i + ahead)); };
    const Marks word = words_of<kGroup, Marks>(read, dilation);
    mixed |= Marks(word == kMixed);
    *reinterpret_cast<MarksU*>(words + i) = word;
  }
  bool any = false;
  for (int lane = 0; lane < kStep; ++lane) any |= mixed[lane] != 0;
  for (; i < count; ++i) {
    const auto read = [&](index_t ahead) { return std::uint32_t{words[i + ahead]}; };
    words[i] = static_cast<std::uint16_t>(words_of<kGroup, std::uint32_t>(read, dilation));
    any |= words[i] == kMixed;
  }
  return any;
}

inline bool words_of_marks(std::uint16_t* words, index_t count, index_t dilation, index_t group) {
  switch (group) {
    case 1:
      return words_of_marks<1>(words, count, dilation);
    case 2:
      return words_of_marks<2>(words, count, dilation);
    case 3:
      return words_of_marks<3>(words, count, dilation);
    default:
      return words_of_marks<4>(words, count, dilation);
  }
}

inline void write_index(const DnaConvShape& s, const WordLayout& w, const std::uint8_t* codes, std::byte* indexes,
                        index_t sequence) {
  std::byte* at = indexes + index_bytes(s, w) * static_cast<std::size_t>(sequence);
  auto* words = reinterpret_cast<std::uint16_t*>(at);
  auto* mixed = reinterpret_cast<std::int32_t*>(at + word_bytes(s, w));
  codes += sequence * s.length;
  *mixed = 0;
  if (w.positions == 0) return;

  // Behind the last window any base will do: the taps there are zero.
  const index_t marks = w.positions + (w.group - 1) * s.dilation;
  const index_t touched = (s.out_length - 1) * s.stride + (s.taps - 1) * s.dilation + 1;
  const index_t begin = s.pad_left < touched ? s.pad_left : touched;
  const index_t end = s.pad_left + s.length < touched ? s.pad_left + s.length : touched;
  fill_marks(words, begin, kMarkNone);
  write_marks(words + begin, end - begin, codes);
  fill_marks(words + end, touched - end, kMarkNone);
  fill_marks(words + touched, marks - touched, 0);
  const auto none = static_cast<std::uint16_t>(word_none(w) * kWordScale);
  if (words_of_marks(words, w.positions, s.dilation, w.group)) {
    for (index_t i = 0; i < w.positions; ++i) {
      if (words[i] != kMixed) continue;
      words[i] = none;
      mixed[++*mixed] = static_cast<std::int32_t>(i);
    }
  }
  for (index_t i = 0; i < kWordSlack; ++i) words[w.positions + i] = none;
}

}  // namespace genodl::kernels::GENODL_ISA::dna
