// The most multiply-adds a core can do with an instruction set: what speeds are measured against.
#pragma once

#include "core/index.h"

namespace genodl::kernels {

struct PeakKernels {
  // Runs `rounds` rounds of independent multiply-adds in registers; the result is of no interest.
  float (*multiply_adds)(index_t rounds);
  index_t operations;  // of one round: two for each multiply-add
};

const PeakKernels& peak();

}  // namespace genodl::kernels
