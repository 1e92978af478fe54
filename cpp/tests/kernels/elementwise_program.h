// Runs one element-wise instruction on whole arrays.
#pragma once

#include <algorithm>
#include <vector>

#include "core/isa.h"
#include "kernels/elementwise.h"

namespace genodl::kernels {
const ElementwiseKernels& elementwise(Isa isa);  // generated with the accessor
}

namespace genodl::testing {

using kernels::EwInstr;
using kernels::EwKind;
using kernels::EwOp;

inline EwInstr instruction(EwOp op, EwKind a = EwKind::vector, EwKind b = EwKind::vector, EwKind c = EwKind::vector) {
  return {op, a, b, c, 3, 0, 1, 2, 0};
}

inline std::vector<float> run_op(Isa isa, EwOp op, const std::vector<float>& a, const std::vector<float>& b = {},
                                 const std::vector<float>& c = {}) {
  std::vector<float> result(a.size());
  const EwInstr program = instruction(op);
  for (std::size_t first = 0; first < a.size(); first += kernels::kEwBlock) {
    const auto at = [&](const std::vector<float>& v) { return const_cast<float*>(v.data()) + (v.empty() ? 0 : first); };
    float* regs[] = {at(a), at(b), at(c), result.data() + first};
    const index_t count = static_cast<index_t>(std::min<std::size_t>(kernels::kEwBlock, a.size() - first));
    kernels::elementwise(isa).run(&program, 1, regs, count, first, 0);
  }
  return result;
}

}  // namespace genodl::testing
