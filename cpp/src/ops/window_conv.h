// The order of taps in the weights of a window_conv: inputs of one phase of the stride meet neighbours.
#pragma once

#include <algorithm>

#include "graph/attrs.h"

namespace genodl {

inline Ints tap_order(index_t taps, index_t stride, index_t dilation) {
  Ints order(static_cast<std::size_t>(taps));
  for (index_t t = 0; t < taps; ++t) order[static_cast<std::size_t>(t)] = t;
  std::stable_sort(order.begin(), order.end(),
                   [&](index_t a, index_t b) { return a * dilation % stride < b * dilation % stride; });
  return order;
}

}  // namespace genodl
