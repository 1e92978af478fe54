// Convolution in plain loops for any float type: the path of float64, where every digit counts more
// than speed. Serial pieces, each written by one call, summed in one order.
#pragma once

#include <algorithm>

#include "kernels/conv.h"

namespace genodl::reference {

using kernels::ConvShape;
using kernels::index_t;

// Calls visit(input column, tap) for the taps of one kernel row that read inside the input.
template <class Visit>
void each_tap(const ConvShape& s, index_t out_w, Visit visit) {
  for (index_t kw = 0; kw < s.kernel_w; ++kw) {
    const index_t w = out_w * s.stride_w - s.pad_left + kw * s.dilation_w;
    if (w >= 0 && w < s.width) visit(w, kw);
  }
}

inline index_t conv_lines(const ConvShape& s) { return s.batch * s.out_h; }

// Line `line` of y: all positions and filters of one (sample, row).
template <class T>
void conv_line(const ConvShape& s, const T* x, const T* weights, T* y, index_t line) {
  const index_t in = s.channels / s.groups, out = s.filters / s.groups;
  const index_t sample = line / s.out_h, oh = line % s.out_h;
  y += line * s.out_w * s.filters;
  std::fill_n(y, s.out_w * s.filters, T{});
  for (index_t ow = 0; ow < s.out_w; ++ow, y += s.filters)
    for (index_t kh = 0; kh < s.kernel_h; ++kh) {
      const index_t h = oh * s.stride_h - s.pad_top + kh * s.dilation_h;
      if (h < 0 || h >= s.height) continue;
      each_tap(s, ow, [&](index_t w, index_t kw) {
        const T* from = x + ((sample * s.height + h) * s.width + w) * s.channels;
        const T* tap = weights + (kh * s.kernel_w + kw) * in * s.filters;
        for (index_t g = 0; g < s.groups; ++g)
          for (index_t c = 0; c < in; ++c) {
            const T value = from[g * in + c];
            const T* row = tap + c * s.filters;
            for (index_t f = g * out; f < (g + 1) * out; ++f) y[f] += value * row[f];
          }
      });
    }
}

inline index_t conv_input_grad_samples(const ConvShape& s) { return s.batch; }

// Sample `sample` of dx.
template <class T>
void conv_input_grad_sample(const ConvShape& s, const T* dy, const T* weights, T* dx, index_t sample) {
  const index_t in = s.channels / s.groups, out = s.filters / s.groups;
  dx += sample * s.height * s.width * s.channels;
  dy += sample * s.out_h * s.out_w * s.filters;
  std::fill_n(dx, s.height * s.width * s.channels, T{});
  for (index_t oh = 0; oh < s.out_h; ++oh)
    for (index_t ow = 0; ow < s.out_w; ++ow, dy += s.filters)
      for (index_t kh = 0; kh < s.kernel_h; ++kh) {
        const index_t h = oh * s.stride_h - s.pad_top + kh * s.dilation_h;
        if (h < 0 || h >= s.height) continue;
        each_tap(s, ow, [&](index_t w, index_t kw) {
          T* to = dx + (h * s.width + w) * s.channels;
          const T* tap = weights + (kh * s.kernel_w + kw) * in * s.filters;
          for (index_t g = 0; g < s.groups; ++g)
            for (index_t c = 0; c < in; ++c) {
              T sum{};
              const T* row = tap + c * s.filters;
              for (index_t f = g * out; f < (g + 1) * out; ++f) sum += dy[f] * row[f];
              to[g * in + c] += sum;
            }
        });
      }
}

inline index_t conv_weight_rows(const ConvShape& s) { return s.kernel_h * s.kernel_w * (s.channels / s.groups); }

// Row `row` of dw: all filters of one (tap, channel).
template <class T>
void conv_weight_grad_row(const ConvShape& s, const T* x, const T* dy, T* dw, index_t row) {
  const index_t in = s.channels / s.groups, out = s.filters / s.groups;
  const index_t c = row % in, kw = row / in % s.kernel_w, kh = row / in / s.kernel_w;
  dw += row * s.filters;
  std::fill_n(dw, s.filters, T{});
  for (index_t sample = 0; sample < s.batch; ++sample)
    for (index_t oh = 0; oh < s.out_h; ++oh) {
      const index_t h = oh * s.stride_h - s.pad_top + kh * s.dilation_h;
      if (h < 0 || h >= s.height) continue;
      const T* line = x + (sample * s.height + h) * s.width * s.channels + c;
      const T* grad = dy + (sample * s.out_h + oh) * s.out_w * s.filters;
      for (index_t ow = 0; ow < s.out_w; ++ow, grad += s.filters) {
        const index_t w = ow * s.stride_w - s.pad_left + kw * s.dilation_w;
        if (w < 0 || w >= s.width) continue;
        for (index_t g = 0; g < s.groups; ++g) {
          const T value = line[w * s.channels + g * in];
          for (index_t f = g * out; f < (g + 1) * out; ++f) dw[f] += value * grad[f];
        }
      }
    }
}

}  // namespace genodl::reference
