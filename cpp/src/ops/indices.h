// Indices as the gathering ops use them: checked, counted from the front, one integer type.
#pragma once

#include "ops/axes.h"

namespace genodl {

// Writes input `input` of the run as positions in [0, n): negative ones count from the end, and one
// outside is an error that names it.
void read_indices(const RunContext& c, int input, index_t n, const std::string& who, index_t* positions);

inline std::size_t index_bytes(const TensorSpec& indices) {
  return static_cast<std::size_t>(elements(indices.shape)) * sizeof(index_t);
}

// y[o, m] = x[o, at[m]] for rows of `inner` elements; x has n rows, at holds count positions.
template <class T>
void gather_rows(const T* x, const index_t* at, T* y, index_t outer, index_t n, index_t count, index_t inner) {
  parallel_ranges(outer * count, grain(inner), [&](index_t begin, index_t end, int) {
    for (index_t p = begin; p < end; ++p)
      std::copy_n(x + (p / count * n + at[p % count]) * inner, inner, y + p * inner);
  });
}

// dx[o, at[m]] += dy[o, m], in the order of m, after clearing dx.
template <class T>
void scatter_rows(const T* dy, const index_t* at, T* dx, index_t outer, index_t n, index_t count, index_t inner) {
  constexpr index_t kColumns = 64, kParts = 8;
  // Tasks own columns and, where these are few, also a part of the rows of dx.
  const index_t columns = (inner + kColumns - 1) / kColumns;
  const bool small = (n + count) * inner <= kTaskElements;
  const index_t parts = small ? 1 : std::min(n, std::max<index_t>(1, kParts / std::max<index_t>(1, outer * columns)));
  parallel_ranges(outer * columns * parts, grain((n + count) / std::max<index_t>(1, parts) * std::min(inner, kColumns)),
                  [&](index_t begin, index_t end, int) {
                    for (index_t t = begin; t < end; ++t) {
                      const index_t part = t % parts, column = t / parts % columns * kColumns, o = t / parts / columns;
                      const index_t width = std::min(kColumns, inner - column);
                      const index_t first = n * part / parts, last = n * (part + 1) / parts;
                      for (index_t i = first; i < last; ++i) std::fill_n(dx + (o * n + i) * inner + column, width, T{});
                      for (index_t m = 0; m < count; ++m) {
                        if (at[m] < first || at[m] >= last) continue;
                        const T* from = dy + (o * count + m) * inner + column;
                        T* to = dx + (o * n + at[m]) * inner + column;
                        for (index_t i = 0; i < width; ++i) to[i] = static_cast<T>(to[i] + from[i]);
                      }
                    }
                  });
}

}  // namespace genodl
