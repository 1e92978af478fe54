// Lines of pooling windows in float64; float32 goes to the kernels.
#pragma once

#include "kernels/pool.h"

namespace genodl {

using kernels::PoolLine;

// Calls body(offset of an element within the window).
template <class Body>
void each_position(const PoolLine& line, Body&& body) {
  for (index_t i = 0; i < line.rows; ++i)
    for (index_t j = 0; j < line.columns; ++j) body(i * line.row_step + j * line.column_step);
}

// Calls body(offset of the first element of a channel's window, its output).
template <class Body>
void each_window(const PoolLine& line, Body&& body) {
  for (index_t o = 0; o < line.outputs; ++o)
    for (index_t c = 0; c < line.channels; ++c) body(o * line.window_step + c, o * line.channels + c);
}

// Offset of the first element of the window at x that holds its maximum; a NaN is the maximum.
template <class T>
index_t chosen_in(const T* x, const PoolLine& line) {
  index_t best = 0;
  each_position(line, [&](index_t at) {
    if (!(x[at] <= x[best]) && x[best] == x[best]) best = at;
  });
  return best;
}

inline void max_line(const double* x, const PoolLine& line, double* y) {
  each_window(line, [&](index_t from, index_t to) { y[to] = x[from + chosen_in(x + from, line)]; });
}
inline void max_line(const float* x, const PoolLine& line, float* y) { kernels::pool().max(x, line, y); }

inline void max_grad_line(const double* x, const double* dy, const PoolLine& line, bool add, double* dx) {
  each_window(line, [&](index_t from, index_t to) {
    const index_t chosen = chosen_in(x + from, line);
    each_position(line, [&](index_t at) {
      const double part = at == chosen ? dy[to] : 0.0;
      dx[from + at] = add ? dx[from + at] + part : part;
    });
  });
}
inline void max_grad_line(const float* x, const float* dy, const PoolLine& line, bool add, float* dx) {
  kernels::pool().max_grad(x, dy, line, add, dx);
}

inline void average_line(const double* x, const PoolLine& line, double* y) {
  const double count = static_cast<double>(line.rows * line.columns);
  each_window(line, [&](index_t from, index_t to) {
    double sum = 0;
    each_position(line, [&](index_t at) { sum += x[from + at]; });
    y[to] = sum / count;
  });
}
inline void average_line(const float* x, const PoolLine& line, float* y) { kernels::pool().average(x, line, y); }

inline void average_grad_line(const double* dy, const PoolLine& line, bool add, double* dx) {
  const double count = static_cast<double>(line.rows * line.columns);
  each_window(line, [&](index_t from, index_t to) {
    each_position(line, [&](index_t at) { dx[from + at] = (add ? dx[from + at] : 0.0) + dy[to] / count; });
  });
}
inline void average_grad_line(const float* dy, const PoolLine& line, bool add, float* dx) {
  kernels::pool().average_grad(dy, line, add, dx);
}

}  // namespace genodl
