// The convolution kernels of every instruction set against plain loops in double precision.
#include "tests/kernels/conv_cases.h"

namespace genodl::kernels {
const ConvKernels& conv(Isa isa);
}

namespace {

using genodl::available_isas;
using genodl::Isa;
using genodl::isa_name;
using genodl::kernels::conv;
using namespace genodl::testing;

void check_shape(const ConvShape& s, unsigned seed) {
  std::mt19937 random(seed);
  const Sizes size = sizes(s);
  const Poisoned x(size.x, random), w(size.w, random), dy(size.y, random);
  const Expected expected(s, x.data(), w.data(), dy.data());
  const Terms terms(s);
  for (const Isa isa : available_isas()) {
    const ConvKernels& k = conv(isa);
    const std::string what = std::string(isa_name(isa)) + ", " + describe(s);
    check_close(run_forward(k, s, x.data(), w.data()), expected.y, sum_tolerance(terms.y), "forward, " + what);
    check_close(run_input_grad(k, s, dy.data(), w.data()), expected.dx, sum_tolerance(terms.dx),
                "input gradient, " + what);
    check_close(run_weight_grad(k, s, x.data(), dy.data()), expected.dw, sum_tolerance(terms.dw),
                "weight gradient, " + what);
  }
}

}  // namespace

TEST(conv_typical_lines) {
  check_shape(line(3, 40, 4, 7, 5, 3, 3), 1);             // one-hot input
  check_shape(line(2, 61, 37, 3, 33, 16, 16, 1, 16), 2);  // dilated, same
  check_shape(line(2, 50, 19, 4, 17, 3, 0), 3);           // causal
  check_shape(line(2, 300, 40, 11, 70, 5, 5), 4);
  check_shape(line(1, 29, 6, 5, 8, 2, 2, 3), 5);         // strided
  check_shape(line(2, 30, 8, 3, 12, 4, 4, 2, 4, 4), 6);  // everything at once
  check_shape(line(4, 21, 10, 21, 30), 7);               // kernel as long as the input
  check_shape(line(5, 9, 1, 3, 1, 1, 1), 8);
  check_shape(line(2, 90, 300, 3, 200, 1, 1), 9);  // many rows of weights
  check_shape(line(6, 700, 16, 5, 24, 2, 2), 10);  // several chunks of positions
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
  check_shape(line(2, 5, 3, 3, 4, 6, 6), 1);  // outputs that see only padding
  check_shape(line(2, 5, 3, 3, 4, 6, 6, 2, 3), 2);
  check_shape(line(2, 20, 3, 3, 4, 0, 9, 5), 3);    // stride beyond the kernel
  check_shape(line(1, 200, 5, 177, 4, 88, 88), 4);  // kernel wider than a tile
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
