#include "dna_conv_grad.h"

#include "dna_grad_layout.simd.h"
#include "dna_grad_stream.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

using namespace dna;

// Words of a window whose sums stay in registers together.
constexpr int kMostGroups = 12 / kGradVectors;

struct Pass {
  GradLayout layout;
  GradScratch scratch;
  index_t first_part, parts;
  index_t first_block, blocks;
  index_t mixed;
};

// Calls body(word, stream row) for every position of the pass.
template <class Body>
inline void each_word(const DnaConvShape& s, const std::byte* indexes, const Pass& pass, const Body& body) {
  const GradLayout& l = pass.layout;
  for (index_t p = 0; p < pass.parts; ++p) {
    const Part part = part_of(s, l, pass.first_part + p);
    const std::uint16_t* words = sequence_index(s, l.words, nullptr, indexes, part.sequence).words;
    const index_t count = part_positions(s, l, part);
    for (index_t i = 0; i < count; ++i)
      body(words[part.window * s.stride + i] / kWordScale, static_cast<std::uint32_t>(p * l.pitch + i));
  }
}

// Afterwards the rows of a word are order[first[word]] to order[first[word + 1]].
void sort_words(const DnaConvShape& s, const std::byte* indexes, Pass& pass) {
  std::uint32_t* first = pass.scratch.first;
  std::uint32_t* order = pass.scratch.order;
  const index_t rows = pass.layout.words.rows;
  for (index_t word = 0; word < rows + 2; ++word) first[word] = 0;
  each_word(s, indexes, pass, [first](index_t word, std::uint32_t) { ++first[word + 2]; });
  for (index_t word = 1; word < rows; ++word) first[word + 1] += first[word];
  each_word(s, indexes, pass, [first, order](index_t word, std::uint32_t row) { order[first[word + 1]++] = row; });
}

void list_mixed(const DnaConvShape& s, const std::byte* indexes, Pass& pass) {
  const GradLayout& l = pass.layout;
  pass.mixed = 0;
  for (index_t p = 0; p < pass.parts; ++p) {
    const Part part = part_of(s, l, pass.first_part + p);
    const SequenceIndex x = sequence_index(s, l.words, nullptr, indexes, part.sequence);
    const index_t begin = part.window * s.stride, end = begin + part_positions(s, l, part);
    for (index_t m = first_mixed(x, begin); m < x.mixed_count && x.mixed[m] < end; ++m)
      pass.scratch.mixed[pass.mixed++] = {static_cast<std::uint32_t>(p * l.pitch + x.mixed[m] - begin),
                                          static_cast<std::uint32_t>(part.sequence), x.mixed[m]};
  }
}

inline void add_scaled(float* to, const Vec (&v)[kGradVectors], Vec scale) {
  for (int j = 0; j < kGradVectors; ++j) store(to + j * kLanes, load(to + j * kLanes) + v[j] * scale);
}

// Adds a sum of rows to what `code` selects at a tap.
inline void add_code(float* tap, int code, const Vec (&v)[kGradVectors]) {
  const Vec share = splat(kShare[code]);
  for (int base = 0; base < 4; ++base)
    if (code >> base & 1) add_scaled(tap + base * kGradBlock, v, share);
}

// Adds the rows of one word as seen from kGroups neighbouring groups of taps, `group` the first.
template <int kGroups>
void add_word(const Pass& pass, index_t word, index_t group, float* sums) {
  const WordLayout& w = pass.layout.words;
  const index_t step = w.group_step * kGradBlock;
  const float* stream = pass.scratch.stream + (pass.layout.head - group * w.group_step) * kGradBlock;
  Vec sum[kGroups][kGradVectors] = {};
  for (std::uint32_t i = pass.scratch.first[word]; i < pass.scratch.first[word + 1]; ++i) {
    const float* row = stream + static_cast<index_t>(pass.scratch.order[i]) * kGradBlock;
#pragma GCC unroll 12
    for (int g = 0; g < kGroups; ++g, row -= step) {
#pragma GCC unroll 2
      for (int j = 0; j < kGradVectors; ++j) sum[g][j] += load(row + j * kLanes);
    }
  }
  float* to = sums + (group * w.rows + word) * kGradBlock;
#pragma GCC unroll 12
  for (int g = 0; g < kGroups; ++g, to += w.rows * kGradBlock) add_scaled(to, sum[g], splat(1));
}

