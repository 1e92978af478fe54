// The element-wise programs of elementwise.h on doubles: plain code, for gradient checks.
#pragma once

#include "kernels/elementwise.h"

namespace genodl::kernels {

struct Elementwise64Kernels {
  void (*run)(const EwInstr* program, int instructions, double* const* regs, index_t count, std::uint64_t base,
              std::uint64_t step);
  void (*fill)(double* dst, double value, index_t count);
};

const Elementwise64Kernels& elementwise64();

}  // namespace genodl::kernels
