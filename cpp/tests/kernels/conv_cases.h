// Runs the three passes of a convolution kernel and of plain loops in double precision.
#pragma once

#include "kernels/conv.h"
#include "tests/kernels/dense.h"

namespace genodl::testing {

using kernels::ConvKernels;
using kernels::ConvShape;
using kernels::index_t;

struct Sizes {
  std::size_t x, w, y;
};

inline Sizes sizes(const ConvShape& s) {
  return {static_cast<std::size_t>(s.batch * s.height * s.width * s.channels),
          static_cast<std::size_t>(s.kernel_h * s.kernel_w * (s.channels / s.groups) * s.filters),
          static_cast<std::size_t>(s.batch * s.out_h * s.out_w * s.filters)};
}

inline std::string describe(const ConvShape& s) {
  std::ostringstream out;
  out << "x " << s.batch << "x" << s.height << "x" << s.width << "x" << s.channels << ", kernel " << s.kernel_h << "x"
      << s.kernel_w << "x" << s.filters << ", stride " << s.stride_h << "x" << s.stride_w << ", dilation "
      << s.dilation_h << "x" << s.dilation_w << ", pads " << s.pad_top << "," << s.pad_bottom << "," << s.pad_left
      << "," << s.pad_right << ", groups " << s.groups;
  return out.str();
}

// Calls visit(x index, w index, y index) for every product of the convolution.
template <class Visit>
void products(const ConvShape& s, Visit visit) {
  const index_t in = s.channels / s.groups, out = s.filters / s.groups;
  for (index_t n = 0; n < s.batch; ++n)
    for (index_t oh = 0; oh < s.out_h; ++oh)
      for (index_t ow = 0; ow < s.out_w; ++ow)
        for (index_t kh = 0; kh < s.kernel_h; ++kh)
          for (index_t kw = 0; kw < s.kernel_w; ++kw) {
            const index_t h = oh * s.stride_h - s.pad_top + kh * s.dilation_h;
            const index_t w = ow * s.stride_w - s.pad_left + kw * s.dilation_w;
            if (h < 0 || h >= s.height || w < 0 || w >= s.width) continue;
            for (index_t g = 0; g < s.groups; ++g)
              for (index_t c = 0; c < in; ++c)
                for (index_t f = 0; f < out; ++f)
                  visit(static_cast<std::size_t>(((n * s.height + h) * s.width + w) * s.channels + g * in + c),
                        static_cast<std::size_t>(((kh * s.kernel_w + kw) * in + c) * s.filters + g * out + f),
                        static_cast<std::size_t>(((n * s.out_h + oh) * s.out_w + ow) * s.filters + g * out + f));
          }
}

// Row blocks must follow each other and end at `rows`, or the fused epilogue would miss some.
struct RowBlocks {
  index_t next = 0;
  void add(index_t begin, index_t end) {
    CHECK_MSG(begin == next && end >= begin, "block " << begin << " to " << end << " after " << next);
    next = end;
  }
};

inline Guarded<float> run_forward(const ConvKernels& k, const ConvShape& s, const float* x, const float* w) {
  Guarded<float> y = nan_output(sizes(s).y), packed = nan_output(static_cast<std::size_t>(k.packed_size(s)));
  Guarded<float> scratch = nan_output(static_cast<std::size_t>(k.forward_scratch(s)));
  for (index_t t = 0; t < k.forward_pack_tasks(s); ++t) k.forward_pack(s, w, packed.data(), t);
  RowBlocks blocks;
  for (index_t t = 0; t < k.forward_tasks(s); ++t) {
    index_t begin, end;
    k.forward(s, x, packed.data(), y.data(), t, scratch.data(), &begin, &end);
    blocks.add(begin, end);
  }
  CHECK_MSG(blocks.next == s.batch * s.out_h * s.out_w, describe(s));
  CHECK_MSG(packed.intact() && scratch.intact(), describe(s));
  return y;
}

inline Guarded<float> run_input_grad(const ConvKernels& k, const ConvShape& s, const float* dy, const float* w) {
  Guarded<float> dx = nan_output(sizes(s).x);
  Guarded<float> packed = nan_output(static_cast<std::size_t>(k.input_grad_packed_size(s)));
  Guarded<float> scratch = nan_output(static_cast<std::size_t>(k.input_grad_scratch(s)));
  for (index_t t = 0; t < k.input_grad_pack_tasks(s); ++t) k.input_grad_pack(s, w, packed.data(), t);
  RowBlocks blocks;
  for (index_t t = 0; t < k.input_grad_tasks(s); ++t) {
    index_t begin, end;
    k.input_grad(s, dy, packed.data(), dx.data(), t, scratch.data(), &begin, &end);
    blocks.add(begin, end);
  }
  CHECK_MSG(blocks.next == s.batch * s.height * s.width, describe(s));
  CHECK_MSG(packed.intact() && scratch.intact(), describe(s));
  return dx;
}

inline Guarded<float> run_weight_grad(const ConvKernels& k, const ConvShape& s, const float* x, const float* dy) {
  Guarded<float> dw = nan_output(sizes(s).w);
  Guarded<float> partial = nan_output(static_cast<std::size_t>(k.weight_grad_partial_size(s)));
  Guarded<float> scratch = nan_output(static_cast<std::size_t>(k.weight_grad_scratch(s)));
  for (index_t t = k.weight_grad_tasks(s) - 1; t >= 0; --t)
    k.weight_grad(s, x, dy, dw.data(), partial.data(), t, scratch.data());
  for (index_t t = 0; t < k.weight_grad_reduce_tasks(s); ++t) k.weight_grad_reduce(s, partial.data(), dw.data(), t);
  CHECK_MSG(partial.intact() && scratch.intact(), describe(s));
  return dw;
}

struct Expected {
  std::vector<double> y, dx, dw;