using AddWord = void (*)(const Pass&, index_t, index_t, float*);
#if defined(__AVX512F__)
constexpr AddWord kAddWord[] = {add_word<1>, add_word<2>, add_word<3>, add_word<4>,  add_word<5>,  add_word<6>,
                                add_word<7>, add_word<8>, add_word<9>, add_word<10>, add_word<11>, add_word<12>};
#else
constexpr AddWord kAddWord[] = {add_word<1>, add_word<2>, add_word<3>, add_word<4>, add_word<5>, add_word<6>};
#endif
static_assert(sizeof(kAddWord) / sizeof(AddWord) == kMostGroups);

void add_words(const Pass& pass, index_t word, float* sums) {
  if (pass.scratch.first[word] == pass.scratch.first[word + 1]) return;
  const index_t groups = pass.layout.words.groups;
  const index_t rounds = (groups + kMostGroups - 1) / kMostGroups;
  for (index_t round = 0; round < rounds; ++round) {
    const index_t begin = groups * round / rounds, end = groups * (round + 1) / rounds;
    kAddWord[end - begin - 1](pass, word, begin, sums);
  }
}

void add_mixed(const DnaConvShape& s, const std::uint8_t* codes, const Pass& pass, float* weights) {
  const WordLayout& w = pass.layout.words;
  for (index_t m = 0; m < pass.mixed; ++m) {
    const Mixed& at = pass.scratch.mixed[m];
    for (index_t tap = 0; tap < s.taps; ++tap) {
      const index_t group = tap / w.group, place = tap % w.group;
      const int code = code_at(s, codes + at.sequence * s.length, at.position + place * s.dilation);
      const float* row = pass.scratch.stream + (pass.layout.head + at.row - group * w.group_step) * kGradBlock;
      Vec v[kGradVectors];
      for (int j = 0; j < kGradVectors; ++j) v[j] = load(row + j * kLanes);
      add_code(weights + tap * 4 * kGradBlock, code, v);
    }
  }
}

// Adds a pass to the sums of one block of filters.
void add_block(const DnaConvShape& s, const DnaGradSource& source, const std::uint8_t* codes, const Pass& pass,
               index_t block) {
  const GradLayout& l = pass.layout;
  const BlockSums sums = block_sums(s, l, pass.scratch, block);
  Vec bias[kGradVectors] = {};
  for (index_t p = 0; p < pass.parts; ++p) {
    const Part part = part_of(s, l, pass.first_part + p);
    float* rows = pass.scratch.stream + (l.head + p * l.pitch) * kGradBlock;
    if (source.dense)
      stream_dense(s, part, pass.first_block + block, source.dense, rows, bias);
    else
      stream_pooled(s, part, pass.first_block + block, source, rows, bias);
    for (index_t i = part.windows; i < l.part_windows; ++i) clear_rows(rows + i * s.stride * kGradBlock, 1);
  }
  add_scaled(sums.bias, bias, splat(1));
  const index_t words = word_none(l.words);
  for (index_t word = 0; word < words; ++word) add_words(pass, word, sums.words);
  add_mixed(s, codes, pass, sums.weights);
}

// Each word's sum goes to the weights of its bases.
void fold_words(const DnaConvShape& s, const GradLayout& l, const BlockSums& sums) {
  for (index_t tap = 0; tap < s.taps; ++tap) {
    const float* from = sums.words + tap / l.words.group * l.words.rows * kGradBlock;
    for (index_t word = 0; word < word_none(l.words); ++word, from += kGradBlock) {
      Vec v[kGradVectors];
      for (int j = 0; j < kGradVectors; ++j) v[j] = load(from + j * kLanes);
      add_code(sums.weights + tap * 4 * kGradBlock, word_code(l.words, word, tap % l.words.group), v);
    }
  }
}

std::size_t sequence_bytes(const DnaConvShape& s) { return index_bytes(s, grad_layout(s).words); }

