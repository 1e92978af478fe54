// Random numbers: the published vectors, the same numbers from every instruction set and start, moments.
#include "core/random.h"
#include "kernels/elementwise64.h"
#include "tests/kernels/elementwise_program.h"
#include "tests/kernels/every_isa.h"

namespace genodl::testing {
namespace {

// Known answers of Threefry-2x32-20, published with Random123.
TEST(threefry_known_answers) {
  const RandomWords zeros = threefry(0, 0);
  CHECK(zeros.first == 0x6b200159u && zeros.second == 0x99ba4efeu);
  const RandomWords ones = threefry(~std::uint64_t{0}, ~std::uint64_t{0});
  CHECK(ones.first == 0x1cb996fcu && ones.second == 0xbb002be7u);
  const RandomWords pi = threefry(0x03707344'13198a2eu, 0x85a308d3'243f6a88u);
  CHECK(pi.first == 0xc4923a9cu && pi.second == 0x483df7a0u);
}

std::vector<float> draw(Isa isa, EwOp op, std::uint64_t key, std::uint64_t step, std::uint64_t base, index_t count) {
  std::vector<float> y(static_cast<std::size_t>(count));
  float unused = 0;
  float* regs[] = {&unused, &unused, &unused, y.data()};
  EwInstr program = instruction(op);
  program.key = key;
  for (index_t first = 0; first < count; first += kernels::kEwBlock) {
    regs[3] = y.data() + first;
    kernels::elementwise(isa).run(&program, 1, regs, std::min<index_t>(kernels::kEwBlock, count - first),
                                  base + static_cast<std::uint64_t>(first), step);
  }
  return y;
}

TEST(random_numbers_equal_their_definition) {
  for_every_isa([&](Isa isa) {
    for (std::uint64_t base :
         {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{1000003}, (std::uint64_t{1} << 37) - 40}) {
      const std::vector<float> uniform = draw(isa, EwOp::random_uniform, 17, 3, base, 777);
      const std::vector<float> normal = draw(isa, EwOp::random_normal, 17, 3, base, 777);
      for (int i = 0; i < 777; ++i) {
        const std::uint64_t element = base + static_cast<std::uint64_t>(i);
        CHECK(uniform[i] == random_uniform(17, 3, element));
        CHECK_CLOSE(normal[i], random_normal(17, 3, element), 2e-6);  // float logarithm and angle
      }
    }
  });
}

TEST(random_numbers_have_the_right_moments) {
  for_every_isa([&](Isa isa) {
    constexpr int kCount = 1 << 20;
    const std::vector<float> uniform = draw(isa, EwOp::random_uniform, 1, 0, 0, kCount);
    const std::vector<float> normal = draw(isa, EwOp::random_normal, 1, 0, 0, kCount);
    double mean = 0, square = 0, lag = 0, fourth = 0, uniform_mean = 0;
    for (int i = 0; i < kCount; ++i) {
      CHECK(uniform[i] >= 0 && uniform[i] < 1);
      uniform_mean += uniform[i];
      mean += normal[i];
      square += double(normal[i]) * normal[i];
      fourth += std::pow(double(normal[i]), 4);
      lag += double(normal[i]) * normal[i ^ kernels::kEwBlock];
    }
    // Five standard errors of each mean.
    const double error = 5 / std::sqrt(double(kCount));
    CHECK_CLOSE(uniform_mean / kCount, 0.5, error * 0.29);
    CHECK_CLOSE(mean / kCount, 0, error);
    CHECK_CLOSE(square / kCount, 1, error * 1.42);
    CHECK_CLOSE(fourth / kCount, 3, error * 9.8);
    CHECK_CLOSE(lag / kCount, 0, error * 1.42);
  });
}

TEST(keys_and_steps_give_other_numbers) {
  const std::vector<float> first = draw(active_isa(), EwOp::random_uniform, 1, 0, 0, 64);
  CHECK(first == draw(active_isa(), EwOp::random_uniform, 1, 0, 0, 64));
  CHECK(first != draw(active_isa(), EwOp::random_uniform, 1, 1, 0, 64));
  CHECK(first != draw(active_isa(), EwOp::random_uniform, 2, 0, 0, 64));
}

}  // namespace
}  // namespace genodl::testing
