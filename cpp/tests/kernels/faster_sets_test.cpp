// Each instruction set must really be faster than the one below. A linker that merges functions of
// two sets makes the wide set run narrow code with every other test green.
#include <chrono>
#include <limits>

#include "kernels/conv.h"
#include "kernels/peak.h"
#include "tests/kernels/elementwise_program.h"
#include "tests/kernels/every_isa.h"
#include "tests/kernels/random_values.h"

namespace genodl::kernels {
const ConvKernels& conv(Isa isa);
const PeakKernels& peak(Isa isa);
}  // namespace genodl::kernels

namespace genodl::testing {
namespace {

#if defined(GENODL_TIMED_TESTS)
constexpr bool kTimed = true;
#else
constexpr bool kTimed = false;
#endif

template <class Body>
double seconds(Body body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// How much faster `high` is than `low`: minima of interleaved rounds.
template <class Body>
double speedup(Isa low, Isa high, Body body) {
  double slow = std::numeric_limits<double>::infinity(), fast = slow;
  for (int round = 0; round < 30; ++round) {
    slow = std::min(slow, seconds([&] { body(low); }));
    fast = std::min(fast, seconds([&] { body(high); }));
  }
  return slow / fast;
}

void multiply_adds(Isa isa) {
  const auto& peak = kernels::peak(isa);
  volatile float result = peak.multiply_adds(20'000'000 / peak.operations);
  (void)result;
}

void exponentials(Isa isa) {
  static const std::vector<float> x = normal_values(kernels::kEwBlock, 1);
  static std::vector<float> y(kernels::kEwBlock);
  const EwInstr program = instruction(EwOp::exp);
  float* regs[] = {const_cast<float*>(x.data()), nullptr, nullptr, y.data()};
  for (int i = 0; i < 1000; ++i) kernels::elementwise(isa).run(&program, 1, regs, kernels::kEwBlock, 0, 0);
}

void convolution(Isa isa) {
  static const kernels::ConvShape shape{1, 1, 200, 64, 1, 7, 1, 1, 1, 1, 0, 0, 3, 3, 1, 200, 64, 1};
  static const std::vector<float> x = normal_values(200 * 64, 2), weights = normal_values(7 * 64 * 64, 3);
  static std::vector<float> y(200 * 64);
  const auto& k = kernels::conv(isa);
  static std::vector<float> packed, scratch;
  packed.resize(std::max(packed.size(), static_cast<std::size_t>(k.packed_size(shape)) + 16));
  scratch.resize(std::max(scratch.size(), static_cast<std::size_t>(k.forward_scratch(shape)) + 16));
  for (index_t t = 0; t < k.forward_pack_tasks(shape); ++t) k.forward_pack(shape, weights.data(), packed.data(), t);
  index_t begin = 0, end = 0;
  for (index_t t = 0; t < k.forward_tasks(shape); ++t)
    k.forward(shape, x.data(), packed.data(), y.data(), t, scratch.data(), &begin, &end);
}

TEST(each_instruction_set_is_faster_than_the_one_below) {
  if (!kTimed) return skip("timings: this build is instrumented or emulated");
  const std::vector<Isa> sets = available_isas();
  if (sets.size() < 2) skip("timings: this processor has one instruction set");
  for (std::size_t i = 1; i < sets.size(); ++i) {
    const double peak = speedup(sets[i - 1], sets[i], multiply_adds);
    const double exponential = speedup(sets[i - 1], sets[i], exponentials);
    const double convolved = speedup(sets[i - 1], sets[i], convolution);
    std::printf("  %s over %s: multiply-adds %.2f, exp %.2f, convolution %.2f times as fast\n",
                std::string(isa_name(sets[i])).c_str(), std::string(isa_name(sets[i - 1])).c_str(), peak, exponential,
                convolved);
    // Some processors do 512 bits in two halves, so the hardware's own ratio sets the mark.
    CHECK_MSG(exponential >= 0.6 * peak, exponential << " of " << peak);
    CHECK_MSG(convolved >= 0.6 * peak, convolved << " of " << peak);
  }
}

}  // namespace
}  // namespace genodl::testing
