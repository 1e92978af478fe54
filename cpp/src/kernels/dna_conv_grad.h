// Gradient of a convolution of DNA codes by its weights: rows of dy are added up per word of bases,
// in registers, and each sum then goes to the weights that the word selects.
#pragma once

#include "kernels/dna_conv.h"

namespace genodl::kernels {

// Either dense rows, or the gradient behind max pooling, spread out on the way by the positions of the
// maxima as DnaConvKernels::pool gives them.
struct DnaGradSource {
  const float* dense;  // (batch, out_length of the convolution, filters), or null and:

  const float* pooled;          // (batch, out_length, filters)
  const std::uint8_t* argmax8;  // one of the two is given
  const std::int32_t* argmax32;
  index_t size, stride, out_length;  // of the pooling
};

// `index` each sequence, run all `sum` tasks, then all `reduce` tasks. The batch is cut into chunks
// by shape alone and their sums are added in order, so results do not depend on threads.
struct DnaConvGradKernels {
  std::size_t (*index_bytes)(const DnaConvShape&);
  void (*index)(const DnaConvShape&, const std::uint8_t* codes, std::byte* indexes, index_t sequence);

  index_t (*partial_size)(const DnaConvShape&);  // in floats, shared by all tasks
  index_t (*tasks)(const DnaConvShape&);
  std::size_t (*scratch_bytes)(const DnaConvShape&);  // for each running task
  void (*sum)(const DnaConvShape&, const DnaGradSource&, const std::uint8_t* codes, const std::byte* indexes,
              float* partial, index_t task, std::byte* scratch);

  index_t (*reduce_tasks)(const DnaConvShape&);
  // dw (taps, 4, filters); dbias (filters) or null.
  void (*reduce)(const DnaConvShape&, const float* partial, float* dw, float* dbias, index_t task);
};

const DnaConvGradKernels& dna_conv_grad();

}  // namespace genodl::kernels
