// Convolutions of few filters, of every instruction set, against plain loops in double precision.
#include "kernels/conv_few_filters.h"

#include "tests/kernels/conv_cases.h"

namespace genodl::kernels {
const ConvFewFiltersKernels& conv_few_filters(Isa isa);
}

namespace {

using genodl::available_isas;
using genodl::Isa;
using genodl::isa_name;
using genodl::kernels::conv_few_filters;
using namespace genodl::testing;

void check_shape(const ConvShape& s, unsigned seed) {
  std::mt19937 random(seed);
  const Sizes size = sizes(s);
  const Poisoned x(size.x, random), w(size.w, random), dy(size.y, random);
  const Expected expected(s, x.data(), w.data(), dy.data());
  const Terms terms(s);
  for (const Isa isa : available_isas()) {
    const ConvKernels& k = conv_few_filters(isa).conv;
    const std::string what = std::string(isa_name(isa)) + ", " + describe(s);
    check_close(run_forward(k, s, x.data(), w.data()), expected.y, sum_tolerance(terms.y), "forward, " + what);
    check_close(run_weight_grad(k, s, x.data(), dy.data()), expected.dw, sum_tolerance(terms.dw),
                "weight gradient, " + what);
  }
}

}  // namespace

TEST(conv_few_filters_typical_lines) {
  check_shape(line(2, 700, 64, 75, 1, 37, 37), 1);       // a profile head: several tasks a line
  check_shape(line(3, 90, 19, 20, 2, 9, 10), 2);         // several filters, odd channels
  check_shape(line(2, 130, 16, 9, 3, 16, 16, 1, 4), 3);  // dilated
  check_shape(line(1, 100, 17, 21, 1), 4);               // valid
  check_shape(line(1, 9000, 16, 15, 1, 7, 7), 5);        // several steps of the weight gradient
  check_shape(line(60, 70, 16, 15, 1, 14, 0), 6);        // causal, more lines than chunks
}

TEST(conv_few_filters_odd_padding) {
  check_shape(line(2, 64, 16, 15, 1, 40, 40), 1);  // outputs that see only padding
  check_shape(line(1, 64, 16, 65, 1, 3, 3), 2);    // kernel longer than the line
  check_shape(line(1, 70, 20, 16, 2, 0, 600), 3);
}

TEST(conv_few_filters_are_chosen_where_they_pay) {
  for (const Isa isa : available_isas()) {
    const auto pays = conv_few_filters(isa).pays;
    CHECK_MSG(pays(line(64, 2114, 64, 75, 1, 37, 37)), isa_name(isa));
    CHECK_MSG(!pays(line(64, 2114, 64, 75, 1, 37, 37, 2)), isa_name(isa));        // strided
    CHECK_MSG(!pays(line(64, 2114, 64, 75, 64, 37, 37)), isa_name(isa));          // many filters
    CHECK_MSG(!pays(line(64, 2114, 64, 3, 1, 1, 1)), isa_name(isa));              // few taps
    CHECK_MSG(!pays(line(64, 2114, 64, 75, 2, 37, 37, 1, 1, 2)), isa_name(isa));  // groups
    ConvShape image = line(1, 100, 16, 20, 1);
    image.height = image.out_h = 3;
    CHECK_MSG(!pays(image), isa_name(isa));
  }
}
