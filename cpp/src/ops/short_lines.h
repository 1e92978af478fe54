// Lines along the last axis that are too short to fill a vector: blocks of them are laid side by side.
#pragma once

#include <array>
#include <tuple>

#include "ops/axes.h"

namespace genodl {

constexpr index_t kShortLine = 16;

// to[j][line] = from[line][j], the rows of `to` kLines long; at most kLines lines of n <= kShortLine.
template <class T>
void lay_side_by_side(const T* from, index_t lines, index_t n, T* to) {
  for (index_t i = 0; i < lines; ++i)
    for (index_t j = 0; j < n; ++j) to[j * kLines + i] = from[i * n + j];
}
template <class T>
void lay_in_rows(const T* from, index_t lines, index_t n, T* to) {
  for (index_t i = 0; i < lines; ++i)
    for (index_t j = 0; j < n; ++j) to[i * n + j] = from[j * kLines + i];
}

// Calls f(inputs..., y, n, step, columns) for groups of lines, in parallel.
template <class T, class Function, class... Inputs>
void map_lines(const Around& a, T* y, Function f, const Inputs*... inputs) {
  if (a.inner != 1 || a.n > kShortLine) {
    parallel_lines(a, [&](index_t at, index_t columns, int) { f(inputs + at..., y + at, a.n, a.inner, columns); });
    return;
  }
  parallel_ranges(a.outer, std::max(kLines, grain(a.n)), [&](index_t begin, index_t end, int) {
    for (index_t line = begin; line < end; line += kLines) {
      const index_t count = std::min(kLines, end - line);
      T room[sizeof...(inputs)][kShortLine * kLines], out[kShortLine * kLines];
      std::size_t used = 0;
      const auto beside = [&](const T* x) {
        T* to = room[used++];
        lay_side_by_side(x + line * a.n, count, a.n, to);
        return static_cast<const T*>(to);
      };
      const std::array<const T*, sizeof...(inputs)> laid{beside(inputs)...};  // braces keep the order
      std::apply([&](auto... in) { f(in..., out, a.n, kLines, count); }, laid);
      lay_in_rows(out, count, a.n, y + line * a.n);
    }
  });
}

}  // namespace genodl
