#include "dna_pool.simd.h"
#include "dna_table.simd.h"

namespace genodl::kernels::GENODL_ISA {
namespace {

using namespace dna;

constexpr index_t kTaskRows = 1024;

std::size_t sequence_bytes(const DnaConvShape& s) { return index_bytes(s, table_layout(s).words); }

void index(const DnaConvShape& s, const std::uint8_t* codes, std::byte* indexes, index_t sequence) {
  write_index(s, table_layout(s).words, codes, indexes, sequence);
}

index_t table_size(const DnaConvShape& s) {
  const TableLayout t = table_layout(s);
  return t.blocks * t.block_floats;
}

index_t build_tasks(const DnaConvShape& s) { return table_layout(s).blocks; }

void build(const DnaConvShape& s, const float* weights, float* tables, index_t block) {
  const TableLayout t = table_layout(s);
  float* table = tables + block * t.block_floats;
  build_codes(s, weights, block, table + t.code_rows);
  build_words(s, t, table);
}

// A sequence is cut into parts of at most `most` rows, as equal as whole rows allow.
struct Parts {
  index_t per_sequence, rows;
};

Parts parts_of(index_t rows, index_t most) {
  const index_t wanted = (rows + most - 1) / most;
  const index_t each = (rows + wanted - 1) / wanted;
  return {(rows + each - 1) / each, each};
}

struct Rows {
  index_t sequence, begin, end;
};

Rows rows_of(index_t task, const Parts& parts, index_t rows) {
  const index_t begin = task % parts.per_sequence * parts.rows;
  return {task / parts.per_sequence, begin, begin + parts.rows < rows ? begin + parts.rows : rows};
}

index_t forward_tasks(const DnaConvShape& s) {
  return s.out_length > 0 ? s.batch * parts_of(s.out_length, kTaskRows).per_sequence : 0;
}

void forward_block(const DnaConvShape& s, const TableLayout& t, const SequenceIndex& x, const float* table,
                   const float* bias, index_t block, index_t window, index_t count, float* out, const float* end) {
  alignas(64) float sums[kTileRows * kBlock];
  const index_t width = block_width(s, block);
  const BlockVec start = load_block_part(bias ? bias + block * kBlock : nullptr, width);
  out += block * kBlock;
  for (index_t done = 0; done < count; done += kTileRows) {
    const index_t rows = count - done < kTileRows ? count - done : kTileRows;
    fetch_rows(out + rows * s.filters, s.filters, count - done - rows);
    fill_tile(s, t, table, x, window + done, rows, start, sums);
    for (index_t i = 0; i < rows; ++i, out += s.filters)
      for (index_t f = 0; f < width; f += kLanes) store_over(out + f, end, load(sums + i * kBlock + f));
  }
}

void forward(const DnaConvShape& s, const std::uint8_t* codes, const std::byte* indexes, const float* tables,
             const float* bias, float* y, index_t task, index_t* row_begin, index_t* row_end) {
  const TableLayout t = table_layout(s);
  const Rows rows = rows_of(task, parts_of(s.out_length, kTaskRows), s.out_length);
  *row_begin = rows.sequence * s.out_length + rows.begin;
  *row_end = rows.sequence * s.out_length + rows.end;

  const SequenceIndex x = sequence_index(s, t.words, codes, indexes, rows.sequence);
  const float* y_end = y + *row_end * s.filters;
  for (index_t block = t.blocks - 1; block >= 0; --block)
    forward_block(s, t, x, tables + block * t.block_floats, bias, block, rows.begin, rows.end - rows.begin,
                  y + *row_begin * s.filters, y_end);
}

index_t pool_tasks(const DnaConvShape& s, const DnaPool& pool) {
  return pool.out_length > 0 ? s.batch * parts_of(pool.out_length, kTaskRows / pool.stride + 1).per_sequence : 0;
}

void pool(const DnaConvShape& s, const DnaPool& pool, const std::uint8_t* codes, const std::byte* indexes,
          const float* tables, const float* bias, float* y, std::uint8_t* argmax8, std::int32_t* argmax32, index_t task,
          index_t* row_begin, index_t* row_end) {
  const TableLayout t = table_layout(s);
  const Rows rows = rows_of(task, parts_of(pool.out_length, kTaskRows / pool.stride + 1), pool.out_length);
  *row_begin = rows.sequence * pool.out_length + rows.begin;
  *row_end = rows.sequence * pool.out_length + rows.end;

  const SequenceIndex x = sequence_index(s, t.words, codes, indexes, rows.sequence);
  const index_t first = *row_begin * s.filters, last = *row_end * s.filters;
  const PoolOutput out{y + first, y + last, argmax8 ? argmax8 + first : nullptr, argmax32 ? argmax32 + first : nullptr};
  for (index_t block = t.blocks - 1; block >= 0; --block)
    pool_block(s, t, pool, x, tables + block * t.block_floats, bias, block, rows.begin, rows.end, out);
}

}  // namespace

extern const DnaConvKernels dna_conv_table = {sequence_bytes, index,   table_size, build_tasks, build,
                                              forward_tasks,  forward, pool_tasks, pool};

}  // namespace genodl::kernels::GENODL_ISA
