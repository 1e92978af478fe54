// Convolutions of stride 1 with fewer multiplications: three taps at a time, four outputs from six
// products instead of twelve. Measured errors, in parts of the largest result, with 3,300 terms:
// 1.5e-6 to 2e-6 (direct: 1.5e-6 to 4e-6), of weight gradients up to 1.2e-6 (direct: 5e-7).
#pragma once

#include "kernels/conv.h"

namespace genodl::kernels {

struct WinogradKernels {
  // Whether `conv` is expected to beat the direct kernels for a shape, pass by pass. Where it is
  // not, that pass of `conv` must not be called.
  bool (*forward_pays)(const ConvShape&);
  bool (*input_grad_pays)(const ConvShape&);
  bool (*weight_grad_pays)(const ConvShape&);
  ConvKernels conv;
};

const WinogradKernels& winograd();

}  // namespace genodl::kernels
