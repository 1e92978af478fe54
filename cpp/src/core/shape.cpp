#include "core/shape.h"

#include <algorithm>

#include "core/error.h"

namespace genodl {

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

Shape broadcast(const Shape& a, const Shape& b, const std::string& who) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape out(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const index_t da = i < rank - a.size() ? 1 : a[i - (rank - a.size())];
    const index_t db = i < rank - b.size() ? 1 : b[i - (rank - b.size())];
    if (da != db && da != 1 && db != 1)
      fail<ShapeError>(who, ": expected shapes that broadcast together, got ", to_string(a), " and ", to_string(b),
                       ".");
    out[i] = da == 1 ? db : da;
  }
  return out;
}

index_t normal_axis(index_t axis, index_t rank, const std::string& who) {
  if (axis < -rank || axis >= rank)
    fail<ShapeError>(who, ": expected an axis from ", -rank, " to ", rank - 1, ", got ", axis, ".");
  return axis < 0 ? axis + rank : axis;
}

Shape strides_of(const Shape& shape) {
  Shape strides(shape.size());
  index_t step = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = step;
    step *= shape[i];
  }
  return strides;
}

}  // namespace genodl
