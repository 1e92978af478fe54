// What window ops share. A window holds the positions [start, start + width) of axis 1 for each mutant;
// what lies outside is the reference's, a tensor with a batch of one.
#pragma once

#include <cstdint>

#include "ops/axes.h"

namespace genodl {

using start_t = std::int32_t;

// Elements of one position of axis 1.
inline index_t row_elements(const Shape& shape) { return elements(shape, 2, shape.size()); }

void expect_windows(const TensorSpec& window, const TensorSpec& starts, const TensorSpec& reference,
                    const std::string& who);
void expect_reference(const TensorSpec& reference, const std::string& who);
void expect_starts(const TensorSpec& starts, const std::string& who);

// Starts as numbers, checked to lie so that every window is inside.
const start_t* read_starts(const RunContext& c, int input, index_t width, index_t length, const std::string& who);

// Positions of one mutant: its window laid over the reference.
template <class T>
struct Overlay {
  const T* window;
  index_t start, width;
  const T* reference;
  index_t row;  // elements of a position

  const T* at(index_t position) const {
    const index_t inside = position - start;
    return inside >= 0 && inside < width ? window + inside * row : reference + position * row;
  }
  // Copies positions [begin, end).
  void copy(index_t begin, index_t end, T* to) const {
    const index_t a = std::clamp(start, begin, end), b = std::clamp(start + width, begin, end);
    std::copy_n(reference + begin * row, (a - begin) * row, to);
    std::copy_n(window + (a - start) * row, (b - a) * row, to + (a - begin) * row);
    std::copy_n(reference + b * row, (end - b) * row, to + (b - begin) * row);
  }
};

// Calls body with the unsigned type as wide as an element: for ops that only move elements.
template <class F>
void dispatch_size(DType t, F&& f) {
  switch (size_of(t)) {
    case 1:
      return f.template operator()<std::uint8_t>();
    case 8:
      return f.template operator()<std::uint64_t>();
    default:
      return f.template operator()<std::uint32_t>();
  }
}

}  // namespace genodl