  Expected(const ConvShape& s, const float* x, const float* w, const float* grad)
      : y(sizes(s).y), dx(sizes(s).x), dw(sizes(s).w) {
    products(s, [&](std::size_t i, std::size_t j, std::size_t k) {
      y[k] += static_cast<double>(x[i]) * w[j];
      dx[i] += static_cast<double>(grad[k]) * w[j];
      dw[j] += static_cast<double>(x[i]) * grad[k];
    });
  }
};

// Products that a sum of each pass has at most.
struct Terms {
  double y, dx, dw;

  explicit Terms(const ConvShape& s) {
    const double taps = static_cast<double>(s.kernel_h * s.kernel_w);
    y = taps * static_cast<double>(s.channels / s.groups);
    dx = taps * static_cast<double>(s.filters / s.groups);
    dw = static_cast<double>(s.batch * s.out_h * s.out_w);
  }
};

inline index_t output_length(index_t in, index_t kernel, index_t stride, index_t dilation, index_t pads) {
  const index_t room = in + pads - ((kernel - 1) * dilation + 1);
  return room < 0 ? 0 : room / stride + 1;
}

inline ConvShape with_output(ConvShape s) {
  s.out_h = output_length(s.height, s.kernel_h, s.stride_h, s.dilation_h, s.pad_top + s.pad_bottom);
  s.out_w = output_length(s.width, s.kernel_w, s.stride_w, s.dilation_w, s.pad_left + s.pad_right);
  return s;
}

inline ConvShape line(index_t batch, index_t length, index_t channels, index_t kernel, index_t filters,
                      index_t pad_left = 0, index_t pad_right = 0, index_t stride = 1, index_t dilation = 1,
                      index_t groups = 1) {
  return with_output({batch, 1, length, channels, 1, kernel, 1, stride, 1, dilation, 0, 0, pad_left, pad_right, 0, 0,
                      filters, groups});
}

}  // namespace genodl::testing
