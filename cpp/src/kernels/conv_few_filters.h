// Convolutions along one axis with so few filters that they would leave most of a vector empty: taps
// and positions take the places of filters.
#pragma once

#include "kernels/conv.h"

namespace genodl::kernels {

struct ConvFewFiltersKernels {
  // Whether `conv` is expected to beat the direct kernels, forward and for the weight gradient; where
  // it is not, `conv` must not be called. There is no input gradient of this kind.
  bool (*pays)(const ConvShape&);
  ConvKernels conv;
};

const ConvFewFiltersKernels& conv_few_filters();

}  // namespace genodl::kernels
