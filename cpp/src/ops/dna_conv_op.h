// What a convolution of DNA codes and the gradient of its weights share. codes (batch, length) stand
// for one-hot rows, the weights are (taps, 4, filters); attributes are those of `conv` along one axis.
#pragma once

#include "kernels/dna_conv.h"
#include "ops/axes.h"
#include "ops/float_workspace.h"

namespace genodl {

class DnaConvOp : public Op {
 public:
  explicit DnaConvOp(AttrReader& a);
  std::optional<Range> changed(Specs inputs, int input, Range in) const override;
  std::optional<Range> needed(Specs inputs, int input, Range out) const override;

 protected:
  // Shape of y; checks the types and shapes of codes and weights.
  Shape convolved(const TensorSpec& codes, const TensorSpec& weights) const;
  // The weights' shape, from the taps and the shape of y or its gradient.
  static Shape weights_shape(index_t taps, const Shape& y) { return {taps, 4, y.back()}; }
  kernels::DnaConvShape sizes(const Shape& codes, const Shape& weights, index_t out_length) const;
  Attrs attrs() const;
  // What the same convolution costs on one-hot rows: the measure that people compare by.
  static double flops(const kernels::DnaConvShape& s);

  index_t windows(index_t length, index_t taps) const;
  index_t reach(index_t taps) const { return (taps - 1) * dilation_ + 1; }

  index_t stride_, dilation_, before_, after_;
};

// Floats that hold `bytes` bytes.
inline index_t floats_for(std::size_t bytes) { return static_cast<index_t>((bytes + 3) / 4); }

// Index and tables, which every forward pass makes first.
class DnaTables {
 public:
  explicit DnaTables(const kernels::DnaConvShape& s);
  index_t floats() const { return index_floats_ + table_floats_; }
  // Makes both in `memory`; from then on they are there to read.
  void make(const std::uint8_t* codes, const float* weights, float* memory);
  const std::byte* indexes() const { return indexes_; }
  const float* tables() const { return tables_; }

 private:
  kernels::DnaConvShape shape_;
  index_t index_floats_, table_floats_;
  const std::byte* indexes_ = nullptr;
  const float* tables_ = nullptr;
};

}  // namespace genodl
