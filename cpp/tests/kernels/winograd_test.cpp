// Convolutions with fewer multiplications against plain loops in double precision.
#include "kernels/winograd.h"

#include "tests/kernels/conv_cases.h"

namespace genodl::kernels {
const WinogradKernels& winograd(Isa isa);
}

namespace {

using genodl::available_isas;
using genodl::Isa;
using genodl::isa_name;
using genodl::kernels::winograd;
using genodl::kernels::WinogradKernels;
using namespace genodl::testing;

// The transforms multiply by up to 8 and divide by up to 24, so that rounding errors of single
// products reach the sums enlarged: about ten times those of the direct kernels.
constexpr double kEnlarged = 10;

void check_shape(const ConvShape& s, unsigned seed) {
  std::mt19937 random(seed);
  const Sizes size = sizes(s);
  const Poisoned x(size.x, random), w(size.w, random), dy(size.y, random);
  const Expected expected(s, x.data(), w.data(), dy.data());
  const Terms terms(s);
  for (const Isa isa : available_isas()) {
    const ConvKernels& k = winograd(isa).conv;
    const std::string what = std::string(isa_name(isa)) + ", " + describe(s);
    check_close(run_forward(k, s, x.data(), w.data()), expected.y, kEnlarged * sum_tolerance(terms.y),
                "forward, " + what);
    check_close(run_input_grad(k, s, dy.data(), w.data()), expected.dx, kEnlarged * sum_tolerance(terms.dx),
                "input gradient, " + what);
    check_close(run_weight_grad(k, s, x.data(), dy.data()), expected.dw, kEnlarged * sum_tolerance(terms.dw),
                "weight gradient, " + what);
  }
}

}  // namespace

TEST(winograd_typical_shapes) {
  check_shape(line(2, 61, 37, 3, 33, 16, 16, 1, 16), 1);
  check_shape(line(3, 50, 40, 11, 70, 5, 5), 2);
  check_shape(line(2, 50, 19, 4, 17, 3, 0), 3);
  check_shape(line(1, 1000, 33, 7, 48, 9, 9, 1, 3), 4);
  check_shape(line(2, 5, 3, 3, 4, 6, 6), 5);
  check_shape(line(4, 21, 10, 21, 30), 6);
  check_shape(line(9, 700, 16, 5, 24, 2, 2), 10);   // several chunks
  check_shape(line(2, 60, 130, 4, 230, 1, 2), 11);  // several parts of channels and filters
  check_shape(line(1, 300, 300, 3, 40, 1, 1), 7);
  check_shape(with_output({3, 13, 13, 32, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 64, 1}), 8);
  check_shape(with_output({2, 12, 11, 8, 3, 3, 1, 1, 2, 3, 2, 2, 3, 3, 0, 0, 8, 1}), 9);
}

TEST(winograd_empty) {
  check_shape(line(0, 20, 3, 3, 4), 1);
  check_shape(line(2, 9, 0, 3, 4), 2);
  check_shape(line(2, 9, 3, 3, 0), 3);
}

TEST(winograd_random_shapes) {
  std::mt19937 random(21);
  const auto pick = [&](index_t low, index_t high) {
    return std::uniform_int_distribution<index_t>(low, high)(random);
  };
  for (unsigned trial = 0; trial < 100; ++trial) {
    const bool image = trial % 3 == 0;
    ConvShape s{};
    s.groups = s.stride_h = s.stride_w = 1;
    s.batch = pick(1, 4);
    s.height = image ? pick(1, 17) : 1;
    s.width = image ? pick(1, 20) : pick(1, 160);
    s.channels = pick(1, 50);
    s.filters = pick(1, 70);
    s.kernel_h = image ? pick(1, 4) : 1;
    s.kernel_w = pick(1, image ? 5 : 12);
    s.dilation_h = image ? pick(1, 3) : 1;
    s.dilation_w = pick(1, 4);
    if (image) s.pad_top = pick(0, 4), s.pad_bottom = pick(0, 4);
    s.pad_left = pick(0, 6), s.pad_right = pick(0, 6);
    check_shape(with_output(s), trial);
  }
}

TEST(winograd_pays_only_where_it_can) {
  const WinogradKernels& k = winograd(genodl::active_isa());
  CHECK(k.forward_pays(line(64, 200, 300, 11, 200, 5, 5)));
  CHECK(k.input_grad_pays(line(64, 200, 300, 11, 200, 5, 5)));
  CHECK(!k.forward_pays(line(64, 200, 300, 11, 200, 5, 5, 2)));        // strided
  CHECK(!k.forward_pays(line(64, 200, 300, 11, 200, 5, 5, 1, 1, 4)));  // groups
  CHECK(!k.forward_pays(line(64, 200, 300, 1, 200)));                  // one tap
  CHECK(!k.forward_pays(line(64, 600, 4, 19, 300, 9, 9)));             // one-hot input
  CHECK(!k.forward_pays(line(1, 200, 300, 11, 200, 5, 5)));            // a single sample
}