void index(const DnaConvShape& s, const std::uint8_t* codes, std::byte* indexes, index_t sequence) {
  write_index(s, grad_layout(s).words, codes, indexes, sequence);
}

index_t chunk_size(const DnaConvShape& s) { return (s.taps * 4 + 1) * s.filters; }

index_t partial_size(const DnaConvShape& s) { return grad_layout(s).chunks * chunk_size(s); }

index_t tasks(const DnaConvShape& s) {
  const GradLayout l = grad_layout(s);
  return l.chunks * l.splits;
}

std::size_t scratch_bytes(const DnaConvShape& s) {
  GradScratch scratch;
  return place_scratch(s, grad_layout(s), nullptr, &scratch);
}

void sum(const DnaConvShape& s, const DnaGradSource& source, const std::uint8_t* codes, const std::byte* indexes,
         float* partial, index_t task, std::byte* scratch) {
  Pass pass;
  const GradLayout& l = pass.layout = grad_layout(s);
  place_scratch(s, l, scratch, &pass.scratch);
  clear_rows(pass.scratch.stream, l.head + l.parts_per_pass * l.pitch);

  const index_t chunk = task / l.splits, split = task % l.splits;
  const index_t first_pass = l.passes * chunk / l.chunks, last_pass = l.passes * (chunk + 1) / l.chunks;
  pass.first_block = l.blocks * split / l.splits;
  pass.blocks = l.blocks * (split + 1) / l.splits - pass.first_block;
  clear_rows(pass.scratch.sums, pass.blocks * block_sums_size(s, l) / kGradBlock);
  const index_t first_filter = pass.first_block * kGradBlock;
  const index_t last_filter = first_filter + pass.blocks * kGradBlock;
  const index_t filters = (last_filter < s.filters ? last_filter : s.filters) - first_filter;
  const index_t parts = s.batch * l.parts_per_sequence;
  for (index_t number = first_pass; number < last_pass; ++number) {
    pass.first_part = number * l.parts_per_pass;
    pass.parts = parts - pass.first_part < l.parts_per_pass ? parts - pass.first_part : l.parts_per_pass;
    touch_source(s, l, source, pass.first_part, pass.parts, first_filter, filters);
    sort_words(s, indexes, pass);
    list_mixed(s, indexes, pass);
    for (index_t block = 0; block < pass.blocks; ++block) add_block(s, source, codes, pass, block);
  }

  for (index_t block = 0; block < pass.blocks; ++block) {
    const BlockSums sums = block_sums(s, l, pass.scratch, block);
    fold_words(s, l, sums);
    float* to = partial + chunk * chunk_size(s) + (pass.first_block + block) * kGradBlock;
    const index_t left = s.filters - (pass.first_block + block) * kGradBlock;
    for (index_t row = 0; row <= s.taps * 4; ++row)
      for (index_t f = 0; f < kGradBlock && f < left; ++f) to[row * s.filters + f] = sums.weights[row * kGradBlock + f];
  }
}

constexpr index_t kReduceFloats = 8192;

index_t reduce_tasks(const DnaConvShape& s) { return (chunk_size(s) + kReduceFloats - 1) / kReduceFloats; }

void reduce(const DnaConvShape& s, const float* partial, float* dw, float* dbias, index_t task) {
  const index_t chunks = grad_layout(s).chunks, size = chunk_size(s), weights = s.taps * 4 * s.filters;
  const index_t end = (task + 1) * kReduceFloats < size ? (task + 1) * kReduceFloats : size;
  for (index_t i = task * kReduceFloats; i < end; ++i) {
    float total = 0;
    for (index_t chunk = 0; chunk < chunks; ++chunk) total += partial[chunk * size + i];
    if (i < weights)
      dw[i] = total;
    else if (dbias)
      dbias[i - weights] = total;
  }
}

}  // namespace

extern const DnaConvGradKernels dna_conv_grad_table = {sequence_bytes, index, partial_size, tasks,
                                                       scratch_bytes,  sum,   reduce_tasks, reduce};

}  // namespace genodl::kernels::GENODL_ISA
