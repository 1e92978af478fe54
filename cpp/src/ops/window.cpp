#include "ops/window.h"

namespace genodl {

void expect_reference(const TensorSpec& reference, const std::string& who) {
  if (reference.shape.size() < 2 || reference.shape[0] != 1)
    fail<ShapeError>(who, ": expected a reference (1, length, ...), got the shape ", to_string(reference.shape), ".");
}

void expect_starts(const TensorSpec& starts, const std::string& who) {
  if (starts.shape.size() != 1 || starts.dtype != DType::int32)
    fail<ShapeError>(who, ": expected int32 starts (mutants,), got ", name_of(starts.dtype), " of shape ",
                     to_string(starts.shape), ".");
}

void expect_windows(const TensorSpec& window, const TensorSpec& starts, const TensorSpec& reference,
                    const std::string& who) {
  expect_reference(reference, who);
  expect_starts(starts, who);
  Shape want = reference.shape;
  want[0] = starts.shape[0];
  if (window.shape.size() >= 2) want[1] = window.shape[1];
  if (window.shape != want || window.dtype != reference.dtype || want[1] > reference.shape[1])
    fail<ShapeError>(who, ": expected windows of the reference ", to_string(reference.shape), " for ", starts.shape[0],
                     " mutants, got the shape ", to_string(window.shape), ".");
}

const start_t* read_starts(const RunContext& c, int input, index_t width, index_t length, const std::string& who) {
  const start_t* starts = c.in<start_t>(input);
  for (index_t m = 0; m < c.in_shape(input)[0]; ++m)
    if (starts[m] < 0 || starts[m] + width > length)
      fail<ConfigError>(who, ": expected windows of ", width, " positions within ", length, ", got one that starts at ",
                        starts[m], ".");
  return starts;
}

}  // namespace genodl
