// How the weight gradient cuts its work: parts of sequences, passes of parts, chunks of passes.
#pragma once

#include "dna_conv_grad.h"
#include "dna_words.simd.h"

namespace genodl::kernels::GENODL_ISA::dna {

#if defined(__AVX512F__)
constexpr int kGradVectors = 1;
#else
constexpr int kGradVectors = 2;
#endif
constexpr int kGradBlock = kGradVectors * kLanes;

// A part is a run of windows of one sequence. Its rows of dy lie `stride` apart in a stream of
// `pitch` rows, zeros between and behind, so that every word of every window may read its row.
struct GradLayout {
  WordLayout words;
  index_t blocks;
  index_t part_windows, parts_per_sequence, pitch, head;
  index_t parts_per_pass, passes, chunks, splits;
};

inline GradLayout grad_layout(const DnaConvShape& s) {
  constexpr index_t kPartWindows = 640, kPassRows = 704, kTasks = 16;
  GradLayout l;
  l.words = word_layout(s, s.taps < 2 ? s.taps : 2);
  l.blocks = (s.filters + kGradBlock - 1) / kGradBlock;
  const index_t wanted = (s.out_length + kPartWindows - 1) / kPartWindows;
  l.part_windows = wanted > 0 ? (s.out_length + wanted - 1) / wanted : 0;
  l.parts_per_sequence = wanted > 0 ? (s.out_length + l.part_windows - 1) / l.part_windows : 1;
  l.head = (l.words.groups - 1) * l.words.group_step;
  l.pitch = (l.part_windows > 0 ? l.part_windows - 1 : 0) * s.stride + 1 + l.head;
  l.parts_per_pass = l.pitch < kPassRows ? kPassRows / l.pitch : 1;
  const index_t parts = s.batch * l.parts_per_sequence;
  if (l.parts_per_pass > parts) l.parts_per_pass = parts;
  if (l.parts_per_pass == 0) l.parts_per_pass = 1;
  l.passes = (parts + l.parts_per_pass - 1) / l.parts_per_pass;
  l.chunks = l.passes < kTasks ? l.passes : kTasks;
  // Few chunks: then several tasks share one, each with some of the filters.
  const index_t splits = l.chunks ? kTasks / l.chunks : 1;
  l.splits = l.blocks < splits ? l.blocks : splits;
  return l;
}

struct Part {
  index_t sequence, window, windows;
};

inline Part part_of(const DnaConvShape& s, const GradLayout& l, index_t number) {
  const index_t window = number % l.parts_per_sequence * l.part_windows;
  const index_t left = s.out_length - window;
  return {number / l.parts_per_sequence, window, left < 0 ? 0 : left < l.part_windows ? left : l.part_windows};
}

// Positions that the words of a part's windows start at.
inline index_t part_positions(const DnaConvShape& s, const GradLayout& l, const Part& part) {
  return part.windows == 0 ? 0 : (part.windows - 1) * s.stride + 1 + l.head;
}

// A position whose word is mixed: its row in the stream and where its bases are.
struct Mixed {
  std::uint32_t row;
  std::uint32_t sequence;
  std::int32_t position;
};

// Sums of one block of filters over a whole task: rows of dy by group of taps and word; then what is
// known to the single weight, (taps, 4), and the bias.
struct BlockSums {
  float* words;
  float* weights;
  float* bias;
};

struct GradScratch {
  float* sums;           // of each block
  float* stream;         // `head` rows of zeros, then parts
  std::uint32_t* order;  // stream rows by word
  std::uint32_t* first;  // place in `order` of each word
  Mixed* mixed;
};

inline index_t block_sums_size(const DnaConvShape& s, const GradLayout& l) {
  return (l.words.groups * l.words.rows + s.taps * 4 + 1) * kGradBlock;
}

inline BlockSums block_sums(const DnaConvShape& s, const GradLayout& l, const GradScratch& scratch, index_t block) {
  float* words = scratch.sums + block * block_sums_size(s, l);
  float* weights = words + l.words.groups * l.words.rows * kGradBlock;
  return {words, weights, weights + s.taps * 4 * kGradBlock};
}

// Fills `scratch` with pointers into `at`, and returns the bytes in use.
inline std::size_t place_scratch(const DnaConvShape& s, const GradLayout& l, std::byte* at, GradScratch* scratch) {
  const std::byte* begin = at;
  const auto take = [&at](index_t bytes) {
    std::byte* here = at;
    at += (bytes + 63) / 64 * 64;
    return here;
  };
  const index_t rows = l.parts_per_pass * l.pitch;
  const index_t blocks = (l.blocks + l.splits - 1) / l.splits;
  scratch->sums = reinterpret_cast<float*>(take(blocks * block_sums_size(s, l) * 4));
  scratch->stream = reinterpret_cast<float*>(take((l.head + rows) * kGradBlock * 4));
  scratch->order = reinterpret_cast<std::uint32_t*>(take(rows * 4));
  scratch->first = reinterpret_cast<std::uint32_t*>(take((l.words.rows + 2) * 4));
  scratch->mixed = reinterpret_cast<Mixed*>(take(rows * static_cast<index_t>(sizeof(Mixed))));
  return static_cast<std::size_t>(at - begin);
}

}  // namespace genodl::kernels::GENODL_ISA::dna
