#include "ops/conv_op.h"

namespace genodl {

ConvOp::ConvOp(AttrReader& a) : strides_(a.ints("strides")) {
  const Ints ones(strides_.size(), 1), none(strides_.size(), 0);
  dilation_ = a.ints("dilation", ones);
  before_ = a.ints("before", none);
  after_ = a.ints("after", none);
  groups_ = a.integer("groups", 1);
  const std::size_t rank = strides_.size();
  if (rank < 1 || rank > 2 || dilation_.size() != rank || before_.size() != rank || after_.size() != rank)
    fail<ConfigError>("conv: expected strides, dilation, before and after of 1 or 2 numbers each, got ", rank, ", ",
                      dilation_.size(), ", ", before_.size(), " and ", after_.size(), ".");
  for (std::size_t i = 0; i < rank; ++i) {
    if (strides_[i] < 1 || dilation_[i] < 1)
      fail<ConfigError>("conv: expected strides and dilation of at least 1, got ", strides_[i], " and ", dilation_[i],
                        ".");
    // Products of two such sizes still fit in index_t.
    constexpr index_t kMost = (index_t{1} << 31) - 1;
    if (strides_[i] > kMost || dilation_[i] > kMost)
      fail<ConfigError>("conv: expected strides and dilation up to ", kMost, ", got ", strides_[i], " and ",
                        dilation_[i], ".");
    if (before_[i] < 0 || after_[i] < 0)
      fail<ConfigError>("conv: expected padding of at least 0, got ", before_[i], " and ", after_[i], ".");
  }
  if (groups_ < 1) fail<ConfigError>("conv: expected at least 1 group, got ", groups_, ".");
}

void ConvOp::check_types(Specs inputs) const {
  expect_inputs(inputs, 2, name());
  expect_float(inputs[0], name());
  expect_same(inputs[0], inputs[1], name());
}

Shape ConvOp::convolved(const Shape& x, const Shape& weights) const {
  const std::size_t rank = spatial() + 2;
  if (x.size() != rank || weights.size() != rank)
    fail<ShapeError>(name(), ": expected inputs and weights of ", rank, " axes with channels last, got the shapes ",
                     to_string(x), " and ", to_string(weights), ".");
  const index_t channels = weights[rank - 2] * groups_, filters = weights[rank - 1];
  if (x.back() != channels)
    fail<ShapeError>(name(), ": expected ", channels, " channels for weights ", to_string(weights), " in ", groups_,
                     " group(s), got ", x.back(), ".");
  if (filters % groups_ != 0)
    fail<ShapeError>(name(), ": expected filters in multiples of ", groups_, " groups, got ", filters, ".");
  Shape y = x;
  y.back() = filters;
  for (std::size_t i = 0; i < spatial(); ++i) {
    if (weights[i] < 1) fail<ShapeError>(name(), ": expected a kernel of at least 1, got ", weights[i], ".");
    const index_t room = x[i + 1] + before_[i] + after_[i] - reach(i, weights[i]);
    if (room < 0 || x[i + 1] == 0)
      fail<ShapeError>(name(), ": expected at least ",
                       std::max<index_t>(1, reach(i, weights[i]) - before_[i] - after_[i]), " positions on axis ",
                       i + 1, " for a kernel that reaches over ", reach(i, weights[i]), ", got ", x[i + 1],
                       ". Use a smaller kernel or padding 'same'.");
    y[i + 1] = room / strides_[i] + 1;
  }
  return y;
}

kernels::ConvShape ConvOp::sizes(const Shape& x, const Shape& weights, const Shape& y) const {
  const std::size_t w = spatial() - 1;  // the innermost of the spatial axes
  kernels::ConvShape s{x[0],         1, x[w + 1], x.back(),   1,         weights[w], 1,        strides_[w], 1,
                       dilation_[w], 0, 0,        before_[w], after_[w], 1,          y[w + 1], y.back(),    groups_};
  if (spatial() == 2) {
    s.height = x[1];
    s.kernel_h = weights[0];
    s.stride_h = strides_[0];
    s.dilation_h = dilation_[0];
    s.pad_top = before_[0];
    s.pad_bottom = after_[0];
    s.out_h = y[1];
  }
  return s;
}

Attrs ConvOp::attrs() const {
  return {{"strides", strides_}, {"dilation", dilation_}, {"before", before_}, {"after", after_}, {"groups", groups_}};
}

Attrs ConvOp::attrs(const char* key, Ints value) const {
  Attrs all = attrs();
  all[key] = std::move(value);
  return all;
}

double ConvOp::flops(const kernels::ConvShape& s) {
  const index_t terms = s.kernel_h * s.kernel_w * (s.channels / s.groups);
  return 2.0 * static_cast<double>(s.batch * s.out_h * s.out_w) * static_cast<double>(terms * s.filters);
}

const kernels::ConvKernels& ConvOp::kernels_for(const kernels::ConvShape& s, Pays pays) const {
  return !precise_ && pays(s) ? kernels::winograd().conv : kernels::conv();
}

Range ConvOp::readers(Range in, index_t kernel, index_t outputs) const {
  if (in.begin >= in.end) return {0, 0};
  const index_t first = in.begin + before_[0] - (reach(0, kernel) - 1);
  const index_t begin = first <= 0 ? 0 : (first + strides_[0] - 1) / strides_[0];
  const index_t end = std::min(outputs, (in.end - 1 + before_[0]) / strides_[0] + 1);
  return begin < end ? Range{begin, end} : Range{0, 0};
}

Range ConvOp::read_by(Range out, index_t kernel, index_t inputs) const {
  if (out.begin >= out.end) return {0, 0};
  const index_t begin = std::max<index_t>(0, out.begin * strides_[0] - before_[0]);
  const index_t end = std::min(inputs, (out.end - 1) * strides_[0] - before_[0] + reach(0, kernel));
  return begin < end ? Range{begin, end} : Range{0, 0};
}

}  // namespace genodl
