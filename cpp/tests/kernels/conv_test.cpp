// The convolution kernels of every instruction set against plain loops in double precision.
#include "kernels/conv.h"

#include "tests/kernels/dense.h"

namespace genodl::kernels {
const ConvKernels& conv(Isa isa);
}

namespace {

using genodl::Isa;
using genodl::available_isas;
using genodl::isa_name;
using genodl::kernels::ConvKernels;
using genodl::kernels::ConvShape;
using genodl::kernels::conv;
using genodl::kernels::index_t;
using namespace genodl::testing;

struct Sizes {
  std::size_t x, w, y;
};

Sizes sizes(const ConvShape& s) {
  return {static_cast<std::size_t>(s.batch * s.height * s.width * s.channels),
          static_cast<std::size_t>(s.kernel_h * s.kernel_w * (s.channels / s.groups) * s.filters),
          static_cast<std::size_t>(s.batch * s.out_h * s.out_w * s.filters)};
}

std::string describe(const ConvShape& s) {
  std::ostringstream out;
  out << "x " << s.batch << "x" << s.height << "x" << s.width << "x" << s.channels << ", kernel "
      << s.kernel_h << "x" << s.kernel_w << "x" << s.filters << ", stride " << s.stride_h << "x"
      << s.stride_w << ", dilation " << s.dilation_h << "x" << s.dilation_w << ", pads " << s.pad_top
      << "," << s.pad_bottom << "," << s.pad_left << "," << s.pad_right << ", groups " << s.groups;
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

Guarded<float> run_forward(const ConvKernels& k, const ConvShape& s, const float* x, const float* w) {
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

Guarded<float> run_input_grad(const ConvKernels& k, const ConvShape& s, const float* dy, const float* w) {
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

Guarded<float> run_weight_grad(const ConvKernels& k, const ConvShape& s, const float* x, const float* dy) {
  Guarded<float> dw = nan_output(sizes(s).w);
  Guarded<float> partial = nan_output(static_cast<std::size_t>(k.weight_grad_partial_size(s)));
  Guarded<float> scratch = nan_output(static_cast<std::size_t>(k.weight_grad_scratch(s)));
  for (index_t t = k.weight_grad_tasks(s) - 1; t >= 0; --t)
    k.weight_grad(s, x, dy, dw.data(), partial.data(), t, scratch.data());
  for (index_t t = 0; t < k.weight_grad_reduce_tasks(s); ++t)
    k.weight_grad_reduce(s, partial.data(), dw.data(), t);
  CHECK_MSG(partial.intact() && scratch.intact(), describe(s));
  return dw;
}

void check_shape(const ConvShape& s, unsigned seed) {
  std::mt19937 random(seed);
  const Sizes size = sizes(s);
  const Poisoned x(size.x, random), w(size.w, random), dy(size.y, random);
  std::vector<double> y(size.y), dx(size.x), dw(size.w);
  products(s, [&](std::size_t i, std::size_t j, std::size_t k) {
    y[k] += static_cast<double>(x.data()[i]) * w.data()[j];
    dx[i] += static_cast<double>(dy.data()[k]) * w.data()[j];
    dw[j] += static_cast<double>(x.data()[i]) * dy.data()[k];
  });
  const double taps = static_cast<double>(s.kernel_h * s.kernel_w);
  for (const Isa isa : available_isas()) {
    const ConvKernels& k = conv(isa);
    const std::string what = std::string(isa_name(isa)) + ", " + describe(s);
    check_close(run_forward(k, s, x.data(), w.data()), y,
                sum_tolerance(taps * static_cast<double>(s.channels / s.groups)), "forward, " + what);
    check_close(run_input_grad(k, s, dy.data(), w.data()), dx,
                sum_tolerance(taps * static_cast<double>(s.filters / s.groups)), "input gradient, " + what);
    check_close(run_weight_grad(k, s, x.data(), dy.data()), dw,
                sum_tolerance(static_cast<double>(s.batch * s.out_h * s.out_w)), "weight gradient, " + what);
  }
}

index_t output_length(index_t in, index_t kernel, index_t stride, index_t dilation, index_t pads) {
  const index_t room = in + pads - ((kernel - 1) * dilation + 1);
  return room < 0 ? 0 : room / stride + 1;
}

ConvShape with_output(ConvShape s) {
  s.out_h = output_length(s.height, s.kernel_h, s.stride_h, s.dilation_h, s.pad_top + s.pad_bottom);
  s.out_w = output_length(s.width, s.kernel_w, s.stride_w, s.dilation_w, s.pad_left + s.pad_right);
  return s;
}

ConvShape line(index_t batch, index_t length, index_t channels, index_t kernel, index_t filters,
               index_t pad_left = 0, index_t pad_right = 0, index_t stride = 1, index_t dilation = 1,
               index_t groups = 1) {
  return with_output({batch, 1, length, channels, 1, kernel, 1, stride, 1, dilation, 0, 0, pad_left,
                      pad_right, 0, 0, filters, groups});
}

}  // namespace

TEST(conv_typical_lines) {
  check_shape(line(3, 40, 4, 7, 5, 3, 3), 1);            // one-hot input
  check_shape(line(2, 61, 37, 3, 33, 16, 16, 1, 16), 2);  // dilated, same
  check_shape(line(2, 50, 19, 4, 17, 3, 0), 3);           // causal
  check_shape(line(2, 300, 40, 11, 70, 5, 5), 4);
  check_shape(line(1, 29, 6, 5, 8, 2, 2, 3), 5);          // strided
  check_shape(line(2, 30, 8, 3, 12, 4, 4, 2, 4, 4), 6);   // everything at once
  check_shape(line(4, 21, 10, 21, 30), 7);                // kernel as long as the input
  check_shape(line(5, 9, 1, 3, 1, 1, 1), 8);
  check_shape(line(2, 90, 300, 3, 200, 1, 1), 9);         // many rows of weights
  check_shape(line(6, 700, 16, 5, 24, 2, 2), 10);         // several chunks of positions
}

TEST(conv_typical_images) {
  check_shape(with_output({3, 13, 13, 32, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 64, 1}), 1);
  check_shape(with_output({2, 28, 28, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 32, 1}), 2);
  check_shape(with_output({2, 15, 17, 3, 7, 7, 2, 2, 1, 1, 3, 3, 2, 3, 0, 0, 18, 1}), 3);
  check_shape(with_output({2, 12, 11, 8, 3, 3, 1, 1, 2, 3, 2, 2, 3, 3, 0, 0, 8, 8}), 4);  // depthwise
  check_shape(with_output({2, 9, 8, 12, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 20, 2}), 5);  // pointwise
  check_shape(with_output({2, 9, 8, 12, 1, 1, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0, 20, 1}), 6);
}

TEST(conv_odd_padding) {
  check_shape(line(2, 5, 3, 3, 4, 6, 6), 1);          // outputs that see only padding
  check_shape(line(2, 5, 3, 3, 4, 6, 6, 2, 3), 2);
  check_shape(line(2, 20, 3, 3, 4, 0, 9, 5), 3);      // stride beyond the kernel
  check_shape(line(1, 200, 5, 177, 4, 88, 88), 4);    // kernel wider than a tile
  check_shape(line(1, 40, 3, 9, 4, 20, 20, 1, 5), 5);
}

TEST(conv_empty) {
  check_shape(line(0, 20, 3, 3, 4), 1);
  check_shape(line(2, 2, 3, 3, 4), 2);
  check_shape(line(2, 0, 3, 3, 4, 1, 1), 3);
  check_shape(line(2, 9, 0, 3, 4), 4);
  check_shape(line(2, 9, 3, 3, 0), 5);
}

TEST(conv_random_shapes) {
  std::mt19937 random(20);
  const auto pick = [&](index_t low, index_t high) {
    return std::uniform_int_distribution<index_t>(low, high)(random);
  };
  for (unsigned trial = 0; trial < 150; ++trial) {
    const bool image = trial % 2 == 0;
    ConvShape s{};
    s.groups = trial % 3 == 0 ? pick(1, 4) : 1;
    s.batch = pick(1, 4);
    s.height = image ? pick(1, 17) : 1;
    s.width = image ? pick(1, 20) : pick(1, 120);
    s.channels = s.groups * pick(1, image ? 20 : 40);
    s.filters = s.groups * pick(1, image ? 40 : 70);
    s.kernel_h = image ? pick(1, 4) : 1;
    s.kernel_w = pick(1, image ? 4 : 12);
    s.stride_h = image ? pick(1, 3) : 1;
    s.stride_w = pick(1, 3);
    s.dilation_h = image ? pick(1, 3) : 1;
    s.dilation_w = pick(1, 4);
    if (image) s.pad_top = pick(0, 4), s.pad_bottom = pick(0, 4);
    s.pad_left = pick(0, 6), s.pad_right = pick(0, 6);
    check_shape(with_output(s), trial);
  }
}
