// What holds for every operation: tails, scalars, aliases, guard zones, the same bits at any offset.
#include <random>

#include "tests/kernels/elementwise_program.h"
#include "tests/kernels/every_isa.h"

namespace genodl::testing {
namespace {

std::vector<float> block(unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal(0, 3);
  std::vector<float> x(kernels::kEwBlock);
  for (float& v : x) v = normal(engine);
  return x;
}

bool same_bits(const float* a, const float* b, index_t count) {
  return std::memcmp(a, b, static_cast<std::size_t>(count) * sizeof(float)) == 0;
}

// An element's value depends on its operands alone, not on where in a block it stands.
TEST(every_operation_at_every_length) {
  const std::vector<float> a = block(1), b = block(2), c = block(3);
  for_every_isa([&](Isa isa) {
    for (int op = 0; op < kernels::kEwOpCount; ++op) {
      const std::vector<float> whole = run_op(isa, EwOp(op), a, b, c);
      for (index_t count : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 100, 511}) {
        const index_t first = (count * 37) % (kernels::kEwBlock - count + 1);
        Guarded<float> out(static_cast<std::size_t>(count), 1);
        EwInstr program = instruction(EwOp(op));
        float* regs[] = {const_cast<float*>(&a[first]), const_cast<float*>(&b[first]), const_cast<float*>(&c[first]),
                         out.data()};
        kernels::elementwise(isa).run(&program, 1, regs, count, static_cast<std::uint64_t>(first), 0);
        CHECK_MSG(same_bits(out.data(), &whole[first], count), "op " << op << ", " << count << " from " << first);
        CHECK_MSG(out.intact(), "op " << op << " wrote outside, " << count);
      }
    }
  });
}

TEST(every_operation_in_place_and_with_scalars) {
  const std::vector<float> operands[3] = {block(1), block(2), block(3)};
  for_every_isa([&](Isa isa) {
    for (int op = 0; op < kernels::kEwOpCount; ++op) {
      for (int scalars = 0; scalars < 8; ++scalars) {
        std::vector<float> spread[3];
        EwInstr program = instruction(EwOp(op));
        for (int i = 0; i < 3; ++i) {
          const bool scalar = scalars >> i & 1;
          spread[i] = scalar ? std::vector<float>(kernels::kEwBlock, operands[i][7]) : operands[i];
          (i == 0   ? program.kind_a
           : i == 1 ? program.kind_b
                    : program.kind_c) = scalar ? EwKind::scalar : EwKind::vector;
        }
        const std::vector<float> expected = run_op(isa, EwOp(op), spread[0], spread[1], spread[2]);
        for (int target = 0; target < 4; ++target) {
          if (target < 3 && (scalars >> target & 1)) continue;
          std::vector<float> data[4] = {operands[0], operands[1], operands[2], block(4)};
          float single[3];
          float* regs[4];
          for (int i = 0; i < 4; ++i) {
            regs[i] = data[i].data();
            if (i < 3 && (scalars >> i & 1)) regs[i] = &(single[i] = operands[i][7]);
          }
          program.dst = static_cast<std::uint16_t>(target);
          kernels::elementwise(isa).run(&program, 1, regs, kernels::kEwBlock, 0, 0);
          const bool powers = EwOp(op) == EwOp::pow && (scalars & 2);  // has its own path per exponent
          CHECK_MSG(powers || same_bits(regs[target], expected.data(), kernels::kEwBlock),
                    "op " << op << " into register " << target << ", scalars " << scalars);
        }
      }
    }
  });
}

TEST(a_program_of_several_instructions) {
  const std::vector<float> a = block(5), b = block(6);
  for_every_isa([&](Isa isa) {
    std::vector<float> t(kernels::kEwBlock), y(kernels::kEwBlock);
    float half = 0.5f;
    float* regs[] = {const_cast<float*>(a.data()), const_cast<float*>(b.data()), &half, t.data(), y.data()};
    const EwInstr program[] = {{EwOp::mul, EwKind::vector, EwKind::scalar, EwKind::vector, 3, 0, 2, 0, 0},
                               {EwOp::maximum, EwKind::vector, EwKind::vector, EwKind::vector, 3, 3, 1, 0, 0},
                               {EwOp::multiply_add, EwKind::vector, EwKind::scalar, EwKind::vector, 4, 3, 2, 0, 0}};
    kernels::elementwise(isa).run(program, 3, regs, kernels::kEwBlock, 0, 0);
    for (int i = 0; i < kernels::kEwBlock; ++i) CHECK(y[i] == std::max(a[i] * 0.5f, b[i]) * 0.5f + a[i]);
  });
}

TEST(conversions) {
  for_every_isa([&](Isa isa) {
    const auto& table = kernels::elementwise(isa);
    std::vector<std::uint8_t> bytes(256);
    for (int i = 0; i < 256; ++i) bytes[i] = static_cast<std::uint8_t>(i);
    Guarded<float> wide(256);
    table.expand_u8(bytes.data(), wide.data(), 256);
    Guarded<std::uint8_t> back(256);
    table.narrow_u8(wide.data(), back.data(), 256);
    for (int i = 0; i < 256; ++i) CHECK(wide[i] == float(i) && back[i] == i);
    CHECK(wide.intact() && back.intact());

    const float odd[] = {-1, 300, 2.9f, std::nanf(""), 1e30f, -1e30f, -2.9f};
    const std::uint8_t odd_bytes[] = {0, 255, 2, 0, 255, 0, 0};
    const std::int32_t odd_ints[] = {-1, 300, 2, 0, INT32_MAX, INT32_MIN, -2};
    Guarded<std::uint8_t> narrow(7);
    Guarded<std::int32_t> ints(7);
    table.narrow_u8(odd, narrow.data(), 7);
    table.narrow_i32(odd, ints.data(), 7);
    for (int i = 0; i < 7; ++i) CHECK_MSG(narrow[i] == odd_bytes[i] && ints[i] == odd_ints[i], odd[i]);
    table.expand_i32(odd_ints, wide.data(), 7);
    for (int i = 0; i < 7; ++i) CHECK(wide[i] == float(odd_ints[i]));
    table.fill(wide.data(), 2.5f, 256);
    CHECK(std::all_of(wide.begin(), wide.end(), [](float v) { return v == 2.5f; }) && wide.intact() && ints.intact());
  });
}

}  // namespace
}  // namespace genodl::testing
