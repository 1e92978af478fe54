#include "ops/axes.h"

namespace genodl {

Ints normal_axes(const Ints& axes, index_t rank, const std::string& who) {
  Ints normal;
  for (index_t axis : axes) normal.push_back(normal_axis(axis, rank, who));
  std::sort(normal.begin(), normal.end());
  if (std::adjacent_find(normal.begin(), normal.end()) != normal.end())
    fail<ConfigError>(who, ": expected each axis once, got ", to_string(axes), ".");
  return normal;
}

void expect_inputs(Specs inputs, std::size_t count, const std::string& who) {
  if (inputs.size() != count) fail<ConfigError>(who, ": expected ", count, " inputs, got ", inputs.size(), ".");
  for (const TensorSpec& s : inputs)
    if (s.shape.size() > kMaxRank)
      fail<ShapeError>(who, ": expected at most ", kMaxRank, " axes, got ", s.shape.size(), ".");
}

void expect_float(const TensorSpec& spec, const std::string& who) {
  if (!is_float(spec.dtype))
    fail<DTypeError>(who, ": expected float32 or float64, got ", name_of(spec.dtype), ". Cast it first.");
}

void expect_integer(const TensorSpec& spec, const std::string& who) {
  if (is_float(spec.dtype) || spec.dtype == DType::boolean)
    fail<DTypeError>(who, ": expected integer indices, got ", name_of(spec.dtype), ". Cast them first.");
}

void expect_same(const TensorSpec& a, const TensorSpec& b, const std::string& who) {
  if (a.dtype != b.dtype)
    fail<DTypeError>(who, ": expected inputs of one dtype, got ", name_of(a.dtype), " and ", name_of(b.dtype),
                     ". Cast one of them.");
}

void expect_shape(const TensorSpec& spec, const Shape& shape, const char* what, const std::string& who) {
  if (spec.shape != shape)
    fail<ShapeError>(who, ": expected ", what, " of shape ", to_string(shape), ", got ", to_string(spec.shape), ".");
}

}  // namespace genodl
