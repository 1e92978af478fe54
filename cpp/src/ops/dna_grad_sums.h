// Runs the kernels of the weight gradient for a dense or pooled gradient.
#pragma once

#include "kernels/dna_conv_grad.h"
#include "ops/dna_conv_op.h"

namespace genodl {

class DnaGradSums {
 public:
  explicit DnaGradSums(const kernels::DnaConvShape& s)
      : shape_(s),
        index_floats_(floats_for(kernels::dna_conv_grad().index_bytes(s) * static_cast<std::size_t>(s.batch))) {}

  FloatWorkspace workspace() const {
    const kernels::DnaConvGradKernels& k = kernels::dna_conv_grad();
    return {index_floats_ + k.partial_size(shape_), floats_for(k.scratch_bytes(shape_))};
  }

  // dbias may be null.
  void run(const RunContext& c, const kernels::DnaGradSource& source, const std::uint8_t* codes, float* dw,
           float* dbias) const {
    const kernels::DnaConvGradKernels& k = kernels::dna_conv_grad();
    const FloatWorkspace memory = workspace();
    std::byte* indexes = reinterpret_cast<std::byte*>(memory.shared(c));
    float* partial = memory.shared(c) + index_floats_;
    parallel_for(shape_.batch, [&](index_t n, int) { k.index(shape_, codes, indexes, n); });
    parallel_for(k.tasks(shape_), [&](index_t task, int worker) {
      std::byte* scratch = reinterpret_cast<std::byte*>(memory.scratch(c, worker));
      k.sum(shape_, source, codes, indexes, partial, task, scratch);
    });
    parallel_for(k.reduce_tasks(shape_), [&](index_t task, int) { k.reduce(shape_, partial, dw, dbias, task); });
  }

 private:
  kernels::DnaConvShape shape_;
  index_t index_floats_;
};

}  // namespace genodl
