// What a convolution, the gradient of its input and the gradient of its weights share: the windows,
// and the sizes of a run. x is (batch, length, channels) or (batch, height, width, channels), the
// weights (kernel..., channels / groups, filters).
#pragma once

#include "core/settings.h"
#include "kernels/conv_few_filters.h"
#include "kernels/winograd.h"
#include "ops/axes.h"
#include "ops/float_workspace.h"

namespace genodl {

class ConvOp : public Op {
 public:
  explicit ConvOp(AttrReader& a);

 protected:
  std::size_t spatial() const { return strides_.size(); }
  // Shape of y; checks that x and weights fit each other and the windows fit x.
  Shape convolved(const Shape& x, const Shape& weights) const;
  void check_types(Specs inputs) const;
  kernels::ConvShape sizes(const Shape& x, const Shape& weights, const Shape& y) const;
  Attrs attrs() const;
  // The same attributes and one more.
  Attrs attrs(const char* key, Ints value) const;
  static double flops(const kernels::ConvShape& s);
  // Those of winograd.h where they pay and are allowed, else those of conv.h.
  using Pays = bool (*)(const kernels::ConvShape&);
  const kernels::ConvKernels& kernels_for(const kernels::ConvShape& s, Pays pays) const;

  // Along axis 1: outputs that read the inputs `in`, and inputs that the outputs `out` read.
  Range readers(Range in, index_t kernel, index_t outputs) const;
  Range read_by(Range out, index_t kernel, index_t inputs) const;

 private:
  index_t reach(std::size_t axis, index_t kernel) const { return (kernel - 1) * dilation_[axis] + 1; }

  Ints strides_, dilation_, before_, after_;
  index_t groups_;
  bool precise_ = precise();
};

}  // namespace genodl
