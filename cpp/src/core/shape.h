#pragma once

#include <string>
#include <vector>

#include "core/index.h"

namespace genodl {

using Shape = std::vector<index_t>;

inline index_t elements(const Shape& shape) {
  index_t n = 1;
  for (index_t d : shape) n *= d;
  return n;
}

// Product of the axes [first, last).
inline index_t elements(const Shape& shape, std::size_t first, std::size_t last) {
  index_t n = 1;
  for (std::size_t i = first; i < last; ++i) n *= shape[i];
  return n;
}

// Written as Python writes a tuple.
std::string to_string(const Shape& shape);

// NumPy's broadcasting; a ShapeError that names `who` where the shapes do not fit.
Shape broadcast(const Shape& a, const Shape& b, const std::string& who);

// Axis counted from the front; negative ones count from the end.
index_t normal_axis(index_t axis, index_t rank, const std::string& who);

// Row-major strides in elements.
Shape strides_of(const Shape& shape);

}  // namespace genodl
