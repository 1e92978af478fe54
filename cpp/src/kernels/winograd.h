// Convolutions of stride 1 with fewer multiplications: three taps at a time, four outputs from six
// products instead of twelve. On random data the rounding errors are those of conv.h (1e-6 to 2e-6 of
// the largest output for 600 to 1,300 terms); where large neighbours cancel, up to ten times as large.
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
